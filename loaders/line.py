"""Two workers in a row, each in a thread of its own: work goes through both in order, a little at a time."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Generic, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
UNDER_WAY = 3


class Line(Generic[Item, Made]):
    """What one of the workers raises is raised at the next `put`, or by `finish`."""

    def __init__(self, first: Callable[[Item], Made], second: Callable[[Made], None]) -> None:
        self.first, self.second = first, second
        self.pools = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self.room = BoundedSemaphore(UNDER_WAY)
        self.ends: deque[Future[None]] = deque()

    def put(self, item: Item) -> None:
        """Waits while too much is under way."""
        while self.ends and self.ends[0].done():
            self.ends.popleft().result()
        self.room.acquire()
        made = self.pools[0].submit(self.first, item)
        self.ends.append(self.pools[1].submit(self._end, made))

    def finish(self) -> None:
        """Waits until all is done."""
        while self.ends:
            self.ends.popleft().result()

    def close(self) -> None:
        """Ends the workers; what waits is dropped."""
        for pool in self.pools:
            pool.shutdown(wait=True, cancel_futures=True)

    def _end(self, made: Future[Made]) -> None:
        try:
            self.second(made.result())
        finally:
            self.room.release()
