"""A tile of an archive as an HTTP answer: the same bytes and headers from the front and from the route."""

import gzip
import hashlib
from typing import Final

import zstandard
from pmtiles.tile import Compression

from gis_server.tiles.answer import ENDINGS, MVT, VARY, Answer, Asked, is_known
from gis_server.tiles.entry import Encoding
from gis_server.tiles.supplied import Supplied

MEDIA: Final = {"mvt": MVT, "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
PACKED: Final[dict[Compression, Encoding]] = {Compression.GZIP: "gzip", Compression.ZSTD: "zstd"}
CACHED: Final = {True: "public, max-age=300, stale-while-revalidate=86400", False: "private, no-cache"}
"""An archive changes when it is delivered again, a few times a year; what needs a key is asked for each time."""


def packing_of(found: Supplied) -> Encoding:
    """How the tiles lie in the file."""
    return PACKED.get(found.file.header["tile_compression"], "identity")


def archive_answer(found: Supplied, body: bytes, asked: Asked) -> Answer:
    """200, 204 where there is no tile, 304 when the caller has it in whatever packing. Pictures are never packed."""
    kept = packing_of(found)
    encoding: Encoding = asked.encoding if found.rule.format == "mvt" and body else "identity"
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    headers = [("etag", f'"{tag}{ENDINGS[encoding]}"'), ("cache-control", CACHED[asked.public]), ("vary", VARY)]
    if asked.known is not None and is_known(asked.known, tag):
        return Answer(304, headers, b"")
    if not body:
        return Answer(204, headers, b"")
    headers.append(("content-type", MEDIA[found.rule.format]))
    if encoding != "identity":
        headers.append(("content-encoding", encoding))
    return Answer(200, headers, body if encoding == kept else _packed(found.file.unpacked(body), encoding))


def _packed(body: bytes, encoding: Encoding) -> bytes:
    if encoding == "gzip":
        return gzip.compress(body, 6, mtime=0)
    return zstandard.compress(body) if encoding == "zstd" else body
