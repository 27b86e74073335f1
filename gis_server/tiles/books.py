"""The books of the tile store: at which release it is, which shelves it holds, and which keys a release touches."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

import lmdb
import orjson

from gis_server.drawing.cells import DEEPEST, Cells, Ranges, ranges, union
from gis_server.tiles.shelves import PLACE, PREFIX_BYTES, Shelf
from gis_server.tiles.touched import Touches

RELEASE, MARK, SHELF = b"release", b"mark", b"shelf "


class Books:
    """The books within one transaction."""

    def __init__(self, txn: lmdb.Transaction, database: Any) -> None:
        self._txn = txn
        self._db = database

    @property
    def release(self) -> int:
        return int.from_bytes(self._txn.get(RELEASE, b"", db=self._db), "big")

    @release.setter
    def release(self, number: int) -> None:
        self._txn.put(RELEASE, number.to_bytes(4, "big"), db=self._db)

    @property
    def mark(self) -> bytes:
        return bytes(self._txn.get(MARK, b"", db=self._db))

    @mark.setter
    def mark(self, mark: bytes) -> None:
        self._txn.put(MARK, mark, db=self._db)

    def enter(self, shelf: Shelf) -> None:
        """Note whose tiles bear the shelf's prefix, once."""
        name = SHELF + shelf.name.encode()
        if not self._txn.get(name, db=self._db):
            self._txn.put(name, shelf.prefix + orjson.dumps(shelf.layers), db=self._db)

    def leave(self, names: Iterable[str]) -> list[bytes]:
        """Strike shelves out; their prefixes."""
        struck = [self._txn.pop(SHELF + name.encode(), db=self._db) for name in names]
        return [bytes(value[:PREFIX_BYTES]) for value in struck if value]

    def entered(self) -> dict[str, bytes]:
        return {name: value[:PREFIX_BYTES] for name, value in self._shelves()}

    def prefixes(self, touches: Touches) -> dict[bytes, Cells]:
        """What is touched of each shelf: a tile shows all its layers."""
        found = {}
        for _, value in self._shelves():
            parts = [touches[layer] for layer in orjson.loads(value[PREFIX_BYTES:]) if layer in touches]
            if parts:
                found[value[:PREFIX_BYTES]] = union(parts)
        return found

    def _shelves(self) -> Iterator[tuple[str, bytes]]:
        cursor = self._txn.cursor(self._db)
        there = cursor.set_range(SHELF)
        while there and bytes(cursor.key()).startswith(SHELF):
            yield bytes(cursor.key()).removeprefix(SHELF).decode(), bytes(cursor.value())
            there = cursor.next()


def touched_keys(txn: lmdb.Transaction, tiles: Any, prefix: bytes, cells: Cells) -> list[bytes]:
    """The keys there are of tiles that the cells touch. As quick as the fewer of both are many."""
    return [key for zoom in range(DEEPEST + 1) for key in _among(txn.cursor(tiles), prefix, zoom, ranges(cells, zoom))]


def _among(cursor: lmdb.Cursor, prefix: bytes, zoom: int, touched: Ranges) -> Iterator[bytes]:
    """Keys and ranges are both in order: each leaps to where the other is."""
    firsts, lasts = touched
    number, at = 0, 0
    end = prefix + bytes([zoom + 1])
    while number < len(firsts):
        at = max(at, firsts[number])
        if not cursor.set_range(prefix + PLACE.pack(zoom, at)) or (key := bytes(cursor.key())) >= end:
            return
        at = PLACE.unpack_from(key, PREFIX_BYTES)[1]
        if at <= lasts[number]:
            yield key
            at += 1
        else:
            number = bisect_left(lasts, at)
