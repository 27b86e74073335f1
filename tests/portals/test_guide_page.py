"""The page of the guides, pasted as it stands into the site of somebody else, shows the map."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from gis_server.settings import HOME
from tests.portals.conftest import CENTRE, Watched
from tests.portals.screen import drawn

GUIDES = ["README.md", "docs/vi/lap-trinh-vien.md", "docs/en/portal-developer.md"]
MIDDLE = {"x": 200.0, "y": 100.0, "width": 1000.0, "height": 700.0}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Nothing: the test says what went wrong."""


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """The address of another site on this machine, with the files of a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()


def pasted(guide: str, origin: str) -> str:
    """The guide's HTML with the address of the service that runs here."""
    found = re.search(r"```html\n(.*?)```", (HOME / guide).read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"{guide} shows no page"
    assert "http://127.0.0.1:8000" in found[1]
    return found[1].replace("http://127.0.0.1:8000", origin)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_pasted_page_draws_the_map(desk: Watched, tmp_path: Path, guide: str) -> None:
    (tmp_path / "page.html").write_text(pasted(guide, desk.origin), encoding="utf-8")
    with elsewhere(tmp_path) as site:
        desk.page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        desk.page.goto(f"{site}/page.html#16/{CENTRE[1]}/{CENTRE[0]}")
        desk.page.wait_for_selector("canvas.maplibregl-canvas")
        for _ in range(60):
            if len(np.unique(drawn(desk.page, MIDDLE).reshape(-1, 3), axis=0)) > 8:
                return
            desk.page.wait_for_timeout(500)
    pytest.fail("the map stays empty")
