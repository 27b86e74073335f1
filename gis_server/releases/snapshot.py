"""Snapshots: every answer is read in one transaction and belongs to exactly one release."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from gis_server.db.pool import acquired
from gis_server.db.statements import text
from gis_server.releases.staged import SQL


@dataclass(frozen=True)
class Snapshot:
    """A read-only view of the map as of `release`; 0 before the first."""

    release: int
    conn: asyncpg.Connection


@asynccontextmanager
async def snapshot(pool: asyncpg.Pool) -> AsyncIterator[Snapshot]:
    """A consistent read of one release; Busy when the database is away, crowded, or the question takes too long."""
    async with acquired(pool) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        yield Snapshot(await conn.fetchval(text(SQL, "latest_release")), conn)
