"""Cells of a .dbf that GDAL reads as something else than stands there: numbers that did not fit, days that are none.

A number that did not fit is written as `****`, and read by GDAL as if nothing had ever stood there. Of a day that is
not in the calendar (20211332) GDAL makes the first of January 1970. Both come through as the text in the file.

GDAL and others write “no value” in the same way. A writer writes it in one way only, so stars in a column that also has
blank cells are numbers that did not fit, and in a column without blanks they are “no value”.
"""

import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.dbf_header import HEAD, Column, Header, read_header

OVERFLOW = "****"
STAR, BLANK = ord("*"), ord(" ")
NUMBERS, DAYS = (b"N", b"F"), b"D"
DAY_WIDTH = 8
ROWS_AT_ONCE = 16_384
NO_DAY = (b"", b"00000000", b"0")
"""How programs write that there is no day."""


@dataclass(frozen=True)
class Misread:
    """Cells of one column: the numbers of their rows, and what stands there."""

    rows: NDArray[np.int64]
    texts: list[str]


Places = dict[int, Misread]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Stars:
    """Where a .dbf has cells that begin with a star."""

    deleted: int = 0
    """Rows that are only still there because nobody packed the file."""
    columns: tuple[int, ...] = ()
    """Places of columns of numbers."""


def stars_of(shapefile: Path) -> Stars:
    opened = _opened(shapefile)
    if opened is None:
        return Stars()
    path, header = opened
    numbers = {place: one.at for place, one in _inside(header).items() if one.kind in NUMBERS}
    heads = [0, *numbers.values()]
    found = sum(
        (np.count_nonzero(block[:, heads] == STAR, axis=0) for block in _blocks(path, header)), np.zeros(len(heads))
    )
    return Stars(int(found[0]), tuple(place for place, stars in zip(numbers, found[1:], strict=True) if stars))


def misread(shapefile: Path, stars: Stars) -> Places:
    """Misread cells by the place of their column; rows count as GDAL counts them, without deleted ones."""
    opened = _opened(shapefile)
    if opened is None:
        return {}
    path, header = opened
    asked = {place: one for place, one in _inside(header).items() if place in stars.columns or one.kind == DAYS}
    return _found(path, header, asked) if asked else {}


def beside(shapefile: Path, ending: str) -> Path | None:
    """The part of a Shapefile with this ending."""
    parts = shapefile.parent.glob(f"{glob.escape(shapefile.stem)}.*")
    return next((one for one in parts if one.suffix.lower() == ending), None)


def rows_at(path: Path, header: Header, first: int, count: int) -> Bytes:
    """The bytes of some rows as they lie in the file, one row of the array each."""
    begin = header.begin + first * header.width
    return np.memmap(path, dtype=np.uint8, mode="r", offset=begin, shape=(count, header.width))


def as_written(rows: pa.Table, first: int, found: Places) -> pa.Table:
    """Rows, the first of them number `first`: columns with misread cells as text, where they say what they say."""
    for place, cells in found.items():
        here = (cells.rows >= first) & (cells.rows < first + rows.num_rows)
        texts: NDArray[np.object_] = np.full(rows.num_rows, None, dtype=object)
        texts[cells.rows[here] - first] = [cells.texts[one] for one in np.flatnonzero(here)]
        column = pc.coalesce(pa.array(texts, pa.string()), pc.cast(rows.column(place), pa.string()))
        rows = rows.set_column(place, rows.column_names[place], column)
    return rows


def _opened(shapefile: Path) -> tuple[Path, Header] | None:
    """The .dbf with its head; None where no row is in it."""
    path = beside(shapefile, ".dbf")
    if path is None or path.stat().st_size <= HEAD:
        return None
    header = read_header(path)
    return (path, header) if header.rows and header.width else None


def _inside(header: Header) -> dict[int, Column]:
    """By their places the columns that are as wide as each row has room for."""
    return {place: one for place, one in enumerate(header.columns) if 0 < one.width <= header.width - one.at}


def _found(path: Path, header: Header, columns: Mapping[int, Column]) -> Places:
    kept = _stripe(path, header, 0, 1)[:, 0] != STAR
    numbers = np.cumsum(kept) - 1
    found = {}
    for place, column in columns.items():
        texts = _stripe(path, header, column.at, column.width)
        wrong = _no_days(texts, kept) if column.kind == DAYS else _overflown(texts, kept)
        if wrong.any():
            found[place] = Misread(numbers[wrong], _words(texts[wrong], column.kind))
    return found


def _stripe(path: Path, header: Header, at: int, width: int) -> Bytes:
    """So many bytes of all rows."""
    return np.concatenate([block[:, at : at + width] for block in _blocks(path, header)])


def _blocks(path: Path, header: Header) -> Iterator[Bytes]:
    """All rows, some at a time, so that little of the file is in memory."""
    for first in range(0, header.rows, ROWS_AT_ONCE):
        yield rows_at(path, header, first, min(ROWS_AT_ONCE, header.rows - first))


def _words(texts: Bytes, kind: bytes) -> list[str]:
    if kind in NUMBERS:
        return [OVERFLOW] * len(texts)
    return [bytes(text).decode("latin-1").strip() for text in texts]


def _overflown(texts: Bytes, kept: Mask) -> Mask:
    has_blanks = bool((texts == BLANK).all(axis=1).any())
    starred: Mask = kept & (texts[:, 0] == STAR) & has_blanks
    return starred


def _no_days(texts: Bytes, kept: Mask) -> Mask:
    """Rows where something stands that is no day of the calendar. Each text is looked at once."""
    if texts.shape[1] != DAY_WIDTH:
        return np.zeros(len(kept), bool)
    different, places = np.unique(np.ascontiguousarray(texts).view(np.uint64).ravel(), return_inverse=True)
    wrong = np.array([not _is_day(one.tobytes().strip(b" \0")) for one in different], bool)
    among: Mask = kept & wrong[places]
    return among


def _is_day(word: bytes) -> bool:
    if word in NO_DAY:
        return True
    try:
        datetime.strptime(word.decode("ascii"), "%Y%m%d")  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        return False
    return len(word) == DAY_WIDTH
