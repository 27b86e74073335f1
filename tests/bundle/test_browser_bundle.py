"""A bundle opens where there is no network: from its folder, behind the plainest server, and in others' MapLibre."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.chromium import DESK, PHONE

READY = "html[data-ready][data-map=idle]"
pytestmark = pytest.mark.browser


@contextmanager
def looked_at(browser: Browser, address: str, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """A page that may ask nothing but the bundle: everything else is refused, and told at the end."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, is_mobile=size == PHONE, has_touch=size == PHONE,
        locale="vi-VN", color_scheme="light", offline=address.startswith("file:"),
    )  # fmt: skip
    origin, strange, said = address.rpartition("/")[0], list[str](), list[str]()

    def judged(route: Route) -> None:
        if route.request.url.startswith((origin, "data:", "blob:")):
            return route.continue_()
        strange.append(route.request.url)
        return route.abort()

    context.route(re.compile(".*"), judged)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    yield page
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert (strange, said, width <= size[0]) == ([], [], True)


@contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    """`python3 -m http.server` in the folder: no ranges, no compression."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_opens_from_its_folder_and_answers_a_tap(browser: Browser, bundle: Path, size: tuple[int, int]) -> None:
    with looked_at(browser, (bundle / "index.html").as_uri(), size) as page:
        page.wait_for_selector(READY)
        box = page.locator("#map canvas").bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        card = page.locator("#card")
        card.wait_for()
        assert "VN-2000" in card.inner_text()
        assert "E 603" in card.inner_text()
        assert card.locator(".feature").count() > 3
        assert "Bản công bố" in page.locator("#release").inner_text()
        assert "giả lập" in page.locator("#synthetic").inner_text()


def test_layers_switch_language_and_colours_turn(browser: Browser, bundle: Path) -> None:
    with looked_at(browser, (bundle / "index.html").as_uri()) as page:
        page.wait_for_selector(READY)
        day = page.screenshot()
        page.locator('[data-layer="drainage.diem_ngap"]').uncheck()
        page.locator("#language").click()
        assert page.locator("#title").inner_text() == "Drainage and flood control"
        page.locator("#scheme").click()
        page.wait_for_timeout(300)
        page.wait_for_selector(READY)
        assert not page.locator('[data-layer="drainage.diem_ngap"]').is_checked()
        assert page.screenshot() != day


def test_a_page_of_the_archive_that_is_missing_is_said(browser: Browser, bundle: Path) -> None:
    """Copies to sticks lose files; the page says which, instead of staying grey."""
    lost = bundle / "page" / "tiles" / "map" / "00000.js"
    kept = lost.read_bytes()
    lost.unlink()
    try:
        context = browser.new_context(offline=True)
        page = context.new_page()
        page.goto((bundle / "index.html").as_uri())
        page.wait_for_selector("#trouble:not([hidden])")
        assert "page/tiles/map/00000.js" in page.locator("#trouble").inner_text()
        context.close()
    finally:
        lost.write_bytes(kept)


def test_it_opens_behind_a_server_that_knows_no_ranges(browser: Browser, bundle: Path) -> None:
    with plain_server(bundle) as origin, looked_at(browser, f"{origin}/index.html") as page:
        page.wait_for_selector(READY)
        assert page.locator("[data-layer]").count() > 10


OTHERS = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="page/maplibre-gl.css"><div id="map" style="height: 500px"></div>
<script src="page/pmtiles.js"></script><script>const kit = {module: (name, text) => { kit[name] = text; }};</script>
<script src="page/modules/maplibre-gl.js"></script><script src="page/modules/maplibre-gl-worker.js"></script>
<script type="module">
  const address = (name) => URL.createObjectURL(new Blob([kit[name]], {type: "text/javascript"}));
  const maplibre = await import(address("maplibre-gl.mjs"));
  maplibre.setWorkerUrl(address("maplibre-gl-worker.mjs"));
  const file = new File([await (await fetch("map.pmtiles")).blob()], "map.pmtiles");
  const protocol = new pmtiles.Protocol();
  protocol.add(new pmtiles.PMTiles(new pmtiles.FileSource(file)));
  maplibre.addProtocol("pmtiles", protocol.tile);
  const style = await (await fetch("style.json")).json();
  const here = (path) => location.origin + "/" + path;
  Object.assign(style, {sprite: here(style.sprite), glyphs: here(style.glyphs)});
  const map = new maplibre.Map({container: "map", style, center: [106.6983, 10.7725], zoom: 15.5});
  map.on("error", ({error}) => console.log(error.message));
  map.on("idle", () => {
    document.title = new Set(map.queryRenderedFeatures().map((one) => one.sourceLayer)).size;
    document.documentElement.dataset.drawn = "";
  });
</script>"""


def test_its_style_icons_and_letters_serve_anybodys_maplibre(browser: Browser, bundle: Path, tmp_path: Path) -> None:
    """With the pmtiles protocol as its authors publish it, and glyph files instead of the browser's fonts."""
    page_file = bundle / "others.html"
    page_file.write_text(OTHERS)
    try:
        with plain_server(bundle) as origin, looked_at(browser, f"{origin}/others.html") as page:
            fetched: list[str] = []
            page.on("request", lambda request: fetched.append(urlsplit(request.url).path))
            page.reload()
            page.wait_for_selector("html[data-drawn]")
            assert int(page.title()) > 8
            assert any(path.startswith("/sprites/") for path in fetched)
            assert any("/glyphs/Noto%20Sans" in path for path in fetched)
    finally:
        page_file.unlink()
