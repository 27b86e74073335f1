"""Reads a PMTiles archive (version 3) that someone else made: nothing it says is believed, every read is bounded."""

import json
import os
import weakref
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import zstandard
from pmtiles.tile import Compression, HeaderDict, TileType, deserialize_header

from gis_server.errors import ArchiveBroken
from gis_server.tiles.address import TileAddress
from gis_server.tiles.walk import place_in_archive

HEADER_BYTES: Final = 127
MOST_DIRECTORY: Final = 8 * 2**20
MOST_METADATA: Final = 16 * 2**20
MOST_TILE: Final = 16 * 2**20
"""Unpacked bytes of a directory, of the metadata, of a tile."""
DEEPEST: Final = 4
LONGEST_SHIFT: Final = 56
"""Of a number in seven-bit parts: it has 64 bits at most."""
KEPT_DIRECTORIES: Final = 64
PACKINGS: Final = (Compression.NONE, Compression.GZIP, Compression.ZSTD)
FORMATS: Final = {TileType.MVT: "mvt", TileType.PNG: "png", TileType.JPEG: "jpg", TileType.WEBP: "webp"}


@dataclass(frozen=True)
class Directory:
    """Entries in order of tile number: where each begins, for how many tiles it stands (0: leads on), where it lies."""

    firsts: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]

    def find(self, number: int) -> int | None:
        """The entry that has the tile, or leads to it."""
        place = bisect_right(self.firsts, number) - 1
        if place < 0 or (self.runs[place] and number >= self.firsts[place] + self.runs[place]):
            return None
        return place


