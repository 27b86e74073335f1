"""PostgreSQL killed amid a publish, or right after one: what was served stays, what was published is there."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from gis_server.db.cluster import embedded_cluster
from gis_server.db.database import Database, open_database
from gis_server.db.processes import orphans
from gis_server.db.tables import migrate
from gis_server.releases.publish import publish
from gis_server.releases.staged import Comparison
from gis_server.settings import Settings
from tests.city import SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA = layer_of()
MANY = [(f"P{n}", None, None, f"POINT({600000 + n % 70 * 10} {1190000 + n // 70 * 10})") for n in range(3000)]


@pytest.fixture
def settings() -> Iterator[Settings]:
    """An installation of its own, as careful as a real one."""
    folder = Path(tempfile.mkdtemp(prefix="bando-crash-"))
    folder.chmod(0o755)
    settings = Settings(state=folder)
    yield settings
    embedded_cluster(settings).reset()
    shutil.rmtree(folder)


def kill(settings: Settings) -> None:
    """Every process at once, as when the power goes."""
    for pid in list(orphans(embedded_cluster(settings).place.data)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def load(database: Database, rows: list[tuple[object, ...]]) -> object:
    with database.connect("load") as conn:
        return publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, rows)], who="test", note="")


def found(settings: Settings) -> tuple[object, ...]:
    """Rows by table scan, rows by each spatial index, rows on the books, the newest release."""
    by_index = "SET enable_seqscan = off"
    with open_database(settings).connect("read") as conn:
        rows = conn.execute("SELECT count(*) FROM drainage.ho_ga").fetchone()
        conn.execute(by_index)
        world = "ST_MakeEnvelope(-2e7, -2e7, 2e7, 2e7, {})"
        stored = conn.execute(f"SELECT count(*) FROM drainage.ho_ga WHERE geom && {world.format(9210)}").fetchone()
        web = conn.execute(f"SELECT count(*) FROM drainage.ho_ga WHERE geom_3857 && {world.format(3857)}").fetchone()
        books = conn.execute("SELECT coalesce(sum(rows), 0) FROM meta.layer_state").fetchone()
        return (*rows, *stored, *web, *books, *conn.execute("SELECT max(release) FROM meta.release").fetchone())


def test_a_release_is_there_after_a_crash_right_behind_it(settings):
    database = open_database(settings)
    migrate(database, catalog_of(HO_GA))
    load(database, MANY)
    kill(settings)
    assert found(settings) == (3000, 3000, 3000, 3000, 1)


@pytest.mark.parametrize("served", [[], MANY[:100]], ids=["first load", "later load"])
@pytest.mark.parametrize("step", ["write", "finish"])
def test_a_publish_that_the_crash_interrupts_never_was(settings, monkeypatch, served, step):
    database = open_database(settings)
    migrate(database, catalog_of(HO_GA))
    if served:
        load(database, served)
    before = found(settings)

    def crash(conn: psycopg.Connection, comparison: Comparison, *rest: object) -> None:
        kill(settings)
        conn.execute("SELECT 1")

    monkeypatch.setattr(f"gis_server.releases.publish.{step}", crash)
    with pytest.raises(psycopg.OperationalError):
        load(database, MANY)
    monkeypatch.undo()
    assert found(settings) == before
    assert load(database, MANY).number == (2 if served else 1)
    assert found(settings)[0] == 3000
