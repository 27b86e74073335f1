"""Pages against WCAG 2.1 AA, by day and night, on a desk and a phone: axe looks, as auditors do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import DESK, PHONE
from tests.portals.conftest import EAST, NORTH

pytestmark = pytest.mark.browser
AXE = Path("node_modules/axe-core/axe.min.js")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}"
CORNERS = ";".join(f"{NORTH + north} {EAST + east}" for north, east in ((0, 0), (40, 0), (40, 30), (0, 30)))
PAGES = (
    "/",
    "/planning",
    "/planning?q=khong+co+dau",
    f"/planning/dossier?corners={CORNERS}&f=html",
    "/verify/khong-phai?f=html",
    "/collections?f=html",
    "/collections/drainage.ho_ga?f=html",
    "/collections/drainage.ho_ga/items?f=html",
    "/changes?f=html",
    "/api.html",
    "/conformance?f=html",
)


@pytest.fixture(scope="module")
def axe() -> str:
    return AXE.read_text()


@pytest.fixture(scope="module", params=[(DESK, "light"), (DESK, "dark"), (PHONE, "light")], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    (width, height), scheme = request.param
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="vi-VN", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_nothing_keeps_anyone_from_a_page(page: Page, live: str, axe: str, address: str) -> None:
    page.goto(live + address)
    if address == "/":
        page.wait_for_selector("html[data-map=idle]", timeout=20_000)
    page.evaluate(axe)
    found = page.evaluate(f"axe.run(document, {RULES})")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def test_the_keyboard_begins_with_the_way_past_the_head_of_a_page(page: Page, live: str) -> None:
    page.goto(f"{live}/collections?f=html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().width > 40")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_a_question_is_typed_and_asked_by_keyboard_alone(page: Page, live: str) -> None:
    page.goto(f"{live}/planning")
    page.locator("#q:focus").wait_for()
    page.keyboard.type(CORNERS.replace(";", "; "))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/planning/dossier?**")
    assert "1.200" in page.inner_text("main")
