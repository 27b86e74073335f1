"""Pages of features in a browser: a map of the city takes the place of the drawing, and its features lead on."""

import pytest

from tests.portals.conftest import Watched
from tests.portals.screen import drawn

MANHOLES, STREETS = "/collections/drainage.ho_ga", "/collections/base_transport.duong_bo"
MARK = (224, 0, 122)
"""The colour of what a page is about."""


def shown(watched: Watched, path: str) -> None:
    watched.page.goto(watched.origin + path)
    watched.page.wait_for_selector("figure[data-map=idle]", timeout=20_000)


def marks(watched: Watched) -> int:
    box = watched.page.locator("figure.map").bounding_box()
    assert box
    pixels = drawn(watched.page, {**box, "height": min(box["height"], 840 - box["y"])})
    return int((abs(pixels - MARK).max(axis=2) < 24).sum())


@pytest.mark.parametrize("path", [f"{STREETS}/items?f=html", f"{MANHOLES}/items?f=html"])
def test_the_features_of_a_page_lie_on_the_map_and_the_drawing_is_gone(desk: Watched, path: str) -> None:
    shown(desk, path)
    assert desk.page.locator("figure svg.shape").count() == 0
    assert marks(desk) > 50


def test_a_feature_on_the_map_leads_to_its_page_and_the_page_to_its_place(phone: Watched) -> None:
    shown(phone, f"{MANHOLES}/items?f=html")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.page.locator("figure.map").bounding_box()
    assert box
    phone.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.wait_for_url("**/items/*?f=html")
    phone.page.wait_for_selector("figure[data-map=idle]", timeout=20_000)
    assert "HG-0001" in phone.page.inner_text("main")
    assert marks(phone) > 50


def test_a_layers_page_shows_all_of_it_by_its_style(desk: Watched) -> None:
    shown(desk, f"{STREETS}?f=html")
    assert any(f"/tiles/{name}/" in url for url in desk.requested for name in ("nen", "base_transport.duong_bo"))


def test_without_the_browser_libraries_the_drawing_stays(desk: Watched) -> None:
    desk.page.route("**/assets/vendor/**", lambda route: route.abort())
    desk.page.goto(f"{desk.origin}{STREETS}/items?f=html")
    desk.until("performance.getEntriesByType('resource').length > 0")
    assert desk.page.locator("figure svg.shape path").count() == 7
    desk.complaints.clear()
