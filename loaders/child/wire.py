"""What parent and child say to each other: a request goes in, frames of JSON and Arrow IPC streams come out."""

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from loaders.conditions import Conditions
from loaders.printable import printable_in
from loaders.profiles import FileRule, Reader
from loaders.rasters.order import RasterOrder

_LENGTH = struct.Struct(">I")
MOST_FRAME_BYTES = 16 << 20
KIND = b"kind"
"""Key of a batch's metadata: the account line its rows are counted under."""


@dataclass(frozen=True)
class Request:
    """A file to be read. `sample` stops each layer after so many rows."""

    path: Path
    name: str
    reader: Reader
    how: FileRule
    columns: frozenset[str] = frozenset()
    areas: Conditions = field(default_factory=dict)
    sample: int | None = None
    raster: RasterOrder | None = None


def write_frame(out: BinaryIO, frame: dict[str, Any]) -> None:
    content = json.dumps(frame).encode()
    out.write(_LENGTH.pack(len(content)) + content)
    out.flush()


def read_frame(source: BinaryIO) -> dict[str, Any]:
    """The next frame; EOFError where the child has ended."""
    (length,) = _LENGTH.unpack(_exactly(source, _LENGTH.size))
    if length > MOST_FRAME_BYTES:
        raise EOFError("a frame of impossible length")
    frame: dict[str, Any] = printable_in(json.loads(_exactly(source, length)))
    return frame


def write_bytes(out: BinaryIO, content: bytes) -> None:
    out.write(_LENGTH.pack(len(content)) + content)
    out.flush()


def read_bytes(source: BinaryIO) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(source, _LENGTH.size))
    return _exactly(source, length)


def _exactly(source: BinaryIO, length: int) -> bytes:
    content = source.read(length)
    if len(content) < length:
        raise EOFError("the other side has ended")
    return content
