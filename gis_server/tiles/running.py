"""The tile service of one worker while it runs: store open, writer and keeper at work."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import lmdb

from gis_server.db.database import Database
from gis_server.settings import Settings
from gis_server.tiles.desk import Desk
from gis_server.tiles.events import Hub
from gis_server.tiles.keeper import Keeper
from gis_server.tiles.store import Store, open_store
from gis_server.web.newest import Hear

log = logging.getLogger("bando")


def store_path(settings: Settings, database: Database) -> Path:
    """One file for each database that is served from a state folder."""
    name = hashlib.blake2b(database.place.encode(), digest_size=4).hexdigest()
    return settings.state_folder / f"tiles-{name}.lmdb"


@asynccontextmanager
async def tiles_at_work(
    desk: Desk, hub: Hub, pool: asyncpg.Pool, database: Database, settings: Settings
) -> AsyncIterator[Hear]:
    """Yields whom to tell of releases, and, with None, that the database went away."""
    desk.store = _opened(store_path(settings, database), settings.tile_store_mb)
    keeper = Keeper(desk, pool, hub)
    await asyncio.to_thread(keeper.tidy)
    tasks = {asyncio.create_task(one) for one in (keeper.keep_going(), desk.keep_going(), hub.beat())}
    try:
        yield keeper.hear
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        store, desk.store = desk.store, None
        if store is not None:
            store.close()


def _opened(path: Path, most_mb: int) -> Store | None:
    """The store; without one the service still draws every tile."""
    if most_mb <= 0:
        return None
    try:
        return open_store(path, most_mb)
    except (lmdb.Error, OSError) as error:
        log.warning("%s: %s; tiles are drawn each time", path, error)
        return None
