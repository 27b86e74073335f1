"""The coordinate systems of the service, and the city's one agreed datum shift for whoever moves coordinates on."""

from typing import Any

from gis_server.client.errors import BandoError

CITY, DEGREES = 9210, 4326
SYSTEMS = (CITY, DEGREES, 3857, 5899, 3405)
"""VN-2000 105°45', WGS 84 (longitude first), Web Mercator, VN-2000 107°45', VN-2000 UTM 48N."""
VN2000 = frozenset({9210, 5899, 3405})
SHIFT = (-191.90441429, -39.30318279, -111.45032835, 0.00928836, -0.01975479, 0.00427372, 0.252906278)
"""EPSG:6960 as TOWGS84. Left to itself PROJ takes EPSG:5194 in the south of the city, 0.8 m off."""
OGC = "http://www.opengis.net/def/crs"


def uri(srid: int) -> str:
    """As the service names a system; x is east in all of them."""
    if srid not in SYSTEMS:
        known = ", ".join(map(str, SYSTEMS))
        raise BandoError(
            f"Không có hệ tọa độ EPSG:{srid}; có: {known}.", f"EPSG:{srid} is not offered; there are: {known}."
        )
    return f"{OGC}/OGC/1.3/CRS84" if srid == DEGREES else f"{OGC}/EPSG/0/{srid}"


def pinned(srid: int) -> Any:
    """The system for GeoPandas, bound to the agreed shift, so that `to_crs` is right to the millimetre."""
    from pyproj.crs import CRS, BoundCRS
    from pyproj.crs.coordinate_operation import ToWGS84Transformation

    if srid not in VN2000:
        return CRS.from_epsg(srid)
    grid = CRS.from_epsg(srid)
    return BoundCRS(grid, "EPSG:4326", ToWGS84Transformation(grid.geodetic_crs, *SHIFT))
