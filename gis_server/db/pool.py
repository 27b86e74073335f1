"""The service's connections: read-only, bounded in number and time, and back by themselves when PostgreSQL returns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from gis_server.db.database import Database
from gis_server.errors import Busy
from gis_server.settings import Settings

PATIENCE_S = 3.0
"""How long a request waits for a free connection."""
CONNECT_S = 5.0
LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asked in the very moment of a crash, before the connection knows that it is cut
)
"""The server went away, or lets nobody in."""


async def open_pool(database: Database, settings: Settings) -> asyncpg.Pool:
    """A pool as `bando_read`. It opens without PostgreSQL too: requests are then answered Busy until it is back."""
    milliseconds = settings.statement_timeout_ms
    return await asyncpg.create_pool(
        database.dsn("read"),
        min_size=0,
        max_size=settings.pool_size,
        timeout=CONNECT_S,
        command_timeout=milliseconds / 1000 + 2,
        max_inactive_connection_lifetime=600,
        reset=_as_it_is,
        max_cacheable_statement_size=0,  # no limit: statements over every layer are the slowest to plan
        server_settings={
            "application_name": "bando serve",
            "statement_timeout": str(milliseconds),
            "idle_in_transaction_session_timeout": str(milliseconds * 4),
            "default_transaction_read_only": "on",
            "jit": "off",
            "parallel_setup_cost": "100000",  # starting a worker takes longer than most questions: only for dear ones
            "plan_cache_mode": "force_generic_plan",  # a tile of forty layers takes longer to plan than to draw
            "timezone": "UTC",
        },
    )


async def _as_it_is(_: object) -> None:
    """Nothing to put right: nobody here sets, locks or listens beyond a transaction, and asyncpg ends those itself.

    Asking PostgreSQL to forget what was never said takes as long as drawing a small tile, and callers wait for it.
    """


@asynccontextmanager
async def acquired(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool; trouble with the server, not with the question, becomes Busy."""
    conn = await _acquire(pool)
    try:
        yield conn
    except (asyncpg.QueryCanceledError, TimeoutError) as error:
        raise _too_long() from error
    except LOST as error:
        raise _away() from error
    finally:
        await pool.release(conn)


async def _acquire(pool: asyncpg.Pool) -> asyncpg.Connection:
    try:
        return await pool.acquire(timeout=PATIENCE_S)
    except TimeoutError as error:
        raise _crowded() from error
    except (OSError, *LOST) as error:
        raise _away() from error


def _too_long() -> Busy:
    return Busy(
        "Truy vấn chạy quá thời gian cho phép; hãy thu nhỏ vùng hoặc thử lại sau.",
        "The query took longer than allowed; ask for a smaller area or try again later.",
    )


def _crowded() -> Busy:
    return Busy(
        "Máy chủ đang quá tải; hãy thử lại sau ít giây.", "The server is overloaded; try again in a few seconds."
    )


def _away() -> Busy:
    return Busy(
        "Cơ sở dữ liệu đang tạm ngừng; hãy thử lại sau ít giây.",
        "The database is unavailable; try again in a few seconds.",
    )
