"""The page of a dossier: whole maps, everything the document says, and no word of the data becomes markup."""

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from tests.chromium import DESK, PHONE, browser
from tests.planning.test_dossier import LOT, SHAPE
from tests.serving import City

__all__ = ["browser"]


@pytest.fixture(scope="module")
def page(neighbourhood: City) -> str:
    answer = neighbourhood.get(LOT, "agency", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def test_the_page_says_what_the_document_says(page: str, neighbourhood: City) -> None:
    for section in neighbourhood.get(LOT, "agency").json()["sections"]:
        assert section["title"]["vi"] in page
        assert section["title"]["en"] in page
    for words in (
        "200,00 m²",
        "20,00 m²",
        "10,00 %",
        "trong sai số đo",
        "12/QĐ (mẫu)",
        "0.5 - 1 m",
        "Lê Lợi",
        "chưa có dữ liệu",
    ):
        assert words in page, words


def test_maps_are_whole_svg_with_the_ground_its_corners_and_a_legend(page: str) -> None:
    maps = re.findall(r'<svg[^>]* class="map".*?</svg>', page, re.DOTALL)
    assert len(maps) == 2
    for one in maps:
        svg = ElementTree.fromstring(one)
        words = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert {"1", "2", "3", "4", "B·N"} <= set(words)
        assert any(str(word).startswith("X 1191") for word in words)
    assert 'class="swatch"' in page


def test_no_word_of_the_data_becomes_markup(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;alert" in page
    assert "\a" not in "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))


def test_a_shape_and_the_public_have_pages_too(neighbourhood: City) -> None:
    assert "Hồ sơ khu đất" in neighbourhood.get(f"{SHAPE}&f=html").text
    public = neighbourhood.get(f"{LOT}?f=html").text
    assert "tuyen_cong" not in public
    assert "CQP" not in public


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_page_fits_the_screen_and_asks_for_nothing(browser: Browser, page: str, size: tuple[int, int]) -> None:
    screen = browser.new_page(viewport={"width": size[0], "height": size[1]}, offline=True)
    said, asked = list[str](), list[str]()
    screen.on("console", lambda message: said.append(message.text))
    screen.on("request", lambda request: asked.append(request.url))
    screen.set_content(page)
    assert screen.evaluate("document.documentElement.scrollWidth") <= size[0]
    boxes = [one.bounding_box() for one in screen.locator("svg.map").all()]
    assert [box is not None and min(box["width"], box["height"]) > 150 for box in boxes] == [True, True]
    assert (said, [url for url in asked if not url.startswith("data:")]) == ([], [])
    screen.close()
