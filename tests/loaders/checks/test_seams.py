"""Where surfaces may not fit: nothing is overlooked that looking everywhere finds; sound cities have no such place."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis_server.catalog.checks import Coverage
from loaders.checks import seams as seams_module
from loaders.checks.coverage import Window, look_into
from loaders.checks.edges import Edges
from loaders.checks.seams import Seams

EAST, NORTH = 600_000.0, 1_190_000.0
ASKED = Coverage(gap_m=0.2, overlap_m2=0.05)
Shapes = NDArray[np.object_]


def city(across: int = 6, lots: int = 8) -> Shapes:
    """Blocks of two rows of lots between streets, every corner moved a little, equal corners alike."""
    shapes = []
    move = np.random.default_rng(5)
    for block in range(across * across):
        west, south = EAST + block % across * 70, NORTH + block // across * 50
        grid = np.stack(np.meshgrid(np.arange(lots + 1) * 6.0, np.arange(3) * 18.0), axis=-1)
        grid = np.round(grid + move.uniform(-1, 1, grid.shape) + (west, south), 3)
        for row in range(2):
            for lot in range(lots):
                corners = grid[row, lot], grid[row, lot + 1], grid[row + 1, lot + 1], grid[row + 1, lot]
                shapes.append(shapely.Polygon(corners))
    return np.array(shapes, dtype=object)


def suspects(shapes: Shapes, groups: NDArray[np.uint64] | None = None, at_once: int = 50) -> set[int]:
    seams = Seams(ASKED.gap_m)
    groups = np.zeros(len(shapes), np.uint64) if groups is None else groups
    for start in range(0, len(shapes), at_once):
        part = shapes[start : start + at_once]
        seams.add(Edges.of(None, part), np.arange(start, start + len(part)), groups[start : start + len(part)])
    found = seams.suspects()
    assert found is not None
    return set(found.tolist())


def found(shapes: Shapes, rows: set[int] | None = None) -> list[tuple[str, int]]:
    """What GEOS finds: everywhere, or among some surfaces only."""
    chosen = np.arange(len(shapes)) if rows is None else np.array(sorted(rows), np.int64)
    names = [f"{row:05}" for row in chosen]
    box = (EAST - 1e4, NORTH - 1e4, EAST + 1e4, NORTH + 1e4)
    window = Window(box, shapes[chosen], chosen, names, np.zeros(len(chosen), int))
    return sorted((code, row) for code, row, *_ in look_into(window, ASKED))


def test_a_sound_city_has_no_suspects():
    assert suspects(city()) == set()
    assert suspects(shapely.reverse(city())) == set()
    assert found(city()) == []


@pytest.mark.parametrize("seed", range(12))
def test_every_fault_that_looking_everywhere_finds_is_among_the_suspects(seed, monkeypatch):
    shapes = city()
    chance = np.random.default_rng(seed)
    for row in chance.choice(len(shapes), 6, replace=False):
        away = chance.uniform(-1, 1, 2) * chance.choice([0.05, 0.15, 1.0, 30.0])
        damaged = [
            shapely.transform(shapes[row], lambda points, away=away: np.round(points + away, 3)),
            shapely.transform(shapely.affinity.rotate(shapes[row], 3), lambda points: np.round(points, 3)),
            shapely.transform(shapely.affinity.scale(shapes[row], 0.99, 0.99), lambda points: np.round(points, 3)),
            shapes[(row + 1) % len(shapes)],
        ]
        shapes[row] = damaged[chance.integers(len(damaged))]
    everywhere = found(shapes)
    assert everywhere
    monkeypatch.setattr(seams_module, "EDGES_AT_ONCE", int(chance.choice([40, 1_000_000])))
    assert found(shapes, suspects(shapes)) == everywhere


def test_two_blocks_laid_over_each_other_are_suspects_all_along():
    shapes = city(across=1)
    twice = np.concatenate([shapes, shapely.transform(shapes, lambda points: np.add(points, (3.0, 9.0)))])
    assert suspects(twice) == set(range(len(twice)))


def test_surfaces_of_two_coverages_do_not_meet():
    shapes = city(across=2)
    groups = np.repeat(np.array([1, 2], np.uint64), len(shapes))
    assert suspects(np.concatenate([shapes, shapes]), groups) == set()
    assert suspects(np.concatenate([shapes, shapes])) == set(range(2 * len(shapes)))


def test_surfaces_with_holes_are_always_suspects():
    inner = shapely.box(EAST + 9, NORTH + 9, EAST + 20, NORTH + 20)
    hole = shapely.box(EAST, NORTH, EAST + 50, NORTH + 50).difference(inner)
    assert suspects(np.array([hole, shapely.box(EAST + 60, NORTH, EAST + 70, NORTH + 9)])) == {0}


def test_beyond_all_bounds_everything_must_be_looked_at():
    seams = Seams(0.2)
    seams.add(Edges.of(None, np.array([shapely.box(-9, -9, 1, 1)])), np.arange(1), np.zeros(1, np.uint64))
    assert seams.suspects() is None
