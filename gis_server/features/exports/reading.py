"""Reads an answer in batches, each in a transaction of its own and all of one release: no reader holds a connection."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from gis_server.db.statements import text
from gis_server.errors import BadRequest, Busy, MapError
from gis_server.features.exports.columns import Columns
from gis_server.features.question import SQL, Question
from gis_server.releases.staged import SQL as RELEASES

FIRST_ROWS = 1_000
MOST_ROWS = 50_000
BATCH_BYTES = 8_000_000
"""What a batch aims at; the rows of the next follow from the size of those before."""
CONNECTIONS = 3
"""Of one worker, beside its pool."""
PATIENCE_S = 10.0
SLOWER = 12
"""A batch may take so many times the time of other questions: it may look through a whole layer for its rows."""


@dataclass(frozen=True)
class Reading:
    """What to read: a question, the columns it becomes, from which release, after which feature, how many."""

    question: Question
    columns: Columns
    release: int
    after: int
    limit: int | None


class Reader:
    """The connections of exports."""

    def __init__(self, dsn: str, timeout_ms: int) -> None:
        self._dsn = dsn
        self._timeout_ms = timeout_ms * SLOWER
        self._free: list[adbc.Connection] = []
        self._room = threading.BoundedSemaphore(CONNECTIONS)

    def batches(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        """At least one, which may be empty: it tells the columns. Errors are MapErrors."""
        after, left, rows = reading.after, reading.limit, FIRST_ROWS
        is_first = True
        while left is None or left > 0:
            asked = rows if left is None else min(rows, left)
            table = self._read(reading, after, asked)
            if table.num_rows or is_first:
                yield reading.columns.dressed(table)
            if table.num_rows < asked:
                return
            is_first, after = False, table["fid"][-1].as_py()
            left = None if left is None else left - asked
            rows = max(1, min(MOST_ROWS, rows * 8, int(BATCH_BYTES / max(1, table.nbytes / asked))))

    def close(self) -> None:
        while self._free:
            self._free.pop().close()

    def _read(self, reading: Reading, after: int, rows: int) -> pa.Table:
        with self._connection() as conn, conn.cursor() as cursor:
            cursor.execute(text(RELEASES, "latest_release"))
            newest: Any = cursor.fetchone()
            cursor.execute(*batch_sql(reading, newest[0], after, rows))
            return cursor.fetch_arrow_table()

    @contextmanager
    def _connection(self) -> Iterator[adbc.Connection]:
        if not self._room.acquire(timeout=PATIENCE_S):
            raise too_many()
        try:
            conn = self._free.pop() if self._free else self._opened()
            try:
                yield conn
                conn.rollback()
            except BaseException:
                conn.close()
                raise
            self._free.append(conn)
        except adbc_driver_manager.Error as error:
            raise _worded(error) from error
        finally:
            self._room.release()

    def _opened(self) -> adbc.Connection:
        conn = adbc.connect(self._dsn)
        with conn.cursor() as cursor:
            for setting in (
                f"statement_timeout = {self._timeout_ms}",
                "default_transaction_read_only = on",
                "default_transaction_isolation = 'repeatable read'",
                "jit = off",
                "timezone = 'UTC'",
            ):
                cursor.execute(f"SET {setting}")
        conn.commit()
        return conn


def too_many() -> Busy:
    return Busy(
        "Đang có quá nhiều lượt tải cả lớp; hãy thử lại sau ít giây.",
        "Too many whole layers are being fetched; try again in a few seconds.",
    )


def batch_sql(reading: Reading, newest: int, after: int, rows: int) -> tuple[str, tuple[Any, ...]]:
    """The statement of a batch, where `newest` is the release served now, and its values."""
    question = reading.question
    release = None if newest == reading.release else reading.release
    conditions = str(question.conditions)
    statement = text(SQL, "export", columns=reading.columns.sql, rows=question.rows(release), conditions=conditions)
    return statement, (after, rows, *question.conditions.values)


def _worded(error: adbc_driver_manager.Error) -> MapError:
    state = error.sqlstate or ""
    if state.startswith("22"):
        return BadRequest(
            "Phép tính trong bộ lọc cho kết quả quá lớn hoặc không xác định ở một số đối tượng; hãy viết lại phép "
            "tính.",
            "The arithmetic in the filter overflows or is undefined for some features; write it differently.",
        )
    if state == "57014":
        return Busy(
            "Truy vấn chạy quá thời gian cho phép; hãy thu nhỏ vùng hoặc thử lại sau.",
            "The query took longer than allowed; ask for a smaller area or try again later.",
        )
    return Busy(
        "Cơ sở dữ liệu đang tạm ngừng; hãy thử lại sau ít giây.",
        "The database is unavailable; try again in a few seconds.",
    )
