"""Where tiles are asked for: kept ones from the store, others drawn once and handed to it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

import asyncpg
import lmdb

from gis_server.access.views import View
from gis_server.tiles.address import TileAddress
from gis_server.tiles.entry import Entry, read_entry
from gis_server.tiles.grids import WEB, TileGrid
from gis_server.tiles.render import Renderer
from gis_server.tiles.shelves import Shelf, Shelves
from gis_server.tiles.store import SPOILT, Drawing, Found, Store

MOST_WAITING = 2_000
"""Drawn tiles that wait to be kept; beyond it they are drawn again another time."""
AT_ONCE = 200
MOST_USED = 20_000
MOST_KEYS = 16_384
NOTED_EVERY_S = 30.0
State = tuple[Store | None, int, int, bool]
"""The store and its version, the release that it has come to, whether the database is away."""
log = logging.getLogger("bando")


class Desk:
    """One worker's tiles."""

    def __init__(self, shelves: Shelves, renderer: Renderer) -> None:
        self.shelves = shelves
        self.store: Store | None = None
        """None before the service starts, and when the store's file cannot be used: then every tile is drawn."""
        self.release = 0
        """Everything kept is as it was in this release, or newer."""
        self.stale = False
        """The database is away, so nobody knows whether there is a newer release."""
        self.renderer = renderer
        self._waiting: asyncio.Queue[Drawing] = asyncio.Queue(MOST_WAITING)
        self._used: set[bytes] = set()
        self._key = lru_cache(MOST_KEYS)(shelves.key)

    def state(self) -> State:
        """While it is the same, so is what `kept` finds and what is said of it."""
        store = self.store
        return store, store.version() if store is not None else 0, self.release, self.stale

    def kept(
        self, view: View, tileset: str, at: tuple[int, int, int], form: Callable[[memoryview], Found]
    ) -> Found | None:
        """What `form` makes of a kept tile; None also for what does not exist: the service says what is wrong."""
        if self.store is None:
            return None
        try:
            key = self._key(view.name, tileset, at)
        except LookupError:
            return None
        found = self._read(key, form)
        if found is not None and len(self._used) < MOST_USED:
            self._used.add(key)
        return found

    async def tile(self, pool: asyncpg.Pool, shelf: Shelf, at: TileAddress) -> Entry:
        """The tile as it is now: drawn, and handed to the store, which decides whether it still is true."""
        entry = await self.renderer.tile(pool, shelf, at)
        if self.store is not None:
            with suppress(asyncio.QueueFull):
                self._waiting.put_nowait((shelf, shelf.key(at.z, at.x, at.y), entry))
        return entry

    async def tile_of(self, pool: asyncpg.Pool, view: View, tileset: str, at: TileAddress, release: int) -> Entry:
        """The tile as it is in this release or a newer one: kept, where the store has come as far, or drawn."""
        shelf = self.shelves.find(view, tileset)
        if self.store is not None and self.release >= release and not self.stale:
            kept = self._read(shelf.key(at.z, at.x, at.y), read_entry)
            if kept is not None:
                return kept
        return await self.tile(pool, shelf, at)

    async def grid_tile(self, pool: asyncpg.Pool, shelf: Shelf, grid: TileGrid, at: TileAddress) -> Entry:
        """A tile of any grid. Only Web Mercator's are kept: what a release touches is known in its tiles alone."""
        if grid.id == WEB:
            return await self.tile(pool, shelf, at)
        return await self.renderer.grid_tile(pool, shelf, grid, at)

    def _read(self, key: bytes, form: Callable[[memoryview], Found]) -> Found | None:
        """What `form` makes of a kept tile. A store that turns out to be spoilt begins anew: nothing in it is lost."""
        store = self.store
        if store is None:
            return None
        try:
            return store.read(key, form)
        except SPOILT as error:
            log.warning("tile store: %s: %s; it begins anew", type(error).__name__, error)
            self.store = None
            with suppress(lmdb.Error, OSError):
                self.store = store.anew()
            return None

    async def keep_going(self) -> None:
        """Write what waits, many tiles in one commit, and note what was used; for ever."""
        while True:
            drawings = await self._next()
            used, self._used = self._used, set()
            store = self.store
            if store is None:
                continue
            try:
                await asyncio.to_thread(_write, store, drawings, used)
            except Exception:  # whatever it was, the next tiles are tried again
                log.exception("tile store: %d tiles were not kept", len(drawings))

    async def _next(self) -> list[Drawing]:
        try:
            async with asyncio.timeout(NOTED_EVERY_S):  # wait_for would swallow a cancellation that comes with a tile
                drawings = [await self._waiting.get()]
        except TimeoutError:
            return []
        while len(drawings) < AT_ONCE and not self._waiting.empty():
            drawings.append(self._waiting.get_nowait())
        return drawings


def _write(store: Store, drawings: list[Drawing], used: set[bytes]) -> None:
    if used:
        store.note_used(sorted(used))
    if drawings:
        store.put(drawings)
