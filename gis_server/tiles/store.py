"""The tile store: one memory-mapped file of bytes ready for the wire, shared by every process of a machine."""

import errno
import gzip
import logging
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import lmdb

from gis_server.drawing.cells import WORLD, Cells
from gis_server.tiles.books import Books, touched_keys
from gis_server.tiles.entry import Entry, head_of, read_entry
from gis_server.tiles.room import Room
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.touched import Touches

SLACK = 2
"""The file may be this many times as big as its content: what is deleted is freed two commits later."""
LEAST_MB = 8
LEAST_FREE = 1 << 20
MOST_READERS = 1024
ANY_RELEASE = 2**32
SPOILT = (
    lmdb.CorruptedError, lmdb.InvalidError, lmdb.PageNotFoundError, lmdb.VersionMismatchError, lmdb.PanicError,
    lmdb.BadTxnError, struct.error, gzip.BadGzipFile, zlib.error,
)  # fmt: skip
"""What reading a damaged file comes to, as pages or as entries."""
DATABASES = (b"tiles", b"books", b"used", b"wanted")
Found = TypeVar("Found")
Drawing = tuple[Shelf, bytes, Entry]
"""A tile to be kept: its shelf and its key there."""
log = logging.getLogger("bando")


class Store:
    """An open store. Reads never wait; writers take turns, in whatever process they are."""

    def __init__(self, env: lmdb.Environment, most_mb: int) -> None:
        self._env, self._most_mb = env, most_mb
        self._file = os.stat(env.path()).st_ino
        self.tiles, self._books_db, self.used, self.wanted = (env.open_db(name) for name in DATABASES)
        self._room = Room(self.tiles, self.used, most_mb * 2**20)

    def read(self, key: bytes, form: Callable[[memoryview], Found]) -> Found | None:
        """What `form` makes of a kept entry, where it lies."""
        txn = self._env.begin(self.tiles, buffers=True)
        try:
            kept = txn.get(key)
            return None if kept is None else form(kept)
        finally:
            txn.abort()

    def version(self) -> int:
        """Another after each commit, of whichever process."""
        txn = self._env.begin()
        try:
            return int(txn.id())
        finally:
            txn.abort()

    def get(self, key: bytes) -> Entry | None:
        """A kept entry of one's own."""
        with self._env.begin(buffers=True) as txn:
            kept = txn.get(key, db=self.tiles)
            return None if kept is None else read_entry(kept)

    @property
    def release(self) -> int:
        """Everything kept is as it is in this release, or newer."""
        with self._env.begin() as txn:
            return self._books(txn).release

    def put(self, drawings: Sequence[Drawing]) -> int:
        """Keep drawn tiles; how many were kept.

        A tile drawn from a release older than the store's may have been touched since, so it is left out. Both are
        looked at under the writers' lock: no tile can slip in behind the release that touched it.
        """
        with self._env.begin(write=True) as txn:
            books = self._books(txn)
            fresh = [one for one in drawings if one[2].release >= books.release]
            for shelf, key, entry in fresh:
                books.enter(shelf)
                was = txn.get(key, db=self.tiles)
                seeded = entry.seeded or txn.delete(key, db=self.wanted) or (was is not None and head_of(was)[1])
                txn.put(key, entry.kept(seeded=seeded), db=self.tiles)
            self._room.make(txn)
        return len(fresh)

    def apply(self, base: int, release: int, touches: Touches, mark: bytes) -> bool:
        """Go on from release `base` to `release`: remove what was touched; False when the store is not at `base`.

        Seeded tiles that go are noted as wanted.
        """
        with self._env.begin(write=True) as txn:
            books = self._books(txn)
            if books.release != base:
                return False
            for prefix, cells in books.prefixes(touches).items():
                self._remove(txn, prefix, cells, release)
            books.release, books.mark = release, mark
        return True

    def forget(self, base: int, release: int, mark: bytes) -> bool:
        """Empty the store and begin anew in a release; seeded tiles are wanted again. False when not at `base`."""
        with self._env.begin(write=True) as txn:
            books = self._books(txn)
            if books.release != base:
                return False
            for prefix in books.entered().values():
                self._remove(txn, prefix, WORLD, ANY_RELEASE)
            books.release, books.mark = release, mark
        return True

    def purge(self, names: Sequence[str]) -> int:
        """Remove every tile of the named shelves, wanted ones too; how many were kept."""
        with self._env.begin(write=True) as txn:
            return sum(self._sweep(txn, prefix) for prefix in self._books(txn).leave(names))

    def keep_only(self, shelves: Mapping[str, bytes]) -> None:
        """Remove shelves that are drawn otherwise today, or no longer; the mapping names prefixes."""
        with self._env.begin(write=True) as txn:
            books = self._books(txn)
            old = [name for name, prefix in books.entered().items() if shelves.get(name) != prefix]
            for prefix in books.leave(old):
                self._sweep(txn, prefix)

    def note_used(self, keys: Sequence[bytes]) -> None:
        """These were served lately, and are the last to go when room is needed."""
        with self._env.begin(write=True) as txn:
            for key in keys:
                txn.put(key, b"", db=self.used)

    @property
    def mark(self) -> bytes:
        """How the database looked at the store's release, in the keeper's words."""
        with self._env.begin() as txn:
            return self._books(txn).mark

    def entered(self) -> dict[str, bytes]:
        """Shelves that hold tiles, by name: their prefixes."""
        with self._env.begin() as txn:
            return self._books(txn).entered()

    def keys(self, prefix: bytes) -> list[bytes]:
        """Of one shelf, in order."""
        with self._env.begin() as txn:
            return list(_keys(txn, self.tiles, prefix))

    def wanted_keys(self, most: int) -> list[bytes]:
        """Seeded tiles that a release removed and nobody has drawn again yet."""
        with self._env.begin() as txn:
            return [key for key, _ in zip(_keys(txn, self.wanted, b""), range(most), strict=False)]

    def still_wanted(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of some keys that nobody has drawn again meanwhile."""
        with self._env.begin() as txn:
            return [key for key in keys if txn.get(key, db=self.wanted) is not None]

    def unwant(self, keys: Sequence[bytes]) -> None:
        with self._env.begin(write=True) as txn:
            for key in keys:
                txn.delete(key, db=self.wanted)

    def remove(self, keys: Sequence[bytes]) -> None:
        """Take out single tiles; seeded ones are wanted again."""
        with self._env.begin(write=True) as txn:
            for key in keys:
                self._take(txn, key)

    def close(self) -> None:
        self._env.close()

    def anew(self) -> "Store":
        """A new store in the place of this one, which is spoilt; another process may have seen to it already."""
        path = Path(self._env.path())
        with suppress(FileNotFoundError):
            if os.stat(path).st_ino == self._file:
                _remove(path)
        self.close()
        return open_store(path, self._most_mb)

    def _books(self, txn: lmdb.Transaction) -> Books:
        return Books(txn, self._books_db)

    def _remove(self, txn: lmdb.Transaction, prefix: bytes, cells: Cells, release: int) -> None:
        for key in touched_keys(txn, self.tiles, prefix, cells):
            if head_of(txn.get(key, b"", db=self.tiles))[0] < release:
                self._take(txn, key)

    def _take(self, txn: lmdb.Transaction, key: bytes) -> None:
        kept = txn.pop(key, db=self.tiles)
        if kept is not None and head_of(kept)[1]:
            txn.put(key, b"", db=self.wanted)

    def _sweep(self, txn: lmdb.Transaction, prefix: bytes) -> int:
        found = list(_keys(txn, self.tiles, prefix))
        for key in found:
            txn.delete(key, db=self.tiles)
        for database in (self.used, self.wanted):
            for key in list(_keys(txn, database, prefix)):
                txn.delete(key, db=database)
        return len(found)


def _keys(txn: lmdb.Transaction, database: Any, prefix: bytes) -> Iterator[bytes]:
    cursor = txn.cursor(database)
    there = cursor.set_range(prefix) if prefix else cursor.first()
    while there and bytes(cursor.key()).startswith(prefix):
        yield bytes(cursor.key())
        there = cursor.next()


def open_store(path: Path, most_mb: int) -> Store:
    """The store at a path; one that is damaged is thrown away and begun anew, for every tile can be drawn again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _has_room(path)
    try:
        return Store(_checked(path, most_mb), most_mb)
    except SPOILT as error:
        log.warning("%s: %s; the tile store begins anew", path, error)
        _remove(path)
        return Store(_checked(path, most_mb), most_mb)


def _has_room(path: Path) -> None:
    """A store begun on a full disk ends the process that writes its lock, which is memory."""
    lock = path.with_name(f"{path.name}-lock")
    if not lock.exists() and shutil.disk_usage(path.parent).free < LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _remove(path: Path) -> None:
    for part in (path, path.with_name(f"{path.name}-lock")):
        part.unlink(missing_ok=True)


def _checked(path: Path, most_mb: int) -> lmdb.Environment:
    env = lmdb.open(
        str(path),
        subdir=False,
        map_size=max(most_mb, LEAST_MB) * 2**20 * SLACK,
        max_dbs=len(DATABASES),
        max_readers=MOST_READERS,
        metasync=False,  # after a power cut the last commit may be missing, release number included: it is made up for
        mode=0o600,
    )
    env.reader_check()
    last_page = (env.info()["last_pgno"] + 1) * env.stat()["psize"]
    if last_page > os.stat(path).st_size:
        env.close()
        raise lmdb.CorruptedError(f"cut short: it should have {last_page} bytes")
    return env
