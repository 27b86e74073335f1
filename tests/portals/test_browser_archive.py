"""An archive that others made lies beneath a portal's map, thanked by name; the map's own layers are on top of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from gis_server.db.database import Database
from tests.live import Wire
from tests.portals.conftest import Watched, watched
from tests.portals.screen import drawn, map_box
from tests.tiles.archives import DECLARED, archive_of, delivered, home_with, water

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser, wire: Wire, city: Database, tmp_path: Path) -> Iterator[Watched]:
    """The base map over an archive in which all the world is water."""
    delivered(tmp_path / "archives" / "nen_ngoai.pmtiles", archive_of({(0, 0, 0): water("biển")}))
    home = home_with(tmp_path, {"nen_ngoai": DECLARED}, {"nen": ["nen_ngoai"]})
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN", reduced_motion="reduce")
    with wire(city, home=home, archives=tmp_path / "archives", anonymous_view="full") as running:
        yield from watched(context, running.address)


def test_the_map_is_drawn_over_it_and_its_makers_are_thanked(desk: Watched) -> None:
    page = desk.open()
    red, green, blue = (np.median(drawn(page, map_box(page))[..., band]) for band in range(3))
    assert (red, green, blue) == pytest.approx((0x22, 0x55, 0xAA), abs=4)
    assert any("/archives/nen_ngoai/0/0/0.mvt" in address for address in desk.requested)
    assert "OpenStreetMap" in page.locator(".maplibregl-ctrl-attrib").inner_text()
