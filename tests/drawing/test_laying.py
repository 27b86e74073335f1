"""Laying shapes on a grid: summing along rows gives what painting them in turns gives, also where they overlap."""

import random

import numpy as np
import pytest
import shapely

from gis_server.drawing.frames import MARGIN, Frame
from gis_server.drawing.laying import FINER, SIZE, laid
from gis_server.drawing.outlines import outlines_of

FRAME = Frame(14, 13_040, 7_698)
WEST, _, _, NORTH = FRAME.box(MARGIN)
CELL = FRAME.pixel_m / FINER


def at_cells(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape drawn in cells from the grid's corner, in metres."""
    return shapely.transform(shape, lambda at: at * (CELL, -CELL) + (WEST, NORTH))


def painted(shapes: list[shapely.Geometry], values: list[int]) -> np.ndarray:
    """Cell by cell: the last shape that the middle lies in."""
    grid = np.zeros((60, 60), dtype=np.uint8)
    column, row = np.meshgrid(np.arange(60) + 0.5, np.arange(60) + 0.5)
    for shape, value in zip(shapes, values, strict=True):
        grid[shapely.contains_xy(shape, column, row)] = value
    return grid


@pytest.mark.parametrize("seed", range(6))
def test_a_cell_has_the_value_of_the_last_shape_over_its_middle(seed: int) -> None:
    chance = random.Random(seed)
    shapes, values = list[shapely.Geometry](), list[int]()
    for _ in range(seed * 12 + 3):
        x, y, angles = chance.uniform(0, 60), chance.uniform(0, 60), np.linspace(0, 2 * np.pi, 8)[:-1]
        corners = [(x + chance.uniform(1, 9) * np.cos(at), y + chance.uniform(1, 9) * np.sin(at)) for at in angles]
        hole = [(x + 0.6 * np.cos(at), y + 0.6 * np.sin(at)) for at in angles] if chance.random() < 0.3 else None
        shapes.append(shapely.Polygon(corners[:: chance.choice((1, -1))], [hole] if hole else None))
        values.append(chance.randrange(1, 250))
    outlines = outlines_of(np.array([at_cells(one) for one in shapes], dtype=object))
    grid = laid(outlines, np.array(values, dtype=np.uint8), FRAME)
    assert grid.shape == (SIZE, SIZE)
    assert grid.dtype == np.uint8
    assert np.array_equal(grid[:60, :60], painted(shapes, values))


def test_neighbours_share_their_border_whichever_way_it_runs() -> None:
    left = shapely.from_wkt("POLYGON ((0 0, 7.31 3.2, 4.9 20.7, 11.3 40.2, 0 50, 0 0))")
    right = shapely.from_wkt("POLYGON ((50 0, 7.31 3.2, 4.9 20.7, 11.3 40.2, 50 50, 50 0))")
    outlines = outlines_of(np.array([at_cells(left), at_cells(right)], dtype=object))
    grid = laid(outlines, np.array([1, 2], dtype=np.uint8), FRAME)[4:40, :50]
    assert (grid > 0).all()
    assert (np.diff(grid.astype(int), axis=1) >= 0).all()


def test_more_shapes_over_one_cell_than_a_sum_could_tell_apart_are_told_apart() -> None:
    square = at_cells(shapely.box(3, 3, 9, 9))
    shapes = np.array([square] * (2**16 + 1), dtype=object)
    values = np.ones(len(shapes), dtype=np.int32)
    values[-1] = 70_000
    grid = laid(outlines_of(shapes), values, FRAME)
    assert grid[5, 5] == 70_000
    assert np.unique(grid).tolist() == [0, 70_000]


def test_what_lies_beyond_the_grid_is_cut_off() -> None:
    outlines = outlines_of(np.array([at_cells(shapely.box(-500, -500, 5, 6000))], dtype=object))
    grid = laid(outlines, np.array([7], dtype=np.uint8), FRAME)
    assert (grid[:, :5] == 7).all()
    assert not grid[:, 5:].any()


@pytest.mark.parametrize("turn", [1, -1])
def test_shapes_that_cross_themselves_and_lie_over_others_never_give_a_value_that_none_has(turn: int) -> None:
    bow = shapely.Polygon([(2, 2), (18, 18), (18, 2), (2, 18)][::turn])
    shapes = [shapely.box(0, 0, 20, 20), shapely.box(1, 1, 19, 19), bow]
    outlines = outlines_of(np.array([at_cells(one) for one in shapes], dtype=object))
    grid = laid(outlines, np.array([3, 3, 1], dtype=np.uint8), FRAME)
    assert set(np.unique(grid)) == {0, 1, 3}
    assert (grid[:20, :20] > 0).all()
