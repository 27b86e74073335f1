"""The tiles that shapes are drawn in: as few as hold the shape itself, not its bounding box."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.cells import Cells, ids, union

LEAF_ZOOM = 18
"""Deeper tiles are not told apart: 150 m of the city are touched together."""
MARGIN = 1 / 32 + 8 / 4096
"""Share of a tile beyond its edges: the drawing's buffer (128 of 4096 units) and what simplifying may move."""
MOST_CELLS = 100_000
"""Of all shapes together; then tiles are split no further."""
MOST_PER_SHAPE = 256
HALF_WORLD_M = 20_037_508.342789244
Numbers = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]
_CHILDREN = np.array([(0, 0), (1, 0), (0, 1), (1, 1)], dtype=np.int64)


@dataclass(frozen=True)
class _Tries:
    """Tiles of one zoom, each with the shape that may lie in it."""

    zoom: int
    shape: Numbers
    x: Numbers
    y: Numbers

    def chosen(self, which: npt.NDArray[np.bool_]) -> "_Tries":
        return _Tries(self.zoom, self.shape[which], self.x[which], self.y[which])

    def joined(self, other: "_Tries") -> "_Tries":
        pairs = ((self.shape, other.shape), (self.x, other.x), (self.y, other.y))
        return _Tries(self.zoom, *(np.concatenate(pair) for pair in pairs))

    def split(self) -> "_Tries":
        """The four tiles below each."""
        x = (2 * self.x[:, None] + _CHILDREN[:, 0]).ravel()
        y = (2 * self.y[:, None] + _CHILDREN[:, 1]).ravel()
        return _Tries(self.zoom + 1, np.repeat(self.shape, 4), x, y)

    def boxes(self) -> Shapes:
        """The drawn area of each tile in Web Mercator metres."""
        side = 2 * HALF_WORLD_M / 2**self.zoom
        west, north = self.x * side - HALF_WORLD_M, HALF_WORLD_M - self.y * side
        pad = side * MARGIN
        boxes: Shapes = shapely.box(west - pad, north - side - pad, west + side + pad, north + pad)
        return boxes

    def cells(self) -> Cells:
        return ids(self.zoom, self.x, self.y)


def cover(shapes: Shapes) -> Cells:
    """Cells of Web-Mercator shapes: split only where an outline passes; lone where only the margin shows it."""
    shapes = shapes[~shapely.is_empty(shapes)]
    shapely.prepare(shapes)
    start = _start_zooms(shapes)
    found: list[Cells] = []
    tries = _none(0)
    for zoom in range(LEAF_ZOOM + 1):
        found.append(-_first(shapes, np.flatnonzero(start > zoom), zoom).cells()[::-1])
        tries = tries.joined(_first(shapes, np.flatnonzero(start == zoom), zoom))
        hits = tries.chosen(shapely.intersects(shapes[tries.shape], tries.boxes()))
        ends = _ends(shapes, hits) if zoom < LEAF_ZOOM else np.ones(len(hits.x), dtype=bool)
        found += [hits.chosen(ends).cells(), -hits.chosen(~ends).cells()[::-1]]
        tries = hits.chosen(~ends).split()
    return union(found)


def cover_coarsely(zoom: int, x: Numbers, y: Numbers) -> Cells:
    """Whole tiles of one zoom as cells, with the tiles above that show them in their margins."""
    found = [ids(zoom, x, y)]
    for above in range(zoom):
        share = 0.5 ** (zoom - above)
        for column in (x * share - MARGIN, (x + 1) * share + MARGIN):
            for row in (y * share - MARGIN, (y + 1) * share + MARGIN):
                found.append(-ids(above, _floor(column, above), _floor(row, above))[::-1])
    return union(found)


def _none(zoom: int) -> _Tries:
    nothing = np.zeros(0, dtype=np.int64)
    return _Tries(zoom, nothing, nothing, nothing)


def _ends(shapes: Shapes, hits: _Tries) -> npt.NDArray[np.bool_]:
    """Which tiles need no splitting: wholly within the shape, or there are many already."""
    if 4 * len(hits.x) > MOST_CELLS:
        return np.ones(len(hits.x), dtype=bool)
    crowded = np.bincount(hits.shape, minlength=len(shapes))[hits.shape] > MOST_PER_SHAPE
    within: npt.NDArray[np.bool_] = shapely.contains_properly(shapes[hits.shape], hits.boxes())
    return within | crowded


def _start_zooms(shapes: Shapes) -> Numbers:
    """The deepest zoom where a tile is as big as the shape."""
    west, south, east, north = shapely.bounds(shapes).T
    size = np.maximum(east - west, north - south) / (2 * HALF_WORLD_M)
    deepest = np.floor(-np.log2(np.maximum(size, 2.0**-LEAF_ZOOM)))
    zooms: Numbers = np.clip(deepest, 0, LEAF_ZOOM).astype(np.int64)
    return zooms


def _first(shapes: Shapes, chosen: Numbers, zoom: int) -> _Tries:
    """The tiles around the boxes of the chosen shapes: at most three by three."""
    if not len(chosen):
        return _none(zoom)
    side = 2 * HALF_WORLD_M / 2**zoom
    west, south, east, north = shapely.bounds(shapes[chosen]).T
    low_x = _floor((west + HALF_WORLD_M) / side - MARGIN, zoom)
    high_x = _floor((east + HALF_WORLD_M) / side + MARGIN, zoom)
    low_y = _floor((HALF_WORLD_M - north) / side - MARGIN, zoom)
    high_y = _floor((HALF_WORLD_M - south) / side + MARGIN, zoom)
    tries = [
        (chosen[fits], (low_x + right)[fits], (low_y + down)[fits])
        for right in range(4)
        for down in range(4)
        if (fits := (low_x + right <= high_x) & (low_y + down <= high_y)).any()
    ]
    return _Tries(zoom, *(np.concatenate(column) for column in zip(*tries, strict=True)))


def _floor(places: npt.NDArray[np.floating[Any]], zoom: int) -> Numbers:
    found: Numbers = np.clip(np.floor(places), 0, 2**zoom - 1).astype(np.int64)
    return found
