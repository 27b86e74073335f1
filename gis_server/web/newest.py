"""Hears of each publish at once, so that answers that read nothing from the database still name the newest release."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import asyncpg

CHANNEL = "bando_release"
"""Publishing notifies here with the number of the release."""
CHECK_S = 10.0
AGAIN_S = 1.0
NEWEST = "SELECT coalesce(max(release), 0) FROM meta.release"
Hear = Callable[[int | None], None]
"""Told of a release, or, with None, that the database went away."""
log = logging.getLogger("bando")


async def follow_releases(dsn: str, hear: Hear) -> None:
    """Tell of the newest release now and after every publish; for ever, through outages of the database."""
    while True:
        try:
            await _listen(dsn, hear)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            hear(None)
            log.info("following releases: %s: %s", type(error).__name__, error)
        await asyncio.sleep(AGAIN_S)


async def _listen(dsn: str, hear: Hear) -> None:
    conn = await asyncpg.connect(dsn, timeout=5, server_settings={"application_name": "bando follow"})
    try:
        await conn.add_listener(CHANNEL, lambda conn, pid, channel, number: hear(int(number)))
        gone = asyncio.Event()
        conn.add_termination_listener(lambda conn: gone.set())
        while True:  # asked again now and then: a connection that a firewall cut says nothing
            hear(await conn.fetchval(NEWEST, timeout=5))
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_S):
                    await gone.wait()
    finally:
        conn.terminate()
