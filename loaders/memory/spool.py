"""Columns of numbers that are put together at the end: a little of them waits in memory, the rest on disk.

A load of millions of rows keeps some numbers of each until all are read. What it holds of them is bounded here.
"""

import os
import tempfile
import threading
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from loaders.memory.past import Column

MOST_BYTES = 32 << 20
"""In memory; a small load never touches the disk."""


class _Written(NamedTuple):
    """A part of a column that is on disk."""

    begin: int
    dtype: np.dtype[np.generic]
    rows: int


class Spool:
    """Columns by name; one thread adds, another may put together what is complete."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        """Where the file lies that holds what is too much for memory; it has no name, so nothing is ever left of it."""
        self.held_bytes = 0
        self._parts: defaultdict[str, list[Column | _Written]] = defaultdict(list)
        self._rows: Counter[str] = Counter()
        self._disk: int | None = None
        self._end = 0
        self._full = False
        self._lock = threading.Lock()

    def add(self, name: str, values: Column) -> None:
        """The next part of a column."""
        with self._lock:
            self._rows[name] += len(values)
            self._parts[name].append(values if self._fits(values) else self._written(values))

    def rows(self, name: str) -> int:
        return self._rows[name]

    def column(self, name: str) -> Column:
        """All that was added to it."""
        with self._lock:
            parts = self._parts[name]
            whole = np.empty(self._rows[name], parts[0].dtype if parts else np.int64)
            ends = np.cumsum([len(part) if isinstance(part, np.ndarray) else part.rows for part in parts])
            for part, place in zip(parts, np.split(whole, ends[:-1]) if parts else [], strict=True):
                self._put(part, place)
        return whole

    def close(self) -> None:
        """Nothing is kept."""
        self._parts.clear()
        self._rows.clear()
        if self._disk is not None:
            os.close(self._disk)
            self._disk = None

    def _fits(self, values: Column) -> bool:
        if self._full or self.held_bytes + values.nbytes <= MOST_BYTES:
            self.held_bytes += values.nbytes
            return True
        return False

    def _written(self, values: Column) -> Column | _Written:
        """Its place on disk; itself where nothing can be written, as memory is then all there is."""
        try:
            if self._disk is None:
                self._disk = _nameless(self.folder)
            content, begin = _bytes_of(np.ascontiguousarray(values)), self._end
            while content:
                done = os.pwrite(self._disk, content, self._end)
                content, self._end = content[done:], self._end + done
        except OSError:
            self._full = True
            self.held_bytes += values.nbytes
            return values
        return _Written(begin, values.dtype, len(values))

    def _put(self, part: Column | _Written, into: Column) -> None:
        if isinstance(part, np.ndarray):
            into[:] = part
            return
        assert self._disk is not None
        content, begin = _bytes_of(into), part.begin
        while content:
            done = os.preadv(self._disk, [content], begin)
            if not done:
                raise OSError("a column is cut short on disk")
            content, begin = content[done:], begin + done


def _bytes_of(values: Column) -> memoryview:
    return values.view(np.uint8).data


def _nameless(folder: Path | None) -> int:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.dup(file.fileno())
