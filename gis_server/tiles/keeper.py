"""Keeps a store in step with the releases: hears of them, removes what they touched, draws again what was seeded."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import lmdb
import orjson

from gis_server.db.statements import text
from gis_server.errors import MapError
from gis_server.releases.snapshot import snapshot
from gis_server.tiles.desk import Desk
from gis_server.tiles.events import Hub, message_of
from gis_server.tiles.seeding import draw_wanted
from gis_server.tiles.store import Store
from gis_server.tiles.touched import SQL, Touches, touched_for, touched_since

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
        touches = await touched_since(snap, base)
    now = orjson.loads(facts["mark"])
    unknown = touches is None or not _same(orjson.loads(mark) if mark else None, now, facts["published"], base)
    return Gap(base, newest, touches or {}, orjson.dumps(now), unknown)


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
    pool: asyncpg.Pool
    hub: Hub
    told: int = 0
    """The release that listeners have heard of."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by whoever hears of a release."""

    def hear(self, release: int | None) -> None:
        """News of a release; None when the database went away."""
        if release is None:
            self.desk.stale = True
        self.news.set()

    def tidy(self) -> None:
        """Throw out what is drawn otherwise today: the layer files may have changed while nobody served."""
        if self.desk.store is not None:
            found = {name: self.desk.shelves.named(name) for name in self.desk.store.entered()}
            self.desk.store.keep_only({name: shelf.prefix for name, shelf in found.items() if shelf is not None})

    async def keep_going(self) -> None:
        """Catch up whenever there is news, and draw what is wanted; for ever."""
        while True:
            self.news.clear()
            patience = CHECK_S if await self._in_step() else AGAIN_S
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):  # wait_for would swallow a cancellation that comes with news
                    await self.news.wait()

    async def _in_step(self) -> bool:
        try:
            self.desk.release = await self.catch_up()
            self.desk.stale = False
            await self._tell(self.desk.release)
            if self.desk.store is not None:
                await draw_wanted(self.desk, self.pool, self.desk.store, self.news)
        except TROUBLE as error:
            log.info("keeping tiles in step: %s: %s", type(error).__name__, error)
        except Exception:  # a mistake of ours must not end this for ever: tiles would stay old and nobody would know
            log.exception("keeping tiles in step")
        else:
            return True
        self.desk.stale = True
        return False

    async def catch_up(self) -> int:
        """The store at the newest release, whatever was missed; which release that is."""
        store = self.desk.store
        while store is not None:
            gap = await read_gap(self.pool, store.release, store.mark)
            if await asyncio.to_thread(settle, store, gap):
                return gap.newest
        async with snapshot(self.pool) as snap:
            return snap.release

    async def _tell(self, newest: int) -> None:
        """Tell listeners, once the store is in step: whoever asks again gets what is new."""
        if newest != self.told and len(self.hub):
            async with snapshot(self.pool) as snap:
                newest = snap.release
                of_views = {view.name: await touched_for(snap, self.told, view) for view in self.hub.views}
            self.hub.tell(newest, {name: message_of(newest, touches) for name, touches in of_views.items()})
        self.told = newest


def settle(store: Store, gap: Gap) -> bool:
    """Bring a store over a gap; False when another process did something meanwhile: then look again."""
    if gap.unknown:
        log.info("tile store: begins anew at release %d", gap.newest)
        return store.forget(gap.base, gap.newest, gap.mark)
    if gap.newest == gap.base and gap.mark == store.mark:
        return True
    return store.apply(gap.base, gap.newest, gap.touches, gap.mark)
