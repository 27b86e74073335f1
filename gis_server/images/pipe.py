"""What a render process and the service say to each other: a few words in JSON, and bytes behind them."""

import struct
from typing import Any, BinaryIO

import orjson

HEAD = struct.Struct(">II")
"""Lengths of the words and of the bytes."""
Message = tuple[dict[str, Any], bytes]


def message(words: dict[str, Any], body: bytes = b"") -> bytes:
    said = orjson.dumps(words)
    return HEAD.pack(len(said), len(body)) + said + body


def read_message(stream: BinaryIO) -> Message | None:
    """The next message; None when the other side is gone."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    words, body = HEAD.unpack(head)
    return orjson.loads(stream.read(words)), stream.read(body)
