"""The most memory that the processes of a load held together: this one, the one that reads, those that draw."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loaders.progress import peak_bytes

PROC = Path("/proc")
EVERY_S = 0.1


class Peak:
    """What was seen so far."""

    def __init__(self) -> None:
        self._seen = 0
        self._ended = threading.Event()

    @property
    def bytes(self) -> int:
        """Between two looks nothing is seen, but of this process the system itself keeps the peak."""
        return max(self._seen, peak_bytes())

    def watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            self._seen = max(self._seen, held_bytes())

    def end(self) -> None:
        self._ended.set()


@contextmanager
def watched() -> Iterator[Peak]:
    """Looks from time to time while the block runs; where the system tells nothing, only this process counts."""
    peak = Peak()
    watcher = threading.Thread(target=peak.watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        peak.end()
        watcher.join()


def held_bytes() -> int:
    """By this process and all below it; of the others only what they share with nobody."""
    held = 0
    with suppress(OSError):
        held = _pages("self")[0]
        for pid in _below(str(os.getpid())):
            with suppress(OSError):
                resident, shared = _pages(pid)
                held += resident - shared
    return held * os.sysconf("SC_PAGE_SIZE")


def _pages(pid: str) -> tuple[int, int]:
    resident, shared = (PROC / pid / "statm").read_text().split()[1:3]
    return int(resident), int(shared)


def _below(pid: str) -> Iterator[str]:
    """Processes that it started, and theirs."""
    with suppress(OSError):
        for task in (PROC / pid / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield child
                yield from _below(child)
