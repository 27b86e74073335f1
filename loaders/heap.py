"""Memory that was freed goes back to the system: what reading needed is not held while rows are checked and drawn."""

import ctypes
import sys

import pyarrow as pa

ROWS = 500_000
"""Read rows after which it is time: seldom enough to cost nothing, often enough that little piles up."""


class Heap:
    """Gives back from time to time while rows are read."""

    def __init__(self) -> None:
        self._given = 0

    def count(self, read: int) -> None:
        """How many were read in all."""
        if read - self._given >= ROWS:
            self._given = read
            give_back()


def give_back() -> None:
    """glibc keeps what was freed between two things that are still held; other systems need not be told."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
