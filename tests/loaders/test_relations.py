"""Checks of layer files: coverage, networks, areas, corridors, the last release; each named with its place."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
import yaml

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.checks import Budget, Coverage, Waiver
from gis_server.errors import CatalogInvalid, LoadRefused
from loaders.checks.coverage import Window, look_into
from loaders.checks.lines import look_along
from loaders.pipeline import Order, load
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered

EAST, NORTH = 603_000.0, 1_191_000.0
PIPES = {**MANHOLES, "layers": [
    {"to": "drainage.tuyen_cong", "from": {"kind": "LineString"},
     "fields": {"ma": "ma", "cao_do_day_dau": "dau", "cao_do_day_cuoi": "cuoi"}},
    {"to": "drainage.ho_ga", "from": {"kind": "Point"}, "fields": {"ma": "ma"}},
]}  # fmt: skip
PARCELS = {**MANHOLES, "layers": [{"to": "cadastre.thua_dat", "fields": {
    "ma_xa_cu": "xa", "so_to": "to", "so_thua": "thua", "dien_tich": "dt"}}]}  # fmt: skip


def parcel(number, shape, area=None):
    return shape, {"xa": "26740", "to": "1", "thua": str(number), "dt": round(shape.area, 1) if area is None else area}


def lot(west, width=10.0, depth=20.0):
    return shapely.box(EAST + west, NORTH, EAST + west + width, NORTH + depth)


def found(report, code):
    return [(one.key, one.value, one.x, one.y) for one in report.located if one.code == code]


@pytest.fixture
def check_it(load_it):
    return lambda path, profile: load_it(path, profile, judge=True)


def test_an_overlap_and_a_gap_between_parcels_are_located(tmp_path, check_it):
    shapes = [lot(0), lot(9.5), lot(19.6), lot(29.6)]
    report = check_it(delivered(tmp_path, *[parcel(n, shape) for n, shape in enumerate(shapes)]), PARCELS)
    ((key, value, x, y),) = found(report, "COV-01")
    assert (key, value) == ("26740, 1, 1", "cadastre.thua_dat 26740, 1, 0: 10.00 m²")
    assert lot(9.5, 0.5).covers(shapely.Point(x, y))
    ((key, _, x, y),) = found(report, "COV-02")
    assert key in ("26740, 1, 1", "26740, 1, 2")
    assert lot(19.5, 0.1).covers(shapely.Point(x, y))


def test_parcels_that_only_lack_a_vertex_of_their_neighbour_are_in_order(tmp_path, check_it):
    halves = (
        shapely.box(EAST + 10, NORTH, EAST + 20, NORTH + 7),
        shapely.box(EAST + 10, NORTH + 7, EAST + 20, NORTH + 20),
    )
    shapes = [lot(0), *halves]
    report = check_it(delivered(tmp_path, *[parcel(n, shape) for n, shape in enumerate(shapes)]), PARCELS)
    assert not report.findings


def test_of_two_layers_of_one_coverage_one_reports_an_overlap():
    shapes = [lot(0), lot(9)]
    box = (EAST, NORTH, EAST + 99, NORTH + 99)
    window = Window(box, np.array(shapes, dtype=object), np.array([7, -1]), ["b.one 1", "a.two"], np.zeros(2, int))
    assert [one[:2] for one in look_into(window, Coverage())] == [("COV-01", 7)]
    assert look_into(replace(window, names=["b.one 1", "c.two"]), Coverage()) == []


def test_an_area_that_is_not_the_recorded_one_is_named(tmp_path, check_it):
    report = check_it(delivered(tmp_path, parcel(1, lot(0)), parcel(2, lot(10), 250.0)), PARCELS)
    assert [(key, value) for key, value, _, _ in found(report, "REL-06")] == [("26740, 1, 2", "250.0 ≠ 200.0 m²")]


def test_a_parcel_drawn_twice_under_another_number_is_named(tmp_path, check_it):
    turned = shapely.Polygon([*lot(0).exterior.coords[2:], *lot(0).exterior.coords[1:3]])
    report = check_it(delivered(tmp_path, parcel(1, lot(0)), parcel(2, turned)), PARCELS)
    assert [(key, value) for key, value, _, _ in found(report, "GEO-14")] == [("26740, 1, 2", "26740, 1, 1")]


def test_a_pipe_that_rises_and_a_pipe_without_a_manhole_are_named(tmp_path, check_it):
    pipe = shapely.LineString([(EAST, NORTH), (EAST + 30, NORTH)])
    holes = [(shapely.Point(EAST, NORTH), {"ma": "H1"})]
    report = check_it(delivered(tmp_path, (pipe, {"ma": "C1", "dau": -1.0, "cuoi": -0.5}), *holes), PIPES)
    assert [(key, value) for key, value, _, _ in found(report, "NET-03")] == [("C1", "-1 → -0.5 m")]
    assert found(report, "NET-01") == [("C1", "cuối · last", EAST + 30, NORTH)]


def test_spikes_repeats_and_whole_metres_are_seen_along_an_outline():
    spike = shapely.Polygon([(0.1, 0), (10, 0), (10, 10), (13, 10), (10, 10.002), (0, 10)])
    repeated = shapely.Polygon([(0.1, 0), (10, 0), (10, 0), (10, 10), (0, 10)])
    whole = shapely.Polygon([(0, 0), (10, 0), (12, 5), (10, 10), (0, 10), (0, 5)])
    closing = shapely.Polygon([(13, 10), (10, 10.002), (0, 10), (0.1, 0), (10, 0), (10, 10)])
    shapes = np.array([spike, repeated, whole, closing, shapely.box(0.1, 0, 5, 5)], dtype=object)
    seen = sorted((code, row) for code, row, *_ in look_along(np.arange(5), shapes))
    assert seen == [("GEO-13", 0), ("GEO-13", 3), ("GEO-16", 2), ("GEO-17", 1)]


def test_repeated_points_are_dropped_where_the_profile_repairs_and_the_report_says_so(tmp_path, load_it, ask):
    corners = list(lot(0.5).exterior.coords)
    twice = shapely.Polygon([corners[0], corners[1], *corners[1:]])
    path = delivered(tmp_path, parcel(1, twice))
    assert [one.code for one in load_it(path, PARCELS, judge=True).findings] == ["GEO-17"]
    assert [one.code for one in load_it(path, {**PARCELS, "repair": 0.01}).findings] == ["GEO-18"]
    assert ask("SELECT ST_NPoints(geom) FROM cadastre.thua_dat") == [(5,)]


def test_a_delivery_of_less_than_half_is_refused_and_says_what_is_gone(tmp_path, load_it, ask):
    many = [(shapely.Point(EAST + n, NORTH + 0.5), {"ma": f"H{n}", "duong": "Lê Lợi"}) for n in range(120)]
    load_it(delivered(tmp_path, *many), MANHOLES)
    few = delivered(tmp_path, *[(shape, {**values, "duong": None}) for shape, values in many[:50]])
    with pytest.raises(LoadRefused, match="120 → 50"):
        load_it(few, MANHOLES)
    report = load_it(few, MANHOLES, judge=True)
    assert {(one.code, one.field) for one in report.findings} == {("REV-01", None), ("REV-03", "tuyen_duong")}
    assert ask("SELECT count(*) FROM drainage.ho_ga") == [(120,)]


def with_file(catalog: Catalog, layer: str, waivers=(), **changes) -> Catalog:
    file = catalog[layer].file.model_copy(update=changes)
    made = replace(catalog, layers={**catalog.layers, layer: Layer(layer, file)})
    return replace(made, waivers={layer: list(waivers)})


@pytest.fixture
def judged(fresh, desk_at, tmp_path):
    """The verdict on a delivery under the rules of a catalog."""

    def judged(path, profile, catalog):
        file = tmp_path / "p.yaml"
        file.write_text(yaml.safe_dump(profile, allow_unicode=True))
        return load(Order(path, str(file), judge=True), desk_at(fresh, catalog))

    return judged


def waiver(code, until="2099-01-01", **bound):
    return Waiver.model_validate({"code": code, "who": "Lan", "why": "đo lại quý sau", "until": until, **bound})


def test_a_waived_finding_is_shown_as_waived_and_its_row_goes_on(tmp_path, catalog, judged):
    path = delivered(tmp_path, parcel(1, lot(0), -5.0), parcel(2, lot(50)))
    held = with_file(catalog, "cadastre.thua_dat", [waiver("ATT-05", keys=["26740, 1, 1"]), waiver("REL-06", count=1)])
    report = judged(path, PARCELS, held)
    assert report.refusals == []
    assert report.rows == {"cadastre.thua_dat": 2}
    assert {(one.code, one.count, one.waived) for one in report.findings} == {("ATT-05", 1, 1), ("REL-06", 1, 1)}
    assert all(one.waived for one in report.located)


def test_a_waiver_ends_with_its_day_and_with_its_count(tmp_path, catalog, judged):
    path = delivered(tmp_path, parcel(1, lot(0), 900.0), parcel(2, lot(50), 900.0))
    held = with_file(catalog, "cadastre.thua_dat",
                     [waiver("REL-06", "2020-01-01", keys=["26740, 1, 1"]), waiver("REL-06", count=1)])  # fmt: skip
    report = judged(path, PARCELS, held)
    assert {one.code for one in report.findings} == {"REL-06", "WAI-01", "WAI-02"}
    assert not any(one.waived for one in report.findings)


def test_what_the_tables_cannot_hold_cannot_be_waived(tmp_path, catalog, judged):
    path = delivered(tmp_path, parcel(1, lot(0)))
    with pytest.raises(CatalogInvalid, match=r"thua_dat\.waivers\.yaml: GEO-01"):
        judged(path, PARCELS, with_file(catalog, "cadastre.thua_dat", [waiver("GEO-01", count=5)]))


def test_a_layer_s_own_budget_refuses_a_load_with_too_many_warnings(tmp_path, catalog, judged):
    path = delivered(tmp_path, parcel(1, lot(0), 900.0), parcel(2, lot(50)))
    strict = with_file(catalog, "cadastre.thua_dat", budget=Budget(warnings=0.4))
    (why,) = judged(path, PARCELS, strict).refusals
    assert "1 trên 2 dòng có cảnh báo" in why.vi
