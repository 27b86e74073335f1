"""What is dear to make: made once for everybody who waits for it, and kept a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

Make = Callable[[], Coroutine[Any, Any, bytes]]


class MadeOnce:
    """Bytes by name, at most so many; those asked for least lately go first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._making: dict[str, asyncio.Task[bytes]] = {}
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._kept_bytes = 0

    async def of(self, name: str, make: Make) -> bytes:
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        if name not in self._making:
            self._making[name] = asyncio.create_task(make())
            self._making[name].add_done_callback(partial(self._done, name))
        return await asyncio.shield(self._making[name])

    def _done(self, name: str, task: "asyncio.Task[bytes]") -> None:
        del self._making[name]
        if task.cancelled() or task.exception() is not None:
            return
        self._kept[name] = task.result()
        self._kept_bytes += len(task.result())
        while self._kept_bytes > self._most:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1])
