"""Geometry that subjects share: smooth curves, boxes along a shape, cutting, noding on the millimetre grid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, Polygon

from loaders.sample_city.frame import Points

Shapes = NDArray[np.object_]
GRID_M = 0.001
"""Everything is drawn on the millimetre grid in which the city stores coordinates."""


@dataclass(frozen=True)
class Axes:
    """The box that fits a polygon most tightly: its corner, unit vectors, length ≥ depth."""

    corner: Points
    along: Points
    across: Points
    length: float
    depth: float

    def place(self, u: float, v: float) -> Points:
        return self.corner + u * self.along + v * self.across

    def local(self, points: Points) -> Points:
        shifted = points - self.corner
        return np.column_stack([shifted @ self.along, shifted @ self.across])


def axes_of(polygon: Polygon) -> Axes:
    """Axes of the tightest box, the longer side first."""
    ring = shapely.get_coordinates(shapely.oriented_envelope(polygon))[:4]
    first, second = ring[1] - ring[0], ring[3] - ring[0]
    if np.hypot(*first) < np.hypot(*second):
        first, second = second, first
    length, depth = float(np.hypot(*first)), float(np.hypot(*second))
    return Axes(ring[0], first / length, second / depth, length, depth)


def smooth(points: Points, rounds: int = 4) -> Points:
    """Chaikin's corner cutting: a curve that keeps its two ends."""
    for _ in range(rounds):
        near, far = points[:-1], points[1:]
        cut = np.stack([0.75 * near + 0.25 * far, 0.25 * near + 0.75 * far], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], cut, points[-1:]])
    return points


def ribbon(centre: Points, widths: NDArray[np.float64]) -> Polygon:
    """The polygon along a curve with a width at every point."""
    step = np.gradient(centre, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
    half = normal * widths[:, None] / 2
    return shapely.make_valid(Polygon(np.vstack([centre + half, (centre - half)[::-1]])))


def cut_in_two(polygon: Polygon, curve: Points, far: float = 5_000.0) -> tuple[list[Polygon], LineString]:
    """Both sides of a polygon along a curve that crosses it, and the part of the curve inside."""
    span = curve[-1] - curve[0]
    side = np.array([-span[1], span[0]]) / np.hypot(*span) * far
    knife = shapely.make_valid(Polygon(np.vstack([curve, curve[-1] + side, curve[0] + side])))
    near, beyond = (cut(polygon, knife, grid_size=GRID_M) for cut in (shapely.intersection, shapely.difference))
    parts = [*polygons(near), *polygons(beyond)]
    return parts, LineString(curve).intersection(polygon)


def polygons(shape: Any) -> list[Polygon]:
    """The polygons of any geometry, without lines and points."""
    parts = shapely.get_parts(shape)
    flat = shapely.get_parts(parts) if len(parts) else parts
    return [part for part in flat if part.geom_type == "Polygon" and part.area > 0]


def surface(shape: Any) -> Any:
    """The polygons of any geometry as one, without lines and points."""
    return shapely.union_all(polygons(shape))


def lines(shape: Any) -> list[LineString]:
    """The lines of any geometry, without polygons and points."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in parts if part.geom_type == "LineString" and part.length > 0]


def noded(linework: Iterable[Any]) -> Any:
    """All lines cut where they meet, on the millimetre grid."""
    parts = [part for shape in linework for part in lines(shape)]
    return shapely.unary_union(MultiLineString(parts), grid_size=GRID_M)


def faces(linework: Iterable[Any], smallest: float = 0.01) -> Shapes:
    """The faces that lines enclose, sorted by place so that their order never depends on a library."""
    found = shapely.get_parts(shapely.polygonize([noded(linework)]))
    return by_place(found[shapely.area(found) > smallest])


def by_place(shapes: Shapes) -> Shapes:
    """Shapes ordered from north to south, west to east, by a point inside."""
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return shapes[np.lexsort([inside[:, 0], -inside[:, 1]])]


def owner_of(points: Shapes, areas: Sequence[Any] | Shapes) -> NDArray[np.int64]:
    """Index of the area that holds each point, −1 for none."""
    owner = np.full(len(points), -1)
    which, area = shapely.STRtree(np.asarray(areas, dtype=object)).query(points, predicate="intersects")
    owner[which[::-1]] = area[::-1]
    return owner


def inside_points(shapes: Shapes | Sequence[Any]) -> Shapes:
    """A point inside each shape."""
    return np.asarray(shapely.point_on_surface(np.asarray(shapes, dtype=object)), dtype=object)


def stations(line: LineString, spacing: float, margin: float = 0.0) -> NDArray[np.float64]:
    """Chainages along a line at nearly equal spacing, both ends included when the margin is zero."""
    free = line.length - 2 * margin
    if free <= 0:
        return np.empty(0)
    return np.linspace(margin, line.length - margin, max(2, round(free / spacing) + 1))


def beside(line: LineString, chainage: NDArray[np.float64], offset: float) -> Points:
    """Points beside a line: positive offsets lie to the left of its direction."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, chainage))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(chainage + 0.5, line.length)))
    back = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(chainage - 0.5, 0)))
    step = ahead - back
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
    return np.asarray(here + offset * normal)


SHARP_DEGREES, THIN_M = 1.5, 0.02


def without_spikes(shapes: Shapes) -> Shapes:
    """Surfaces without vertices where the outline runs out and back on itself: the tips that overlays leave."""
    return np.array([_blunt(shape) if shapely.get_dimensions(shape) == 2 else shape for shape in shapes], dtype=object)


def _blunt(shape: Any) -> Any:
    """The same object where nothing is sharp."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    if not any(len(_sharp(points[ring == one])) for one in np.unique(ring)):
        return shape
    parts = []
    for part in shapely.get_parts(shape):
        shell, *holes = [_filed(shapely.get_coordinates(one)[:-1]) for one in shapely.get_rings(part)]
        parts.append(Polygon(shell, [hole for hole in holes if len(hole) > 2]))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _filed(corners: Points) -> Points:
    while len(corners) > 3 and len(sharp := _sharp(corners)):
        corners = np.delete(corners, sharp[0], axis=0)
    return corners


def _sharp(corners: Points) -> NDArray[np.int64]:
    """Places of the corners that are no wider than a thread; the first corner may stand at the end again."""
    if (corners[0] == corners[-1]).all():
        corners = corners[:-1]
    into, out = corners - np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0) - corners
    cross = np.abs(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0])
    turn = np.arctan2(cross, -(into * out).sum(axis=1))
    width = np.minimum(np.hypot(*into.T), np.hypot(*out.T)) * np.sin(turn)
    return np.flatnonzero((np.degrees(turn) < SHARP_DEGREES) & (width < THIN_M))


def rounded(shapes: Any) -> Shapes:
    """Shapes on the millimetre grid, made valid where rounding hurt them; polygons stay polygons."""
    placed = shapely.set_precision(np.atleast_1d(np.asarray(shapes, dtype=object)), GRID_M, mode="pointwise")
    for index in np.flatnonzero(~shapely.is_valid(placed)):
        placed[index] = shapely.make_valid(placed[index], method="structure")
    for index in np.flatnonzero(shapely.get_type_id(placed) == 7):
        placed[index] = shapely.union_all(polygons(placed[index]))
    return np.asarray(placed, dtype=object)
