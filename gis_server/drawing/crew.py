"""Who draws blocks: this process while there is little to do, and processes beside it as soon as there is much.

A hand that dies costs time and nothing else: what it had is drawn here.
"""

import asyncio
import logging
import os
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from gis_server.drawing.hand import Hand, Work

T = TypeVar("T")
log = logging.getLogger("bando")
ENOUGH = 16_000_000
"""Bytes of shapes after which processes are worth their start, half a second of work each."""
SEVERAL = 3
"""Blocks that wait together; for fewer nobody is needed: an edit has one or two at a time, made of those before."""
MOST_HELD = 40_000_000
"""Bytes of shapes read and not yet drawn; no more are read meanwhile."""
MOST_HANDS = 4
"""One process reads and writes for all of them."""


class Crew:
    """Within one event loop: `room`, then read, then `ask`. `expected`: bytes of shapes that are sure to come."""

    def __init__(self, expected: int = 0) -> None:
        self._count = min(_processors(), MOST_HANDS)
        self._threads = ThreadPoolExecutor(self._count)
        self.hands: list[Hand] = []
        self._idle: SimpleQueue[Hand | None] = SimpleQueue()
        """None draws here."""
        self._ended = False
        self._asked = self._held = self._waiting = 0
        self._less = asyncio.Condition()
        if expected > ENOUGH:
            self._begin()

    async def room(self) -> None:
        async with self._less:
            await self._less.wait_for(lambda: self._held < MOST_HELD)

    def ask(self, work: Work[T]) -> asyncio.Task[Sequence[T]]:
        """To be awaited for what was drawn."""
        size = work.size
        self._asked += size
        self._held += size
        self._waiting += 1
        if self._asked > ENOUGH and self._waiting >= SEVERAL:
            self._begin()
        return asyncio.create_task(self._drawn(work, size))

    def _begin(self) -> None:
        if self._count > 1 and not self.hands:
            self.hands = [Hand() for _ in range(self._count)]
            for hand in self.hands:
                self._idle.put(hand)

    async def _drawn(self, work: Work[T], size: int) -> Sequence[T]:
        threads, loop = self._threads, asyncio.get_running_loop()
        try:
            if self.hands:
                return await loop.run_in_executor(threads, self._by_a_hand, work)
            return await loop.run_in_executor(threads, work.done)
        finally:
            self._held -= size
            self._waiting -= 1
            async with self._less:
                self._less.notify_all()

    def _by_a_hand(self, work: Work[T]) -> Sequence[T]:
        hand = self._idle.get()
        try:
            return work.done() if hand is None else hand.draw(work)
        except (EOFError, OSError, pickle.PickleError) as error:
            if self._ended:
                raise
            log.warning("a drawing process ended (%s); drawing goes on", error or type(error).__name__)
            hand = None
            return work.done()
        finally:
            self._idle.put(hand)

    def end(self) -> None:
        """Whatever they are doing."""
        self._ended = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for hand in self.hands:
            hand.end()


@contextmanager
def a_crew(expected: int = 0) -> Iterator[Crew]:
    crew = Crew(expected)
    try:
        yield crew
    finally:
        crew.end()


def _processors() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
