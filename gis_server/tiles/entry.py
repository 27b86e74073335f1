"""A tile as it is kept: validator, release and the bodies ready for the wire."""

import gzip
import hashlib
import struct
from dataclasses import dataclass
from threading import local
from typing import Literal

import deflate
import zstandard

Encoding = Literal["identity", "gzip", "zstd"]
HEAD = struct.Struct(">IB24sI")
"""Release, flags, validator, length of the gzip body; the zstd body is what follows it."""
SEEDED = 1
GZIP_LEVEL = 5
ZSTD_LEVEL = 3
_own = local()


@dataclass(frozen=True)
class Entry:
    """One tile of one release. An empty tile has no bodies."""

    release: int
    etag: bytes
    """Of the content, without quotes; each encoding adds its name, since strong validators tell them apart."""
    gzip: bytes
    zstd: bytes
    seeded: bool = False
    """Someone wants it to be there always."""

    @property
    def empty(self) -> bool:
        return not self.gzip

    def body(self, encoding: Encoding) -> bytes:
        if encoding == "gzip":
            return self.gzip
        if encoding == "zstd":
            return self.zstd
        return gzip.decompress(self.gzip) if self.gzip else b""

    def kept(self, *, seeded: bool) -> bytes:
        """As it lies in the store; seeded tiles are drawn again when a release removes them."""
        return HEAD.pack(self.release, SEEDED * seeded, self.etag, len(self.gzip)) + self.gzip + self.zstd


def entry_of(release: int, body: bytes, *, seeded: bool = False) -> Entry:
    """Compresses a drawn tile, once."""
    return Entry(release, tag_of(body), as_gzip(body), as_zstd(body), seeded)


def tag_of(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=12).hexdigest().encode()


def as_gzip(body: bytes) -> bytes:
    return bytes(deflate.gzip_compress(body, GZIP_LEVEL)) if body else b""


def as_zstd(body: bytes) -> bytes:
    return _zstd().compress(body) if body else b""


def read_entry(kept: memoryview | bytes) -> Entry:
    """The entry of kept bytes."""
    release, flags, etag, length = HEAD.unpack_from(kept)
    end = HEAD.size + length
    return Entry(release, etag, bytes(kept[HEAD.size : end]), bytes(kept[end:]), bool(flags & SEEDED))


def head_of(kept: memoryview | bytes) -> tuple[int, bool]:
    """Release, and whether it is seeded, without copying the bodies."""
    release, flags, _, _ = HEAD.unpack_from(kept)
    return release, bool(flags & SEEDED)


def _zstd() -> zstandard.ZstdCompressor:
    """A compressor of this thread's own: two threads in one end the process."""
    if not hasattr(_own, "zstd"):
        _own.zstd = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
    found: zstandard.ZstdCompressor = _own.zstd
    return found
