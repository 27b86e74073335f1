"""WKB by whole columns: the vertices of shapes of one line or ring, and the same shapes with other vertices.

Nearly every parcel, house, road and lamp is such a shape. Its WKB is a header of known length and then its vertices, so
a column of them is read and written as arrays; whatever else there may be (holes, parts, Z, big-endian) is for GEOS.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Points = NDArray[np.float64]
Numbers = NDArray[np.int64]

_HAS_SRID = 0x20000000
_POINT_BYTES = 16
# Header of a shape with one part and one ring, by its type: after order and type, counts (n, 1) and a part (p).
_COUNTS = {1: "", 2: "n", 3: "1n", 4: "1p", 5: "1pn", 6: "1p1n"}
_PART = {4: 1, 5: 2, 6: 3}


@dataclass(frozen=True)
class Plain:
    """Some shapes of one part and one ring each, in the order of their column."""

    types: NDArray[np.uint8]
    """Type code of WKB, 1 … 6."""
    counts: Numbers
    """Vertices of each."""
    points: Points
    """Vertices of all of them, one shape after the other."""

    @property
    def kinds(self) -> NDArray[np.int8]:
        """0 point, 1 line, 2 polygon."""
        return ((self.types - 1) % 3).astype(np.int8)

    @property
    def starts(self) -> Numbers:
        """Place of each shape's first vertex."""
        return np.cumsum(self.counts) - self.counts

    @cached_property
    def owners(self) -> Numbers:
        """Place of the shape that each vertex is of."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def written(self, points: Points, srid: int) -> pa.Array:
        """EWKB of the same shapes with other vertices."""
        ends = np.cumsum(self.counts) * _POINT_BYTES
        offsets = pa.py_buffer(np.concatenate([[0], ends]).astype(np.int32))
        content = pa.py_buffer(np.ascontiguousarray(points))
        body = pa.Array.from_buffers(pa.binary(), len(self.counts), [None, offsets, content])
        return pc.binary_join_element_wise(self._headers(srid), body, pa.scalar(b"", pa.binary()))

    def _headers(self, srid: int) -> pa.Array:
        if (self.types == self.types[0]).all():
            return _fixed(_header(int(self.types[0]), self.counts, srid))
        parts, places = [], []
        for kind in np.unique(self.types):
            chosen = np.flatnonzero(self.types == kind)
            parts.append(_fixed(_header(int(kind), self.counts[chosen], srid)))
            places.append(chosen)
        return pa.concat_arrays(parts).take(pa.array(np.argsort(np.concatenate(places), kind="stable")))


def read_plain(wkb: pa.Array) -> Plain | None:
    """The shapes of a column of WKB or EWKB without nulls; None when one of them has more than one part or ring."""
    if len(wkb) == 0 or wkb.null_count:
        return None
    lengths = pc.binary_length(wkb).to_numpy().astype(np.int64)
    if lengths.min() < 21:
        return None
    start = _bytes(wkb, 0, 5)
    codes = start[:, 1:].copy().view("<u4").ravel()
    types = (codes & ~np.uint32(_HAS_SRID)).astype(np.uint32)
    if (start[:, 0] != 1).any() or types.min() < 1 or types.max() > 6:
        return None
    with_srid = (codes & _HAS_SRID) != 0
    if with_srid.any() != with_srid.all():
        return None
    return _read(wkb, types.astype(np.uint8), lengths, bool(with_srid[0]))


def _read(wkb: pa.Array, types: NDArray[np.uint8], lengths: Numbers, with_srid: bool) -> Plain | None:
    """Each shape's header is written anew from what its length says, and must then be the header that stands there."""
    kind = int(types[0])
    if (types != kind).any():
        return _mixed(wkb, types, lengths, with_srid)
    size = _header(kind, np.zeros(1, np.int64), 1 if with_srid else None).shape[1]
    counts, rest = np.divmod(lengths - size, _POINT_BYTES)
    if rest.any() or counts.min() < 1:
        return None
    there = _bytes(wkb, 0, size)
    srid = int(there[0, 5:9].copy().view("<u4")[0]) if with_srid else None
    if not np.array_equal(there, _header(kind, counts, srid)):
        return None
    body = pc.binary_slice(wkb, size, int(lengths.max()))
    points = np.frombuffer(body.buffers()[2], np.float64, int(counts.sum()) * 2).reshape(-1, 2)
    plain = Plain(types, counts, points)
    return plain if _sound(plain, kind) else None


def _sound(plain: Plain, kind: int) -> bool:
    """Whether GEOS would take every shape: points enough, all of them numbers, rings that end where they began."""
    dimension = (kind - 1) % 3
    if plain.counts.min() < (1, 2, 4)[dimension] or not np.isfinite(plain.points).all():
        return False
    first = plain.starts
    last = first + plain.counts - 1
    return dimension < 2 or bool((plain.points[first] == plain.points[last]).all())


def _mixed(wkb: pa.Array, types: NDArray[np.uint8], lengths: Numbers, with_srid: bool) -> Plain | None:
    order = np.argsort(types, kind="stable")
    parts = []
    for kind in np.unique(types):
        chosen = np.flatnonzero(types == kind)
        one = _read(wkb.take(pa.array(chosen)), types[chosen], lengths[chosen], with_srid)
        if one is None:
            return None
        parts.append(one)
    counts = np.concatenate([one.counts for one in parts])
    ends = np.cumsum(counts)
    back = np.argsort(order, kind="stable")
    again = counts[back]
    first = np.cumsum(again) - again
    places = np.repeat((ends - counts)[back] - first, again) + np.arange(int(again.sum()))
    return Plain(types, again, np.concatenate([one.points for one in parts])[places])


def _bytes(column: pa.Array, start: int, stop: int) -> NDArray[np.uint8]:
    """The same bytes of each value, one row a value; every value must be that long."""
    piece = pc.binary_slice(column, start, stop)
    return np.frombuffer(piece.buffers()[2], np.uint8, len(column) * (stop - start)).reshape(len(column), stop - start)


def _fixed(rows: NDArray[np.uint8]) -> pa.Array:
    """Rows of bytes as a binary column."""
    count, size = rows.shape
    offsets = pa.py_buffer(np.arange(0, (count + 1) * size, size, dtype=np.int32))
    return pa.Array.from_buffers(pa.binary(), count, [None, offsets, pa.py_buffer(np.ascontiguousarray(rows))])


def _header(kind: int, counts: Numbers, srid: int | None) -> NDArray[np.uint8]:
    """Everything before the vertices, one row a shape."""
    words = [b"\x01" + np.array([kind | (_HAS_SRID if srid is not None else 0)], "<u4").tobytes()]
    if srid is not None:
        words.append(np.array([srid], "<u4").tobytes())
    for sign in _COUNTS[kind]:
        if sign == "p":
            words.append(b"\x01" + np.array([_PART[kind]], "<u4").tobytes())
        else:
            words.append(np.array([1], "<u4").tobytes())
    rows = np.tile(np.frombuffer(b"".join(words), np.uint8), (len(counts), 1))
    if kind not in (1, 4):
        rows[:, -4:] = counts.astype("<u4")[:, None].view(np.uint8)
    return rows
