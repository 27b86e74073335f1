"""Draws again, in the background, the seeded tiles that releases removed; every worker does a part of it."""

import asyncio
import random
from collections.abc import Sequence

import asyncpg

from gis_server.tiles.desk import Desk
from gis_server.tiles.entry import Entry
from gis_server.tiles.shelves import PREFIX_BYTES, Shelf, address_of
from gis_server.tiles.store import Drawing, Store

LOOKED_AT = 2_000
"""Wanted tiles that are looked at together; workers take them in orders of their own, so that few are drawn twice."""
KEPT_AT_ONCE = 24
"""Tiles of one commit."""
DRAWN_AT_ONCE = 3
"""Callers come first: the other connections are theirs."""


async def draw_wanted(desk: Desk, pool: asyncpg.Pool, store: Store, news: asyncio.Event) -> None:
    """Until nothing is wanted, or there is news: a release that comes meanwhile comes first."""
    while not news.is_set():
        keys = await asyncio.to_thread(store.wanted_keys, LOOKED_AT)
        if not keys:
            return
        keys = random.sample(keys, len(keys))
        for start in range(0, len(keys), KEPT_AT_ONCE):
            if news.is_set():
                return
            await _draw(desk, pool, store, keys[start : start + KEPT_AT_ONCE])


async def _draw(desk: Desk, pool: asyncpg.Pool, store: Store, keys: Sequence[bytes]) -> None:
    """What of it nobody else has drawn by now; what is on no shelf of today is wanted no more."""
    still = await asyncio.to_thread(store.still_wanted, keys)
    shelves = {prefix: desk.shelves.named(name) for name, prefix in store.entered().items()}
    wanted = [(key, shelves.get(key[:PREFIX_BYTES])) for key in still]
    await asyncio.to_thread(store.unwant, [key for key, shelf in wanted if shelf is None])
    free = asyncio.Semaphore(DRAWN_AT_ONCE)

    async def drawn(shelf: Shelf, key: bytes) -> Drawing:
        async with free:
            entry: Entry = await desk.renderer.tile(pool, shelf, address_of(key))
            return shelf, key, entry

    drawings = await asyncio.gather(*(drawn(shelf, key) for key, shelf in wanted if shelf is not None))
    await asyncio.to_thread(store.put, drawings)
