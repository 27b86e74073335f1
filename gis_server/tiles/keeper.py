"""Keeps a store in step with the releases: hears of them, removes what they touched, draws again what was seeded."""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import lmdb
import orjson

from gis_server.db.statements import text
from gis_server.drawing.cells import WORLD, Cells, union, unpack
from gis_server.errors import MapError
from gis_server.releases.snapshot import snapshot
from gis_server.tiles.books import Touches
from gis_server.tiles.desk import Desk
from gis_server.tiles.shelves import PREFIX_BYTES, Shelf, address_of
from gis_server.tiles.store import Store

SQL = Path(__file__).parent / "sql"
MOST_BEHIND = 500
"""Releases to catch up with one by one; after more the store begins anew."""
SEED_AT_ONCE = 50
CHECK_S = 10.0
AGAIN_S = 1.0
TROUBLE = (MapError, lmdb.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
log = logging.getLogger("bando")


@dataclass(frozen=True)
class Gap:
    """What happened between a store's release and the newest one."""

    base: int
    newest: int
    touches: Touches
    mark: bytes
    """How the database looks: when its newest release was made, what migrations lost, what is synthetic."""
    unknown: bool
    """The database is not the one that the store was filled from, or more changed than releases tell."""


async def read_gap(pool: asyncpg.Pool, base: int, mark: bytes) -> Gap:
    """What a store at release `base` with this mark has to catch up with, read in one snapshot."""
    async with snapshot(pool) as snap:
        facts = await snap.conn.fetchrow(text(SQL, "facts"), base)
        newest = snap.release
        is_near = base <= newest <= base + MOST_BEHIND
        rows = await snap.conn.fetch(text(SQL, "touched_since"), base) if is_near else []
    now = orjson.loads(facts["mark"])
    unknown = not is_near or not _same(orjson.loads(mark) if mark else None, now, facts["published"], base)
    return Gap(base, newest, _touches(rows), orjson.dumps(now), unknown)


def _touches(rows: list[Any]) -> dict[str, Cells]:
    """By layer; a release that did not record what it touched in a layer touched all of it."""
    parts: dict[str, list[Cells]] = defaultdict(list)
    for row in rows:
        parts[row["layer"]].append(WORLD if row["cells"] is None else unpack(row["cells"]))
    return {layer: union(some) for layer, some in parts.items()}


def _same(before: Any, now: Any, published: str | None, base: int) -> bool:
    """Whether releases alone explain what is between two marks."""
    if before is None:
        return base == 0
    flags = before["synthetic"]
    return (
        before["published"] == published
        and before["losses"] == now["losses"]
        and all(now["synthetic"].get(source, flag) == flag for source, flag in flags.items())
    )


@dataclass
class Keeper:
    """One worker's part in keeping the store true."""

    desk: Desk
    store: Store
    pool: asyncpg.Pool
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by whoever hears of a release."""

    def hear(self, release: int | None) -> None:
        """News of a release; None when the database went away."""
        if release is None:
            self.desk.stale = True
        self.news.set()

    def tidy(self) -> None:
        """Throw out what is drawn otherwise today: the layer files may have changed while nobody served."""
        found = {name: self.desk.shelves.named(name) for name in self.store.entered()}
        self.store.keep_only({name: shelf.prefix for name, shelf in found.items() if shelf is not None})

    async def keep_going(self) -> None:
        """Catch up whenever there is news, and draw what is wanted; for ever."""
        while True:
            self.news.clear()
            patience = CHECK_S if await self._in_step() else AGAIN_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), patience)

    async def _in_step(self) -> bool:
        try:
            await self.catch_up()
            self.desk.stale = False
            await self._seed()
        except TROUBLE as error:
            self.desk.stale = True
            log.info("keeping tiles in step: %s: %s", type(error).__name__, error)
            return False
        return True

    async def catch_up(self) -> None:
        """The store at the newest release, whatever was missed."""
        while True:
            gap = await read_gap(self.pool, self.store.release, self.store.mark)
            if await asyncio.to_thread(settle, self.store, gap):
                self.desk.release = gap.newest
                return

    async def _seed(self) -> None:
        """Draw again the seeded tiles that releases removed. A release that comes meanwhile comes first."""
        while not self.news.is_set():
            keys = await asyncio.to_thread(self.store.wanted_keys, SEED_AT_ONCE)
            if not keys:
                return
            shelves = {prefix: self.desk.shelves.named(name) for name, prefix in self.store.entered().items()}
            wanted = [(key, shelves.get(key[:PREFIX_BYTES])) for key in keys]
            await asyncio.to_thread(self.store.unwant, [key for key, shelf in wanted if shelf is None])
            for key, shelf in wanted:
                if shelf is not None:
                    await self._draw(key, shelf)

    async def _draw(self, key: bytes, shelf: Shelf) -> None:
        at = address_of(key)
        entry = await self.desk.renderer.tile(self.pool, shelf, at)
        await asyncio.to_thread(self.store.put, [(shelf, key, entry)])


def settle(store: Store, gap: Gap) -> bool:
    """Bring a store over a gap; False when another process did something meanwhile: then look again."""
    if gap.unknown:
        log.info("tile store: begins anew at release %d", gap.newest)
        return store.forget(gap.base, gap.newest, gap.mark)
    if gap.newest == gap.base and gap.mark == store.mark:
        return True
    return store.apply(gap.base, gap.newest, gap.touches, gap.mark)
