"""A small layer drawn whole, all its zooms in one piece of work: nothing is written before the next zoom is made of it.

What comes of that is what drawing block by block gives, to the byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.block import Block, Drawn, Tile, by_fid, draw_tile, own, served
from gis_server.drawing.frames import HALF_WORLD_M, REACH, Frame, Numbers
from gis_server.drawing.pieces import Pieces, Row, pieces
from gis_server.drawing.rule import Rule

MOST_BYTES = 6_000_000
"""Of shapes; a larger layer is drawn in blocks, which several processes share."""
SHAPES = 0.4
"""Of a table's bytes: what drawing reads of it."""
ZOOMS = 3
"""All zooms together have about so many times the shapes of the rows."""
SQUARE = 8
"""Tiles on the side of what is looked through at once."""

Bounds = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Whole:
    """Rows of a layer, as those see it who see all of them: fid, source, tags, shape."""

    layer: str
    rule: Rule
    rows: list[Row]

    @property
    def size(self) -> int:
        """Bytes of shapes in all zooms, about."""
        return ZOOMS * sum(len(row[-1]) for row in self.rows)

    def done(self) -> list[Drawn]:
        """Every tile that holds anything."""
        given, found = served(self.rows), list[Drawn]()
        for zoom in range(self.rule.high, self.rule.low - 1, -1):
            shown = dict[Tile, Pieces]()
            for drawn, pieces_of in self._level(zoom, given):
                found.append(drawn)
                shown[drawn.at] = own(_as_read(pieces_of), Frame(zoom, *drawn.at))
            given = by_fid(shown[at] for at in sorted(shown))
        return found

    def _level(self, zoom: int, given: Pieces) -> Iterator[tuple[Drawn, Pieces]]:
        block = Block(self.layer, "", self.rule, Frame(zoom, 0, 0), (), [])
        for at, near in tiles_near(zoom, shapely.bounds(given.shape)):
            drawn, shown = draw_tile(block, at, given.chosen(near))
            if drawn is not None:
                yield drawn, shown


def tiles_near(zoom: int, bounds: Bounds) -> Iterator[tuple[Tile, Numbers]]:
    """Tiles that any of some boxes comes near to, and which boxes do."""
    world = Frame(zoom, 0, 0, 1 << zoom, 1 << zoom)
    for x, y in _met(world, bounds, SQUARE):
        square = Frame(zoom, x, y, min(SQUARE, world.wide - x), min(SQUARE, world.high - y))
        some = np.flatnonzero(square.overlaps(bounds, REACH))
        for at in _met(square, bounds[some], 1):
            near = some[Frame(zoom, *at).overlaps(bounds[some], REACH)]
            if len(near):
                yield at, near


def _met(frame: Frame, bounds: Bounds, side: int) -> list[Tile]:
    """Squares of a frame, so many tiles wide, that boxes may come near to: their first columns and rows."""
    if not len(bounds):
        return []
    near_m, begins = frame.side_m * REACH * 1.01, np.array([frame.x, frame.y]) // side
    sides = bounds * (1, -1, 1, -1) + (-near_m, near_m, near_m, -near_m) + HALF_WORLD_M
    ends = begins + np.array([frame.wide - 1, frame.high - 1]) // side
    west, south, east, north = np.floor(sides / (frame.side_m * side)).astype(np.int64).T
    first = np.maximum(begins, (west.min(), north.min()))
    wide, high = np.minimum(ends, (east.max(), south.max())) - first + 1
    if wide < 1 or high < 1:
        return []
    west, east = (west - first[0]).clip(0, wide - 1), (east - first[0]).clip(0, wide - 1)
    north, south = (north - first[1]).clip(0, high - 1), (south - first[1]).clip(0, high - 1)
    corners = np.zeros((wide + 1, high + 1), dtype=np.int32)
    for x, y, step in ((west, north, 1), (east + 1, south + 1, 1), (west, south + 1, -1), (east + 1, north, -1)):
        np.add.at(corners, (x, y), step)
    met = np.argwhere(corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0)
    return [(int(x), int(y)) for x, y in (met + first) * side]


def _as_read(shown: Pieces) -> Pieces:
    """In the order in which pieces of a tile are taken when they are read back, each where its shape begins."""
    columns = (shown.fid.tolist(), shown.stands_for.tolist(), shown.source, shown.tags, shapely.to_wkb(shown.shape))
    order = [at for *_, at in sorted(zip(*columns, range(len(shown)), strict=True))]
    found = shown.chosen(np.array(order, dtype=np.int64))
    return pieces(found.shape, found.fid, (found.stands_for, found.source, found.tags))
