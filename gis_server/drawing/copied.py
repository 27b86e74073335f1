"""Rows as PostgreSQL's binary COPY takes them: each field with its length before it."""

import struct

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
_COLUMNS, _LENGTH, _REAL = struct.Struct(">h"), struct.Struct(">i"), struct.Struct(">id")
_NUMBERS = {2: struct.Struct(">ih"), 4: struct.Struct(">ii"), 8: struct.Struct(">iq")}


def row(columns: int, *fields: bytes) -> bytes:
    """Fields may come joined."""
    return _COLUMNS.pack(columns) + b"".join(fields)


def number(value: int, size: int = 8) -> bytes:
    """A whole number of 2, 4 or 8 bytes."""
    return _NUMBERS[size].pack(size, value)


def real(value: float) -> bytes:
    return _REAL.pack(8, value)


def raw(value: bytes) -> bytes:
    """Bytes, and an EWKB shape."""
    return _LENGTH.pack(len(value)) + value


def text(value: str) -> bytes:
    return raw(value.encode())


def json_text(value: str) -> bytes:
    """For a column of `jsonb`."""
    return raw(b"\1" + value.encode())
