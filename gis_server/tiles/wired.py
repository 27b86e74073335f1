"""A tile as the bytes of a whole HTTP answer: what `answer` says, for the front."""

import gzip
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from gis_server.tiles.answer import CACHED, ENDINGS, FORMS, VARY, Answer, Headers, is_known
from gis_server.tiles.entry import HEAD, Encoding

START = {code: b"HTTP/1.1 %d %s\r\n" % (code, HTTPStatus(code).phrase.encode()) for code in (200, 204, 304)}
TAGGED = {code: start + b'etag: "' for code, start in START.items()}


class Wish(NamedTuple):
    """What decides the form of an answer, and what it carries beside the tile's own headers."""

    encoding: Encoding
    known: bytes | None
    """If-None-Match as it came."""
    public: bool
    is_head: bool
    more: bytes
    """Headers of every answer to such a caller."""
    stamp: bytes
    """The last headers, with the blank line."""


class _Said(NamedTuple):
    """Headers that are the same for all tiles of a release in one encoding, from the end of the validator on."""

    ending: bytes
    rest: bytes
    of_body: bytes


def tile_bytes(kept: memoryview, release: int, wish: Wish) -> bytes:
    """200, 204 for an empty tile, 304 when the caller has the content in whatever encoding; one copy of the body."""
    drawn, _, tag, length = HEAD.unpack_from(kept)
    encoding: Encoding = wish.encoding if length else "identity"
    said = _said(encoding, wish.public, drawn if drawn > release else release, wish.more)
    if wish.known is not None and _has(wish.known, tag, said.ending):
        return b"".join((TAGGED[304], tag, said.ending, said.rest, wish.stamp))
    if not length:
        return b"".join((TAGGED[204], tag, said.ending, said.rest, wish.stamp))
    body = _body(kept, HEAD.size + length, encoding)
    sent = b"" if wish.is_head else body
    return b"".join((TAGGED[200], tag, said.ending, said.of_body, b"%d\r\n" % len(body), wish.stamp, sent))


def answer_bytes(found: Answer, wish: Wish) -> bytes:
    """Any other answer of the front."""
    head = START[found.status] + header_lines(found.headers) + wish.more
    if not found.body:
        return head + wish.stamp
    length = b"content-length: %d\r\n" % len(found.body)
    return b"".join((head, length, wish.stamp, b"" if wish.is_head else found.body))


def _has(known: bytes, tag: bytes, ending: bytes) -> bool:
    """Mostly it is the very tag that we gave."""
    if known == b'"' + tag + ending:
        return True
    return is_known(known.decode("ascii"), tag.decode())


def _body(kept: memoryview, end: int, encoding: Encoding) -> memoryview | bytes:
    if encoding == "zstd":
        return kept[end:]
    packed = kept[HEAD.size : end]
    return packed if encoding == "gzip" else gzip.decompress(packed)


@lru_cache(64)
def _said(encoding: Encoding, public: bool, release: int, more: bytes) -> _Said:
    ending = f'{ENDINGS[encoding]}"'.encode()
    headers = [("cache-control", CACHED[public]), ("vary", VARY), ("bando-release", str(release))]
    rest = b"\r\n" + header_lines(headers) + more
    return _Said(ending, rest, rest + header_lines(FORMS[encoding]) + b"content-length: ")


def header_lines(headers: Headers) -> bytes:
    """As they go over the wire."""
    return "".join(f"{name.lower()}: {value}\r\n" for name, value in headers).encode("ascii")
