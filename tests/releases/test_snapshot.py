"""Whoever reads sees one release, whole, however many are published meanwhile."""

import asyncio

import asyncpg
import pytest

from gis_server.db.pool import open_pool
from gis_server.db.tables import migrate
from gis_server.releases.publish import publish
from gis_server.releases.snapshot import snapshot
from gis_server.releases.state import served
from tests.city import QUAN_1, SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA = layer_of()
CONG = layer_of("drainage.tuyen_cong")
AT = "POINT(603514.4 1191454.713)"
COUNTS = "SELECT (SELECT count(*) FROM drainage.ho_ga), (SELECT count(*) FROM drainage.tuyen_cong)"


@pytest.fixture
def database(make_blank_database):
    database = make_blank_database()
    migrate(database, catalog_of(HO_GA, CONG))
    return database


@pytest.fixture
async def pool(database, settings):
    async with await open_pool(database, settings) as pool:
        yield pool


def load(database, size, source=SO_THOAT_NUOC):
    """The same number of rows in both layers, in one release."""
    rows = [(f"{source.id}-{number}", None, None, AT) for number in range(size)]
    with database.connect("load") as conn:
        return publish(conn, source, [stage(conn, HO_GA, rows), stage(conn, CONG, rows)], who="test", note="")


async def test_before_the_first_publish_the_release_is_nought(pool):
    async with snapshot(pool) as snap:
        assert snap.release == 0


async def test_a_snapshot_stays_at_its_release_while_another_is_published(pool, database):
    load(database, 3)
    async with snapshot(pool) as snap:
        assert snap.release == 1
        await asyncio.to_thread(load, database, 5)
        assert await snap.conn.fetchval("SELECT count(*) FROM drainage.ho_ga") == 3
    async with snapshot(pool) as snap:
        assert snap.release == 2
        assert await snap.conn.fetchval("SELECT count(*) FROM drainage.ho_ga") == 5


async def test_a_snapshot_from_before_a_layer_was_filled_still_sees_it_empty(pool, database):
    async with snapshot(pool) as snap:
        await asyncio.to_thread(load, database, 5)
        assert tuple(await snap.conn.fetchrow(COUNTS)) == (0, 0)
        assert snap.release == 0


async def test_the_number_always_goes_with_the_rows(pool, database):
    """Readers ask without rest during twenty publishes; release r has r rows in both layers, always."""
    seen = set()

    async def read(publishing: asyncio.Task) -> None:
        while not publishing.done():
            async with snapshot(pool) as snap:
                counts = tuple(await snap.conn.fetchrow(COUNTS))
                assert counts == (snap.release, snap.release)
                seen.add(snap.release)

    def publish_all() -> None:
        for size in range(1, 21):
            load(database, size)

    publishing = asyncio.create_task(asyncio.to_thread(publish_all))
    await asyncio.gather(publishing, *(read(publishing) for _ in range(3)))
    assert len(seen) > 5


async def test_nothing_can_be_written_through_a_snapshot(pool):
    async with snapshot(pool) as snap:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await snap.conn.execute("CREATE TABLE x (n int)")


def test_what_is_served_is_known_by_layer_and_marked_when_synthetic(database):
    assert served(database) == {}
    load(database, 3)
    load(database, 2, QUAN_1)
    state = served(database)["drainage.ho_ga"]
    assert (state.rows, state.release, state.synthetic) == (5, 2, True)
    load(database, 0, QUAN_1)
    state = served(database)["drainage.ho_ga"]
    assert (state.rows, state.release, state.synthetic) == (3, 3, False)
