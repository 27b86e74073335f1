"""Do pipes fall, and do nodes lie on what they belong to?"""

import numpy as np
import pytest
import shapely

from tests.loaders.sample_city.conftest import Sample


def ends(lines: np.ndarray) -> set[tuple[float, float]]:
    return {tuple(np.round(point, 3)) for line in lines for point in shapely.get_coordinates(line)[[0, -1]]}


@pytest.mark.parametrize("layer", ["drainage.tuyen_cong", "drainage.cong_hop", "wastewater.mang_luoi_thoat_nuoc_thai"])
def test_pipes_fall_in_the_direction_they_are_drawn(sample: Sample, layer: str) -> None:
    columns = sample.city.tables[layer].columns
    falling = [
        row for row in zip(columns["cao_do_day_dau"], columns["cao_do_day_cuoi"], strict=True) if row[0] is not None
    ]
    assert len(falling) >= 1
    assert all(upper > lower for upper, lower in falling)


def test_every_pipe_leads_to_an_outfall(sample: Sample) -> None:
    tables = [sample.city.tables[name].columns for name in ("drainage.tuyen_cong", "drainage.cong_hop")]
    below = {
        start: end for columns in tables for start, end in zip(columns["nut_dau"], columns["nut_cuoi"], strict=True)
    }
    outfalls = set(sample.city.tables["drainage.cua_xa"].columns["ma"])
    for start in below:
        node, steps = start, 0
        while node not in outfalls:
            node, steps = below[node], steps + 1
            assert steps < len(below)


@pytest.mark.parametrize(
    ("holes", "pipes"),
    [
        ("drainage.ho_ga", ["drainage.tuyen_cong", "drainage.cong_hop"]),
        ("wastewater.ho_ga_nuoc_thai", ["wastewater.mang_luoi_thoat_nuoc_thai"]),
    ],
)
def test_manholes_lie_on_pipe_ends(sample: Sample, holes: str, pipes: list[str]) -> None:
    known = ends(np.concatenate([sample.city.tables[name].geometry for name in pipes]))
    places = {tuple(np.round(point, 3)) for point in shapely.get_coordinates(sample.city.tables[holes].geometry)}
    assert places <= known


def test_manhole_lids_are_above_their_inverts_and_near_the_ground(sample: Sample) -> None:
    table = sample.city.tables["drainage.ho_ga"]
    lid, invert = np.array(table.columns["cao_do_nap"]), np.array(table.columns["cao_do_day"])
    assert (lid > invert + 0.5).all()
    assert np.abs(lid - sample.city.ground.of(table.geometry)).max() < 0.02


def test_outfalls_are_at_the_water(sample: Sample) -> None:
    places = sample.city.tables["drainage.cua_xa"].geometry
    assert shapely.distance(places, sample.plan.water.all).max() < 0.3


def test_segments_name_the_junctions_at_their_ends(sample: Sample) -> None:
    columns = sample.city.tables["traffic.doan_duong"].columns
    nodes = {*columns["nut_dau"], *columns["nut_cuoi"]}
    assert set(sample.city.tables["traffic.nut_giao"].columns["ma"]) <= nodes


def test_lamps_and_luminaires_name_cabinets_and_lamps_that_exist(sample: Sample) -> None:
    tables = sample.city.tables
    assert set(tables["lighting.cot_den"].columns["tu_dieu_khien"]) <= set(
        tables["lighting.tu_dieu_khien"].columns["ma"]
    )
    assert set(tables["lighting.bo_den"].columns["cot_den"]) <= set(tables["lighting.cot_den"].columns["ma"])


def test_flood_points_lie_low(sample: Sample) -> None:
    points = sample.city.tables["drainage.diem_ngap"].geometry
    nodes = sample.plan.graph.nodes[~shapely.intersects(sample.plan.graph.nodes, sample.plan.wet)]
    typical = np.median(sample.city.ground.of(nodes))
    assert np.median(sample.city.ground.of(points)) < typical - 0.2


def test_the_tide_rises_and_falls_twice_a_day(sample: Sample) -> None:
    series = sample.city.series["muc_nuoc.csv"]
    levels = series.column("muc_nuoc_m").to_numpy()[: 6 * 24 * 5]
    calm = np.convolve(levels, np.ones(13) / 13, mode="valid")
    turns = np.count_nonzero(np.diff(np.sign(np.diff(calm[::6]))))
    assert 10 <= turns <= 26
    assert levels.max() - levels.min() > 1.5
