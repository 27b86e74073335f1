"""With PostgreSQL stopped: seeded tiles go on, marked stale; questions get a sentence; and it recovers by itself."""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_server.catalog import Catalog
from gis_server.db.cluster import embedded_cluster
from gis_server.db.database import open_database
from gis_server.db.tables import migrate
from gis_server.settings import Settings
from gis_server.tiles.address import TileAddress
from gis_server.tiles.office import office
from gis_server.tiles.shelves import address_of
from gis_server.tiles.walk import Area
from tests.conftest import FAST, free_port
from tests.live import served
from tests.tiles.parcels import LAYER, Caller, Moving, around, draw, path_of

pytestmark = pytest.mark.slow


@pytest.fixture
def installation() -> Iterator[Settings]:
    """A cluster of its own, that may be stopped."""
    folder = Path(tempfile.mkdtemp(prefix="bando-tiles-"))
    folder.chmod(0o755)
    settings = Settings(state=folder, port=free_port(), workers=2)
    cluster = embedded_cluster(settings, FAST)
    cluster.start()
    yield settings
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def seed(settings: Settings, catalog: Catalog) -> list[TileAddress]:
    async with office(settings, catalog, open_database(settings)) as opened:
        shelf = opened.shelves.find(opened.views["public"], LAYER)
        async for _ in opened.seed(shelf, Area(0, 16)):
            pass
        return [address_of(key) for key in opened.store.keys(shelf.prefix)]


def stale(caller: Caller, at: TileAddress) -> bool:
    return caller.tile(at)[0].headers["Bando-Stale"] == "1"


def until(caller: Caller, at: TileAddress, wanted: bool) -> None:
    began = time.monotonic()
    while stale(caller, at) is not wanted:
        assert time.monotonic() < began + 20
        time.sleep(0.05)


def other_address_and_grids(caller: Caller, at: TileAddress) -> None:
    """The tile is the same by its address of OGC API Tiles; other grids are not kept."""
    answer = caller.get(f"/collections/{LAYER}/tiles/WebMercatorQuad/{at.z}/{at.y}/{at.x}")
    assert (answer.status, answer.headers["Bando-Stale"]) == (caller.tile(at)[0].status, "1")
    refused(caller, f"/collections/{LAYER}/tiles/VN2000HCM/10/406/397")


def refused(caller: Caller, path: str) -> None:
    answer = caller.get(path)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert json.loads(answer.content)["detail"]  # type: ignore[attr-defined]


def test_seeded_tiles_outlive_the_database(installation: Settings, catalog: Catalog, tmp_path: Path) -> None:
    database = open_database(installation)
    migrate(database, catalog)
    moving = Moving(catalog, database)
    moving.publish()
    tiles = asyncio.run(seed(installation, catalog))
    assert len(tiles) > 8
    with served(installation, tmp_path / "serve.log") as address:
        caller = Caller(address)
        caller.tile(tiles[0])  # the worker learns of the tileset; the first request of one goes to the service
        assert not stale(caller, tiles[0])
        embedded_cluster(installation, FAST).stop()
        until(caller, tiles[0], wanted=True)
        answers = [caller.tile(at)[0] for at in tiles]
        assert {answer.status for answer in answers} <= {200, 204}
        assert all(answer.headers["Bando-Stale"] == "1" and answer.headers["Warning"] for answer in answers)
        other_address_and_grids(caller, tiles[0])
        for path in (f"/collections/{LAYER}/items", path_of(TileAddress(17, 5, 5))):
            refused(caller, path)
        embedded_cluster(installation, FAST).start()
        until(caller, tiles[0], wanted=False)
        release = moving.publish(moved=3)
        began = time.monotonic()
        while int(caller.tile(tiles[0])[0].headers["Bando-Release"]) < release:
            assert time.monotonic() < began + 10
            time.sleep(0.05)
        with database.connect("read") as conn:
            shelf = moving.shelf()
            for at in (*tiles, *around([18])):
                assert caller.tile(at)[1] == draw(conn, shelf, at)
        caller.close()
