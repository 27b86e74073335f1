"""Work on the store from the command line, beside the service: seed, verify, purge; the service goes on meanwhile."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg
import lmdb

from gis_server.access.views import View, compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.db.pool import acquired, open_pool
from gis_server.errors import SettingInvalid
from gis_server.settings import Settings
from gis_server.tiles.address import TileAddress
from gis_server.tiles.desk import Desk
from gis_server.tiles.entry import Entry
from gis_server.tiles.events import Hub
from gis_server.tiles.keeper import Keeper
from gis_server.tiles.render import Renderer
from gis_server.tiles.running import store_path
from gis_server.tiles.shelves import Shelf, Shelves, address_of
from gis_server.tiles.store import Store, open_store
from gis_server.tiles.walk import Area, Asks, Draw, Holds, holds_statement, walk

LONG_MS = 60_000
"""Nobody waits for a seeded tile: it may take longer than a caller would."""
COMPARED_AT_ONCE = 64


@dataclass(frozen=True)
class Office:
    """An open store, and the database that its tiles are drawn from."""

    pool: asyncpg.Pool
    store: Store
    shelves: Shelves
    views: dict[str, View]
    keeper: Keeper

    async def seed(self, shelf: Shelf, area: Area) -> AsyncIterator[tuple[int, int]]:
        """Draw and keep the tiles of an area; yields the zoom and how many were drawn just now."""
        asks = Asks(self._drawer(shelf), self._holder(shelf))
        async for some in walk(shelf, area, asks):
            await self.keeper.catch_up()
            self.store.put([(shelf, shelf.key(at.z, at.x, at.y), replace(entry, seeded=True)) for at, entry in some])
            if some:
                yield some[0][0].z, len(some)

    async def verify(self, shelf: Shelf, most: int | None = None) -> AsyncIterator[tuple[int, list[TileAddress]]]:
        """Draw kept tiles again, all or so many by chance; yields how many were compared just now, and which differed.
        Those are removed."""
        draw, keys = self._drawer(shelf), self.store.keys(shelf.prefix)
        for key_group in _groups(keys if most is None else sorted(random.sample(keys, min(most, len(keys))))):
            wrong = [key for key in key_group if not await self._is_true(key, draw)]
            self.store.remove(wrong)
            yield len(key_group), [address_of(key) for key in wrong]

    async def _is_true(self, key: bytes, draw: Draw) -> bool:
        """Whether a kept tile is what the database has now. A release in between is caught up with first."""
        for _ in range(3):
            drawn = await draw(address_of(key))
            release = await self.keeper.catch_up()
            kept = self.store.get(key)
            if kept is None or kept.etag == drawn.etag:
                return True
            if drawn.release == release:
                return False
        return True

    def _drawer(self, shelf: Shelf) -> Draw:
        async def draw(at: TileAddress) -> Entry:
            return await self.keeper.desk.renderer.tile(self.pool, shelf, at)

        return draw

    def _holder(self, shelf: Shelf) -> Holds:
        statement = holds_statement(shelf)

        async def holds(at: TileAddress) -> bool:
            async with acquired(self.pool) as conn:
                return bool(await conn.fetchval(statement, at.z, at.x, at.y))

        return holds


@asynccontextmanager
async def office(settings: Settings, catalog: Catalog, database: Database) -> AsyncIterator[Office]:
    """The store of this machine, in step with the newest release."""
    patient = settings.model_copy(update={"statement_timeout_ms": LONG_MS})
    views = compile_views(catalog)
    shelves = Shelves(catalog, views)
    store = _opened(settings, database)
    try:
        async with await open_pool(database, patient) as pool:
            desk = Desk(shelves, Renderer(settings.pool_size))
            desk.store = store
            keeper = Keeper(desk, pool, Hub())
            keeper.tidy()
            await keeper.catch_up()
            yield Office(pool, store, shelves, views, keeper)
    finally:
        store.close()


def _opened(settings: Settings, database: Database) -> Store:
    path = store_path(settings, database)
    if settings.tile_store_mb <= 0:
        raise SettingInvalid(
            "BANDO_TILE_STORE_MB là 0 nên không có kho ô bản đồ; đặt số lớn hơn.",
            "BANDO_TILE_STORE_MB is 0, so there is no tile store; set a greater number.",
        )
    try:
        return open_store(path, settings.tile_store_mb)
    except (lmdb.Error, OSError) as error:
        raise SettingInvalid(
            f"Không mở được kho ô bản đồ {path}: {error}.", f"The tile store {path} cannot be opened: {error}."
        ) from error


def _groups(keys: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [keys[start : start + COMPARED_AT_ONCE] for start in range(0, len(keys), COMPARED_AT_ONCE)]
