"""Publishing: staged layers become one release, in one transaction, or nothing changes at all."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

import psycopg

from gis_server.db.statements import SQL as DB_SQL
from gis_server.db.statements import statement
from gis_server.drawing.touched import record_touched
from gis_server.errors import Busy, LoadRefused
from gis_server.naming.record import record_names
from gis_server.releases.source import Source
from gis_server.releases.staged import SQL, Comparison, Counts, Staged, compare, finish, write

__all__ = ["Bundle", "Counts", "LayerChange", "Release", "Staged", "alone", "make_release", "publish"]

RELEASE_LOCK = 7_901_003
PATIENCE = "300s"
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
    drawing_s: float = 0.0
    """Seconds of the publish in which tiles were drawn ahead."""


@dataclass(frozen=True)
class Bundle:
    """What one source brings to a release."""

    source: Source
    staged: tuple[Staged, ...]


def publish(
    conn: psycopg.Connection, source: Source, staged: Sequence[Staged], *, who: str, note: str
) -> Release | None:
    """Publish staged layers as one release of `source`; None, and no release, when nothing differs."""
    with alone(conn):
        return make_release(conn, [Bundle(source, tuple(staged))], {"who": who, "note": note})


def make_release(conn: psycopg.Connection, bundles: Sequence[Bundle], by: dict[str, str]) -> Release | None:
    """One release of everything that the bundles change, within `alone`; None when nothing differs."""
    brought = [(bundle.source.id, one) for bundle in bundles for one in bundle.staged]
    if len({(source, one.layer.id) for source, one in brought}) != len(brought):
        raise ValueError("a layer is staged twice by one source")
    shared = {layer for layer, times in Counter(one.layer.id for _, one in brought).items() if times > 1}
    for bundle in bundles:
        conn.execute(statement(SQL, "upsert_source"), asdict(bundle.source))
    compared = [
        (source, compare(conn, source, one, number, may_fill=one.layer.id not in shared))
        for number, (source, one) in enumerate(brought)
    ]
    different = [(source, comparison) for source, comparison in compared if comparison.counts.total]
    return _release(conn, different, by) if different else None


def _release(conn: psycopg.Connection, different: Sequence[tuple[str, Comparison]], by: dict[str, str]) -> Release:
    number, published_at = begin_release(conn, by)
    for source, comparison in different:
        write(conn, comparison, {"release": number, "source": source})
        rows = record_layer(conn, number, LayerChange(comparison.layer.id, source, comparison.counts))
        if not comparison.fills and comparison.counts.total > BIG_CHANGE * rows:
            conn.execute("SELECT meta.analyze_layer(%s)", [comparison.layer.id])
    started = time.monotonic()
    record_touched(conn, number, [(one.layer, one.filling) for _, one in different])
    drawing_s = time.monotonic() - started
    record_names(conn, number, [(one.layer, one.written) for _, one in different])
    for _, comparison in different:
        finish(conn, comparison)
    announce(conn, number)
    changes = tuple(LayerChange(one.layer.id, source, one.counts) for source, one in different)
    return Release(number, published_at, changes, drawing_s)


def begin_release(conn: psycopg.Connection, by: dict[str, str]) -> tuple[int, datetime]:
    row = conn.execute(statement(SQL, "begin_release"), by).fetchone()
    assert row is not None
    return row[0], row[1]


def record_layer(conn: psycopg.Connection, release: int, change: LayerChange) -> int:
    """Enter a layer's change in the books; answers how many rows of the layer are served now."""
    values = {"release": release, "layer": change.layer, "source": change.source, **asdict(change.counts)}
    row = conn.execute(statement(SQL, "record_layer"), values).fetchone()
    return row[0] if row else 0


def announce(conn: psycopg.Connection, release: int) -> None:
    """Tell everyone who listens, when the transaction ends."""
    conn.execute("SELECT pg_notify('bando_release', %s)", [str(release)])


@contextmanager
def alone(conn: psycopg.Connection, patience: str = "") -> Iterator[None]:
    """The publish's own transaction; one at a time, and never waiting for ever: `PATIENCE` unless told otherwise."""
    patience = patience or PATIENCE
    conn.commit()  # whatever the caller began, else this would be a part of it
    try:
        with conn.transaction():
            conn.execute(statement(DB_SQL, "session"))
            conn.execute(f"SET LOCAL lock_timeout = '{patience}'; SET LOCAL work_mem = '{WORK_MEMORY}'".encode())
            conn.execute(statement(SQL, "lock_releases"), {"lock": RELEASE_LOCK})
            yield
    except psycopg.errors.LockNotAvailable as error:
        raise _busy(patience) from error
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        raise _unfit(error) from error


def _unfit(error: psycopg.Error) -> LoadRefused:
    """The table's own rules are the last gate, behind the loader's checks."""
    table = f"{error.diag.schema_name}.{error.diag.table_name}"
    words = " ".join(filter(None, [error.diag.message_primary, error.diag.message_detail]))
    return LoadRefused(
        f"{table}: dữ liệu không phù hợp với bảng ({words}). Chưa công bố gì.",
        f"{table}: rows do not fit the table ({words}). Nothing was published.",
    )


def _busy(patience: str) -> Busy:
    return Busy(
        f"Một lần công bố khác chưa xong sau {patience}. Chưa công bố gì; hãy thử lại sau.",
        f"Another publish has been under way for more than {patience}. Nothing was published; try again later.",
    )
