"""A disk that is full and a server that goes away become sentences: what is served is untouched, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_manager
import psycopg

from gis_server.errors import Busy

FULL = ("53100", "53200")
"""PostgreSQL's codes of a full disk and of memory that is not to be had."""


@contextmanager
def outages_in_words() -> Iterator[None]:
    """Around a load: nothing was published when one of these ends it."""
    try:
        yield
    except (psycopg.OperationalError, adbc_driver_manager.OperationalError, adbc_driver_manager.InternalError) as error:
        raise _in_words(error) from error


def _in_words(error: psycopg.Error | adbc_driver_manager.Error) -> Busy:
    words = " ".join(str(error).split())
    if error.sqlstate in FULL or any(code in words for code in FULL) or "No space left" in words:
        return Busy(
            f"Đĩa (hoặc bộ nhớ) của cơ sở dữ liệu đã đầy: {words[:300]}. Chưa công bố gì, bản đang phục vụ còn nguyên. "
            "Hãy giải phóng chỗ rồi nạp lại.",
            "The database's disk or memory is full (see above). Nothing was published, what is served is whole. "
            "Free some space, then load again.",
        )
    return Busy(
        f"Cơ sở dữ liệu ngừng giữa chừng: {words[:300]}. Chưa công bố gì, trừ khi `bando releases` cho thấy đã có "
        "bản mới; hãy nạp lại.",
        "The database went away (see above). Nothing was published unless `bando releases` says so; load again.",
    )
