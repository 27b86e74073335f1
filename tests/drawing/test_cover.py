"""Shapes and the tiles that they are drawn in: none is forgotten, and few are named in vain."""

import numpy as np
import pytest
import shapely

from gis_server.drawing.cells import Cells, column_and_row, ranges, tiles
from gis_server.drawing.cover import HALF_WORLD_M, LEAF_ZOOM, cover

X, Y = 11_877_600.0, 1_206_000.0
BUFFER = 128 / 4096
SHAPES = {
    "point": shapely.Point(X, Y),
    "parcel": shapely.box(X, Y, X + 20, Y + 15),
    "street": shapely.LineString([(X, Y), (X + 300, Y + 900), (X + 350, Y + 2_000)]),
    "river": shapely.LineString([(X - 30_000, Y), (X + 2_000, Y + 40_000), (X + 50_000, Y - 7_000)]),
    "commune": shapely.Point(X, Y).buffer(6_000),
    "lake with an island": shapely.Point(X, Y).buffer(3_000).difference(shapely.Point(X, Y).buffer(2_000)),
    "two places": shapely.MultiPoint([(X, Y), (X + 70_000, Y + 60_000)]),
}


def box(z: int, x: int, y: int, buffer: float) -> shapely.Geometry:
    side = 2 * HALF_WORLD_M / 2**z
    west, north, pad = x * side - HALF_WORLD_M, HALF_WORLD_M - y * side, side * buffer
    return shapely.box(west - pad, north - side - pad, west + side + pad, north + pad)


def touched(cells: Cells, zoom: int) -> set[tuple[int, int]]:
    firsts, lasts = ranges(cells, zoom)
    return {column_and_row(at) for first, last in zip(firsts, lasts, strict=True) for at in range(first, last + 1)}


def drawn_in(shape: shapely.Geometry, zoom: int) -> set[tuple[int, int]]:
    """Every tile whose drawn area the shape meets, by asking all around it."""
    west, south, east, north = shape.bounds
    side = 2 * HALF_WORLD_M / 2**zoom
    across = range(int((west + HALF_WORLD_M) / side) - 1, int((east + HALF_WORLD_M) / side) + 2)
    down = range(int((HALF_WORLD_M - north) / side) - 1, int((HALF_WORLD_M - south) / side) + 2)
    return {(x, y) for x in across for y in down if shape.intersects(box(zoom, x, y, BUFFER))}


@pytest.mark.parametrize("name", SHAPES)
def test_no_tile_that_shows_the_shape_is_forgotten(name: str) -> None:
    cells = cover(np.array([SHAPES[name]], dtype=object))
    for zoom in range(0, 14 if name == "two places" else 17):
        assert drawn_in(SHAPES[name], zoom) <= touched(cells, zoom), zoom


@pytest.mark.parametrize("name", SHAPES)
def test_few_tiles_are_named_in_vain(name: str) -> None:
    """A river's tiles follow it: its box would be hundreds of times as many."""
    cells = cover(np.array([SHAPES[name]], dtype=object))
    for z, x, y in tiles(cells[cells > 0]):
        assert SHAPES[name].intersects(box(z, x, y, 0.04))
    assert len(cells) <= 1_500


def test_small_things_are_told_apart_to_the_leaf() -> None:
    cells = cover(np.array([SHAPES["point"], SHAPES["parcel"]], dtype=object))
    assert {z for z, _, _ in tiles(cells[cells > 0])} == {LEAF_ZOOM}
    assert len(cells) <= 12


def test_the_middle_of_a_surface_is_one_tile_not_thousands() -> None:
    cells = cover(np.array([SHAPES["commune"]], dtype=object))
    assert min(z for z, _, _ in tiles(cells[cells > 0])) < 15


def test_empty_shapes_touch_nothing() -> None:
    assert len(cover(np.array([shapely.Point()], dtype=object))) == 0
    assert len(cover(np.array([], dtype=object))) == 0
