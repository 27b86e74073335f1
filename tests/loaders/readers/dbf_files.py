"""Shapefiles whose cells are bytes of the test's own choice, and random ones as programs and mishaps write them."""

import random
from collections.abc import Sequence
from pathlib import Path

import pyogrio
import shapely

Column = tuple[str, bytes, int, int]
"""Name, kind, width, decimals."""
DELETED, KEPT = b"*", b" "
LETTERS = b"abcXYZ 019 ,.;\t\xc3\xa9\xe1\xba\xbf\xb9\xa8\xff"
NUMBERS = [
    b"0", b"7", b"-12", b"007", b"3.25", b"-0.5", b"123456789", b"99999", b"12.", b"-0", b"0.1", b"1e3", b"1.5E+002",
    b"2.50000000000e-003", b"123456.789012345", b"0.30000000000000004",
]  # fmt: skip
STRANGE = [
    b".5", b"+5", b"1,5", b"nan", b"NaN", b"inf", b"-1.#IND", b"1.#QNAN", b"0x1F", b"0X1F", b"-", b"1 2", b"**", b"12a",
    b"1e999", b"--1", b"5-", b"\t7", b"1e", b"12\x007",
]  # fmt: skip
DAYS = [b"20251231", b"20240229", b"19000101", b"        ", b"00000000", b"0       "]
NO_DAYS = [
    b"20230229",
    b"20211332",
    b"31/12/25",
    b"2025-1-1",
    b"00000101",
    b"2025123 ",
    b"\0" * 8,
    b"ABCDEFGH",
    b" 2025123",
]


def write(path: Path, columns: Sequence[Column], rows: Sequence[Sequence[bytes]], flags: Sequence[bytes] = ()) -> Path:
    """A Shapefile of points with these cells, each of them as wide as its column."""
    shapes = shapely.to_wkb(shapely.points([(603_000.0 + n, 1_191_000.0) for n in range(len(rows))]))
    pyogrio.raw.write(path, shapes, [], [], crs="EPSG:9210", geometry_type="Point", driver="ESRI Shapefile")
    width = 1 + sum(one[2] for one in columns)
    begin = 32 + 32 * len(columns) + 1
    head = b"\x03\x7d\x01\x01" + len(rows).to_bytes(4, "little") + begin.to_bytes(2, "little")
    head += width.to_bytes(2, "little") + bytes(20)
    described = b"".join(
        name.encode().ljust(11, b"\0") + kind + bytes(4) + bytes([size, decimals]) + bytes(14)
        for name, kind, size, decimals in columns
    )
    flags = list(flags) or [KEPT] * len(rows)
    content = b"".join(flag + b"".join(row) for flag, row in zip(flags, rows, strict=True))
    path.with_suffix(".dbf").write_bytes(head + described + b"\r" + content + b"\x1a")
    return path


def some(rng: random.Random, folder: Path, *, strange: float) -> Path:
    """A random one; so great a share of its numbers and truths are as only mishaps write them."""
    columns = [_column(rng, place) for place in range(rng.randint(1, 9))]
    rows = [[_cell(rng, column, strange) for column in columns] for _ in range(rng.randint(1, 40))]
    flags = [DELETED if rng.random() < 0.1 else KEPT for _ in rows]
    return write(folder / f"m{rng.random()}.shp", columns, rows, flags)


def _column(rng: random.Random, place: int) -> Column:
    kind = rng.choice(b"CCCNNNFDL").to_bytes(1, "big")
    width = {b"C": rng.choice([1, 5, 20, 254]), b"D": 8, b"L": 1}.get(kind, rng.choice([3, 9, 10, 18, 19, 24]))
    return f"c{place}", kind, width, rng.choice([0, 0, 2]) if kind in (b"N", b"F") else 0


def _cell(rng: random.Random, column: Column, strange: float) -> bytes:
    _, kind, width, _ = column
    if kind == b"L":
        return bytes([rng.choice(b"TtYyFfNn?" if rng.random() >= strange else b" 10Xx\0*")])
    if kind == b"D":
        return rng.choice(DAYS if rng.random() >= strange else NO_DAYS)
    if kind == b"C":
        text = bytes(rng.choices(LETTERS, k=rng.randint(0, min(width, 30))))
        return _padded(rng, text if rng.random() > 0.1 else text[:3] + b"\0" + text[4:], width)
    number = b"" if rng.random() < 0.1 else rng.choice(NUMBERS if rng.random() >= strange else STRANGE)
    return b"*" * width if rng.random() < 0.05 else _padded(rng, number[:width], width)


def _padded(rng: random.Random, text: bytes, width: int) -> bytes:
    how = rng.randrange(4)
    if how == 0:
        return text.rjust(width)
    return text.center(width) if how == 1 else text.ljust(width, b"\0" if how == 2 and rng.random() < 0.3 else b" ")
