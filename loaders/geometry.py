"""Geometries of a delivery in the stored grid: moved by the pinned shift, to the millimetre, flat, of wanted kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_server.catalog import CrsBook
from gis_server.catalog.model import GeometryKind
from loaders.wkb import Plain

Shapes = NDArray[np.object_]
KINDS: tuple[GeometryKind, ...] = ("Point", "LineString", "Polygon")
MILLIMETRES = 3
COLLECTION = 7


@dataclass(frozen=True)
class Drawn:
    """Geometries of mapped rows as objects or as EWKB, each made when it is asked for."""

    shapes: Callable[[], Shapes]
    encoded: Callable[[], pa.Array]
    lost: NDArray[np.bool_]
    """Where parts of other kinds were lost."""


def decoded(wkb: pa.ChunkedArray) -> Shapes:
    """Shapes without Z and M; None where there is no geometry or nothing that can be read."""
    shapes = shapely.from_wkb(wkb.to_numpy(), on_invalid="ignore")
    flat: Shapes = shapely.force_2d(shapes)
    return flat


def in_grid(shapes: Shapes, srid: int, crs: CrsBook) -> Shapes:
    """The same shapes in the stored grid, rounded to the millimetre."""

    in_stored: Shapes = shapely.transform(shapes, lambda points: _moved(points, srid, crs))
    return in_stored


def plain_in_grid(plain: Plain, srid: int | None, crs: CrsBook) -> pa.Array:
    """EWKB of plain shapes in the stored grid, rounded to the millimetre."""
    return plain.written(_moved(plain.points, srid, crs), crs.stored)


def _moved(points: NDArray[np.float64], srid: int | None, crs: CrsBook) -> NDArray[np.float64]:
    """Points in the stored grid; what lies out of all bounds is found by the gate."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.round(points if srid is None else crs.transform(points, srid, crs.stored), MILLIMETRES)


def kinds_of(shapes: Shapes) -> NDArray[np.int8]:
    """0 point, 1 line, 2 polygon, −1 nothing; a collection counts as the highest kind in it."""
    kinds: NDArray[np.int8] = shapely.get_dimensions(shapes).astype(np.int8)
    return kinds


def unwrapped(shapes: Shapes, wanted: Sequence[GeometryKind]) -> tuple[Shapes, NDArray[np.bool_]]:
    """Collections as the parts of the layer's kinds, and where parts of other kinds were lost by that."""
    lost = np.zeros(len(shapes), dtype=bool)
    places = np.flatnonzero(shapely.get_type_id(shapes) == COLLECTION)
    if len(places):
        shapes = shapes.copy()
    for place in places:
        shapes[place], lost[place] = _unwrapped(shapes[place], [KINDS.index(kind) for kind in wanted])
    return shapes, lost


def _unwrapped(collection: shapely.GeometryCollection, wanted: list[int]) -> tuple[shapely.Geometry | None, bool]:
    parts = _leaves(collection)
    kinds = shapely.get_dimensions(parts)
    best = max((int(kind) for kind in kinds if kind in wanted), default=-1)
    kept = parts[kinds == best]
    build = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}.get(best)
    return (None if build is None else build(kept)), len(kept) < len(parts)


def _leaves(collection: shapely.Geometry) -> Shapes:
    """Single points, lines and polygons of a collection, however deep."""
    parts: Shapes = np.array([collection], dtype=object)
    while (shapely.get_type_id(parts) >= 4).any():
        parts = shapely.get_parts(parts)
    return parts


def boundaries(shapes: Shapes) -> Shapes:
    lines: Shapes = shapely.boundary(shapes)
    return lines


def centres(shapes: Shapes) -> Shapes:
    """A point that lies on or in each shape."""
    points: Shapes = shapely.point_on_surface(shapes)
    return points


def surfaces(shapes: Shapes) -> Shapes:
    """Closed lines as polygons; everything else as it is."""
    closed = (shapely.get_type_id(shapes) == 1) & shapely.is_closed(shapes)
    closed &= shapely.get_num_coordinates(shapes) > 3
    made = shapes.copy()
    made[closed] = shapely.polygons(shapely.linearrings([shapely.get_coordinates(line) for line in shapes[closed]]))
    return made


def widened(shapes: Shapes, width_m: NDArray[np.float64]) -> Shapes:
    """Lines as surfaces of that width with square ends; nothing where the width is unknown."""
    made: Shapes = shapely.buffer(shapes, width_m / 2, cap_style="flat", join_style="mitre")
    made[~(width_m > 0)] = None
    return shapely_rounded(made)


def turned(shapes: Shapes, where: NDArray[np.bool_]) -> Shapes:
    """Lines from their last point to their first, at those places."""
    made = shapes.copy()
    made[where] = shapely.reverse(shapes[where])
    return made


def shapely_rounded(shapes: Shapes) -> Shapes:
    rounded: Shapes = shapely.transform(shapes, lambda points: np.round(points, MILLIMETRES))
    return rounded


def encoded(shapes: Shapes, srid: int) -> pa.Array:
    """EWKB, as PostGIS reads it from a binary COPY; an empty geometry is written as none."""
    shapes = shapes.copy()
    shapes[shapely.is_empty(shapes)] = None
    return pa.array(shapely.to_wkb(shapely.set_srid(shapes, srid), include_srid=True), pa.binary())
