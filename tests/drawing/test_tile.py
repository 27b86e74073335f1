"""One tile drawn ahead: borders stay shared, lines meet at the edge of two tiles, what is small is counted."""

import itertools
import json
import random
from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis_server.catalog.tile_rule import RankRule
from gis_server.drawing.frames import HALF_WORLD_M, MARGIN, Frame, Shapes
from gis_server.drawing.pieces import Pieces, pieces
from gis_server.drawing.rule import Rule
from gis_server.drawing.tile import drawn

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ZOOM, COLUMN, ROW = 13, 6523, 3849
FRAME = Frame(ZOOM, COLUMN, ROW)
WEST, SOUTH, EAST, NORTH = FRAME.box()
PIXEL = FRAME.pixel_m


def rule(way: str = "merge", into: bool = False) -> Rule:
    return Rule(10, 14, way, ("kind",), into)  # type: ignore[arg-type]


def given(shapes: list[shapely.Geometry], kinds: list[object] | None = None) -> Pieces:
    shape: Shapes = np.array(shapes, dtype=object)
    tags = [json.dumps({"kind": kind}) for kind in kinds or range(len(shapes))]
    count = np.ones(len(shapes), dtype=np.int64)
    said = (count, np.array(["đo"] * len(shapes), dtype=object), np.array(tags, dtype=object))
    return pieces(shape, np.arange(len(shapes), dtype=np.int64) + 1, said)


def crooked(chance: random.Random, count: int) -> list[shapely.Geometry]:
    """Areas that tile a square in the middle of the tile, with borders of many small corners."""
    places = [(chance.uniform(WEST + 500, EAST - 500), chance.uniform(SOUTH + 500, NORTH - 500)) for _ in range(count)]
    square = shapely.box(WEST + 500, SOUTH + 500, EAST - 500, NORTH - 500)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(places), extend_to=square))
    bent = shapely.transform(
        shapely.segmentize(shapely.intersection(cells, square), 12),
        lambda at: np.round(at + 2 * np.column_stack([np.sin(at[:, 1] / 9), np.cos(at[:, 0] / 7)]), 3),
    )
    return list(bent)


@pytest.mark.parametrize("way", ["simplify", "merge"])
def test_shared_borders_stay_shared(way: str) -> None:
    areas = crooked(random.Random(3), 60)
    assert shapely.coverage_is_valid(areas)
    shown = drawn(given(areas, [number % 9 for number in range(60)]), rule(way), FRAME)
    assert shapely.coverage_is_valid(shown.shape)
    corners = shapely.get_num_coordinates(shown.shape).sum()
    assert corners < shapely.get_num_coordinates(areas).sum() / 2
    assert shapely.area(shapely.union_all(shown.shape)) == pytest.approx(shapely.area(areas).sum(), rel=0.003)
    assert len(shown) == (60 if way == "simplify" else 9)
    assert shown.stands_for.sum() == 60


def test_an_old_ward_over_new_ones_does_not_keep_them_from_being_simplified() -> None:
    new = crooked(random.Random(4), 6)
    both = [*new, shapely.union_all(new)]
    shown = drawn(given(both), rule("simplify"), FRAME)
    assert (shapely.get_num_coordinates(shown.shape) < shapely.get_num_coordinates(both) / 1.8).all()
    assert shapely.coverage_is_valid(shown.shape[:6])


