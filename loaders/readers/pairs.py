"""Pairs of numbers as longitude and latitude, by their values: in Vietnam the two cannot be mixed up."""

from collections.abc import Iterable
from typing import Any

LATITUDES, LONGITUDES = (7.0, 24.0), (101.0, 118.0)
Pair = tuple[float, float]


def pair(value: Any) -> Pair | None:
    """Longitude, latitude, whichever of them stands first; None where the value is no such pair."""
    try:
        first, second = (float(one) for one in value[:2])
    except (TypeError, ValueError):
        return None
    if _within(first, LATITUDES) and _within(second, LONGITUDES):
        return second, first
    return (first, second) if _within(first, (-180, 180)) and _within(second, (-90, 90)) else None


def pairs(values: Iterable[Any]) -> list[Pair] | None:
    """All of them, at least two; None where one is none."""
    points = [pair(value) for value in values]
    kept = [point for point in points if point is not None]
    return kept if len(kept) == len(points) and len(kept) > 1 else None


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
