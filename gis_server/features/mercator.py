"""Boxes of degrees in Web Mercator metres, exactly as tiles are cut."""

import math

RADIUS_M = 6_378_137.0
HIGHEST_LATITUDE = 85.051128779806604
Box = tuple[float, float, float, float]


def to_mercator(box: Box) -> Box:
    """West, south, east, north in degrees → metres; latitudes beyond the square are moved to its edge."""
    west, south, east, north = box
    return _x(west), _y(south), _x(east), _y(north)


def _x(longitude: float) -> float:
    return RADIUS_M * math.radians(longitude)


def _y(latitude: float) -> float:
    clamped = max(-HIGHEST_LATITUDE, min(HIGHEST_LATITUDE, latitude))
    return RADIUS_M * math.log(math.tan(math.pi / 4 + math.radians(clamped) / 2))
