"""The viewer's thinking parts, run in the browser they are made for: coordinates, words, styles, addresses."""

import json
import re

import pytest

from gis_server.catalog.crs import WGS84

pytestmark = pytest.mark.browser

CHECK_POINT = (106.6983, 10.7725)


@pytest.fixture(scope="module")
def modules(browser, live):
    """Calls a function body with the viewer's modules in reach: `m.coordinates`, `m.words`, …, and `grids`."""
    page = browser.new_page()
    page.goto(f"{live}/?f=html")
    page.wait_for_selector("html[data-ready]")
    source = page.get_attribute("script[type=module]", "src") or ""
    base = f"{live}/" + re.sub(r"main\.js$", "", source)
    page.evaluate(
        """async (base) => {
          const names = ["coordinates", "words", "grids", "mapstyle", "share", "measure", "sketch", "strings"];
          const loaded = await Promise.all(names.map((name) => import(base + name + ".js")));
          window.m = Object.fromEntries(names.map((name, place) => [name, loaded[place]]));
          const config = await (await fetch("/viewer.json")).json();
          window.grids = new m.grids.Grids(globalThis.proj4, config);
        }""",
        base,
    )
    yield lambda body, argument=None: page.evaluate(f"(given) => {{ {body} }}", argument)
    page.close()


def test_the_check_point_is_met_to_a_millimetre_both_ways(modules):
    east, north = modules("return grids.toGrid(given)", CHECK_POINT)
    assert (east, north) == (pytest.approx(603_514.400, abs=0.001), pytest.approx(1_191_454.713, abs=0.001))
    lon, lat = modules("return grids.toWgs84(given)", [603_514.400, 1_191_454.713])
    assert (lon, lat) == (pytest.approx(106.6983, abs=1e-8), pytest.approx(10.7725, abs=1e-8))


@pytest.mark.parametrize("lon_lat", [(106.36, 10.10), (107.02, 11.16), (106.70, 10.38), (107.58, 10.50), (106.5, 8.7)])
def test_browser_and_server_agree_to_a_millimetre_in_every_grid(modules, catalog, lon_lat):
    import numpy as np

    for srid in catalog.crs.file.grids:
        here = modules("return grids.toGrid(given[0], given[1])", [lon_lat, srid])
        there = catalog.crs.transform(np.array([lon_lat]), WGS84, srid)[0]
        assert here == pytest.approx(list(there), abs=0.001)


@pytest.mark.parametrize(
    "text",
    [
        "10.7725, 106.6983",
        "10.7725,106.6983",
        "10.7725 106.6983",
        "106.6983 10.7725",
        "10,7725; 106,6983",
        "10,7725 106,6983",
        "(10.7725, 106.6983)",
        "lat 10.7725 lon 106.6983",
        "Vĩ độ: 10.7725, Kinh độ: 106.6983",
        "10.7725N 106.6983E",
        "10.7725° N, 106.6983° E",
        "10°46'21\"N 106°41'53.88\"E",
        "10°46′21″B, 106°41′53.88″Đ",
        "10º46'21''N, 106˚41'53.88''E",
        "N10°46'21\" E106°41'53.88\"",
        "106°41'53,88\"Đ 10°46'21\"B",
        "10° 46.35' N 106° 41.898' E",
        "10 46 21 N, 106 41 53.88 E",
        "N 10 46 21 E 106 41 53,88",
        "10 46 21B 106 41 53.88Đ",
        "https://maps.example/@10.7725,106.6983,17z",
        "geo:10.7725,106.6983",
        "603514.400 1191454.713",
        "1191454.713 603514.400",
        "603514,400; 1191454,713",
        "603.514,400 1.191.454,713",
        "603 514.400 1 191 454.713",
        "1 191 454,713 603 514,400",
        "603,514.400, 1,191,454.713",
        "X=1191454.713 Y=603514.400",
        "X: 1191454.713, Y: 603514.400",
        "E 603514.400 N 1191454.713",
    ],
)
def test_coordinates_are_understood_as_people_write_them(modules, text):
    found = modules("return m.coordinates.readCoordinates(given, grids)", text)
    assert found, text
    assert found[0]["lonLat"] == pytest.approx(CHECK_POINT, abs=2e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hố ga",
        "12",
        "10.7725",
        "phường 12, quận 3",
        "thửa 12 tờ 34",
        "48.85, 2.35",
        "1e3 1e3",
        "10°75'00\"N 106°41'00\"E",
        "999999999 999999999",
        "٣ ٤",
        "1 2 3 4 5 6 7 8 9 " * 40,
    ],
)
def test_what_is_no_place_in_the_city_is_not_taken_for_one(modules, text):
    assert modules("return m.coordinates.readCoordinates(given, grids)", text) == []


