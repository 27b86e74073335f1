"""Shapes as callers have them (Shapely, GeoPandas, GeoJSON), written as the service reads them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gis_server.client.errors import BandoError
from gis_server.client.grids import CITY, DEGREES, uri

DECIMALS = {DEGREES: 8}
"""8 decimals of a degree are a millimetre, 3 of a metre, too."""
Points = Any
"""Positions, or lists of them, as deep as the kind of geometry asks for."""
DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


@dataclass(frozen=True)
class Shape:
    """A geometry and the system that it is written in."""

    geometry: Mapping[str, Any]
    srid: int

    @property
    def crs(self) -> str:
        return uri(self.srid)

    @property
    def wkt(self) -> str:
        kind = str(self.geometry["type"])
        numbers = _mapped(self.geometry["coordinates"], DEPTH[kind], self._pair)
        return f"{kind.upper()}{numbers if DEPTH[kind] else f'({numbers})'}"

    def _pair(self, position: Any) -> str:
        return " ".join(f"{value:.{DECIMALS.get(self.srid, 3)}f}" for value in position[:2])


def read_shape(given: Any) -> Shape:
    """A shape of Shapely, a frame or series of GeoPandas, or GeoJSON (a mapping or its text).

    GeoPandas says in which system it is. Otherwise numbers of degrees are degrees, larger ones metres of the city grid.
    """
    srid = None
    if hasattr(given, "union_all"):
        srid, given = _srid_of(given.crs), given.union_all()
    if isinstance(given, str):
        given = _read_json(given)
    geometry = getattr(given, "__geo_interface__", given)
    if isinstance(geometry, Mapping) and geometry.get("type") == "Feature":
        geometry = geometry.get("geometry")
    if not isinstance(geometry, Mapping) or geometry.get("type") not in DEPTH or not geometry.get("coordinates"):
        raise _not_a_shape()
    plain = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    return Shape(plain, srid or _guessed(geometry))


def outline_of(given: Any) -> str:
    """Corners as a dossier is asked with: of a text as it is, pairs of numbers, a point, or a polygon's outer ring."""
    if isinstance(given, str):
        return given
    if isinstance(given, Mapping) or hasattr(given, "__geo_interface__"):
        shape = read_shape(given)
        if shape.geometry["type"] not in ("Point", "Polygon"):
            raise _not_a_shape()
        points = shape.geometry["coordinates"]
        given = [points] if shape.geometry["type"] == "Point" else points[0][:-1]
    return ";".join(f"{x} {y}" for x, y, *_ in given)


def _srid_of(crs: Any) -> int | None:
    """The system of a frame: one of ours by its name, or degrees."""
    if crs is None:
        return None
    inner = crs.source_crs if crs.is_bound else crs
    code = inner.to_epsg() or (DEGREES if inner.to_authority() == ("OGC", "CRS84") else None)
    if code is None:
        raise BandoError(
            f"Hệ tọa độ của hình ({crs.name}) không dùng được ở đây; hãy đổi sang WGS 84: to_crs(4326).",
            f"The coordinate system of the shape ({crs.name}) is not known here; convert it to WGS 84: to_crs(4326).",
        )
    uri(code)
    return int(code)


def _guessed(geometry: Mapping[str, Any]) -> int:
    x, y = _first(geometry["coordinates"])
    return DEGREES if abs(x) <= 180 and abs(y) <= 90 else CITY


def _first(points: Points) -> tuple[float, float]:
    while not isinstance(points[0], int | float):
        points = points[0]
    return points[0], points[1]


def _mapped(points: Points, depth: int, write: Callable[[Any], str]) -> str:
    if depth == 0:
        return write(points)
    return f"({','.join(_mapped(one, depth - 1, write) for one in points)})"


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _not_a_shape() from error


def _not_a_shape() -> BandoError:
    known = ", ".join(DEPTH)
    return BandoError(
        f"Cần một hình: Shapely, GeoPandas hoặc GeoJSON, không rỗng, loại {known}.",
        f"A shape is needed: of Shapely, GeoPandas or GeoJSON, not empty, one of {known}.",
    )
