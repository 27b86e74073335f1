"""What is dear to do: a little of it at once, a short queue, and beyond it callers are sent away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gis_server.errors import Busy

Result = TypeVar("Result")


class Gate:
    """At most `width` at once; a short queue; beyond it `refused` says why, before everything slows down."""

    def __init__(self, width: int, queue: int, refused: Callable[[], Busy]) -> None:
        self._room = asyncio.Semaphore(width)
        self._left = width + queue
        self._refused = refused

    async def pass_through(self, work: Callable[[], Awaitable[Result]]) -> Result:
        if self._left <= 0:
            raise self._refused()
        self._left -= 1
        try:
            async with self._room:
                return await work()
        finally:
            self._left += 1
