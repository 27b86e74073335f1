"""The ground under the map of findings: metres from the sheet's origin, as whole centimetres from place to place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import shapely

from gis_server.catalog import Catalog
from gis_server.catalog.crs import WGS84
from loaders.verdict.verdict import Place, Verdict

Sheet = tuple[float, float]
"""East and north of the map's origin: far-off numbers would lose their centimetres in a browser's canvas."""


def sheet_of(places: Sequence[Place]) -> Sheet:
    """An origin in the middle of the places, on a whole metre."""
    if not places:
        return 0.0, 0.0
    east, north = np.median([(one.east, one.north) for one in places], axis=0)
    return float(round(east)), float(round(north))


def box_of(places: Sequence[Place]) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees around the places, but for a few that lie far off."""
    if not places:
        return None
    degrees = np.array([(one.longitude, one.latitude) for one in places])
    west, south = np.percentile(degrees, 2, axis=0)
    east, north = np.percentile(degrees, 98, axis=0)
    return float(west), float(south), float(east), float(north)


def stored(catalog: Catalog, shapes: Sequence[dict[str, Any]]) -> list[bytes]:
    """GeoJSON geometries in degrees → WKB in the stored grid."""
    crs = catalog.crs
    found = shapely.from_geojson([orjson.dumps(shape) for shape in shapes])
    return list(shapely.to_wkb(shapely.transform(found, lambda at: crs.transform(at, WGS84, crs.stored))))


def ground(verdict: Verdict, sheet: Sheet) -> dict[str, Any]:
    """Wards and streets that are served, and outlines of the layers with findings."""
    return {
        "base": _runs(verdict.base, sheet),
        "layers": {layer: _runs(shapes, sheet) for layer, shapes in verdict.outlines.items()},
    }


def _runs(shapes: Sequence[bytes], sheet: Sheet) -> list[list[int]]:
    return [_packed(coordinates, sheet) for coordinates in map(shapely.get_coordinates, _lines(shapes))]


def _lines(shapes: Sequence[bytes]) -> list[Any]:
    """Every ring and every line of WKB shapes."""
    parts = shapely.get_parts(shapely.get_parts(shapely.from_wkb(np.array(shapes, dtype=object))))
    areas = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return [*shapely.get_rings(parts[areas]), *parts[~areas]]


def _packed(coordinates: Any, sheet: Sheet) -> list[int]:
    places = np.rint((coordinates - sheet) * 100).astype(np.int64)
    return [int(step) for step in np.diff(places, axis=0, prepend=[(0, 0)]).ravel()]
