"""The report of a check in a real browser, offline, at a desk and on a phone: findings with place and reason."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import Browser, Page

from gis_server.catalog import Catalog
from loaders.checks.finding import Located
from loaders.checks.registry import read_codes
from loaders.verdict.advice import read_advice
from loaders.verdict.hand_over import CITY_TIME
from loaders.verdict.page import MOST_LISTED, page
from loaders.verdict.verdict import Verdict
from tests.chromium import DESK, PHONE, browser, opened

__all__ = ["browser"]
PARCELS, PIPES = "cadastre.thua_dat", "drainage.tuyen_cong"
EAST, NORTH = 603_514.4, 1_191_454.713
HOSTILE = "</script><img src=x onerror=document.title='hỏng'>"
WRITTEN = datetime(2026, 11, 22, 10, 30, tzinfo=CITY_TIME)
MANY = 150


def located(layer: str, code: str, number: int, value: str = "", **more: Any) -> Located:
    place = {"x": EAST + 10 * number, "y": NORTH + 7 * number}
    return Located(layer, code, None, f"26740, 1, {number}", value, **{"waived": False, **place, **more})


FOUND = [
    *(located(PARCELS, "COV-01", number, f"{number}.5 m²") for number in range(MANY)),
    located(PARCELS, "ATT-05", 200, "-5"),
    located(PIPES, "NET-03", 120, HOSTILE),
    located(PIPES, "NET-03", 121, "được miễn", waived=True),
    located(PIPES, "REV-03", 0, "cao_do", x=None, y=None),
]


def counted(rows: list[Located]) -> list[dict[str, Any]]:
    kinds = dict.fromkeys((one.layer, one.code, one.field) for one in rows)
    return [
        {"layer": layer, "code": code, "field": field, "examples": [],
         "count": sum((one.layer, one.code) == (layer, code) for one in rows),
         "waived": sum((one.layer, one.code, one.waived) == (layer, code, True) for one in rows)}
        for layer, code, field in kinds
    ]  # fmt: skip


@pytest.fixture(scope="module")
def verdict(catalog: Catalog) -> Verdict:
    line = {
        "read": 900,
        "loaded": 890,
        "set_aside": {"ATT-05": 1},
        "left_out": [{"vi": "lý do", "en": "why", "count": 9}],
    }
    report = {
        "path": "giao <nộp>.zip", "release": None, "refusals": [], "account": {"thua.shp": line},
        "source": {"title_vi": "Sở X", "title_en": "Department X", "synthetic": True},
        "layers": {PARCELS: {"rows": 700}, PIPES: {"rows": 190}, "lighting.cot_den": {"rows": 77}},
        "findings": counted(FOUND), "columns_personal": {"thua.shp": ["chu"]}, "columns_unused": {},
        "files_left_out": {"ảnh.tif": {"vi": "ảnh", "en": "a raster"}},
    }  # fmt: skip
    shapes = [shapely.to_wkb(shapely.box(EAST + 10 * n, NORTH, EAST + 10 * n + 9, NORTH + 20)) for n in range(50)]
    return Verdict(report, FOUND, catalog, read_codes(), {PARCELS: shapes}, base=shapes[:1])


@pytest.fixture(scope="module")
def file(verdict: Verdict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bao cao") / "bao_cao.html"
    file.write_bytes(page(verdict, WRITTEN))
    return file


@pytest.fixture
def desk(browser: Browser, file: Path) -> Iterator[Page]:
    with opened(browser, file, DESK) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, file: Path) -> Iterator[Page]:
    with opened(browser, file, PHONE) as page:
        yield page


def count(page: Page) -> str:
    return page.inner_text("#count").split(",")[0]


def scale(page: Page) -> str:
    return page.inner_text(".map .scale")


def test_it_opens_offline_and_says_first_in_vietnamese_what_holds(desk: Page) -> None:
    text = desk.inner_text("main")
    assert text.index("Công bố được, có điều cần xem lại") < text.index("Can be published; some things need a look")
    assert "giả lập · synthetic" in text
    assert "900\ndòng đọc" in text
    assert count(desk) == f"{len(FOUND)} phát hiện"
    assert desk.get_attribute("#map", "data-drawn") == str(len(FOUND) - 1), "all but the one without a place"


def test_it_fits_a_phone_with_the_map_before_the_list(phone: Page) -> None:
    tops = [phone.locator(one).bounding_box() for one in ("#map", "#list")]
    assert tops[0]
    assert tops[1]
    assert tops[0]["y"] < tops[1]["y"]
    assert tops[0]["height"] < 600, "room is left to scroll past the map"


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({"code": "COV-01"}, MANY),
        ({"layer": PIPES}, 3),
        ({"severity": "error"}, 1),
        ({"layer": PIPES, "code": "COV-01"}, 0),
    ],
)
def test_filters_hold_for_the_list_and_the_map(desk: Page, chosen: dict[str, str], left: int) -> None:
    for control, value in chosen.items():
        desk.select_option(f"#{control}", value)
    assert count(desk) == f"{left} phát hiện"
    without_place = 1 if chosen == {"layer": PIPES} else 0
    assert desk.get_attribute("#map", "data-drawn") == str(left - without_place)
    desk.click("#clear")
    assert count(desk) == f"{len(FOUND)} phát hiện"


def test_words_find_keys_and_values(desk: Page) -> None:
    desk.fill("#find", "ĐƯỢC MIỄN")
    assert count(desk) == "1 phát hiện"
    assert "miễn trừ" in desk.inner_text("#list")


def test_a_line_of_the_table_of_codes_filters_and_filters_no_more(desk: Page) -> None:
    line = desk.locator(f".kinds tr[data-code='NET-03'][data-layer='{PIPES}']")
    line.click()
    assert count(desk) == "2 phát hiện"
    assert line.get_attribute("aria-selected") == "true"
    line.click()
    assert count(desk) == f"{len(FOUND)} phát hiện"


def test_choosing_a_line_goes_there_and_tells_reason_place_and_what_to_do(desk: Page) -> None:
    wide = scale(desk)
    desk.locator("#list button", has_text="26740, 1, 200 ").first.click()
    told = desk.inner_text("#about")
    assert "Số nằm ngoài khoảng cho phép" in told
    assert read_advice()["ATT-05"].vi in told
    assert "26740, 1, 200" in told
    assert f"E {EAST + 2000:.2f}" in told
    assert "10.78" in told
    assert "106.71" in told
    assert scale(desk) != wide


def test_a_place_on_the_map_is_chosen_by_a_click(desk: Page) -> None:
    desk.select_option("#severity", "error")
    box = desk.locator("#map").bounding_box()
    assert box
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "26740, 1, 200" in desk.inner_text("#about")
    assert desk.locator("#list button[aria-current=true]").count() == 1


def test_the_map_moves_by_wheel_keys_and_buttons(desk: Page) -> None:
    seen = [scale(desk)]
    for button in ("in", "in", "out", "all"):
        desk.click(f"[data-map={button}]")
        seen.append(scale(desk))
    assert seen[0] == seen[-1]
    assert len(set(seen)) > 1
    desk.focus("#map")
    for _ in range(4):
        desk.keyboard.press("+")
    assert scale(desk) != seen[0]


def test_the_list_grows_when_asked(desk: Page) -> None:
    assert desk.locator("#list li").count() == 100
    desk.click("#more")
    assert desk.locator("#list li").count() == len(FOUND)


def test_values_from_a_file_stay_text(desk: Page) -> None:
    assert "hỏng" not in desk.title()
    desk.fill("#find", "onerror")
    desk.locator("#list button").click()
    assert HOSTILE in desk.inner_text("#about")
    assert desk.locator("img").count() == 0


def test_a_refusal_names_its_reasons_and_says_what_to_do(verdict: Verdict) -> None:
    why = {"vi": "1 trên 900 dòng có lỗi.", "en": "1 of 900 rows is wrong."}
    refused = replace(verdict, report={**verdict.report, "refusals": [why]})
    text = page(refused, WRITTEN).decode()
    assert "Chưa công bố được" in text
    assert why["vi"] in text
    assert "Gửi trang này" in text


def test_a_clean_delivery_has_no_empty_map(verdict: Verdict) -> None:
    clean = replace(verdict, report={**verdict.report, "findings": []}, located=[])
    text = page(clean, WRITTEN).decode()
    assert "<strong>Công bố được</strong>" in text
    assert "<canvas" not in text


def test_a_page_stays_small_and_says_where_the_rest_is(verdict: Verdict) -> None:
    many = [located(PARCELS, "COV-01", number) for number in range(MOST_LISTED + 5)]
    full = replace(verdict, located=many, report={**verdict.report, "findings": counted(many[:1])})
    written = page(full, WRITTEN)
    assert b"5 ph\xc3\xa1t hi\xe1\xbb\x87n n\xe1\xbb\xafa" in written
    assert len(written) < 4_000_000


def test_advice_is_about_codes_that_exist() -> None:
    assert read_advice().keys() <= read_codes().keys()
