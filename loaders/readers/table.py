"""Tables with coordinates in columns: CSV and XLSX, also in survey order, where X is north."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.conditions import as_number
from loaders.letters.pages import readable_names
from loaders.profiles import FileRule
from loaders.readers.columns import listed, refuse_doubles
from loaders.readers.stream import GEOMETRY, ROWS_AT_ONCE, Chunk, Stream

BLOCK_BYTES = 4 << 20
CELLS_AT_ONCE = 200_000


def read_table(path: Path, file: str, how: FileRule) -> Iterator[Stream]:
    """A stream for the CSV file, or for each sheet of the workbook."""
    has_place = how.east is not None or how.wkt is not None
    if path.suffix.lower() == ".xlsx":
        yield from _read_sheets(path, file, how, has_place)
    else:
        header = _header(path, how)
        stream = Stream(file, path.stem, None, iter(()), frozenset(header), "bytes")
        stream.placed = has_place
        stream.chunks = (Chunk(stream.name, _placed(rows, how, file)) for rows in _csv(path, file, how, header))
        yield stream


def _read_sheets(path: Path, file: str, how: FileRule, has_place: bool) -> Iterator[Stream]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError) as error:
        raise DeliveryUnreadable(f"Không đọc được {file}: {error}.", f"{file} cannot be read: {error}.") from error
    for sheet in book.worksheets:
        if how.sheet not in (None, sheet.title):
            continue
        lines = islice(sheet.iter_rows(values_only=True), (how.header or 1) - 1, None)
        header = _own_headings(next(lines, ()), f"{file} · {sheet.title}")
        stream = Stream(file, sheet.title, None, iter(()), frozenset(header))
        stream.placed = has_place
        stream.chunks = (Chunk(stream.name, _placed(rows, how, file)) for rows in _cells(lines, header))
        yield stream


def _csv(path: Path, file: str, how: FileRule, header: list[str]) -> Iterator[pa.Table]:
    """Blocks of columns of bytes; mapping makes Unicode of them."""
    options = pyarrow.csv.ReadOptions(
        block_size=BLOCK_BYTES, encoding=_encoding(path), skip_rows=how.header or 1, column_names=header
    )
    convert = pyarrow.csv.ConvertOptions(
        column_types={name: pa.binary() for name in header}, strings_can_be_null=True, null_values=[""]
    )
    parse = pyarrow.csv.ParseOptions(delimiter=how.separator or ",", newlines_in_values=True)
    try:
        with pyarrow.csv.open_csv(path, read_options=options, convert_options=convert, parse_options=parse) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise DeliveryUnreadable(
            f"Không đọc được bảng {file}: {error}. Hãy kiểm tra dấu phân cách.",
            f"The table {file} cannot be read: {error}. Check the separator.",
        ) from error


def _header(path: Path, how: FileRule) -> list[str]:
    page = _encoding(path)
    with path.open(encoding="latin-1" if page == "utf-8" else page, newline="") as lines:
        rows = csv.reader(lines, delimiter=how.separator or ",")
        first = next(islice(rows, (how.header or 1) - 1, None), [])
    first = [name.removeprefix(codecs.BOM_UTF8.decode("latin-1")) for name in first]
    meant = readable_names(first, "latin-1" if page == "utf-8" else None)
    return _own_headings([meant[name] for name in first], path.name)


def _own_headings(cells: Sequence[Any], file: str) -> list[str]:
    """Every column by a name of its own; DeliveryUnreadable where two were given the same."""
    refuse_doubles(["" if cell is None else str(cell).strip() for cell in cells], file)
    return headings(cells)


def headings(cells: Sequence[Any]) -> list[str]:
    """Names of the columns: a blank heading is called after its place (`cot_3`), a repeated one is numbered."""
    names = ["" if cell is None else " ".join(str(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        name = name or f"cot_{place}"
        found.append(name if name not in found else f"{name}_{found.count(name) + place}")
    return found


def _encoding(path: Path) -> str:
    """UTF-16 as Excel's “Unicode text” has it, by its first bytes; all else passes as the bytes it is."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"


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
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _placed(rows: pa.Table, how: FileRule, file: str) -> pa.Table:
    """The table with its points, from the columns for east and north, or with the geometries of a WKT column."""
    if how.east is not None and how.north is not None and how.to_east is not None and how.to_north is not None:
        names = (how.east, how.north, how.to_east, how.to_north)
        wkb = _segments(*(_numbers(rows, name, how, file) for name in names))
    elif how.east is not None and how.north is not None:
        wkb = _points(_numbers(rows, how.east, how, file), _numbers(rows, how.north, how, file))
    elif how.wkt is not None:
        wkb = _from_wkt(_column(rows, how.wkt, file))
    else:
        wkb = pa.nulls(rows.num_rows, pa.binary())
    return rows.append_column(GEOMETRY, wkb)


def _points(east: np.ndarray, north: np.ndarray) -> pa.Array:
    known = np.isfinite(east) & np.isfinite(north)
    points = np.full(len(east), None, dtype=object)
    points[known] = shapely.points(east[known], north[known])
    return pa.array(shapely.to_wkb(points), pa.binary())


def _segments(east: np.ndarray, north: np.ndarray, to_east: np.ndarray, to_north: np.ndarray) -> pa.Array:
    ends = np.stack([np.column_stack([east, north]), np.column_stack([to_east, to_north])], axis=1)
    known = np.isfinite(ends).all(axis=(1, 2))
    lines = np.full(len(east), None, dtype=object)
    lines[known] = shapely.linestrings(ends[known])
    return pa.array(shapely.to_wkb(lines), pa.binary())


def _from_wkt(texts: pa.ChunkedArray) -> pa.Array:
    shapes = shapely.from_wkt(texts.to_numpy(), on_invalid="ignore")
    return pa.array(shapely.to_wkb(shapes), pa.binary())


def _numbers(rows: pa.Table, name: str, how: FileRule, file: str) -> np.ndarray:
    column = _column(rows, name, file)
    if how.decimal == ",":
        column = pc.replace_substring(pc.replace_substring(column, ".", ""), ",", ".")
    numbers: np.ndarray = as_number(column).to_numpy()
    return numbers


def _column(rows: pa.Table, name: str, file: str) -> pa.ChunkedArray:
    if name not in rows.column_names:
        raise DeliveryUnreadable(
            f"{file} không có cột “{name}”; có: {listed(rows.column_names)}.",
            f"{file} has no column “{name}”; it has: {listed(rows.column_names)}.",
        )
    column = rows.column(name)
    if not pa.types.is_binary(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:  # a cell with old letters where a number or WKT is due: it is neither in any letters
        texts = [None if value is None else value.decode("latin-1") for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
