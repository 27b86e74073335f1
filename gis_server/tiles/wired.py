"""A tile as the bytes of a whole HTTP answer: what `answer` says, for the front."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from gis_server.tiles.answer import CACHED, ENDINGS, FORMS, VARY, Answer, Headers, is_known
from gis_server.tiles.entry import HEAD, Encoding
from gis_server.web.plain import VALUE

START = {code: b"HTTP/1.1 %d %s\r\n" % (code, HTTPStatus(code).phrase.encode()) for code in (200, 204, 304)}
MOST_SAID = 1_024
TAGGED = {code: start + b'etag: "' for code, start in START.items()}


@dataclass(frozen=True, eq=False)
class Form:
    """What decides the form of a caller's answers, besides the tile. One is remembered for all who ask alike."""

    encoding: Encoding
    public: bool
    more: bytes
    """Headers of every answer to such a caller."""


class _Said(NamedTuple):
    """Headers that are the same for all tiles of a release in one encoding, from the end of the validator on."""

    ending: bytes
    rest: bytes
    of_body: bytes


def tile_bytes(kept: memoryview, release: int, form: Form, known: bytes | None, stamp: bytes) -> bytes | None:
    """200, 204 for an empty tile, 304 when the caller has the content in whatever encoding; one copy of the body.

    `known`: If-None-Match as it came; None is answered to one that is not well-formed. `stamp`: the last headers, with
    the blank line.
    """
    drawn, _, tag, length = HEAD.unpack_from(kept)
    said = _said(form, drawn if drawn > release else release, length > 0)
    if known is not None:
        if known == b'"%b%b' % (tag, said.ending) or _is_known(known, tag):
            return b"".join((TAGGED[304], tag, said.ending, said.rest, stamp))
        if not VALUE.fullmatch(known):
            return None
    if not length:
        return b"".join((TAGGED[204], tag, said.ending, said.rest, stamp))
    body = _body(kept, HEAD.size + length, form.encoding)
    return b"".join((TAGGED[200], tag, said.ending, said.of_body, b"%d\r\n" % len(body), stamp, body))


def answer_bytes(found: Answer, form: Form, stamp: bytes) -> bytes:
    """Any other answer of the front."""
    head = START[found.status] + header_lines(found.headers) + form.more
    if not found.body:
        return head + stamp
    return b"".join((head, b"content-length: %d\r\n" % len(found.body), stamp, found.body))


def _is_known(known: bytes, tag: bytes) -> bool:
    return VALUE.fullmatch(known) is not None and is_known(known.decode("ascii"), tag.decode())


def _body(kept: memoryview, end: int, encoding: Encoding) -> memoryview | bytes:
    if encoding == "zstd":
        return kept[end:]
    packed = kept[HEAD.size : end]
    return packed if encoding == "gzip" else gzip.decompress(packed)


@lru_cache(MOST_SAID)
def _said(form: Form, release: int, has_body: bool) -> _Said:
    encoding: Encoding = form.encoding if has_body else "identity"
    ending = f'{ENDINGS[encoding]}"'.encode()
    headers = [("cache-control", CACHED[form.public]), ("vary", VARY), ("bando-release", str(release))]
    rest = b"\r\n" + header_lines(headers) + form.more
    return _Said(ending, rest, rest + header_lines(FORMS[encoding]) + b"content-length: ")


def header_lines(headers: Headers) -> bytes:
    """As they go over the wire."""
    return "".join(f"{name.lower()}: {value}\r\n" for name, value in headers).encode("ascii")
