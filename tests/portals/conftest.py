"""A live server over a small city made here, and a headless Chromium to look at it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.publish import publish
from gis_server.releases.source import Source
from gis_server.settings import Settings
from tests.chromium import browser
from tests.city import stage
from tests.conftest import free_port

__all__ = ["browser"]
CENTRE = (106.6983, 10.7725)
"""Longitude and latitude of the check point, in the middle of the city made here."""
EAST, NORTH = 603_514.400, 1_191_454.713
MEASURED = Source("so_giao_thong", "Sở Xây dựng", "Department of Construction", "nội bộ", "Sở Xây dựng")
MADE_UP = Source("mau", "Thành phố mẫu", "Sample city", "CC0-1.0", "Bando", synthetic=True)
STREET = "Đường Nguyễn Thị Minh Khai"
PLACE = "Xóm Đẵng Ỷ"
HOSTILE = "<img src=x onerror=document.title='hỏng'>"


@dataclass
class Watched:
    """A page and everything it complained of."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def open(self, address: str = "/") -> Page:
        """Open the viewer and wait until the map has drawn everything."""
        self.page.goto(self.origin + address)
        self.page.wait_for_selector("html[data-ready]", timeout=20_000)
        self.idle()
        return self.page

    def idle(self) -> None:
        """Wait until the map has nothing left to fetch or draw."""
        self.page.wait_for_selector("html[data-map=idle]", timeout=20_000)

    def until(self, expression: str) -> None:
        """Wait for a truth of the page. Playwright's own waiting evaluates strings there, which the policy forbids."""
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not true within 10 s: {expression}")


@pytest.fixture(scope="package")
def city(make_database: Any, catalog: Catalog) -> Database:
    """Measured streets and a place name, made-up manholes, round the check point."""
    database: Database = make_database()
    with database.connect("load") as conn:
        publish(conn, MEASURED, [_rows(conn, catalog, *one) for one in _measured()], who="test", note="")
        publish(conn, MADE_UP, [_rows(conn, catalog, *one) for one in _made_up()], who="test", note="")
    return database


@pytest.fixture(scope="package")
def live(city: Database, settings: Settings) -> Iterator[str]:
    """The address of a running service that shows everything on this machine."""
    port = free_port()
    environment = {
        **os.environ,
        "BANDO_STATE": str(settings.state_folder),
        "BANDO_DATABASE_URL": city.url,
        "BANDO_PORT": str(port),
        "BANDO_WORKERS": "1",
        "BANDO_ANONYMOUS_VIEW": "full",
    }
    command = [sys.executable, "-m", "gis_server.cli.workers"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.STDOUT)
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait_for(origin, server)
        yield origin
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def desk(browser: Browser, live: str) -> Iterator[Watched]:
    """A wide screen; the test fails when the page complains in the console or asks for something in vain."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN", reduced_motion="reduce")
    yield from watched(context, live)


@pytest.fixture
def phone(browser: Browser, live: str) -> Iterator[Watched]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="vi-VN", reduced_motion="reduce"
    )
    yield from watched(context, live)


def watched(context: BrowserContext, origin: str) -> Iterator[Watched]:
    watched = Watched(context.new_page(), origin)
    page, said = watched.page, watched.complaints
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda answer: answer.status >= 400 and said.append(f"{answer.status} {answer.url}"))
    page.on("request", lambda request: watched.requested.append(request.url))
    yield watched
    context.close()
    assert said == []


def _wait_for(origin: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        assert server.poll() is None, "the server stopped before it answered"
        try:
            if httpx2.get(f"{origin}/health").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer in 20 s")


def _rows(conn: Any, catalog: Catalog, layer_id: str, rows: list[tuple[dict[str, Any], str]]) -> Any:
    layer = catalog[layer_id]
    return stage(conn, layer, [(*(values.get(name) for name in layer.fields), wkt) for values, wkt in rows])


def _measured() -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    streets = [
        (
            {"maNhanDang": f"D{number}", "ten": STREET, "maDoiTuong": "GK02"},
            f"LINESTRING({EAST - 2500} {NORTH + 400 * number}, {EAST + 2500} {NORTH + 400 * number})",
        )
        for number in range(-3, 4)
    ]
    places = [({"maNhanDang": "X1", "ten": PLACE, "danhTuChung": "7"}, f"POINT({EAST - 900} {NORTH + 220})")]
    return [("base_transport.duong_bo", streets), ("base_settlement.dia_danh_dan_cu", places)]


def _made_up() -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    manholes: list[tuple[dict[str, Any], str]] = [
        (
            {
                "ma": "HG-0001",
                "loai": "THU_THAM",
                "cao_do_nap": 1.372,
                "co_van_ngan_trieu": True,
                "tuyen_duong": HOSTILE,
            },
            f"POINT({EAST} {NORTH - 200})",
        )
    ]
    return [("drainage.ho_ga", manholes)]
