"""Widens shapes that callers draw, whatever they drew: in bounded time, and refused where they are a tangle."""

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis_server.errors import BadRequest

ROUND = 16
"""Segments of a quarter circle: a widened shape is at most 0.12 % too narrow."""
FEW = 100
"""Up to so many points a shape is widened in one go; of more that lie close together that takes minutes."""
MOST_CROSSINGS = 20_000
AT_ONCE = 50
Shapes = npt.NDArray[np.object_]


def widened(shape: BaseGeometry, within_m: float) -> BaseGeometry:
    """Everything within so many metres of a shape."""
    if not within_m:
        return shape
    if shapely.get_num_coordinates(shape) <= FEW:
        found: BaseGeometry = shapely.buffer(shape, within_m, quad_segs=ROUND)
        return found
    parts, sides = shapely.get_parts(_flat(shape)), _sides(shape)
    around = shapely.buffer(
        np.concatenate([parts[shapely.get_dimensions(parts) == 0], sides]), within_m, quad_segs=ROUND
    )
    return shapely.union_all(np.concatenate([around, parts[shapely.get_dimensions(parts) == 2]]))


def refuse_tangle(shape: BaseGeometry) -> None:
    """BadRequest for lines that cross each other tens of thousands of times: cutting them would take minutes."""
    sides = _sides(shape)
    if len(sides) <= FEW:
        return
    tree, found = shapely.STRtree(sides), 0
    for start in range(0, len(sides), AT_ONCE):
        found += tree.query(sides[start : start + AT_ONCE], predicate="crosses").shape[1] // 2
        if found > MOST_CROSSINGS:
            raise BadRequest(
                f"Các đường của hình cắt nhau hơn {MOST_CROSSINGS} lần; vẽ đơn giản hơn.",
                f"The lines of the shape cross each other more than {MOST_CROSSINGS} times; draw it more simply.",
            )


def _flat(shape: BaseGeometry) -> BaseGeometry:
    """Collections in collections as one."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts = shapely.get_parts(parts)
    return shapely.GeometryCollection(list(parts))


def _sides(shape: BaseGeometry) -> Shapes:
    """Every straight piece of its lines and outlines."""
    parts = shapely.get_parts(_flat(shape))
    rings = shapely.get_rings(parts)
    runs = [*parts[shapely.get_dimensions(parts) == 1], *rings]
    pairs = [np.stack([points[:-1], points[1:]], axis=1) for points in map(shapely.get_coordinates, runs)]
    found: Shapes = shapely.linestrings(np.concatenate([np.zeros((0, 2, 2)), *pairs]))
    return found
