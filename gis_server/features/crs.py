"""The coordinate systems that features are given in and asked for in (OGC API Features, Part 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from gis_server.errors import BadRequest

OGC = "http://www.opengis.net/def/crs"
CRS84 = f"{OGC}/OGC/1.3/CRS84"


@dataclass(frozen=True)
class Crs:
    """A coordinate system by its URI."""

    uri: str
    srid: int
    is_north_first: bool
    """The authority writes latitude first. The city's grid is east, north in EPSG, unlike in survey tables."""
    decimals: int
    """7 decimals of a degree are 1 cm; the stored grid is kept to the millimetre."""


NEIGHBOURS = (5899, 3405)
"""Bà Rịa–Vũng Tàu's grid and UTM 48N on VN-2000, in which parts of the city are still worked; east, north in EPSG."""


def offered(stored: int) -> Mapping[str, Crs]:
    """By URI, the default first."""
    grids = (Crs(f"{OGC}/EPSG/0/{srid}", srid, False, 3) for srid in (3857, stored, *NEIGHBOURS))
    systems = (Crs(CRS84, 4326, False, 7), Crs(f"{OGC}/EPSG/0/4326", 4326, True, 7), *grids)
    return {crs.uri: crs for crs in systems}


def storage_uri(stored: int) -> str:
    return f"{OGC}/EPSG/0/{stored}"


def read_crs(name: str, uri: str | None, stored: int) -> Crs:
    """A system that is offered, or a sentence; the URI is compared, never fetched."""
    systems = offered(stored)
    if uri is None:
        return systems[CRS84]
    if uri not in systems:
        raise BadRequest(
            f"{name} = “{uri[:80]}”: không có hệ tọa độ này; có: {', '.join(systems)}.",
            f"{name} = “{uri[:80]}”: this CRS is not offered; there are: {', '.join(systems)}.",
        )
    return systems[uri]
