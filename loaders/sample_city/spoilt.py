"""How shapes are spoilt for the damaged sample city, and which places suit a planted error."""

from collections.abc import Callable, Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.affinity import translate

from loaders.sample_city.shapes import GRID_M


def has_neighbours(shapes: NDArray[np.object_], tree: shapely.STRtree) -> NDArray[np.bool_]:
    """Lots with two or more lots beside them along a whole side."""
    one, two = tree.query(shapes, predicate="touches")
    side = shapely.length(shapely.intersection(shapes[one], shapes[two])) > 5
    return np.asarray(np.bincount(one[side], minlength=len(shapes)) >= 2)


def away_from(lines: NDArray[np.object_], spot: Point, metres: float) -> Point:
    around = [translate(spot, metres * np.cos(turn), metres * np.sin(turn)) for turn in np.linspace(0, 6, 12)]
    return max(around, key=lambda one: float(shapely.distance(lines, one).min()))


def borders(parcels: NDArray[np.object_], tree: shapely.STRtree, house: Polygon) -> Iterator[Point]:
    for one in tree.query(house, predicate="within"):
        for other in tree.query(parcels[one], predicate="touches"):
            line = shapely.line_merge(shapely.intersection(parcels[one], parcels[other]))
            if isinstance(line, LineString) and line.length > 6:
                yield line.interpolate(0.5, normalized=True)


def _thread(shape: Polygon) -> Polygon:
    x, y = shape.representative_point().coords[0]
    return shapely.box(x, y, x + 12.123, y + 0.021)


def _spiked(shape: Polygon) -> Polygon:
    """From a corner three metres away from the middle and back, two millimetres beside."""
    ring = np.array(shape.exterior.coords)[:-1]
    middle = np.array(shape.centroid.coords[0])
    for first in range(len(ring)):
        turned = np.roll(ring, -first, axis=0)
        out = (turned[0] - middle) / np.hypot(*(turned[0] - middle))
        for aside in (0.002, -0.002):
            side = 3 * out + np.array([-out[1], out[0]]) * aside
            made = Polygon(np.vstack([turned[:1], turned[:1] + 3 * out, turned[:1] + side - 2.9 * out, turned[1:]]))
            if shapely.set_precision(made, GRID_M, mode="pointwise").is_valid:
                return made
    return shape


def _many(shape: Polygon) -> Polygon:
    return shape.representative_point().buffer(400.0, quad_segs=13_000)


def _whole_metres(shape: Polygon) -> Polygon:
    x, y = (round(value) for value in shape.representative_point().coords[0])
    return Polygon([(x + 3, y), (x + 6, y + 2), (x + 6, y + 5), (x + 3, y + 7), (x, y + 5), (x, y + 2)])


def _stuttering(shape: Polygon) -> Polygon:
    ring = np.array(shape.exterior.coords)
    return Polygon(np.insert(ring, 1, ring[1], axis=0))


OUTLINES: dict[str, Callable[[Polygon], Polygon]] = {
    "GEO-12": _thread, "GEO-13": _spiked, "GEO-15": _many, "GEO-16": _whole_metres, "GEO-17": _stuttering,
}  # fmt: skip
"""Code of a finding → how an outline gets it."""
