"""The page of changes in a browser, at a desk and on a phone: what each release did, where, the way to features."""

import re

import pytest

from tests.portals.conftest import Watched


@pytest.fixture(params=["desk", "phone"])
def page(request: pytest.FixtureRequest) -> Watched:
    watched: Watched = request.getfixturevalue(request.param)
    watched.page.goto(f"{watched.origin}/changes?f=html")
    return watched


def test_it_shows_the_newest_release_first_with_a_drawing(page: Watched) -> None:
    heads = page.page.locator(".release h2").all_inner_texts()
    assert [re.findall(r"\d+", head)[0] for head in heads] == ["2", "1"]
    assert page.page.locator("svg.changes path.added").count() >= 2
    box = page.page.locator("svg.changes").first.bounding_box()
    assert box
    assert box["height"] > 100
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_each_feature_is_a_step_away(page: Watched) -> None:
    page.page.locator("details summary").first.click()
    page.page.locator(".fids a").first.click()
    assert page.page.inner_text("h1")
    assert "/items/" in page.page.url
    assert "release=2" in page.page.url


def test_the_map_opens_where_the_release_changed_something(page: Watched) -> None:
    page.page.get_by_text("Mở trên bản đồ").first.click()
    page.page.wait_for_selector("html[data-ready]", timeout=20_000)
    page.idle()
    assert "#map=" in page.page.url
    assert "drainage.ho_ga" in page.page.url
