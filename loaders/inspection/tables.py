"""How a table is to be read when no profile says it: separator, decimals, letters, columns of coordinates."""

import csv
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl

from loaders.conditions import NUMBER
from loaders.personal import folded
from loaders.profiles import FileRule
from loaders.readers.headings import headings, joined
from loaders.readers.table import encoding_of, separator_of

LINES = 200
TOP = 12
"""Rows among which the headings are looked for: titles and dates may stand above them."""
NEARLY = 0.7
EAST = ("lon", "long", "lng", "longitude", "kinhdo", "xlong", "longsnode", "shapeptlon", "stoplon")
NORTH = ("lat", "latitude", "vido", "ylat", "latsnode", "shapeptlat", "stoplat")
WKT = ("wkt", "geom", "geometry", "hinhhoc", "thegeom", "shape")
GRID_X = ("x", "toadox", "xm", "xvn2000", "toadoxm", "toadoxvn2000")
GRID_Y = ("y", "toadoy", "ym", "yvn2000", "toadoym", "toadoyvn2000")
NORTHINGS, EASTINGS = (850_000.0, 1_350_000.0), (200_000.0, 900_000.0)


@dataclass(frozen=True)
class TableGuess:
    """How to read a table, and whether its grid is known (degrees) or has to be asked for."""

    how: FileRule
    grid_known: bool


def guess_tables(path: Path, stored: int) -> list[TableGuess]:
    """One guess for a CSV file, one for each sheet of a workbook. `stored` stands in for the grid of metres that a
    table cannot name."""
    if path.suffix.lower() != ".xlsx":
        return [_guess_csv(path, stored)]
    return [_placed({"sheet": title}, rows, stored) for title, rows in _sheets(path)]


def _guess_csv(path: Path, stored: int) -> TableGuess:
    with path.open("rb") as source:
        head = source.read(1 << 16)
    page = encoding_of(head)
    letters = "utf-8" if page != "utf-8" or _is_utf8(head) else "cp1258"
    text = head.decode(page if page != "utf-8" else "utf-8-sig" if letters == "utf-8" else "latin-1", errors="replace")
    text = text.removeprefix("\ufeff")
    separator = separator_of("\n".join(text.splitlines()[:TOP]))
    rows = list(islice(csv.reader(text.splitlines(), delimiter=separator), LINES))
    return _placed({"separator": separator, "encoding": letters}, rows[:-1] if len(rows) > 2 else rows, stored)


def _header_row(rows: list[list[str]]) -> int:
    """Where the headings stand: the first of the top rows that is nearly as full as the fullest, and has no numbers."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[: TOP + 1]]
    most = max(filled, default=0)
    for place, row in enumerate(rows[:TOP]):
        numbers = sum(bool(re.match(NUMBER, cell)) for cell in row if cell.strip())
        if most > 1 and filled[place] >= NEARLY * most and not numbers:
            return place
    return 0


def _is_double(rows: list[list[str]]) -> bool:
    """Whether merged headings stand above names of their own: gaps of the first row are filled in the second, which has
    gaps where the first is filled, and no numbers."""
    if len(rows) < 3:
        return False
    width = max(len(row) for row in rows[:2])
    over, under = (([cell.strip() for cell in row] + [""] * width)[:width] for row in rows[:2])
    fills = any(below and not above for above, below in zip(over, under, strict=True))
    leaves = any(above and not below for above, below in zip(over, under, strict=True))
    return fills and leaves and not any(re.match(NUMBER, cell) for cell in under if cell)


def _placed(said: dict[str, Any], rows: list[list[str]], stored: int) -> TableGuess:
    start = _header_row(rows)
    rows = rows[start:]
    said |= {"header": start + 1} if start else {}
    deep = 2 if _is_double(rows) else 1
    said |= {"header_rows": deep} if deep > 1 else {}
    header = headings(joined(rows[:deep])) if rows else []
    rows = rows[deep - 1 :]
    by_name = {folded(name): name for name in reversed(header)}
    east, north = _first(by_name, EAST), _first(by_name, NORTH)
    if east and north:
        return TableGuess(FileRule.model_validate({**said, "crs": 4326, "east": east, "north": north}), True)
    wkt = _first(by_name, WKT)
    if wkt and any("(" in value for value in _column(rows, header, wkt)):
        return TableGuess(FileRule.model_validate({**said, "crs": stored, "wkt": wkt}), False)
    x, y = _first(by_name, GRID_X), _first(by_name, GRID_Y)
    if x and y:
        comma = any("," in value for value in _column(rows, header, x))
        return _metres(said, (x, y), [_number(value, comma) for value in _column(rows, header, x)], (stored, comma))
    return TableGuess(FileRule.model_validate(said), True)


def _metres(
    said: dict[str, Any], names: tuple[str, str], xs: list[float | None], about: tuple[int, bool]
) -> TableGuess:
    """X is north in survey tables, east in others: northings and eastings of the city cannot be mistaken."""
    x, y = names
    known = [value for value in xs if value is not None]
    if not known:
        return TableGuess(FileRule.model_validate(said), True)
    middle = sorted(known)[len(known) // 2]
    stored, comma = about
    if NORTHINGS[0] <= middle <= NORTHINGS[1]:
        place = {"east": y, "north": x}
    elif EASTINGS[0] <= middle <= EASTINGS[1]:
        place = {"east": x, "north": y}
    else:
        return TableGuess(FileRule.model_validate(said), True)
    decimal = {"decimal": ","} if comma else {}
    return TableGuess(FileRule.model_validate({**said, **place, **decimal, "crs": stored}), False)


def _sheets(path: Path) -> list[tuple[str, list[list[str]]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError):
        return [("", [])]  # the reader will say what is wrong with it
    found = []
    for sheet in book.worksheets:
        lines = islice(sheet.iter_rows(values_only=True), LINES)
        found.append((sheet.title, [["" if cell is None else str(cell) for cell in line] for line in lines]))
    book.close()
    return found


def _first(by_name: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((by_name[name] for name in names if name in by_name), None)


def _column(rows: list[list[str]], header: list[str], name: str) -> list[str]:
    place = header.index(name)
    return [row[place] for row in rows[1:] if place < len(row)]


def _number(value: str, comma: bool) -> float | None:
    plain = value.replace(".", "").replace(",", ".") if comma else value
    return float(plain) if re.match(NUMBER, plain.strip()) else None


def _is_utf8(head: bytes) -> bool:
    for cut in range(4):
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False
