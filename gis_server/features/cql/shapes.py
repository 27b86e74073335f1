"""Geometries that callers write: read, judged, and moved to the stored grid by the pinned shift."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis_server.catalog.crs import WGS84, CrsBook
from gis_server.features.cql.sentences import bad_filter
from gis_server.features.crs import Crs
from gis_server.features.widening import refuse_tangle

MOST_VERTICES = 10_000
AROUND = shapely.box(96.0, -2.0, 118.0, 25.0)
"""Degrees within which the city's grid means something."""
STEP = {True: 0.008, False: 800.0}
"""Degrees or metres between the points of an edge that becomes curved in the grid: at most 5 mm are lost."""
MOST_POINTS = 20_000
MEMBERS = frozenset({"type", "coordinates", "geometries", "bbox"})


def read_shape(node: Mapping[str, Any], crs: Crs) -> BaseGeometry:
    """A geometry in GeoJSON's writing or a `bbox`; x east and y north, as written in its system."""
    if not set(node) <= MEMBERS:
        raise bad_filter("hình học phải viết theo GeoJSON", "a geometry must be GeoJSON")
    found = _box(node["bbox"], crs) if set(node) == {"bbox"} else _geojson(node, crs)
    if found.is_empty:
        raise bad_filter("hình học rỗng", "a geometry is empty")
    if shapely.get_num_coordinates(found) > MOST_VERTICES:
        raise bad_filter(f"hình học có hơn {MOST_VERTICES} đỉnh", f"a geometry has more than {MOST_VERTICES} vertices")
    if not np.isfinite(shapely.get_coordinates(found)).all():
        raise bad_filter("có tọa độ không phải là số", "a coordinate is not a number")
    if not shapely.is_valid(found):
        reason = shapely.is_valid_reason(found)
        raise bad_filter(f"hình học không hợp lệ ({reason})", f"a geometry is invalid ({reason})")
    return found


def in_grid(book: CrsBook, shape: BaseGeometry, crs: Crs, may_cut: bool) -> BaseGeometry:
    """The shape in the stored grid; what lies far from the city is cut off where that changes no answer."""
    if crs.srid == book.stored:
        return shape
    if crs.srid == WGS84:
        shape = _near(shape, may_cut)
    step = STEP[crs.srid == WGS84]
    smooth = shapely.segmentize(shape, max(step, shape.length / MOST_POINTS)) if shape.length else shape
    moved = shapely.transform(smooth, lambda points: book.transform(points, crs.srid, book.stored))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise too_far()
    return moved


def _near(shape: BaseGeometry, may_cut: bool) -> BaseGeometry:
    if shapely.within(shape, AROUND):
        return shape
    if not may_cut:
        raise too_far()
    refuse_tangle(shape)
    return shapely.intersection(shape, AROUND)


def too_far() -> Exception:
    return bad_filter(
        "hình học vượt xa phạm vi của thành phố (96…118° Đ, 2° N…25° B)",
        "a geometry reaches far beyond the city (96…118° E, 2° S…25° N)",
    )


def _geojson(node: Mapping[str, Any], crs: Crs) -> BaseGeometry:
    try:
        found: BaseGeometry = shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))
    except (shapely.errors.ShapelyError, ValueError, TypeError, orjson.JSONEncodeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise bad_filter(f"không đọc được hình học ({reason})", f"a geometry cannot be read ({reason})") from error
    return shapely.transform(found, lambda points: points[:, ::-1]) if crs.is_north_first else found


def _box(numbers: Any, crs: Crs) -> BaseGeometry:
    if not isinstance(numbers, list) or len(numbers) not in (4, 6) or not all(map(_is_number, numbers)):
        raise bad_filter("bbox phải có 4 hoặc 6 số", "a bbox must have 4 or 6 numbers")
    half = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[half : half + 2]
    if crs.is_north_first:
        west, south, east, north = south, west, north, east
    if south > north or (west > east and crs.srid != WGS84):
        raise bad_filter(
            "bbox phải ghi góc tây nam trước, góc đông bắc sau",
            "a bbox must give the south-west corner, then the north-east corner",
        )
    if west > east:
        return shapely.union(shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))
    return _thin(west, south, east, north)


def _thin(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box without width is a line or a point."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
