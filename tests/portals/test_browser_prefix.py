"""The service below a path: a proxy in front takes the path away, and every page still finds what it is made of."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
from playwright.sync_api import Browser

from tests.live import Wire
from tests.portals.conftest import Watched, watched

PREFIX = "/ban-do"
NOT_PASSED_ON = {"connection", "content-encoding", "content-length", "transfer-encoding"}


@pytest.fixture(scope="module")
def below_a_path(city, wire: Wire) -> Iterator[str]:
    """The address that people use; nothing of the host beside the path is the service's."""
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    public = f"http://127.0.0.1:{proxy.server_port}{PREFIX}"
    with wire(city, public_url=public, anonymous_view="full") as running:
        proxy.behind = running.address
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield public
        proxy.shutdown()
        proxy.server_close()


class _Proxy(BaseHTTPRequestHandler):
    """Answers are passed on whole; `/events`, which never ends, is not there."""

    def do_GET(self) -> None:
        if not self.path.startswith(f"{PREFIX}/"):
            self.send_error(404)
            return
        if self.path == f"{PREFIX}/events":
            self.send_response(204)
            self.end_headers()
            return
        asked = self.server.behind + self.path.removeprefix(PREFIX)
        answer = httpx2.get(asked, headers={"Accept": self.headers.get("Accept", "*/*")}, timeout=30)
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name not in NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def desk(browser: Browser, below_a_path: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN", reduced_motion="reduce")
    yield from watched(context, below_a_path)


def test_the_viewer_draws_below_a_path(desk: Watched) -> None:
    desk.open("/?f=html")
    assert all(url.startswith((f"{desk.origin}/", "blob:", "data:")) for url in desk.requested)
    assert any("/tiles/" in url for url in desk.requested)
    links = desk.page.eval_on_selector_all("a.foot-link", "all => all.map((one) => one.href)")
    assert all(link.startswith(desk.origin) for link in links)


def test_the_map_of_a_page_draws_below_a_path(desk: Watched) -> None:
    desk.page.goto(f"{desk.origin}/collections/drainage.ho_ga/items?f=html")
    desk.page.wait_for_selector("figure[data-map=idle]", timeout=20_000)
    assert all(url.startswith((f"{desk.origin}/", "blob:", "data:")) for url in desk.requested)
