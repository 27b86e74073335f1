"""Ground drawn on the map leads to its dossier: by mouse, by finger and by keyboard alone."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import shapely

from tests.portals.conftest import CENTRE, EAST, NORTH, Watched
from tests.portals.screen import map_box, text_of

pytestmark = pytest.mark.browser
AT = f"/#map=quy_hoach&at=18.00/{CENTRE[1]}/{CENTRE[0]}"
PIXEL_M = float(np.cos(np.radians(CENTRE[1])) * 40_075_016.686 / (512 * 2**18))


def ground(watched: Watched) -> shapely.Polygon:
    """The shape that the dossier is asked about."""
    href = watched.page.locator("#sketch-card a.button").get_attribute("href")
    assert href is not None
    asked = parse_qs(urlsplit(href).query)
    assert (asked["f"], asked["grid"]) == (["html"], ["9210"])
    pairs = [line.split() for line in asked["corners"][0].split(";")]
    return shapely.Polygon([(float(y), float(x)) for x, y in pairs])


def middle(watched: Watched) -> tuple[float, float]:
    box = map_box(watched.page)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_clicks_set_corners_and_a_double_click_closes_the_shape(desk: Watched) -> None:
    page = desk.open(AT)
    page.click('[data-tool="draw"]')
    x, y = middle(desk)
    page.mouse.click(x, y)
    page.mouse.click(x + 100, y)
    page.mouse.dblclick(x + 100, y + 100)
    shape = ground(desk)
    assert len(shape.exterior.coords) == 4
    assert shape.area == pytest.approx(5_000 * PIXEL_M**2, rel=0.02)
    assert shape.exterior.coords[0] == pytest.approx((EAST, NORTH), abs=0.5)
    assert page.evaluate("location.hash").count("at=18.00"), "a double click does not zoom while drawing"
    page.mouse.click(x + 200, y - 50)
    page.wait_for_selector("#card:not([hidden])")
    assert len(ground(desk).exterior.coords) == 4, "afterwards a click asks what is there"
    page.click("#sketch-card .card-head .icon-button")
    assert page.locator("#sketch-card").is_hidden()


def test_the_keyboard_alone_draws(desk: Watched) -> None:
    page = desk.open(f"{AT}&tool=draw")
    page.wait_for_selector("#sketch-card:not([hidden])")
    for arrow in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(arrow)
        page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    assert len(ground(desk).exterior.coords) == 5
    page.keyboard.press("Backspace")
    page.keyboard.press("Shift+Enter")
    assert len(ground(desk).exterior.coords) == 4
    assert page.evaluate("document.activeElement.textContent") == "Hồ sơ của khu đất này"


def test_sides_that_cross_lead_nowhere(desk: Watched) -> None:
    page = desk.open(AT)
    page.click('[data-tool="draw"]')
    x, y = middle(desk)
    for dx, dy in ((0, 0), (80, 80), (80, 0), (0, 80)):
        page.mouse.click(x + dx, y + dy)
    assert page.locator("#sketch-card a.button").count() == 0
    assert "cắt nhau" in text_of(page, "#sketch-card [role=alert]")
    page.keyboard.press("Escape")


def test_a_finger_closes_at_the_first_corner(phone: Watched) -> None:
    page = phone.open(AT)
    page.tap('[data-tool="draw"]')
    x, y = middle(phone)
    for dx, dy in ((0, 0), (90, 0), (90, -90), (4, -4)):
        page.touchscreen.tap(x + dx, y + dy - 80)
        page.wait_for_timeout(400)
    assert len(ground(phone).exterior.coords) == 4
    card = page.locator("#sketch-card").bounding_box()
    assert card is not None
    assert card["y"] > y - 80, "what is drawn stays in sight"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