def test_parcels_become_areas_without_gaps_and_streets_close_with_the_scale() -> None:
    """Blocks of parcels with lanes of a third of a pixel and a park of three: lanes close, the park's lake does not."""
    side, lane = 4 * PIXEL, PIXEL / 3
    corners = [(column, row) for column in range(10) for row in range(10) if (column, row) != (5, 5)]
    step = side + lane
    places = [(WEST + 500 + column * step, SOUTH + 500 + row * step) for column, row in corners]
    parcels = [shapely.box(x, y, x + side, y + side) for x, y in places]
    kinds = ["ODT" if column < 5 else "CLN" for column, _ in corners]
    shown = drawn(given(parcels, kinds), rule(into=True), FRAME)
    assert sorted(json.loads(one)["kind"] for one in shown.tags) == ["CLN", "ODT"]
    assert shapely.coverage_is_valid(shown.shape)
    assert dict(zip(shown.tags, shown.stands_for.tolist(), strict=True)) == {
        '{"kind": "CLN"}': 49,
        '{"kind": "ODT"}': 50,
    }
    hole = shapely.box(WEST + 500 + 5 * step, SOUTH + 500 + 5 * step, WEST + 500 + 6 * step, SOUTH + 500 + 6 * step)
    assert not shapely.contains(shapely.union_all(shown.shape), hole.centroid)
    whole = shapely.box(*shapely.total_bounds(parcels))
    assert shapely.area(shown.shape).sum() == pytest.approx(whole.area - hole.area, rel=0.05)


def test_areas_keep_holes_parts_and_the_share_of_each_kind() -> None:
    ring = shapely.Point(WEST + 2000, SOUTH + 2000).buffer(1200).difference(
        shapely.Point(WEST + 2000, SOUTH + 2000).buffer(600)
    )  # fmt: skip
    two = shapely.MultiPolygon(
        [
            shapely.box(WEST + 3500, SOUTH + 100, WEST + 3900, SOUTH + 900),
            shapely.box(*FRAME.box()[:2], WEST + 300, SOUTH + 300),
        ]
    )
    shown = drawn(given([ring, two], ["a", "b"]), rule(into=True), FRAME)
    sizes = {kind: shapely.area(shown.shape[shown.tags == json.dumps({"kind": kind})]).sum() for kind in "ab"}
    assert sizes["a"] == pytest.approx(ring.area, rel=0.02)
    assert sizes["b"] == pytest.approx(two.area, rel=0.05)


def test_lines_run_together_and_leave_a_tile_where_they_enter_the_next() -> None:
    at = np.arange(WEST - 400, EAST + 400, 7.0)
    wave = shapely.linestrings(np.column_stack([at, (SOUTH + NORTH) / 2 + 40 * np.sin(at / 60) + 1.5 * np.sin(at / 3)]))
    cuts = np.linspace(0, len(at) - 1, 40).astype(int)
    bits = [shapely.LineString(wave.coords[low : high + 1]) for low, high in itertools.pairwise(cuts.tolist())]
    here = drawn(given(bits, ["x"] * len(bits)), rule(), FRAME)
    there = drawn(given(bits, ["x"] * len(bits)), rule(), Frame(ZOOM, COLUMN + 1, ROW))
    assert len(here) == 1
    assert shapely.get_num_coordinates(here.shape).sum() < len(at) / 2
    edge = shapely.LineString([(EAST, SOUTH), (EAST, NORTH)])
    crossings = [shapely.get_coordinates(shapely.intersection(one.shape[0], edge)) for one in (here, there)]
    assert np.unique(np.round(np.concatenate(crossings), 6), axis=0).shape[0] == 1
    reach = shapely.total_bounds(here.shape)
    assert reach[2] == pytest.approx(EAST + FRAME.side_m * MARGIN)
    assert shapely.hausdorff_distance(here.shape[0], shapely.clip_by_rect(wave, *FRAME.box(MARGIN))) < PIXEL


def test_a_crowd_of_points_becomes_clusters_that_count_all_of_them() -> None:
    chance = random.Random(6)
    points = [shapely.Point(chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)) for _ in range(3000)]
    shown = drawn(given(points, ["a" if number % 10 else "b" for number in range(3000)]), rule("cluster"), FRAME)
    assert shown.stands_for.sum() == 3000
    assert len(shown) <= 256
    assert {*shown.tags} <= {"{}", '{"kind": "a"}', '{"kind": "b"}'}, "a cluster says only what its members agree on"
    middle = shapely.get_coordinates(shown.shape) * shown.stands_for[:, None]
    assert middle.sum(axis=0) / 3000 == pytest.approx(shapely.get_coordinates(points).mean(axis=0))
    ranked = drawn(given(points), rule("rank"), FRAME)
    assert {*ranked.fid} == {one for one in ranked.fid if points[one - 1] in {*ranked.shape}}


