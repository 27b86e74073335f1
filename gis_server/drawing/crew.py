"""Who draws blocks: this process while there is little to do, and processes beside it as soon as there is much.

A hand that dies costs time and nothing else: what it had is drawn here.
"""

import asyncio
import logging
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from gis_server.drawing.block import Block, Drawn, draw_block
from gis_server.drawing.hand import Hand

log = logging.getLogger("bando")
ENOUGH = 3_000_000
"""Bytes of shapes after which processes are worth their start, half a second of work each."""
MOST_HELD = 40_000_000
"""Bytes of shapes read and not yet drawn; no more are read meanwhile."""
MOST_HANDS = 4
"""One process reads and writes for all of them."""


class Crew:
    """Within one event loop: `room`, then read, then `ask`."""

    def __init__(self) -> None:
        self._count = min(_processors(), MOST_HANDS)
        self._threads = ThreadPoolExecutor(self._count)
        self.hands: list[Hand] = []
        self._idle: SimpleQueue[Hand | None] = SimpleQueue()
        """None draws here."""
        self._ended = False
        self._asked = self._held = 0
        self._less = asyncio.Condition()

    async def room(self) -> None:
        async with self._less:
            await self._less.wait_for(lambda: self._held < MOST_HELD)

    def ask(self, block: Block) -> asyncio.Task[list[Drawn]]:
        """To be awaited for the tiles."""
        size = block.size
        self._asked += size
        self._held += size
        if self._asked > ENOUGH and self._count > 1 and not self.hands:
            self.hands = [Hand() for _ in range(self._count)]
            for hand in self.hands:
                self._idle.put(hand)
        return asyncio.create_task(self._drawn(block, size))

    async def _drawn(self, block: Block, size: int) -> list[Drawn]:
        draw = self._by_a_hand if self.hands else draw_block
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, draw, block)
        finally:
            self._held -= size
            async with self._less:
                self._less.notify_all()

    def _by_a_hand(self, block: Block) -> list[Drawn]:
        hand = self._idle.get()
        try:
            return draw_block(block) if hand is None else hand.draw(block)
        except (EOFError, OSError, pickle.PickleError) as error:
            if self._ended:
                raise
            log.warning("a drawing process ended (%s); drawing goes on", error or type(error).__name__)
            hand = None
            return draw_block(block)
        finally:
            self._idle.put(hand)

    def end(self) -> None:
        """Whatever they are doing."""
        self._ended = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for hand in self.hands:
            hand.end()


@contextmanager
def a_crew() -> Iterator[Crew]:
    crew = Crew()
    try:
        yield crew
    finally:
        crew.end()


def _processors() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
