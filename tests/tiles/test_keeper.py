"""Whoever ends the service ends what keeps its tiles, also in the moment in which news comes."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.db.pool import open_pool
from gis_server.settings import Settings
from gis_server.tiles.address import TileAddress
from gis_server.tiles.desk import Desk
from gis_server.tiles.events import Hub
from gis_server.tiles.keeper import Keeper
from gis_server.tiles.render import Renderer
from gis_server.tiles.shelves import Shelves

PARCEL = "cadastre.thua_dat"
SOON_S = 2.0


@pytest.fixture
def desk(catalog: Catalog) -> Desk:
    return Desk(Shelves(catalog, compile_views(catalog)), Renderer(1))


async def ends(keeping: Coroutine[Any, Any, None], news: Callable[[], object], turns: int) -> bool:
    """Whether it ends when it is told to, so many turns of the event loop after news."""
    task = asyncio.create_task(keeping)
    await asyncio.sleep(0.1)
    news()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=SOON_S)
    return task in done


@pytest.mark.parametrize("turns", range(6))
async def test_keeping_in_step_ends_as_a_release_comes(
    desk: Desk, database: Database, settings: Settings, turns: int
) -> None:
    async with await open_pool(database, settings) as pool:
        keeper = Keeper(desk, pool, Hub())
        assert await ends(keeper.keep_going(), lambda: keeper.hear(1), turns)


@pytest.mark.parametrize("turns", range(6))
async def test_writing_ends_as_a_tile_comes(
    desk: Desk, database: Database, settings: Settings, catalog: Catalog, turns: int
) -> None:
    shelf = desk.shelves.find(compile_views(catalog)["public"], PARCEL)
    async with await open_pool(database, settings) as pool:
        entry = await desk.tile(pool, shelf, TileAddress(16, 0, 0))
        waiting: asyncio.Queue[Any] = desk._waiting
        assert await ends(desk.keep_going(), lambda: waiting.put_nowait((shelf, b"", entry)), turns)
