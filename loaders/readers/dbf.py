"""Cells of a .dbf whose number did not fit: written as `****`, and read by GDAL as if nothing had ever stood there.

GDAL and others write “no value” in the same way. A writer writes it in one way only, so stars in a column that also has
blank cells are numbers that did not fit, and in a column without blanks they are “no value”.
"""

import glob
import mmap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

OVERFLOW = "****"
STAR, BLANK, END = ord("*"), ord(" "), 0x0D
HEADER_BYTES, FIELD_BYTES = 32, 32
NUMBERS = b"NF"

Places = dict[int, NDArray[np.int64]]


def overflowed(shapefile: Path) -> Places:
    """Rows of overflown cells by the place of their column; rows count as GDAL counts them, without deleted ones."""
    beside = shapefile.parent.glob(f"{glob.escape(shapefile.stem)}.*")
    path = next((one for one in beside if one.suffix.lower() == ".dbf"), None)
    if path is None or path.stat().st_size <= HEADER_BYTES:
        return {}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b"**", HEADER_BYTES) < 0:
            return {}
        return _found(path, content[: int.from_bytes(content[8:10], "little")])


def with_overflow(rows: pa.Table, first: int, found: Places) -> pa.Table:
    """Rows, the first of them number `first`: columns with overflown cells as text, where those cells say so."""
    numbers = np.arange(first, first + rows.num_rows)
    for place, cells in found.items():
        wrong = pa.array(np.isin(numbers, cells))
        texts = pc.if_else(wrong, OVERFLOW, pc.cast(rows.column(place), pa.string()))
        rows = rows.set_column(place, rows.column_names[place], texts)
    return rows


def _found(path: Path, header: bytes) -> Places:
    width, said = int.from_bytes(header[10:12], "little"), int.from_bytes(header[4:8], "little")
    count = min(said, (path.stat().st_size - len(header)) // max(1, width))
    if count <= 0 or not width:
        return {}
    cells = np.memmap(path, dtype=np.uint8, mode="r", offset=len(header), shape=(count, width))
    kept = cells[:, 0] != STAR
    numbers = np.cumsum(kept) - 1
    found = {}
    for place, at, wide in _numbers(header):
        starred = kept & (cells[:, at] == STAR) if at + wide <= width else np.zeros(count, bool)
        if starred.any() and (cells[:, at : at + wide] == BLANK).all(axis=1).any():
            found[place] = numbers[starred]
    return found


def _numbers(header: bytes) -> list[tuple[int, int, int]]:
    """Place of each column of numbers, where in a record it begins, and its width."""
    found, at = [], 1
    for place, start in enumerate(range(HEADER_BYTES, len(header) - FIELD_BYTES + 1, FIELD_BYTES)):
        if header[start] == END:
            break
        if header[start + 11] in NUMBERS:
            found.append((place, at, header[start + 16]))
        at += header[start + 16]
    return found
