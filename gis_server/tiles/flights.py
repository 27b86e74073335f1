"""Many requests for one tile cause few renders, and never one that began before the request arrived."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gis_server.errors import Busy
from gis_server.web.gate import Gate as AnyGate

Result = TypeVar("Result")
Render = Callable[[], Awaitable[Result]]


@dataclass
class _Slot(Generic[Result]):
    """The render under way and the one that waits for it."""

    running: "asyncio.Task[Result]"
    waiting: "asyncio.Task[Result] | None" = None


class Flights(Generic[Result]):
    """Single flight that cannot hand out the past.

    Joining a render that already runs could return a tile from before a publish that the caller has seen end. So
    whoever arrives while one runs shares the next one, which starts when it ends: at most two renders per tile.
    Renders outlive callers that leave, since others may wait for them.
    """

    def __init__(self) -> None:
        self._slots: dict[Hashable, _Slot[Result]] = {}

    def __len__(self) -> int:
        return len(self._slots)

    async def share(self, key: Hashable, render: Render[Result]) -> Result:
        slot = self._slots.get(key)
        if slot is None:
            task = asyncio.ensure_future(render())
            self._start(key, task)
        elif slot.waiting is None:
            task = slot.waiting = asyncio.ensure_future(_after(slot.running, render))
        else:
            task = slot.waiting
        return await asyncio.shield(task)

    def _start(self, key: Hashable, task: "asyncio.Future[Result]") -> None:
        assert isinstance(task, asyncio.Task)
        self._slots[key] = _Slot(task)
        task.add_done_callback(lambda done: self._end(key, done))

    def _end(self, key: Hashable, done: "asyncio.Future[Result]") -> None:
        if not done.cancelled():
            done.exception()  # seen: the callers who stayed have it, and nobody else needs a warning
        waiting = self._slots.pop(key).waiting
        if waiting is not None:
            self._start(key, waiting)


async def _after(running: "asyncio.Task[Result]", render: Render[Result]) -> Result:
    await asyncio.wait({running})
    return await render()


class Gate(AnyGate):
    """Few renders at once."""

    def __init__(self, width: int, queue: int) -> None:
        super().__init__(width, queue, _crowded)


def _crowded() -> Busy:
    return Busy(
        "Đang vẽ quá nhiều ô bản đồ; hãy thử lại sau vài giây.",
        "Too many tiles are being drawn; try again in a few seconds.",
    )
