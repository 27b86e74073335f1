"""Files that were made for callers, kept for a while: whoever lost the connection fetches the rest by range."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from gis_server.errors import Busy
from gis_server.features.exports.reading import too_many

AT_ONCE = 2
"""Files that one worker makes at the same time."""
PATIENCE_S = 30.0
ABANDONED_S = 3_600.0


class Shelf:
    """A folder of files named by what they answer."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes
        self._room = asyncio.Semaphore(AT_ONCE)
        self._being_made: dict[str, asyncio.Lock] = {}

    async def file(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file of that name, made where it is not there; of those who ask at once, one makes it."""
        path = self._folder / name
        lock = self._being_made.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                if not path.exists():
                    await self._make(path, make)
        finally:
            if not lock.locked():
                self._being_made.pop(name, None)
        path.touch()
        return path

    async def _make(self, path: Path, make: Callable[[Path], None]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._room.acquire()
        except TimeoutError as error:
            raise too_many() from error
        try:
            await asyncio.to_thread(self._made, path, make)
        finally:
            self._room.release()

    def _made(self, path: Path, make: Callable[[Path], None]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what agencies see is nobody else's to read
        self._tidy()
        draft = path.with_name(f"{uuid4().hex}.draft{path.suffix}")
        try:
            make(draft)
            draft.replace(path)
        except OSError as error:
            raise Busy(
                "Máy chủ không ghi được tệp này xuống đĩa. Hãy báo quản trị viên.",
                "The server cannot write this file to its disk. Tell the administrator.",
            ) from error
        finally:
            draft.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """The files used longest ago go, until the rest fits; so do drafts of processes that were killed."""
        found = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for path in found:
            total += path.stat().st_size
            is_left = ".draft" in path.name and time.time() - path.stat().st_mtime > ABANDONED_S
            if is_left or (total > self._most and ".draft" not in path.name):
                path.unlink(missing_ok=True)


def name_of(*parts: object) -> str:
    """A name that differs when any part does."""
    return hashlib.blake2b("\x00".join(map(repr, parts)).encode("utf-8", "replace"), digest_size=16).hexdigest()
