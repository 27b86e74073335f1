"""Room in the tile store: when it is full, tiles go that nobody asked for since the hand last passed them."""

from typing import Any

import lmdb

from gis_server.tiles.entry import head_of

ENOUGH = 0.9
"""Share of the bound that is left full, so that not every write has to make room."""
STEP = 256
"""Keys between two looks at how much is free."""
HAND, LAST = b"hand", b"\xff" * 17


class Room:
    """A clock with a second chance: a hand goes round the keys; used ones lose their mark, others their place.

    Seeded tiles stay as long as anything else can go.
    """

    def __init__(self, tiles: Any, used: Any, most_bytes: int) -> None:
        self._tiles = tiles
        self._used = used
        self._most = most_bytes

    def make(self, txn: lmdb.Transaction) -> None:
        """Free what is over the bound."""
        if self._taken(txn) <= self._most:
            return
        for spare_seeded in (True, True, False):
            if self._round(txn, spare_seeded=spare_seeded):
                return

    def _round(self, txn: lmdb.Transaction, *, spare_seeded: bool) -> bool:
        """Once round the clock; whether there is room now."""
        hand = bytes(txn.get(HAND, b"", db=self._used))
        for start, stop in ((hand, LAST), (b"", hand)):
            while keys := self._some(txn, start, stop):
                for key in keys:
                    self._pass(txn, key, spare_seeded=spare_seeded)
                start = keys[-1] + b"\0"
                if self._taken(txn) <= self._most * ENOUGH:
                    txn.put(HAND, start, db=self._used)
                    return True
        return False

    def _some(self, txn: lmdb.Transaction, start: bytes, stop: bytes) -> list[bytes]:
        cursor = txn.cursor(self._tiles)
        there = cursor.set_range(start) if start else cursor.first()
        keys = (bytes(key) for key in cursor.iternext(values=False)) if there else iter(())
        return [key for key, _ in zip(keys, range(STEP), strict=False) if key < stop]

    def _pass(self, txn: lmdb.Transaction, key: bytes, *, spare_seeded: bool) -> None:
        is_used = txn.delete(key, db=self._used)
        if not is_used and not (spare_seeded and head_of(txn.get(key, b"", db=self._tiles))[1]):
            txn.delete(key, db=self._tiles)

    def _taken(self, txn: lmdb.Transaction) -> int:
        """Bytes of the pages that tiles lie in."""
        stat = txn.stat(self._tiles)
        pages: int = stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]
        return pages * int(stat["psize"])