def test_of_a_crowd_the_most_important_is_shown_by_code_or_by_number() -> None:
    """Codes as the layer file names them, the others after them; the greatest number; of equals the lowest fid."""
    crowd = [shapely.Point(WEST + 100 + number, SOUTH + 100) for number in range(5)]
    by_code = replace(rule("rank"), rank=RankRule(by="kind", first=["7", "8"]))
    shown = drawn(given(crowd, ["1", "8", None, "7", "7"]), by_code, FRAME)
    assert (shown.fid.tolist(), shown.stands_for.tolist(), shown.tags.tolist()) == ([4], [5], ['{"kind": "7"}'])
    by_number = replace(rule("rank"), rank=RankRule(by="kind"))
    shown = drawn(given(crowd, [3.5, None, 12, -4, 12]), by_number, FRAME)
    assert (shown.fid.tolist(), shown.shape.tolist()) == ([3], [crowd[2]])


def test_a_tile_that_is_too_full_keeps_the_longest_lines() -> None:
    chance = random.Random(8)
    lines = []
    for number in range(30_000):
        x, y, length = chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH), 20 + number % 100
        lines.append(shapely.LineString([(x, y), (x + length, y + 1)]))
    shown = drawn(given(lines), rule("simplify"), FRAME)
    kept = shapely.length(shown.shape)
    assert 4000 < len(shown) < 10_000
    assert kept.max() > 100
    assert np.median(kept) > np.median(shapely.length(lines))


def test_every_place_of_the_world_lies_in_one_tile() -> None:
    x = WEST + FRAME.side_m
    places = np.array([(x, NORTH), (x, SOUTH), (WEST, NORTH), (-HALF_WORLD_M, HALF_WORLD_M)])
    around = [Frame(ZOOM, COLUMN + right, ROW + down) for right in (-1, 0, 1) for down in (-1, 0, 1)]
    assert sum(one.holds(places[:3]).astype(int) for one in around).tolist() == [1, 1, 1]
    assert Frame(ZOOM, 0, 0).holds(places).tolist() == [False, False, False, True]


@pytest.mark.parametrize("into", [True, False])
def test_a_shape_that_geos_stumbles_over_stops_nothing(into: bool) -> None:
    """Served shapes are valid in the stored grid; in Web Mercator, cut and joined, not always."""
    bow = shapely.Polygon(
        [(WEST + 10, SOUTH + 10), (WEST + 900, SOUTH + 900), (WEST + 900, SOUTH + 10), (WEST + 10, SOUTH + 900)]
    )
    thread = shapely.Polygon([(WEST, SOUTH), (EAST, SOUTH), (EAST, SOUTH + 1e-9), (WEST, SOUTH)])
    inside_out = shapely.Polygon(
        shapely.box(*FRAME.box()).exterior, [shapely.box(WEST - 50, SOUTH, WEST + 50, NORTH).exterior]
    )
    plain = shapely.box(WEST + 2000, SOUTH + 2000, WEST + 2500, SOUTH + 2500)
    shown = drawn(given([bow, thread, inside_out, plain], ["a", "a", "a", "b"]), rule(into=into), FRAME)
    (size,) = shapely.area(shown.shape[shown.tags == '{"kind": "b"}'])
    assert size == pytest.approx(plain.area, rel=0.05)


def test_scattered_houses_become_a_built_up_area_and_none_is_lost() -> None:
    """12,000 houses apart from each other: too many for a tile, so the gaps between them close."""
    chance = random.Random(2)
    houses = []
    for number in range(12_000):
        x, y = WEST + 300 + number % 120 * 35, SOUTH + 300 + number // 120 * 40
        houses.append(shapely.box(x, y, x + chance.uniform(10, 16), y + chance.uniform(14, 20)))
    shown = drawn(given(houses, ["x"] * len(houses)), rule(into=True), FRAME)
    assert shown.stands_for.sum() > 11_900
    assert len(shown) < 4_000
    assert shapely.coverage_is_valid(shown.shape)
