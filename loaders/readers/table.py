"""Tables of text with coordinates in columns, also in survey order, where X is north; workbooks have a reader apart."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from gis_server.errors import DeliveryUnreadable
from loaders.letters.pages import readable_names
from loaders.profiles import FileRule
from loaders.readers.headings import own_headings
from loaders.readers.places import placed
from loaders.readers.stream import Chunk, Stream

BLOCK_BYTES = 4 << 20
HEAD_BYTES = 1 << 16
SEPARATORS = ",;\t|"
UNEVEN = re.compile(
    r"(?:Row #(?P<row>\d+): )?Expected (?P<wanted>\d+) columns, got (?P<found>\d+): (?P<line>.*)", re.DOTALL
)
SHOWN = 80


@dataclass(frozen=True)
class _Layout:
    """How the text of a table is laid out."""

    encoding: str
    separator: str
    header: list[str]
    lines: int
    """Of the file, down to the last row of headings: a heading may hold a line break."""


def read_table(path: Path, file: str, how: FileRule) -> Iterator[Stream]:
    """A stream for the table, or for each sheet of the workbook."""
    if path.suffix.lower() == ".xlsx":
        from loaders.readers.workbook import read_sheets  # openpyxl takes a while to come

        yield from read_sheets(path, file, how)
        return
    layout = _layout(path, how)
    stream = Stream(file, path.stem, None, iter(()), frozenset(layout.header), "bytes")
    stream.placed = bool(how.place_columns)
    stream.chunks = (Chunk(stream.name, placed(rows, how, file)) for rows in _rows(path, file, layout))
    yield stream


def encoding_of(head: bytes) -> str:
    """UTF-16 as Excel's “Unicode text” has it, also without its mark; all else passes as the bytes it is."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[:1_000:2].count(0), head[1:1_000:2].count(0)
    half = min(len(head), 1_000) // 4
    return "utf-16-le" if odd > half > even else "utf-16-be" if even > half > odd else "utf-8"


def separator_of(top: str) -> str:
    """The sign that stands most often in the first rows; the comma where none does."""
    return max(SEPARATORS, key=top.count)


def _layout(path: Path, how: FileRule) -> _Layout:
    with path.open("rb") as source:
        encoding = encoding_of(source.read(HEAD_BYTES))
    page = "latin-1" if encoding == "utf-8" else encoding
    rows = how.header_rows or 1
    with path.open(encoding=page, newline="", errors="replace") as text:
        above = list(islice(text, (how.header or 1) - 1))
        separator = how.separator or separator_of("".join(islice(text, rows)))
    with path.open(encoding=page, newline="", errors="replace") as text:
        _ = list(islice(text, len(above)))
        reader = csv.reader(text, delimiter=separator)
        try:
            named = list(islice(reader, rows))
        except csv.Error as error:
            raise _unreadable(path.name, error) from error
        lines = len(above) + reader.line_num
    return _Layout(encoding, separator, _named(named, page, path.name), lines)


def _named(rows: list[list[str]], page: str, file: str) -> list[str]:
    """The headings as they were meant, whatever letters they are in."""
    mark = codecs.BOM_UTF8.decode("latin-1") if page == "latin-1" else "\ufeff"
    rows = [[cell.removeprefix(mark) for cell in row] for row in rows]
    meant = readable_names({cell for row in rows for cell in row}, "latin-1" if page == "latin-1" else None)
    return own_headings([[meant[cell] for cell in row] for row in rows], file)


def _rows(path: Path, file: str, layout: _Layout) -> Iterator[pa.Table]:
    """Blocks of columns of bytes; mapping makes Unicode of them."""
    options = pyarrow.csv.ReadOptions(
        block_size=BLOCK_BYTES, encoding=layout.encoding, skip_rows=layout.lines, column_names=layout.header
    )
    convert = pyarrow.csv.ConvertOptions(
        column_types={name: pa.binary() for name in layout.header}, strings_can_be_null=True, null_values=[""]
    )
    parse = pyarrow.csv.ParseOptions(delimiter=layout.separator, newlines_in_values=True)
    try:
        with pyarrow.csv.open_csv(path, read_options=options, convert_options=convert, parse_options=parse) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: Exception) -> DeliveryUnreadable:
    uneven = UNEVEN.search(str(error))
    if uneven is None:
        return DeliveryUnreadable(
            f"Không đọc được bảng {file}: {error}. Hãy kiểm tra dấu phân cách.",
            f"The table {file} cannot be read: {error}. Check the separator.",
        )
    wanted, found = uneven["wanted"], uneven["found"]
    vi, en = (f"dòng {uneven['row']}", f"row {uneven['row']}") if uneven["row"] else ("một dòng", "a row")
    line = " ".join(uneven["line"].split())
    line = f"{line[:SHOWN]}…" if len(line) > SHOWN else line
    return DeliveryUnreadable(
        f"Không đọc được bảng {file}: {vi} có {found} ô, còn tiêu đề có {wanted} cột: “{line}”. Hãy xem dòng ấy: "
        "dấu phân cách, dấu ngoặc kép chưa đóng, dòng tổng cộng, hay tệp bị cắt ngang.",
        f"The table {file} cannot be read: {en} has {found} cells, the headings are {wanted}: “{line}”. Look "
        "there: the separator, a quote left open, a line of totals, or a file cut short.",
    )
