"""Day and night in a real browser: page, map and legend follow the system, and a choice outlasts a reload."""

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.portals.conftest import Watched
from tests.portals.screen import drawn, map_box

pytestmark = pytest.mark.browser


def brightness(page: Page) -> tuple[float, float]:
    """Medians of the header and of the map, 0 black to 255 white."""
    header = page.locator("header.top").bounding_box()
    assert header
    return float(np.median(drawn(page, header))), float(np.median(drawn(page, map_box(page))))


def test_the_page_and_the_map_follow_the_system(desk: Watched) -> None:
    page = desk.open()
    assert min(brightness(page)) > 220
    page.emulate_media(color_scheme="dark")
    desk.until("document.documentElement.dataset.scheme === 'dark'")
    page.wait_for_timeout(300)
    desk.idle()
    assert max(brightness(page)) < 60


def test_the_readers_choice_stays(phone: Watched) -> None:
    page = phone.open()
    page.click("#scheme")
    phone.until("document.documentElement.dataset.scheme === 'dark'")
    page = phone.open()
    assert page.get_attribute("html", "data-scheme") == "dark"
    assert max(brightness(page)) < 60


def test_the_legend_is_drawn_in_the_colours_of_the_night(desk: Watched) -> None:
    page = desk.open()
    page.click("#tab-legend")
    by_day = page.locator("#panel-legend svg").first.evaluate("node => node.outerHTML")
    page.click("#scheme")
    desk.until(f"document.querySelector('#panel-legend svg').outerHTML !== {by_day!r}")
