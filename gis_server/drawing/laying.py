"""Shapes laid on a grid of half pixels: a cell has the value of the last shape that its middle lies in."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.frames import AREAS, MARGIN, PIXELS, Frame, Numbers, Shapes

FINER = 2
"""Grid cells on a pixel's side."""
BESIDE = int(PIXELS * MARGIN)
SIDE = PIXELS + 2 * BESIDE
"""Of a tile with its margin, in pixels."""
Grid = npt.NDArray[np.integer[Any]]
"""Of the narrowest numbers that will do: work on a grid hangs on its bytes."""


def laid(shapes: Shapes, values: Grid, frame: Frame) -> Grid:
    """The shapes on a fine grid: a cell has the value of the last shape that its middle lies in, 0 of none."""
    size = SIDE * FINER
    west, _, _, north = frame.box(MARGIN)
    places, ring, owner = _corners(shapes)
    cells = (places - (west, north)) * (FINER / frame.pixel_m, -FINER / frame.pixel_m)
    edge = ring[1:] == ring[:-1]
    starts, ends, shape = cells[:-1][edge], cells[1:][edge], owner[1:][edge]
    shape, row, at = _crossings(starts, ends, shape)
    column = np.clip(np.ceil(at - 0.5), 0, size).astype(np.int64)
    line, column = np.divmod(np.sort((shape * size + row) * (size + 1) + column), size + 1)
    shape, row = np.divmod(line[::2], size)
    return _painted(row * size + column[::2], column[1::2] - column[::2], values[shape])


def narrowest(most: int) -> type[np.integer[Any]]:
    """The type of a grid whose values are not greater."""
    return np.uint8 if most < 2**8 else np.uint16 if most < 2**16 else np.int32


def _corners(shapes: Shapes) -> tuple[npt.NDArray[np.float64], Numbers, Numbers]:
    """Every corner with a number of its outline and that of its shape. Most shapes are one outline."""
    simple = (shapely.get_type_id(shapes) == AREAS[0]) & (shapely.get_num_interior_rings(shapes) == 0)
    one, other = np.flatnonzero(simple), np.flatnonzero(~simple)
    places, at = shapely.get_coordinates(shapes[one], return_index=True)
    parts, shape = shapely.get_parts(shapes[other], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    more, ring = shapely.get_coordinates(rings, return_index=True)
    owner = np.concatenate([one[at], other[shape[part[ring]]]])
    return np.concatenate([places, more]), np.concatenate([at, ring + len(one)]), owner


def _crossings(
    starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64], shape: Numbers
) -> tuple[Numbers, Numbers, npt.NDArray[np.float64]]:
    """Where outlines cross the middles of the grid's rows: shape, row, and how far from the west."""
    up = ends[:, 1] < starts[:, 1]
    low, high = np.where(up[:, None], ends, starts), np.where(up[:, None], starts, ends)
    first = np.clip(np.ceil(low[:, 1] - 0.5), 0, SIDE * FINER).astype(np.int64)
    last = np.clip(np.ceil(high[:, 1] - 0.5), 0, SIDE * FINER).astype(np.int64)
    times = last - first
    edge = np.repeat(np.arange(len(times)), times)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times) + first[edge]
    slope = (high - low)[edge]
    at = low[edge, 0] + (row + 0.5 - low[edge, 1]) * slope[:, 0] / slope[:, 1]
    return shape[edge], row, at


def _painted(starts: Numbers, lengths: Numbers, values: Grid) -> Grid:
    """Runs of cells written in their order."""
    size = SIDE * FINER
    grid = np.zeros(size * size, dtype=values.dtype)
    run = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + starts[run]
    grid[place] = values[run]
    return grid.reshape(size, size)
