"""Cells of a .dbf that GDAL reads as something else than stands there: numbers that did not fit, days that are none.

A number that did not fit is written as `****`, and read by GDAL as if nothing had ever stood there. Of a day that is
not in the calendar (20211332) GDAL makes the first of January 1970. Both come through as the text in the file.

GDAL and others write “no value” in the same way. A writer writes it in one way only, so stars in a column that also has
blank cells are numbers that did not fit, and in a column without blanks they are “no value”.
"""

import glob
import mmap
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.dbf_header import HEAD, Header, read_header

OVERFLOW = "****"
STAR, BLANK = ord("*"), ord(" ")
NUMBERS, DAYS = (b"N", b"F"), b"D"
DAY_WIDTH = 8
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


def misread(shapefile: Path) -> Places:
    """Misread cells by the place of their column; rows count as GDAL counts them, without deleted ones."""
    beside = shapefile.parent.glob(f"{glob.escape(shapefile.stem)}.*")
    path = next((one for one in beside if one.suffix.lower() == ".dbf"), None)
    if path is None or path.stat().st_size <= HEAD:
        return {}
    header = read_header(path)
    days = any(column.kind == DAYS for column in header.columns)
    if not header.rows or not header.width or not (days or _has_stars(path)):
        return {}
    return _found(path, header)


def as_written(rows: pa.Table, first: int, found: Places) -> pa.Table:
    """Rows, the first of them number `first`: columns with misread cells as text, where they say what they say."""
    for place, cells in found.items():
        here = (cells.rows >= first) & (cells.rows < first + rows.num_rows)
        texts: NDArray[np.object_] = np.full(rows.num_rows, None, dtype=object)
        texts[cells.rows[here] - first] = [cells.texts[one] for one in np.flatnonzero(here)]
        column = pc.coalesce(pa.array(texts, pa.string()), pc.cast(rows.column(place), pa.string()))
        rows = rows.set_column(place, rows.column_names[place], column)
    return rows


def _has_stars(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"**", HEAD) >= 0


def _found(path: Path, header: Header) -> Places:
    cells = np.memmap(path, dtype=np.uint8, mode="r", offset=header.begin, shape=(header.rows, header.width))
    kept = cells[:, 0] != STAR
    numbers = np.cumsum(kept) - 1
    found = {}
    for place, column in enumerate(header.columns):
        if column.kind not in (*NUMBERS, DAYS) or column.at + column.width > header.width:
            continue
        texts = cells[:, column.at : column.at + column.width]
        wrong = _no_days(texts, kept) if column.kind == DAYS else _overflown(texts, kept)
        if wrong.any():
            found[place] = Misread(numbers[wrong], _words(texts[wrong], column.kind))
    return found


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
