"""Sets of tiles: places on the Z-curve, unions, and which tiles of a zoom are touched."""

import random

import numpy as np
import pytest

from gis_server.drawing.cells import NONE, WORLD, Cells, column_and_row, ids, pack, place, ranges, tiles, union, unpack


def cell(z: int, x: int, y: int) -> Cells:
    return ids(z, np.array([x]), np.array([y]))


def touched(cells: Cells, zoom: int) -> set[tuple[int, int]]:
    firsts, lasts = ranges(cells, zoom)
    return {column_and_row(at) for first, last in zip(firsts, lasts, strict=True) for at in range(first, last + 1)}


def test_a_place_is_its_column_and_row() -> None:
    chance = random.Random(7)
    for zoom in range(23):
        for _ in range(50):
            at = chance.randrange(2**zoom), chance.randrange(2**zoom)
            assert column_and_row(place(*at)) == at


def test_everything_below_a_tile_stands_together() -> None:
    assert touched(cell(3, 5, 2), 5) == {(x, y) for x in range(20, 24) for y in range(8, 12)}


def test_a_touched_tile_touches_all_above_it() -> None:
    cells = union([cell(4, 9, 3), cell(4, 8, 3), cell(6, 0, 0)])
    assert touched(cells, 4) == {(9, 3), (8, 3), (0, 0)}
    assert touched(cells, 3) == {(4, 1), (0, 0)}
    assert touched(cells, 0) == {(0, 0)}


def test_a_union_leaves_out_what_lies_in_another() -> None:
    parts = [cell(4, 9, 3), cell(5, 18, 7), cell(5, 20, 7), cell(4, 9, 3), cell(3, 0, 0), cell(9, 1, 2)]
    assert set(tiles(union(parts))) == {(4, 9, 3), (5, 20, 7), (3, 0, 0)}
    assert list(tiles(union([WORLD, *parts]))) == [(0, 0, 0)]
    assert len(union([])) == 0


@pytest.mark.parametrize("seed", range(20))
def test_ranges_say_what_asking_tile_by_tile_says(seed: int) -> None:
    chance = random.Random(seed)
    given = [(z := chance.randrange(7), chance.randrange(2**z), chance.randrange(2**z)) for _ in range(8)]
    cells = union([cell(*one) for one in given])
    for zoom in range(7):
        wanted = set()
        for z, x, y in given:
            if z >= zoom:
                wanted.add((x >> (z - zoom), y >> (z - zoom)))
            else:
                side = 1 << (zoom - z)
                wanted |= {(x * side + i, y * side + j) for i in range(side) for j in range(side)}
        assert touched(cells, zoom) == wanted


def test_packing_loses_nothing_and_neighbours_take_few_bytes() -> None:
    x, y = np.meshgrid(np.arange(200_000, 200_100), np.arange(120_000, 120_100))
    cells = ids(18, x.ravel(), y.ravel())
    assert np.array_equal(unpack(pack(cells)), cells)
    assert len(pack(cells)) < len(cells)
    assert np.array_equal(unpack(pack(NONE)), NONE)


def test_a_lone_tile_means_nothing_below_it() -> None:
    cells = union([cell(6, 0, 0), -cell(4, 9, 3), -cell(5, 0, 0), -cell(4, 9, 3)])
    assert touched(cells, 4) == {(9, 3), (0, 0)}
    assert touched(cells, 5) == {(0, 0)}
    assert len(cells) == 2  # 5/0/0 is above 6/0/0 anyway
    assert len(union([WORLD, cells])) == 1
    assert np.array_equal(unpack(pack(cells)), cells)
