"""Workbooks, sheet by sheet."""

import re
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from gis_server.errors import DeliveryUnreadable
from loaders.profiles import FileRule
from loaders.readers.headings import own_headings
from loaders.readers.places import placed
from loaders.readers.stream import ROWS_AT_ONCE, Chunk, Stream

CELLS_AT_ONCE = 200_000
PART_BYTES, TAIL_BYTES = 1 << 20, 1 << 12
NOT_WORKED_OUT = re.compile(
    rb"""<c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]+[0-9]+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
"""A cell with a formula and no value: the program that wrote it never worked it out."""

THOUSANDS = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}$")


def read_sheets(path: Path, file: str, how: FileRule) -> Iterator[Stream]:
    """A stream for each sheet that is asked for."""
    book = _opened(path, file)
    for sheet in book.worksheets:
        if not any(fnmatchcase(sheet.title, one) for one in how.sheet or ["*"]):
            continue
        name = f"{file} · {sheet.title}"
        _refuse_formulas(path, str(sheet._worksheet_path), name)
        lines = islice(sheet.iter_rows(values_only=True), (how.header or 1) - 1, None)
        header = own_headings(list(islice(lines, how.header_rows or 1)), name)
        stream = Stream(file, sheet.title, None, iter(()), frozenset(header))
        stream.placed = bool(how.place_columns)
        stream.chunks = (Chunk(stream.name, placed(rows, how, name)) for rows in _cells(lines, header))
        yield stream


def _opened(path: Path, file: str) -> Any:
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError) as error:
        raise DeliveryUnreadable(f"Không đọc được {file}: {error}.", f"{file} cannot be read: {error}.") from error


def _refuse_formulas(path: Path, inside: str, name: str) -> None:
    with zipfile.ZipFile(path) as book, book.open(inside) as sheet:
        rest = b""
        while part := sheet.read(PART_BYTES):
            rest += part
            if (cell := NOT_WORKED_OUT.search(rest)) is not None:
                raise _formula(name, cell[1].decode())
            rest = rest[-TAIL_BYTES:]


def _formula(name: str, cell: str) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"{name}: ô {cell} có công thức chưa được tính nên không có giá trị. Hãy mở tệp bằng Excel hay LibreOffice, "
        "lưu lại, rồi giao nộp; hoặc dán dưới dạng giá trị.",
        f"{name}: the formula in cell {cell} was never worked out, so it has no value. Open the file in Excel or "
        "LibreOffice, save it, then deliver it; or paste as values.",
    )


def _cells(lines: Iterator[tuple[Any, ...]], header: list[str]) -> Iterator[pa.Table]:
    waiting: list[tuple[Any, ...]] = []
    for line in lines:
        if any(cell is not None for cell in line):
            waiting.append(line)
        if len(waiting) >= min(ROWS_AT_ONCE, CELLS_AT_ONCE // max(1, len(header))):
            yield _sheet_table(waiting, header)
            waiting = []
    if waiting:
        yield _sheet_table(waiting, header)


def _sheet_table(lines: list[tuple[Any, ...]], header: list[str]) -> pa.Table:
    columns = {
        name: pa.array([_cell_text(line[place] if place < len(line) else None) for line in lines], pa.string())
        for place, name in enumerate(header)
        if name
    }
    return pa.table(columns)


def _cell_text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float) and THOUSANDS.match(str(cell)):
        return f"{cell}0"  # 2.345 metres are not 2,345 where the column is said to have decimal commas
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)
