"""Shapes laid on a grid of half pixels: a cell has the value of the last shape that its middle lies in."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gis_server.drawing.frames import MARGIN, PIXELS, Frame, Numbers
from gis_server.drawing.outlines import Outlines

FINER = 2
"""Grid cells on a pixel's side."""
BESIDE = int(PIXELS * MARGIN)
SIDE = PIXELS + 2 * BESIDE
"""Of a tile with its margin, in pixels."""
SIZE = SIDE * FINER
"""Of the grid."""
NARROW, WIDE = 16, 32
"""Bits for the number of shapes over a cell, and as many for their value."""
FEW = 1 << 14
"""Shapes whose number has room in the fewer bits."""
Grid = npt.NDArray[np.integer[Any]]
"""Of the narrowest numbers that will do: work on a grid hangs on its bytes."""


class Crossings(NamedTuple):
    """Where outlines cross the middles of rows: the first cell east of it. `way`: 1 going down, -1 going up."""

    shape: Numbers
    row: Numbers
    column: Numbers
    way: Numbers


def laid(outlines: Outlines, values: Grid, frame: Frame) -> Grid:
    """The shapes on a fine grid. `values`: from 1 on, of the type that the grid shall have.

    What enters a shape and what leaves it is summed along each row: half of a cell's bits tell how many shapes lie over
    it, the other half which value the only one has. Where there are several the last is looked for.
    """
    crossings = _crossings(outlines, frame)
    half = NARROW if len(outlines) < FEW and values.itemsize * 8 <= NARROW else WIDE
    sums = _sums(outlines, values, crossings, half)
    grid: Grid = sums.astype(values.dtype)
    several = (sums >> half != 1) & (sums != 0)
    several |= grid > values.max(initial=0)  # of a shape that crosses itself some parts count against others
    if several.any():
        grid[several] = _last(outlines, values, crossings, several)[several]
    return grid


def _sums(outlines: Outlines, values: Grid, crossings: Crossings, half: int) -> Grid:
    """Of every cell; `half`: bits for the number of shapes, and for their values."""
    kind: type[np.integer[Any]] = np.int32 if half == NARROW else np.int64
    gain = (values.astype(np.int64) + (1 << half)) * np.where(outlines.turned < 0, -1, 1)
    sums: Grid = np.zeros(SIZE * (SIZE + 1), dtype=kind)
    place = crossings.row * (SIZE + 1) + crossings.column
    np.add.at(sums, place, (gain[crossings.shape] * crossings.way).astype(kind))
    return np.cumsum(sums, out=sums).reshape(SIZE, SIZE + 1)[:, :SIZE]


def narrowest(most: int) -> type[np.integer[Any]]:
    """The type of a grid whose values are not greater."""
    return np.uint8 if most < 2**8 else np.uint16 if most < 2**16 else np.int32


def _crossings(outlines: Outlines, frame: Frame) -> Crossings:
    west, _, _, north = frame.box(MARGIN)
    x, y = (outlines.x - west) * (FINER / frame.pixel_m), (north - outlines.y) * (FINER / frame.pixel_m)
    row = np.clip(np.ceil(y - 0.5), 0, SIZE).astype(np.int64)
    down = row[1:] - row[:-1]
    edge = np.flatnonzero((down != 0) & ~outlines.last[:-1])
    down = down[edge]
    low, high = edge + (down < 0), edge + (down > 0)
    slope = (x[high] - x[low]) / (y[high] - y[low])
    base, times = x[low] + (0.5 - y[low]) * slope, np.abs(down)
    each = np.repeat(np.arange(len(edge)), times)
    rows = np.arange(len(each)) + (row[low] - np.cumsum(times) + times)[each]
    column = np.clip(np.ceil(base[each] + rows * slope[each] - 0.5), 0, SIZE).astype(np.int64)
    shape = np.repeat(np.arange(len(outlines)), outlines.count)[edge]
    return Crossings(shape[each], rows, column, np.sign(down)[each])


def _last(outlines: Outlines, values: Grid, crossings: Crossings, wanted: npt.NDArray[np.bool_]) -> Grid:
    """A grid that has the value of the last shape in each wanted cell; only shapes near one are painted, in turns."""
    rows = np.flatnonzero(wanted.any(axis=1))
    some = np.isin(crossings.row, rows)
    line = (crossings.shape * SIZE + crossings.row)[some]
    line, column = np.divmod(np.sort(line * (SIZE + 1) + crossings.column[some]), SIZE + 1)
    shape, row = np.divmod(line[::2], SIZE)
    return _painted(row * SIZE + column[::2], column[1::2] - column[::2], values[shape])


def _painted(starts: Numbers, lengths: Numbers, values: Grid) -> Grid:
    """Runs of cells written in their order."""
    grid = np.zeros(SIZE * SIZE, dtype=values.dtype)
    run = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + starts[run]
    grid[place] = values[run]
    return grid.reshape(SIZE, SIZE)
