"""The map of changes in a real browser, offline: what is added, changed, removed, and each feature before and after."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.cli.differences import write_changes
from gis_server.db.database import Database
from gis_server.releases.diff import between_releases, compare
from tests.chromium import DESK, PHONE, browser, opened
from tests.serving import MEASURED, X, Y, publish_rows

__all__ = ["browser"]
HOSTILE = "</script><img src=x onerror=document.title='hỏng'>"
PIPE, MANHOLE = "drainage.tuyen_cong", "drainage.ho_ga"


@pytest.fixture(scope="module")
def file(make_database, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipe is moved, a manhole renamed, one removed and one added."""
    database: Database = make_database()

    def row(layer: str, wkt: str, **values: object) -> tuple[object, ...]:
        return (*(values.get(name) for name in catalog[layer].fields), wkt)

    def release(*manholes: tuple[str, str], end: float) -> None:
        holes = [row(MANHOLE, f"POINT({X + 20 * int(ma[1:])} {Y})", ma=ma, tuyen_duong=duong) for ma, duong in manholes]
        pipe = row(PIPE, f"LINESTRING({X} {Y + 5}, {X + end} {Y + 5})", ma="T1")
        publish_rows(database, MEASURED, [(catalog[MANHOLE], holes), (catalog[PIPE], [pipe])])

    release(("H1", "Lê Lợi"), ("H2", "Hàm Nghi"), ("H3", "Pasteur"), end=80)
    release(("H1", HOSTILE), ("H3", "Pasteur"), ("H4", "Calmette"), end=60)
    file = tmp_path_factory.mktemp("thay doi") / "thay_doi.html"
    with database.connect("read") as conn:
        found = [compare(conn, between_releases(catalog[layer], 1, 2)) for layer in (MANHOLE, PIPE)]
        write_changes(conn, found, Text(vi="Thay đổi <1>", en="Changes"), (file, None))
    return file


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, file: Path) -> Iterator[Page]:
    with opened(browser, file, request.param) as page:
        yield page


def test_it_counts_and_draws_every_change(page: Page) -> None:
    assert page.inner_text("h1") == "Thay đổi <1>"
    assert [one.inner_text() for one in page.locator("#kinds b").all()] == ["1", "2", "1"]
    assert page.get_attribute("#map", "data-drawn") == "5", "four features, and the pipe's old shape"
    assert page.locator("#list li").count() == 4


def test_kinds_layers_and_words_filter(page: Page) -> None:
    page.uncheck("input[value=changed]")
    assert page.get_attribute("#map", "data-drawn") == "2"
    page.check("input[value=changed]")
    page.locator(f"tr[data-layer='{PIPE}']").click()
    assert page.inner_text("#count").startswith("1 ")
    page.locator(f"tr[data-layer='{PIPE}']").click()
    page.fill("#find", "h4")
    assert "H4" in page.inner_text("#list")
    assert page.locator("#list li").count() == 1


def test_a_feature_is_told_before_and_after_and_its_values_stay_text(page: Page) -> None:
    page.locator("#list button", has_text="H1").click()
    assert page.inner_text("#about del") == "Lê Lợi"
    assert page.inner_text("#about ins") == HOSTILE
    assert page.locator("img").count() == 0
    assert "hỏng" not in page.title()


def test_a_moved_shape_is_measured_and_found_by_a_click(page: Page) -> None:
    page.locator(f"tr[data-layer='{PIPE}']").click()
    box = page.locator("#map").bounding_box()
    assert box
    page.locator("#map").click(position={"x": box["width"] / 2 - 20, "y": box["height"] / 2})
    assert "20 m" in page.inner_text("#about")
    assert "T1" in page.inner_text("#about")
