"""The row hash as PostgreSQL computes it (`hash_record_extended`), over Arrow columns.

It is Bob Jenkins' lookup3 over the bytes of each value (PostgreSQL's `hashfn.c`), which stays the same from version to
version because hash indexes and partitions hang on it. A test compares every type with the server's own answer.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
_Words = NDArray[np.uint32]
_Bytes = NDArray[np.uint8]
_START = 0x9E3779B9 + 3923095
_BLOCK = 12
_MANY, _ALONE = 256, 6
"""From so many values of one length they are hashed as rows; so few, and each is hashed for itself."""
_ALL = 0xFFFFFFFF
_EPOCH_DAYS, _EPOCH_MICROSECONDS = 10_957, 946_684_800_000_000
"""1970 to 2000, where PostgreSQL counts from."""
_FEW = 0.5
"""Share of distinct values under which each is hashed once."""


def combined(columns: Sequence[Hashes]) -> NDArray[np.int64]:
    """One hash a row of the hashes of its values, in this order."""
    total = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        total *= np.uint64(31)
        total += column
    return total.view(np.int64)


def value_hashes(column: pa.Array) -> Hashes:
    """One hash a value, of the types that fields and geometries have; 0 for null."""
    kind = column.type
    if column.null_count == len(column):
        return np.zeros(len(column), np.uint64)
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return _of_text(column)
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_boolean(kind):
        found = _of_word(column.fill_null(False).to_numpy(zero_copy_only=False).astype(np.uint32))
    elif pa.types.is_date(kind):
        days = pc.cast(column, pa.int32()).fill_null(0).to_numpy() - np.int32(_EPOCH_DAYS)
        found = _of_word(days.view(np.uint32))
    elif pa.types.is_timestamp(kind):
        found = _of_integer(pc.cast(column, pa.int64()).fill_null(0).to_numpy() - _EPOCH_MICROSECONDS)
    elif pa.types.is_integer(kind):
        found = _of_integer(pc.cast(column, pa.int64()).fill_null(0).to_numpy())
    else:
        found = _of_number(pc.cast(column, pa.float64()).fill_null(0).to_numpy())
    return np.where(valid, found, np.uint64(0))


def _of_integer(values: NDArray[np.int64]) -> Hashes:
    """So that equal numbers hash alike whatever their width, as PostgreSQL has it."""
    words = values.view(np.uint64)
    low, high = words.astype(np.uint32), (words >> np.uint64(32)).astype(np.uint32)
    return _of_word(low ^ np.where(values >= 0, high, ~high))


def _of_number(values: NDArray[np.float64]) -> Hashes:
    hashes = _of_rows(np.ascontiguousarray(values).view(np.uint8).reshape(-1, 8))
    hashes[values == 0] = 0
    return hashes


def _of_text(column: pa.Array) -> Hashes:
    encoded = column.dictionary_encode() if pa.types.is_string(column.type) else None
    if encoded is None or len(encoded.dictionary) > _FEW * len(column):
        return _of_values(column)
    found = np.append(_of_values(encoded.dictionary), np.uint64(0))
    places: NDArray[np.int32] = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
    hashes: Hashes = found[places]
    return hashes


def _of_values(column: pa.Array) -> Hashes:
    """Many values of one length are hashed together as rows, the others as spans."""
    hashes = np.zeros(len(column), np.uint64)
    lengths = pc.binary_length(column).fill_null(-1).to_numpy(zero_copy_only=False)
    if len(lengths) >= _MANY and lengths.min() == lengths.max() >= 0:
        return _of_rows(_rows(column, int(lengths[0])))
    order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths >= 0)]
    ordered = column.take(pa.array(order))
    _, first, count = np.unique(-lengths[order], return_index=True, return_counts=True)
    spans = np.ones(len(order), bool)
    for start, many in zip(first[count >= _MANY], count[count >= _MANY], strict=True):
        alike = slice(start, start + many)
        hashes[order[alike]] = _of_rows(_rows(ordered.slice(start, many), int(lengths[order[start]])))
        spans[alike] = False
    hashes[order[spans]] = _of_spans(*_content(ordered), np.flatnonzero(spans))
    return hashes


def _rows(column: pa.Array, length: int) -> _Bytes:
    """The bytes of values that all have one length, a row each."""
    content, starts, _ = _content(column)
    return content[starts[0] : starts[0] + len(column) * length].reshape(len(column), length)


def _content(column: pa.Array) -> tuple[_Bytes, NDArray[np.int64], NDArray[np.int64]]:
    """All bytes of a column, and where each value begins and how long it is."""
    _, offsets, content = column.buffers()
    places = np.frombuffer(offsets, np.int32, len(column) + 1 + column.offset)[column.offset :].astype(np.int64)
    whole = np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)
    return whole, places[:-1], np.diff(places)


def _of_spans(
    content: _Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64], chosen: NDArray[np.int64]
) -> Hashes:
    """Some values, the longest first: block by block, all at once that still have one; the last each for itself."""
    starts, lengths = starts[chosen], lengths[chosen]
    blocks = lengths // _BLOCK
    a = ((_START + lengths) & 0xFFFFFFFF).astype(np.uint32)
    b, c = a.copy(), a.copy()
    words = np.ndarray((max(len(content) - 3, 0),), "<u4", content, strides=(1,))
    block, active = 0, int(np.searchsorted(-blocks, 0))
    while active > _ALONE:
        at = starts[:active] + _BLOCK * block
        a[:active] += words[at]
        b[:active] += words[at + 4]
        c[:active] += words[at + 8]
        _mix(a[:active], b[:active], c[:active])
        block += 1
        active = int(np.searchsorted(-blocks, -block))
    for row in range(active):
        span = content[starts[row] + _BLOCK * block : starts[row] + _BLOCK * blocks[row]]
        a[row], b[row], c[row] = _mixed_alone((int(a[row]), int(b[row]), int(c[row])), span.view("<u4").tolist())
    last = _last_blocks(content, starts + _BLOCK * blocks, lengths - _BLOCK * blocks)
    a += last[:, 0]
    b += last[:, 1]
    c += last[:, 2] << np.uint32(8)  # the lowest byte is kept for the length
    _finish(a, b, c)
    return (b.astype(np.uint64) << np.uint64(32)) | c


def _last_blocks(content: _Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> _Words:
    """What is left of each value after its whole blocks, filled up with zeros."""
    places = np.arange(_BLOCK)
    there = places < lengths[:, None]
    last = np.zeros((len(starts), _BLOCK), np.uint8)
    last[there] = content[(starts[:, None] + places)[there]]
    return last.view("<u4")


def _mixed_alone(state: tuple[int, int, int], words: list[int]) -> tuple[int, int, int]:
    """`_mix` for one long value, where arrays of one number would be slower."""
    a, b, c = state
    for first in range(0, len(words), 3):
        a, b, c = (a + words[first]) & _ALL, (b + words[first + 1]) & _ALL, (c + words[first + 2]) & _ALL
        a, c = ((a - c) & _ALL) ^ ((c << 4 | c >> 28) & _ALL), (c + b) & _ALL
        b, a = ((b - a) & _ALL) ^ ((a << 6 | a >> 26) & _ALL), (a + c) & _ALL
        c, b = ((c - b) & _ALL) ^ ((b << 8 | b >> 24) & _ALL), (b + a) & _ALL
        a, c = ((a - c) & _ALL) ^ ((c << 16 | c >> 16) & _ALL), (c + b) & _ALL
        b, a = ((b - a) & _ALL) ^ ((a << 19 | a >> 13) & _ALL), (a + c) & _ALL
        c, b = ((c - b) & _ALL) ^ ((b << 4 | b >> 28) & _ALL), (b + a) & _ALL
    return a, b, c


def _of_rows(rows: NDArray[np.uint8]) -> Hashes:
    """Rows of bytes, block by block, all rows at once."""
    count, length = rows.shape
    blocks = length // _BLOCK
    a = np.full(count, (_START + length) & 0xFFFFFFFF, np.uint32)
    b, c = a.copy(), a.copy()
    whole = np.ascontiguousarray(rows[:, : blocks * _BLOCK]).view("<u4").reshape(count, -1).T
    for block in range(blocks):
        a += whole[3 * block]
        b += whole[3 * block + 1]
        c += whole[3 * block + 2]
        _mix(a, b, c)
    last = np.zeros((count, _BLOCK), np.uint8)
    last[:, : length - blocks * _BLOCK] = rows[:, blocks * _BLOCK :]
    words = last.view("<u4")
    a += words[:, 0]
    b += words[:, 1]
    c += words[:, 2] << np.uint32(8)  # the lowest byte is kept for the length
    _finish(a, b, c)
    return (b.astype(np.uint64) << np.uint64(32)) | c


def _of_word(words: _Words) -> Hashes:
    """A value of four bytes that is a number already."""
    a = np.full(len(words), (_START + 4) & 0xFFFFFFFF, np.uint32)
    b, c = a.copy(), a.copy()
    a += words
    _finish(a, b, c)
    return (b.astype(np.uint64) << np.uint64(32)) | c


def _turned(words: _Words, by: int) -> _Words:
    return (words << np.uint32(by)) | (words >> np.uint32(32 - by))


def _mix(a: _Words, b: _Words, c: _Words) -> None:
    for one, two, three, by in ((a, c, b, 4), (b, a, c, 6), (c, b, a, 8), (a, c, b, 16), (b, a, c, 19), (c, b, a, 4)):
        one -= two
        one ^= _turned(two, by)
        two += three


def _finish(a: _Words, b: _Words, c: _Words) -> None:
    for one, two, by in ((c, b, 14), (a, c, 11), (b, a, 25), (c, b, 16), (a, c, 4), (b, a, 14), (c, b, 24)):
        one ^= two
        one -= _turned(two, by)
