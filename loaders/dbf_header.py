"""The head of a .dbf: how many rows there are, how wide they are, and their columns."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEAD, FIELD, END = 32, 32, 0x0D
COUNTS = struct.Struct("<4xIHH")
NAME_BYTES, KIND, WIDTH = 11, 11, 16


@dataclass(frozen=True)
class Column:
    """Where a column stands in each row, whose first byte says whether the row is deleted."""

    name: str
    kind: bytes
    at: int
    width: int


@dataclass(frozen=True)
class Header:
    """`rows` are those that are really there, whatever is said."""

    rows: int
    begin: int
    width: int
    columns: tuple[Column, ...]


def read_header(path: Path) -> Header:
    with path.open("rb") as source:
        head = source.read(HEAD).ljust(HEAD, b"\0")
        said, begin, width = COUNTS.unpack_from(head)
        described = source.read(max(0, begin - HEAD))
    there = max(0, path.stat().st_size - begin) // max(1, width)
    return Header(min(said, there), begin, width, tuple(_columns(described)))


def _columns(described: bytes) -> Iterator[Column]:
    at = 1
    for start in range(0, len(described) - FIELD + 1, FIELD):
        field = described[start : start + FIELD]
        if field[0] == END:
            return
        name = field[:NAME_BYTES].split(b"\0")[0].decode("latin-1")
        yield Column(name, field[KIND : KIND + 1], at, field[WIDTH])
        at += field[WIDTH]
