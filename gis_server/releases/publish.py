"""Publishing: staged layers become one release, in one transaction, or nothing changes at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

import psycopg

from gis_server.db.statements import SQL as DB_SQL
from gis_server.db.statements import statement
from gis_server.errors import Busy, LoadRefused
from gis_server.releases.source import Source
from gis_server.releases.staged import SQL, Comparison, Counts, Staged, compare, finish, write

__all__ = ["Counts", "LayerChange", "Release", "Staged", "publish"]

RELEASE_LOCK = 7_901_003
PATIENCE = "60s"
"""How long to wait for another publish, or for a migration, to end."""
WORK_MEMORY = "128MB"
"""Of one publish, for each sort and each join: millions of rows are compared, and only one publish runs at a time."""
BIG_CHANGE = 0.1
"""Share of a layer's rows after whose change the planner needs new statistics at once."""


@dataclass(frozen=True)
class LayerChange:
    """What a release changed in one layer."""

    layer: str
    source: str
    counts: Counts


@dataclass(frozen=True)
class Release:
    """One published state of the whole map."""

    number: int
    published_at: datetime
    layers: tuple[LayerChange, ...]


def publish(
    conn: psycopg.Connection, source: Source, staged: Sequence[Staged], *, who: str, note: str
) -> Release | None:
    """Publish staged layers as one release of `source`; None, and no release, when nothing differs."""
    if len({one.layer.id for one in staged}) != len(staged):
        raise ValueError("a layer is staged twice")
    with _alone(conn):
        conn.execute(statement(SQL, "upsert_source"), asdict(source))
        compared = [compare(conn, source.id, one, number) for number, one in enumerate(staged)]
        different = [comparison for comparison in compared if comparison.counts.total]
        if not different:
            return None
        return _release(conn, source.id, different, {"who": who, "note": note})


def _release(conn: psycopg.Connection, source: str, different: Sequence[Comparison], by: dict[str, str]) -> Release:
    row = conn.execute(statement(SQL, "begin_release"), by).fetchone()
    assert row is not None
    number, published_at = row
    for comparison in different:
        write(conn, comparison, {"release": number, "source": source})
        _record(conn, number, source, comparison)
    for comparison in different:
        finish(conn, comparison)
    conn.execute("SELECT pg_notify('bando_release', %s)", [str(number)])
    changes = tuple(LayerChange(one.layer.id, source, one.counts) for one in different)
    return Release(number, published_at, changes)


def _record(conn: psycopg.Connection, release: int, source: str, comparison: Comparison) -> None:
    layer, counts = comparison.layer.id, comparison.counts
    values = {"release": release, "layer": layer, "source": source, **asdict(counts)}
    row = conn.execute(statement(SQL, "record_layer"), values).fetchone()
    rows: int = row[0] if row else 0
    if not comparison.fills and counts.total > BIG_CHANGE * rows:
        conn.execute("SELECT meta.analyze_layer(%s)", [layer])


@contextmanager
def _alone(conn: psycopg.Connection) -> Iterator[None]:
    """The publish's own transaction; one at a time, and never waiting for ever."""
    conn.commit()  # whatever the caller began, else this would be a part of it
    try:
        with conn.transaction():
            conn.execute(statement(DB_SQL, "session"))
            conn.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'; SET LOCAL work_mem = '{WORK_MEMORY}'".encode())
            conn.execute(statement(SQL, "lock_releases"), {"lock": RELEASE_LOCK})
            yield
    except psycopg.errors.LockNotAvailable as error:
        raise _busy() from error
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        raise _unfit(error) from error


def _unfit(error: psycopg.Error) -> LoadRefused:
    """The table's own rules are the last gate, behind the loader's checks."""
    table = f"{error.diag.schema_name}.{error.diag.table_name}"
    words = " ".join(filter(None, [error.diag.message_primary, error.diag.message_detail]))
    return LoadRefused(
        f"{table}: dữ liệu không hợp với bảng ({words}). Chưa công bố gì.",
        f"{table}: rows do not fit the table ({words}). Nothing was published.",
    )


def _busy() -> Busy:
    return Busy(
        f"Một lần nạp khác đang công bố và chưa xong sau {PATIENCE}. Chưa công bố gì; hãy nạp lại sau.",
        f"Another load has been publishing for more than {PATIENCE}. Nothing was published; load again later.",
    )
