"""Values of a .dbf by whole columns, as GDAL reads them one by one: every row is as wide, so a column is a stripe.

Letters come as signs of Latin-1, as everywhere with Shapefiles. Whatever is not as everybody writes it is left to GDAL:
a block with such a cell is `Unusual`, and of a file with such a column there are no `Values`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.dbf_header import Column, Header, read_header
from loaders.readers.dbf import BLANK, DAY_WIDTH, DAYS, NUMBERS, STAR, beside, rows_at

Bytes = NDArray[np.uint8]
NUMBER = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
TEXT, LOGICAL = b"C", b"L"
NINE, ASCII = ord("9"), 0x7F
TRUE, FALSE, UNKNOWN = b"TtYy", b"FfNn", b"?"
BOOLEAN = "OFSTBoolean"
KINDS = {"OFTString": (TEXT,), "OFTInteger": NUMBERS, "OFTInteger64": NUMBERS, "OFTReal": NUMBERS, "OFTDate": (DAYS,)}
TYPES = {
    "OFTString": pa.string(),
    "OFTInteger": pa.int32(),
    "OFTInteger64": pa.int64(),
    "OFTReal": pa.float64(),
    "OFTDate": pa.date32(),
}


class Unusual(Exception):
    """A cell that GDAL must be asked about."""


@dataclass(frozen=True)
class Stripe:
    """The cells of one column in some rows, without the ends that are blank in all of them."""

    cells: Bytes
    highest: int
    """Of all bytes."""
    lowest: int


@dataclass(frozen=True)
class Values:
    """The values of a .dbf, asked for by the numbers of its rows."""

    path: Path
    header: Header
    readers: tuple[Callable[[Stripe], pa.Array], ...]
    types: tuple[pa.DataType, ...]

    def of(self, rows: NDArray[np.int64]) -> list[pa.Array]:
        """Columns of rows in ascending order; Unusual where GDAL must read them."""
        first, count = int(rows[0]), int(rows[-1] - rows[0]) + 1
        block = rows_at(self.path, self.header, first, count)
        block = block if count == len(rows) else block[rows - first]
        lowest, highest = block.min(axis=0), block.max(axis=0)
        columns = zip(self.readers, self.header.columns, strict=True)
        return [read(_stripe(block, column, lowest, highest)) for read, column in columns]


def values_of(shapefile: Path, info: dict[str, Any]) -> Values | None:
    """None where GDAL, whose `info` this is, sees no shapes, other rows or columns, or some of a seldom kind."""
    path = beside(shapefile, ".dbf")
    if path is None or info["geometry_type"] is None:
        return None
    header = read_header(path)
    kinds = list(zip(info["ogr_types"], info["ogr_subtypes"], strict=True))
    if len(kinds) != len(header.columns) or header.rows != info["features"]:
        return None
    readers = [_reader(column, *kind) for column, kind in zip(header.columns, kinds, strict=True)]
    known = tuple(one for one in readers if one is not None)
    types = tuple(pa.bool_() if subkind == BOOLEAN else TYPES.get(kind, pa.null()) for kind, subkind in kinds)
    inside = all(0 < column.width <= header.width - column.at for column in header.columns)
    return Values(path, header, known, types) if inside and len(known) == len(readers) else None


def _reader(column: Column, kind: str, subkind: str) -> Callable[[Stripe], pa.Array] | None:
    """How the cells of a column are read that GDAL takes for this kind."""
    if column.kind == LOGICAL and subkind == BOOLEAN and column.width == 1:
        return _truths
    if column.kind not in KINDS.get(kind, ()) or subkind != "OFSTNone":
        return None
    if column.kind == DAYS:
        return _days if column.width == DAY_WIDTH else None
    return _texts if column.kind == TEXT else partial(_numbers, kind=TYPES[kind])


def _stripe(block: Bytes, column: Column, lowest: Bytes, highest: Bytes) -> Stripe:
    here = slice(column.at, column.at + column.width)
    low, high = lowest[here], highest[here]
    begin, end = 0, column.width
    if column.kind == TEXT or column.kind in NUMBERS:
        used = np.flatnonzero((low != BLANK) | (high != BLANK))
        begin, end = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 0)
    cells = np.ascontiguousarray(block[:, column.at + begin : column.at + end])
    return Stripe(cells, int(high.max()), int(low.min()))


def _texts(stripe: Stripe) -> pa.Array:
    texts = _trimmed(stripe)
    if stripe.highest > ASCII:
        texts = _shown(texts)
    return _without(texts, pc.equal(pc.binary_length(texts), 0))


def _numbers(stripe: Stripe, kind: pa.DataType) -> pa.Array:
    texts = _trimmed(stripe)
    nothing = pc.equal(pc.binary_length(texts), 0)
    if stripe.cells.shape[1]:
        nothing = pc.or_(nothing, pa.array(stripe.cells[:, 0] == STAR))
    texts = _without(texts, nothing)
    if stripe.highest > NINE and pc.all(pc.match_substring_regex(texts, NUMBER)).as_py() is False:
        raise Unusual
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid as error:
        raise Unusual from error


def _truths(stripe: Stripe) -> pa.Array:
    cells = stripe.cells[:, 0]
    if not np.isin(cells, list(TRUE + FALSE + UNKNOWN)).all():
        raise Unusual
    return pa.array(np.isin(cells, list(TRUE)), mask=cells == UNKNOWN[0])


def _days(stripe: Stripe) -> pa.Array:
    """What is no day is none here; where it stands for something, `misread` knows what."""
    digits = (stripe.cells - np.uint8(ord("0"))).astype(np.int64)
    year, month, day = (
        digits[:, part] @ _tens(digits[:, part].shape[1]) for part in (slice(4), slice(4, 6), slice(6, 8))
    )
    sound = (digits <= NINE - ord("0")).all(axis=1) & (year > 0) & (month > 0) & (month <= 12) & (day > 0)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    sound &= days.astype("datetime64[M]") == months
    return pa.array(days, pa.date32(), mask=~sound)


def _tens(digits: int) -> NDArray[np.int64]:
    return 10 ** np.arange(digits - 1, -1, -1)


def _trimmed(stripe: Stripe) -> pa.Array:
    """The cells without blanks around them; a zero ends a cell, as it ends a text in C."""
    cells = stripe.cells
    if stripe.lowest == 0:
        cells = np.where(np.logical_and.accumulate(cells != 0, axis=1), cells, np.uint8(BLANK))
    rows, width = cells.shape
    ends = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    texts = pa.StringArray.from_buffers(rows, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(cells)))
    return pc.ascii_trim(texts, " ")


def _shown(texts: pa.Array) -> pa.Array:
    """Bytes as the signs of Latin-1 that stand for them, each of two bytes from 128 on."""
    ends = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1)
    content = np.frombuffer(texts.buffers()[2], np.uint8)[: ends[-1]]
    before = np.concatenate([[0], np.cumsum(content > ASCII, dtype=np.int32)])
    shown = pa.py_buffer(content.tobytes().decode("latin-1").encode())
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer((ends + before[ends]).astype(np.int32)), shown)


def _without(texts: pa.Array, nothing: pa.Array) -> pa.Array:
    """The texts, null where there is nothing."""
    return pc.if_else(nothing, pa.scalar(None, pa.string()), texts)
