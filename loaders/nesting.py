"""How deep a geometry's bytes are nested: GEOS reads collections by calling itself, and would run out of stack."""

import struct

import pyarrow as pa
import pyarrow.compute as pc

DEEPEST = 32
"""Collections in collections; what people draw has two or three levels."""
HEADER_BYTES = 9
SHORTEST = HEADER_BYTES * 500
"""Bytes below which no stack is in danger, however deep the nesting; few features are longer."""
COORDINATE_BYTES = 8
POINT, LINE, POLYGON, CIRCULAR, TRIANGLE = 1, 2, 3, 8, 17
_INTEGERS = {0: struct.Struct(">I"), 1: struct.Struct("<I")}


def without_deep(wkb: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same geometries; null where one is nested deeper than can be read safely."""
    longest = pc.max(pc.binary_length(wkb)).as_py()
    if longest is None or longest <= SHORTEST:
        return wkb
    long = pc.fill_null(pc.greater(pc.binary_length(wkb), SHORTEST), False)
    deep = [place for place in pc.indices_nonzero(long).to_pylist() if is_deep(wkb[place].as_py())]
    if not deep:
        return wkb
    mask = pc.is_in(pa.array(range(len(wkb))), value_set=pa.array(deep))
    return pc.if_else(mask, pa.scalar(None, wkb.type), wkb)


def is_deep(wkb: bytes) -> bool:
    """Whether collections are nested deeper than DEEPEST; bytes that make no sense are left to the reader."""
    at, due = 0, [1]
    try:
        while due:
            if not due[-1]:
                due.pop()
                continue
            due[-1] -= 1
            at, members = _step(wkb, at)
            if members:
                due.append(members)
            if len(due) > DEEPEST:
                return True
    except (struct.error, KeyError, IndexError):
        return False
    return False


def _step(wkb: bytes, at: int) -> tuple[int, int]:
    """Behind the header (and the coordinates, where it has its own) of the geometry that begins here; its members."""
    integer = _INTEGERS[wkb[at]]
    (said,) = integer.unpack_from(wkb, at + 1)
    kind, width = _kind(said)
    at += 9 if said & 0x20000000 else 5
    if kind == POINT:
        return at + width, 0
    (count,) = integer.unpack_from(wkb, at)
    at += 4
    if kind in (LINE, CIRCULAR):
        return at + count * width, 0
    if kind in (POLYGON, TRIANGLE):
        for _ in range(count):
            (points,) = integer.unpack_from(wkb, at)
            at += 4 + points * width
        return at, 0
    return at, count


def _kind(said: int) -> tuple[int, int]:
    """Type, and bytes of one position, of a type number in the words of ISO or PostGIS."""
    flat = said & 0x0FFFFFFF
    has_z = bool(said & 0x80000000) or flat // 1000 in (1, 3)
    has_m = bool(said & 0x40000000) or flat // 1000 in (2, 3)
    return flat % 1000, COORDINATE_BYTES * (2 + has_z + has_m)
