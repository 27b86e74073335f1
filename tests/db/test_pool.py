"""The service's connections read only, wait for a bounded time, and come back when PostgreSQL does."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from gis_server.db.cluster import Cluster, embedded_cluster
from gis_server.db.database import Database, open_database
from gis_server.db.pool import acquired, open_pool
from gis_server.db.processes import orphans
from gis_server.errors import Busy
from gis_server.releases.snapshot import snapshot
from gis_server.settings import Settings


@pytest.fixture(scope="module")
def database(make_blank_database) -> Database:
    return make_blank_database()


@pytest.fixture
def own_settings() -> Iterator[Settings]:
    """An installation of its own, whose PostgreSQL may be killed."""
    folder = Path(tempfile.mkdtemp(prefix="bando-pool-"))
    folder.chmod(0o755)
    settings = Settings(state=folder, pool_size=2)
    embedded_cluster(settings, {"fsync": "off", "shared_buffers": "32MB"}).start()
    yield settings
    embedded_cluster(settings).reset()
    shutil.rmtree(folder)


async def ask(pool: asyncpg.Pool, question: str = "SELECT 1") -> object:
    async with acquired(pool) as conn:
        return await conn.fetchval(question)


async def test_what_a_transaction_sets_ends_with_it(database, settings):
    """Connections are not reset when they come back: nothing may be left to reset."""
    async with await open_pool(database, settings.model_copy(update={"pool_size": 1})) as pool:
        with suppress(asyncpg.DivisionByZeroError):
            async with acquired(pool) as conn, conn.transaction():
                await conn.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
                await conn.execute("SELECT 1 / 0")
        assert await ask(pool, "SHOW plan_cache_mode") == "force_generic_plan"
        assert await ask(pool, "SHOW statement_timeout") == "5s"


async def test_connections_are_the_readers_and_bounded_in_time(database, settings):
    async with await open_pool(database, settings) as pool:
        assert await ask(pool, "SELECT current_user") == "bando_read"
        assert await ask(pool, "SHOW statement_timeout") == "5s"
        assert await ask(pool, "SHOW default_transaction_read_only") == "on"
        assert await ask(pool, "SHOW jit") == "off"


async def test_a_question_that_takes_too_long_is_busy_and_the_next_is_answered(database, settings):
    hasty = settings.model_copy(update={"statement_timeout_ms": 100})
    async with await open_pool(database, hasty) as pool:
        with pytest.raises(Busy, match="longer than allowed"):
            await ask(pool, "SELECT pg_sleep(5)")
        assert await ask(pool) == 1


async def test_when_every_connection_is_taken_one_waits_and_is_then_told(database, settings, monkeypatch):
    monkeypatch.setattr("gis_server.db.pool.PATIENCE_S", 0.2)
    small = settings.model_copy(update={"pool_size": 1})
    async with await open_pool(database, small) as pool:
        async with acquired(pool):
            with pytest.raises(Busy, match="overloaded"):
                await ask(pool)
        assert await ask(pool) == 1


@pytest.mark.parametrize("end", ["stop", "kill -9"])
async def test_the_pool_is_busy_while_postgresql_is_away_and_works_when_it_is_back(own_settings, end):
    cluster = embedded_cluster(own_settings)
    async with await open_pool(open_database(own_settings), own_settings) as pool:
        assert await asyncio.gather(ask(pool), ask(pool)) == [1, 1]
        await asyncio.to_thread(take_away, cluster, end)
        for _ in range(3):
            with pytest.raises(Busy, match="database is unavailable"):
                await ask(pool)
        await asyncio.to_thread(cluster.start)
        assert await asyncio.gather(*(ask(pool) for _ in range(5))) == [1] * 5


async def test_a_question_cut_off_by_a_crash_is_busy(own_settings):
    cluster = embedded_cluster(own_settings)
    async with await open_pool(open_database(own_settings), own_settings) as pool:
        async with snapshot(pool) as snap:
            assert snap.release == 0
        asking = asyncio.create_task(ask_in_snapshot(pool, "SELECT pg_sleep(4)"))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(take_away, cluster, "kill -9")
        with pytest.raises(Busy, match="database is unavailable"):
            await asking


async def test_the_service_opens_its_pool_before_postgresql_is_there(own_settings):
    database = open_database(own_settings)
    embedded_cluster(own_settings).stop()
    async with await open_pool(database, own_settings) as pool:
        with pytest.raises(Busy, match="database is unavailable"):
            await ask(pool)
        await asyncio.to_thread(embedded_cluster(own_settings).start)
        assert await ask(pool) == 1


async def test_a_mistake_in_a_question_is_not_called_busy(database, settings):
    async with await open_pool(database, settings) as pool:
        with pytest.raises(asyncpg.UndefinedTableError):
            await ask(pool, "SELECT * FROM nowhere")


async def ask_in_snapshot(pool: asyncpg.Pool, question: str) -> object:
    async with snapshot(pool) as snap:
        return await snap.conn.fetchval(question)


def take_away(cluster: Cluster, end: str) -> None:
    """In good order, or every process at once: without their postmaster, backends would answer for a moment more."""
    if end == "stop":
        cluster.stop()
        return
    for pid in list(orphans(cluster.place.data)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
