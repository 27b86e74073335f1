"""A kept tile as an HTTP answer: the same bytes and headers from the front and from the route."""

import gzip
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from gis_server.tiles.entry import HEAD, Encoding

MVT = "application/vnd.mapbox-vector-tile"
Headers = list[tuple[str, str]]
CACHED = {True: "public, max-age=30, stale-while-revalidate=60", False: "private, no-cache"}
"""Shared caches may keep a public tile for half a minute (portals that listen to /events ask again at once). What needs
a key is asked for each time: a revoked key opens nothing from then on."""
VARY = "Bando-Key, Origin, Accept-Encoding"
STALE: Headers = [("warning", '110 bando "Response is Stale"'), ("bando-stale", "1")]
FORMS: dict[Encoding, Headers] = {
    "identity": [("content-type", MVT)],
    "gzip": [("content-type", MVT), ("content-encoding", "gzip")],
    "zstd": [("content-type", MVT), ("content-encoding", "zstd")],
}
ENDINGS: dict[Encoding, str] = {"identity": "", "gzip": "-gzip", "zstd": "-zstd"}
MOST_TAGS = 1_000


class Asked(NamedTuple):
    """What of a request decides the form of the answer."""

    encoding: Encoding
    known: str | None
    """If-None-Match."""
    public: bool
    """The caller's view is the public one."""


class Answer(NamedTuple):
    """Status, headers in lower case, and the body."""

    status: int
    headers: Headers
    body: bytes


def answer(kept: memoryview | bytes, release: int, asked: Asked) -> Answer:
    """200, 204 for an empty tile, 304 when the caller has the content in whatever encoding.

    `kept` is an entry as it lies in the store, true up to `release`; only the body that is sent is copied.
    """
    drawn, _, tag, length = HEAD.unpack_from(kept)
    encoding: Encoding = asked.encoding if length else "identity"
    etag, headers = _told(tag, encoding, asked.public, drawn if drawn > release else release)
    if asked.known is not None and (asked.known == headers[0][1] or is_known(asked.known, etag)):
        return Answer(304, headers, b"")
    if not length:  # MapLibre reads 204 as an empty tile; a 404 it would report as an error
        return Answer(204, headers, b"")
    end = HEAD.size + length
    body = bytes(kept[end:] if encoding == "zstd" else kept[HEAD.size : end])
    return Answer(200, headers + FORMS[encoding], gzip.decompress(body) if encoding == "identity" else body)


@lru_cache(4_096)
def _told(tag: bytes, encoding: Encoding, public: bool, release: int) -> tuple[str, Headers]:
    """The validator of the content, and the headers of every answer; whoever adds to them makes a list of their own."""
    etag = tag.decode()
    return etag, [
        ("etag", f'"{etag}{ENDINGS[encoding]}"'),
        ("cache-control", CACHED[public]),
        ("vary", VARY),
        ("bando-release", str(release)),
    ]


def is_known(if_none_match: str, etag: str) -> bool:
    """RFC 9110 §13.1.2: the weak comparison of a list of tags, or `*`; tags of all encodings name one content."""
    if etag not in if_none_match:
        return if_none_match.strip() == "*"
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(",", MOST_TAGS))
    return any(tag.strip('"').partition("-")[0] == etag for tag in tags)


@lru_cache(256)
def encoding_of(accept_encoding: str, kept: Encoding | None = None) -> Encoding:
    """The smallest encoding that the caller takes; identity for whoever names none that we have.

    Where only one is `kept`, that one goes to whoever takes it as gladly as any other.
    """
    weights = dict(_weights(accept_encoding.lower().split(",")[:32]))
    rest = weights.get("*", 0.0)
    zstd, packed = weights.get("zstd", rest), weights.get("gzip", weights.get("x-gzip", rest))
    identity = weights.get("identity", 0.0)
    if kept == "gzip" and packed > 0 and packed >= max(zstd, identity):
        return "gzip"
    if zstd > 0 and zstd >= packed and zstd >= identity:
        return "zstd"
    return "gzip" if packed > 0 and packed >= identity else "identity"


def _weights(parts: Iterable[str]) -> Iterable[tuple[str, float]]:
    for part in parts:
        name, _, parameters = part.partition(";")
        quality = parameters.replace(" ", "").removeprefix("q=")
        try:
            yield name.strip(), float(quality) if quality else 1.0
        except ValueError:
            yield name.strip(), 0.0
