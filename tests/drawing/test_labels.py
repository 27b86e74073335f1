"""Where names stand: once in an area, evenly along a line, in one tile of each zoom, whatever the order of the rows."""

import itertools
import random
from collections import Counter

import numpy as np
import pytest
import shapely

from gis_server.drawing.frames import Frame
from gis_server.drawing.labels import Label, Names
from gis_server.drawing.pieces import Row
from gis_server.drawing.rule import Rule

FRAME = Frame(13, 6523, 3849)
WEST, SOUTH, EAST, NORTH = FRAME.box()
SIDE = FRAME.side_m


def rule(way: str = "merge") -> Rule:
    return Rule(8, 14, way, ("kind",), False, "ten")  # type: ignore[arg-type]


def row(fid: int, shape: shapely.Geometry, name: str, kind: str = "a") -> Row:
    return (fid, "đo", f'{{"kind": "{kind}"}}', shapely.to_wkb(shape), name)


def shape_of(label: Label) -> shapely.Geometry:
    return shapely.from_wkb(label.shape)


def road(length: float, wave: float = 0.0) -> shapely.LineString:
    at = np.arange(0.0, length + 1, 10.0)
    return shapely.LineString(np.column_stack([WEST + at, SOUTH + 500 + wave * np.sin(at / 40)]))


def test_a_ward_over_many_tiles_has_one_label_within_it() -> None:
    """The bay in its middle is no place for it."""
    ward = shapely.box(WEST - 2 * SIDE, SOUTH, EAST + SIDE, NORTH).difference(
        shapely.box(WEST - SIDE, SOUTH - 1, EAST, NORTH - 900)
    )
    (label,) = Names(rule("simplify"), [row(7, ward, "Phường Bến Thành")]).done()
    assert ward.contains(shape_of(label))
    assert shapely.distance(ward.exterior, shape_of(label)) > 0.8 * SIDE / 2
    assert (label.high, label.fid, label.text) == (22, 7, "Phường Bến Thành")
    assert 8 <= label.low <= 10


def test_a_small_area_is_named_when_there_is_room() -> None:
    labels = Names(rule("simplify"), [row(1, shapely.box(WEST, SOUTH, WEST + 100, SOUTH + 100), "Vườn hoa")]).done()
    assert [label.low for label in labels] == [14]


def test_a_river_of_many_parts_is_named_once_far_off_and_again_and_again_close_up() -> None:
    parts = [shapely.box(WEST + n * 2000, SOUTH, WEST + (n + 1) * 2000, SOUTH + 300) for n in range(20)]
    labels = Names(rule(), [row(n, part, "Sông Sài Gòn") for n, part in enumerate(parts)]).done()
    shown = Counter(zoom for label in labels for zoom in range(label.low, min(label.high, 17) + 1))
    assert shown[9] in (0, 1)
    assert 7 <= shown[13] <= 10
    assert shown[15] > 2 * shown[13]
    assert shapely.contains(shapely.union_all(parts), [shape_of(label) for label in labels]).all()


def test_names_stand_evenly_along_a_road_of_many_bits() -> None:
    whole = road(4 * SIDE)
    cuts = np.linspace(0, len(whole.coords) - 1, 60).astype(int).tolist()
    bits = [shapely.LineString(whole.coords[low : high + 1]) for low, high in itertools.pairwise(cuts)]
    kinds = ["a" if bit.centroid.x < WEST + 2 * SIDE else "b" for bit in bits]
    rows = [row(n, bit, "Nguyễn Huệ", kind) for n, (bit, kind) in enumerate(zip(bits, kinds, strict=True))]
    labels = Names(rule(), rows).done()
    at_13 = [label for label in labels if label.low == 13]
    assert 3 <= len(at_13) <= 5
    middles = sorted(shape_of(label).interpolate(0.5, normalized=True).x for label in at_13)
    assert np.diff(middles).max() < 1.5 * np.diff(middles).min()
    for label in at_13:
        bit = rows[label.fid]
        assert bit[2] == label.tags, "a label says what the road says there"
    chance = random.Random(1)
    chance.shuffle(rows)
    assert Names(rule(), rows).done() == labels


@pytest.mark.parametrize("zoom", [12, 14, 16])
def test_the_middle_of_a_stretch_lies_in_the_tile_that_is_named(zoom: int) -> None:
    found = [one for one in Names(rule(), [row(1, road(3 * SIDE, 8), "Võ Văn Kiệt")]).done() if one.low == zoom]
    assert found
    for label in found:
        frame = Frame(zoom, label.x >> 22 - zoom, label.y >> 22 - zoom)
        middle = shape_of(label).interpolate(0.5, normalized=True)
        assert frame.holds(shapely.get_coordinates(middle)).all()
        assert shape_of(label).length > len(label.text) * 7 * frame.pixel_m


def test_a_name_is_not_written_around_corners_nor_on_a_line_too_short() -> None:
    hairpin = shapely.LineString([(WEST, SOUTH), (WEST + 150, SOUTH + 5), (WEST, SOUTH + 10)])
    assert not [one for one in Names(rule(), [row(1, hairpin, "Đèo")]).done() if one.low == 13]
    assert not Names(rule(), [row(1, road(20), "Hẻm 32 Cao Thắng")]).done()


def test_points_are_left_to_the_layer_itself() -> None:
    assert Names(rule(), [row(1, shapely.Point(WEST, SOUTH), "Trạm")]).done() == []
