"""Crowds of parcels: drawn from columns they are what they are when drawn feature by feature, to the byte."""

import random

import numpy as np
import pytest
import shapely

from gis_server.drawing import crowd as crowd_module
from gis_server.drawing.block import Block, Drawn, served
from gis_server.drawing.crowd import Crowd
from gis_server.drawing.frames import Frame
from gis_server.drawing.lots import features_in, gathered, lots_in, lots_of
from gis_server.drawing.pieces import Row
from gis_server.drawing.rule import Rule

FRAME = Frame(14, 13046, 7698, 2, 2)
TILES = tuple((FRAME.x + right, FRAME.y + down) for right in range(2) for down in range(2))
RULE = Rule(10, 14, "simplify", ("loai_dat",), into_areas=True)


def parcels(seed: int, count: int = 600) -> list[Row]:
    """Crooked ones all over the tiles, some over others, some with a yard or in two parts."""
    chance = random.Random(seed)
    west, south, east, north = FRAME.box(0.1)
    rows: list[Row] = []
    for fid in range(count):
        at = shapely.Point(chance.uniform(west, east), chance.uniform(south, north))
        shape = at.buffer(chance.uniform(5, 90), quad_segs=chance.choice((1, 2, 5)))
        if fid % 7 == 0:
            shape = shape.difference(at.buffer(2))
        if fid % 11 == 0:
            shape = shapely.MultiPolygon([shape, shapely.box(at.x + 200, at.y, at.x + 230, at.y + 40)])
        sent = shapely.to_wkb(shapely.set_srid(shape, 3857), include_srid=True)
        rows.append((fid, chance.choice(("đo", "vẽ")), f'{{"loai_dat": "{chance.choice("ABC")}"}}', sent))
    chance.shuffle(rows)
    return rows


def point(fid: int, x: float, y: float) -> Row:
    return fid, "đo", "{}", shapely.to_wkb(shapely.set_srid(shapely.Point(x, y), 3857), include_srid=True)


def one_by_one(rows: list[Row]) -> list[Drawn]:
    return Block("a.b", "", RULE, FRAME, TILES, rows).done()


def together(rows: list[Row]) -> list[Drawn]:
    return Crowd("a.b", "", RULE, FRAME, TILES, gathered(rows)).done()


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_is_drawn_as_its_features_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = parcels(seed)
    expected = one_by_one(rows)
    monkeypatch.setattr(crowd_module, "Block", None)  # nothing of it is taken apart
    found = together(rows)
    assert found == expected
    assert [one.at for one in found] == sorted(TILES)
    assert all(one.ground and one.things > 5 for one in found)


def test_tiles_with_points_are_drawn_from_features_and_the_others_keep_their_ground() -> None:
    west, south, _, _ = FRAME.box()
    rows = [*parcels(4), point(9_000, west + 900, south + 900)]
    found = together(rows)
    assert found == one_by_one(rows)
    assert sorted(bool(one.ground) for one in found) == [False, True, True, True]


def test_a_tile_that_geos_stumbles_over_is_drawn_from_features(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, redrawn, stumbled = parcels(5), crowd_module.redrawn, []

    def stumbling(name: object, ground: object) -> Drawn | None:
        if not stumbled:
            stumbled.append(name)
            raise shapely.errors.GEOSException("TopologyException")
        return redrawn(name, ground)

    monkeypatch.setattr(crowd_module, "redrawn", stumbling)
    assert together(rows) == one_by_one(rows)
    assert stumbled


def test_where_nothing_lies_nothing_is_drawn() -> None:
    assert together([]) == []


def test_gathered_rows_come_back_as_they_were() -> None:
    rows = parcels(6, 50)
    assert sorted(features_in(gathered(rows))) == sorted(rows)


def test_columns_say_the_same_as_features() -> None:
    rows = parcels(7)
    found, expected = lots_in(gathered(rows)), lots_of(served(rows))
    assert [found.said[kind] for kind in found.kind] == [expected.said[kind] for kind in expected.kind]
    for name in ("fid", "stands_for", "anchor", "at", "area"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    some = found.chosen(found.fid % 3 == 0)
    assert np.array_equal(some.outlines.bounds, expected.outlines.bounds[::3])
