"""A kept tile as an HTTP answer: the same bytes and headers from the front and from the route."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gis_server.tiles.entry import Encoding
from gis_server.tiles.store import Hit

MVT = "application/vnd.mapbox-vector-tile"
PUBLIC = b"public, max-age=30, stale-while-revalidate=60"
"""Shared caches may keep a public tile half a minute; portals that listen to /events ask again at once."""
PRIVATE = b"private, no-cache"
"""What needs a key is asked for each time: a revoked key opens nothing from then on."""
VARY = b"Bando-Key, Origin, Accept-Encoding"
STALE = (b"warning", b'110 bando "Response is Stale"'), (b"bando-stale", b"1")
ENDINGS = {"identity": b"", "gzip": b"-gzip", "zstd": b"-zstd"}
MOST_TAGS = 1_000
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Asked:
    """What of a request decides the form of the answer."""

    encoding: Encoding
    known: bytes | None
    """If-None-Match."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes


def answer(hit: Hit, asked: Asked, *, public: bool, stale: bool) -> Answer:
    """200, 204 for an empty tile, 304 when the caller has the content in whatever encoding."""
    entry = hit.entry
    encoding: Encoding = "identity" if entry.empty else asked.encoding
    etag = b'"' + entry.etag + ENDINGS[encoding] + b'"'
    headers = [
        (b"etag", etag),
        (b"cache-control", PUBLIC if public else PRIVATE),
        (b"vary", VARY),
        (b"bando-release", b"%d" % hit.release),
    ]
    if stale:
        headers += STALE
    if asked.known is not None and is_known(asked.known, entry.etag):
        return Answer(304, headers, b"")
    if entry.empty:  # MapLibre reads 204 as an empty tile; a 404 it would report as an error
        return Answer(204, headers, b"")
    body = entry.body(encoding)
    headers += [(b"content-type", MVT.encode()), (b"content-length", b"%d" % len(body))]
    if encoding != "identity":
        headers.append((b"content-encoding", encoding.encode()))
    return Answer(200, headers, body)


def is_known(if_none_match: bytes, etag: bytes) -> bool:
    """RFC 9110 §13.1.2: the weak comparison of a list of tags, or `*`; tags of all encodings name one content."""
    if if_none_match.strip() == b"*":
        return True
    tags = (tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",", MOST_TAGS))
    return any(tag.strip(b'"').partition(b"-")[0] == etag for tag in tags)


@lru_cache(256)
def encoding_of(accept_encoding: bytes) -> Encoding:
    """The smallest encoding that the caller takes; identity for whoever names none that we have."""
    weights = dict(_weights(accept_encoding.decode("latin-1").lower().split(",")[:32]))
    rest = weights.get("*", 0.0)
    zstd, gzip = weights.get("zstd", rest), weights.get("gzip", weights.get("x-gzip", rest))
    if zstd > 0 and zstd >= gzip and zstd >= weights.get("identity", 0.0):
        return "zstd"
    return "gzip" if gzip > 0 and gzip >= weights.get("identity", 0.0) else "identity"


def _weights(parts: Iterable[str]) -> Iterable[tuple[str, float]]:
    for part in parts:
        name, _, parameters = part.partition(";")
        quality = parameters.replace(" ", "").removeprefix("q=")
        try:
            yield name.strip(), float(quality) if quality else 1.0
        except ValueError:
            yield name.strip(), 0.0