class PMTilesFile:
    """One opened archive. Reading by position is safe from several threads, and from a file that shrinks meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)
        self.size = os.fstat(self._file).st_size
        self.header = self._header()
        self.directory = lru_cache(KEPT_DIRECTORIES)(self._directory)
        self.directory(self.header["root_offset"], self.header["root_length"])

    @property
    def format(self) -> str:
        return FORMATS[self.header["tile_type"]]

    def tile(self, at: TileAddress) -> bytes:
        """As it is kept, packed; nothing where there is none."""
        number, header = place_in_archive(at), self.header
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(DEEPEST):
            directory = self.directory(offset, length)
            place = directory.find(number)
            if place is None:
                return b""
            offset, length = directory.offsets[place], directory.lengths[place]
            if directory.runs[place]:
                return self.body(offset, length)
            offset += header["leaf_directory_offset"]
        raise self.broken("thư mục lồng quá sâu", "its directories are nested too deep")

    def body(self, offset: int, length: int) -> bytes:
        """A tile by the place that a directory tells."""
        if length > MOST_TILE or offset + length > self.header["tile_data_length"]:
            raise self.broken("một ô nằm ngoài tệp", "a tile lies outside the file")
        return self._read(self.header["tile_data_offset"] + offset, length)

    def unpacked(self, body: bytes) -> bytes:
        return self._unpacked(body, self.header["tile_compression"], MOST_TILE)

    def entries(self) -> Iterator[tuple[int, int, int, int]]:
        """First tile, how many, offset and length of everything kept, through all directories."""
        header = self.header
        yield from self._entries(header["root_offset"], header["root_length"], DEEPEST)

    def metadata(self) -> dict[str, Any]:
        packed = self._read(self.header["metadata_offset"], self.header["metadata_length"])
        try:
            told = json.loads(self._unpacked(packed, self.header["internal_compression"], MOST_METADATA) or b"{}")
        except ValueError as error:
            raise self.broken("phần mô tả không phải JSON", "its metadata is not JSON") from error
        return told if isinstance(told, dict) else {}

    def broken(self, vi: str, en: str) -> ArchiveBroken:
        return ArchiveBroken(
            f"Tệp ô {self.path.name} bị hỏng: {vi}. Hãy lấy lại tệp và kiểm tra bằng “bando archives check”.",
            f"The tile archive {self.path.name} is broken: {en}. Get the file again and check it with “bando "
            "archives check”.",
        )

    def _header(self) -> HeaderDict:
        try:
            header = deserialize_header(self._read(0, HEADER_BYTES))
        except Exception as error:
            raise self.broken("không phải PMTiles phiên bản 3", "it is not PMTiles version 3") from error
        for part in ("root", "metadata", "leaf_directory", "tile_data"):
            if header[f"{part}_offset"] + header[f"{part}_length"] > self.size:  # type: ignore[literal-required]
                raise self.broken("tệp bị cắt ngắn", "the file is cut short")
        if header["tile_type"] not in FORMATS:
            raise self.broken(
                "không đọc được loại ô này (cần MVT, PNG, JPEG hoặc WebP)", "its tiles are not MVT, PNG, JPEG or WebP"
            )
        if not {header["internal_compression"], header["tile_compression"]} <= set(PACKINGS):
            raise self.broken(
                "không đọc được cách nén này (cần gzip, zstd hoặc không nén)",
                "it is compressed in a way other than gzip or zstd",
            )
        return header

    def _entries(self, offset: int, length: int, deep: int) -> Iterator[tuple[int, int, int, int]]:
        if not deep:
            raise self.broken("thư mục lồng quá sâu", "its directories are nested too deep")
        found = self.directory(offset, length)
        for first, run, size, place in zip(found.firsts, found.runs, found.lengths, found.offsets, strict=True):
            if run:
                yield first, run, place, size
            else:
                yield from self._entries(self.header["leaf_directory_offset"] + place, size, deep - 1)

    def _directory(self, offset: int, length: int) -> Directory:
        raw = self._unpacked(self._read(offset, length), self.header["internal_compression"], MOST_DIRECTORY)
        try:
            return _directory_of(raw)
        except (IndexError, ValueError) as error:
            raise self.broken("không đọc được một thư mục", "a directory cannot be read") from error

    def _read(self, offset: int, length: int) -> bytes:
        found = os.pread(self._file, length, offset) if offset + length <= self.size else b""
        if len(found) != length:
            raise self.broken("tệp bị cắt ngắn", "the file is cut short")
        return found

    def _unpacked(self, body: bytes, packing: Compression, most: int) -> bytes:
        try:
            found = unpack(body, packing, most)
        except (zlib.error, zstandard.ZstdError) as error:
            raise self.broken("không giải nén được", "it cannot be decompressed") from error
        if len(found) > most:
            raise self.broken("có phần giải nén ra quá lớn", "a part of it decompresses to far too much")
        return found


def unpack(body: bytes, packing: Compression, most: int) -> bytes:
    """Bytes as they were before packing, and at most one more than `most` of them."""
    if packing == Compression.GZIP:
        stream = zlib.decompressobj(31)
        found = stream.decompress(body, most + 1)
        if not stream.eof and len(found) <= most:
            raise zlib.error("cut short")
        return found
    if packing == Compression.ZSTD:
        with zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(body) as reader:
            return reader.read(most + 1)
    return body


def _directory_of(raw: bytes) -> Directory:
    told = numbers(raw)
    count = next(told)
    if count > len(raw):
        raise ValueError(count)
    firsts, last = [], 0
    for _ in range(count):
        last += next(told)
        firsts.append(last)
    runs, lengths = [next(told) for _ in range(count)], [next(told) for _ in range(count)]
    offsets: list[int] = []
    for place in range(count):
        offset = next(told)
        offsets.append(offset - 1 if offset else offsets[place - 1] + lengths[place - 1])
    return Directory(firsts, runs, lengths, offsets)


def numbers(raw: bytes) -> Iterator[int]:
    """Varints, one after the other; IndexError where the bytes end too soon."""
    at = 0
    while True:
        number, shift = 0, 0
        while raw[at] & 0x80:
            if shift > LONGEST_SHIFT:
                raise ValueError(shift)
            number |= (raw[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
        yield number | raw[at] << shift
        at += 1
