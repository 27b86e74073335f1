"""Reads the ordinary among requests straight from their bytes; whatever is odd is left to the strict parser."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gis_server.web.envelope import HOST

LINE = re.compile(rb"(GET|HEAD) (/[!-~]*) HTTP/1\.1")
HEADERS = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*\r\n)+\r\n")
VALUE = re.compile(rb"[\t -~]*")
LONGEST_LINE, LONGEST_HEADERS = 512, 4_096
WARY = frozenset(("content-length", "transfer-encoding", "upgrade", "expect", "trailer"))
"""Headers of requests that are more than a line and a wish: a body, another protocol, an answer in two parts."""
KNOWN = (b"\r\nIf-None-Match: ", b"\r\nif-none-match: ")
"""As browsers and as programs write it. Only this header differs from tile to tile of one caller."""
KNOWN_BYTES = len(KNOWN[0])


class Line(NamedTuple):
    """The first line of a request."""

    is_head: bool
    path: str
    query: str


def read_line(line: bytes) -> Line | None:
    """None for any method but GET and HEAD, and for every other version."""
    match = LINE.fullmatch(line)
    if match is None:
        return None
    method, target = match.groups()
    path, _, query = target.decode("ascii").partition("?")
    return Line(method == b"HEAD", path, query)


def without_known(rest: bytes) -> tuple[bytes, bytes | None]:
    """Headers (from the end of the first line on) without If-None-Match, and its value as it was written."""
    start = rest.find(KNOWN[0])
    if start < 0:
        start = rest.find(KNOWN[1])
    if start < 0 or not rest.endswith(b"\r\n\r\n"):  # else a line after the blank one would vanish
        return rest, None
    value = start + KNOWN_BYTES
    end = rest.find(b"\r\n", value)
    return rest[:start] + rest[end:], rest[value:end]


def read_headers(rest: bytes) -> Mapping[str, str] | None:
    """By names in lower case. None unless they are whole, strictly written, each there once, followed by nothing, with
    a valid Host, and ask for no more than an answer on a connection that stays."""
    block = rest[2:]
    if len(block) > LONGEST_HEADERS or not HEADERS.fullmatch(block):
        return None
    pairs = [line.partition(":") for line in block[:-4].decode("ascii").split("\r\n")]
    found = {name.lower(): value.strip(" \t") for name, _, value in pairs}
    if len(found) < len(pairs) or not WARY.isdisjoint(found):
        return None
    if found.get("connection", "keep-alive").lower() != "keep-alive" or not HOST.fullmatch(found.get("host", "")):
        return None
    return found
