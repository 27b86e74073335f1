"""Seeded tiles that a release removed come back by themselves, drawn by whoever has time, each once."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.db.pool import open_pool
from gis_server.settings import Settings
from gis_server.tiles.address import TileAddress
from gis_server.tiles.desk import Desk
from gis_server.tiles.entry import Entry, entry_of
from gis_server.tiles.render import Renderer
from gis_server.tiles.seeding import draw_wanted
from gis_server.tiles.shelves import Shelf, Shelves, address_of
from gis_server.tiles.store import Store, open_store
from tests.tiles.parcels import Moving, around

TILES = around([13, 14, 15, 16], reach=4)
"""More than are kept in one commit."""


@pytest.fixture
def moving(make_database: Callable[[], Database], catalog: Catalog) -> Moving:
    moving = Moving(catalog, make_database())
    moving.publish()
    return moving


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "tiles.lmdb", 64)
    yield opened
    opened.close()


def seeded(store: Store, moving: Moving) -> None:
    """Tiles that somebody wants, and that are gone."""
    shelf = moving.shelf()
    old = replace(entry_of(0, b"old"), seeded=True)
    store.put([(shelf, shelf.key(at.z, at.x, at.y), old) for at in TILES])
    store.remove(store.keys(shelf.prefix))


class Counting(Renderer):
    """Notes what it draws."""

    def __init__(self, drawn: list[TileAddress]) -> None:
        super().__init__(8)
        self.drawn = drawn

    async def tile(self, pool: asyncpg.Pool, shelf: Shelf, at: TileAddress) -> Entry:
        self.drawn.append(at)
        return await super().tile(pool, shelf, at)


def workers(moving: Moving, settings: Settings, store: Store, *news: asyncio.Event) -> list[TileAddress]:
    """One for each channel of news; what they draw."""
    drawn: list[TileAddress] = []

    async def work() -> None:
        async with await open_pool(moving.database, settings) as pool:
            shelves = Shelves(moving.catalog, compile_views(moving.catalog))
            desks = [(Desk(shelves, Counting(drawn)), event) for event in news]
            await asyncio.gather(*(draw_wanted(desk, pool, store, event) for desk, event in desks))

    asyncio.run(work())
    return drawn


def test_two_workers_share_the_wanted_tiles(moving: Moving, settings: Settings, store: Store) -> None:
    seeded(store, moving)
    drawn = workers(moving, settings, store, asyncio.Event(), asyncio.Event())
    keys = store.keys(moving.shelf().prefix)
    assert {address_of(key) for key in keys} == set(TILES)
    assert store.wanted_keys(10) == []
    assert len(drawn) < 1.6 * len(TILES), "what one has drawn the other leaves"
    assert all((entry := store.get(key)) is not None and entry.seeded for key in keys)


def test_a_release_comes_before_the_tiles_that_wait(moving: Moving, settings: Settings, store: Store) -> None:
    seeded(store, moving)
    news = asyncio.Event()
    news.set()
    assert workers(moving, settings, store, news) == []
    assert len(store.wanted_keys(1_000)) == len(TILES)