def test_a_point_that_fits_two_grids_is_offered_in_both_the_citys_first(modules):
    found = modules("return m.coordinates.readCoordinates(given, grids)", "603514.4 1191454.713")
    assert found[0]["srid"] == 9210
    assert len({one["srid"] for one in found}) == len(found) > 1


def test_seconds_carry_over_into_minutes_and_degrees(modules):
    letters = {"north": "B", "south": "N", "east": "Đ", "west": "T"}
    text = modules("return m.coordinates.degreesMinutesSeconds(given[0], given[1])", [[106.9999999, 10.7725], letters])
    assert "107°00′00.00″" in text
    assert "10°46′21.00″" in text


def test_searching_ignores_marks_and_case(modules):
    assert modules("return m.words.plain(given)", "  ĐƯỜNG Thoát Nước ") == "duong thoat nuoc"


def test_an_address_says_everything_again(modules):
    seen = {
        "map": "nen",
        "camera": {"zoom": 14.25, "center": [106.6983, 10.7725], "bearing": 0, "pitch": 0},
        "on": ["drainage.ho_ga"],
        "off": ["base_transport.duong_bo"],
        "language": "en",
        "pick": [106.6983, 10.7725],
        "feature": {"layer": "drainage.ho_ga", "fid": "12"},
        "tool": None,
    }
    assert modules("return m.share.readAddress(m.share.writeAddress(given))", seen) == seen


@pytest.mark.parametrize(
    "damaged", ["#at=1/2", "#at=99/200/300", "#pick=a,b", "#f=x/-1", "#on=,,", "#%E0%A4%A", "#at=NaN/NaN/NaN"]
)
def test_a_damaged_address_is_read_as_far_as_it_goes(modules, damaged):
    read = modules("return m.share.readAddress(given)", damaged)
    assert (read["camera"], read["pick"], read["feature"], read["on"]) == (None, None, None, [])


def test_fading_keeps_the_zoom_of_a_ramp_outermost(modules):
    layer = {
        "type": "fill",
        "paint": {"fill-opacity": ["interpolate", ["linear"], ["zoom"], 10, 0.4, 14, ["get", "x"]]},
    }
    ((name, value),) = modules("return m.mapstyle.faded(given, 0.5)", layer)
    assert name == "fill-opacity"
    assert value == ["interpolate", ["linear"], ["zoom"], 10, 0.2, 14, ["*", ["get", "x"], 0.5]]
    assert modules("return m.mapstyle.faded(given, 0.5)", {"type": "line"}) == [["line-opacity", 0.5]]


def test_a_layer_switched_on_beside_the_map_lies_below_its_labels(modules):
    def drawn(name, kind, layer):
        return {"id": name, "type": kind, "metadata": {"bando:layer": layer}}

    base = {"sources": {"nen": {}}, "layers": [drawn("a", "fill", "x"), drawn("b", "symbol", "x")]}
    extra = {"sources": {"y": {}}, "layers": [drawn("c", "line", "y"), drawn("d", "symbol", "y")]}
    style = modules(
        "return m.mapstyle.combined(given[0], [given[1]], new Set(['y']))", json.loads(json.dumps([base, extra]))
    )
    assert [one["id"] for one in style["layers"]] == ["a", "c", "b", "d"]
    assert [one["layout"]["visibility"] for one in style["layers"]] == ["none", "visible", "none", "visible"]
    assert style["sources"].keys() == {"nen", "y"}


def test_lengths_and_areas_are_those_of_the_grid(modules):
    square = [[0, 0], [100, 0], [100, 100], [0, 100]]
    assert modules("return m.measure.measured(given)", square) == {"length": 300, "perimeter": 400, "area": 10_000}
    assert modules("return m.measure.measured(given)", square[:2]) == {"length": 100, "perimeter": 0, "area": 0}


def test_sides_that_cross_are_seen(modules):
    square = [[0, 0], [100, 0], [100, 100], [0, 100]]
    assert modules("return m.sketch.crosses(given)", square) is False
    assert modules("return m.sketch.crosses(given)", square[:3]) is False
    assert modules("return m.sketch.crosses(given)", [square[0], square[2], square[1], square[3]]) is True
