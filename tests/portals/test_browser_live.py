"""A map that stays open shows a release as soon as it is published, and asks only for the tiles that it touched."""

import time

import numpy as np
import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.publish import publish
from gis_server.releases.source import Source
from tests.portals.conftest import EAST, NORTH, Watched, _rows
from tests.portals.screen import drawn, map_box

pytestmark = pytest.mark.browser
LATER = Source("mau_sau", "Thành phố mẫu", "Sample city", "CC0-1.0", "Bando", synthetic=True)
AWAY_M = 1_500.0
AT = "at=18.00/10.772440/106.712015"
"""Where nothing of the other tests lies: 1.5 km east of the check point."""


def publish_outfalls(city: Database, catalog: Catalog, count: int) -> int:
    outfalls = [
        ({"ma": f"CX-{number}"}, f"POINT({EAST + AWAY_M + 6 * number} {NORTH + 4 * number})") for number in range(count)
    ]
    with city.connect("load") as conn:
        release = publish(conn, LATER, [_rows(conn, catalog, "drainage.cua_xa", outfalls)], who="test", note="")
    assert release is not None
    return release.number


def test_a_release_appears_by_itself(desk: Watched, city: Database, catalog: Catalog) -> None:
    page = desk.open(f"/#map=thoat_nuoc&{AT}")
    page.wait_for_timeout(1_000)
    box = map_box(page)
    before = drawn(page, box)
    asked = len(desk.requested)
    publish_outfalls(city, catalog, 9)
    until = time.monotonic() + 10
    while np.array_equal(drawn(page, box), before):
        assert time.monotonic() < until, "nothing new on the screen"
        page.wait_for_timeout(100)
    renewed = {address for address in desk.requested[asked:] if "/tiles/" in address}
    assert 1 <= len(renewed) <= 12
