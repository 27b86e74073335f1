"""The loader's log book `meta.load`: a row when a load begins, its outcome and report when it ends or fails."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gis_server.db.database import Database
from gis_server.errors import LoadRefused
from loaders.printable import printable, printable_in
from loaders.statements import statement

EDITED = "sửa trực tuyến · online edit"
"""What stands for the path of a file where features were edited over HTTP."""


@dataclass
class Record:
    """One row of the log book while its load runs."""

    load_id: int
    source: str | None = None
    release: int | None = None
    draft: int | None = None
    report: dict[str, Any] | None = None


@contextmanager
def record(database: Database, *, who: str, profile: str | None, path: str) -> Iterator[Record]:
    """The load's row, closed with `published`, `unchanged`, `held`, `tried`, `refused` or `failed`."""
    with database.connect() as conn:
        values = {"who": who, "profile": profile, "path": printable(path)}
        row = conn.execute(statement("load_begin.sql"), values).fetchone()
    assert row is not None
    book = Record(int(row[0]))
    try:
        yield book
    except BaseException as error:
        outcome = "refused" if isinstance(error, LoadRefused) else "failed"
        _close(database, book, outcome, {**(book.report or {}), "error": str(error) or type(error).__name__})
        raise
    report = book.report or {}
    _close(database, book, _outcome(book, report), report)


def _outcome(book: Record, report: dict[str, Any]) -> str:
    if report.get("dry_run"):
        return "tried"
    if book.draft is not None:
        return "held"
    return "unchanged" if book.release is None else "published"


def _close(database: Database, book: Record, outcome: str, report: dict[str, Any]) -> None:
    values = {
        "load_id": book.load_id,
        "source": book.source,
        "release": book.release,
        "outcome": outcome,
        "report": json.dumps(printable_in(report), ensure_ascii=False),
    }
    with database.connect() as conn:
        conn.execute(statement("load_end.sql"), values)
