"""Looks through a whole archive before it is served: every directory, every tile."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pmtiles.tile import tileid_to_zxy

from gis_server.catalog.archives import ArchiveFile
from gis_server.errors import ArchiveBroken
from gis_server.tiles.pmtiles_file import PMTilesFile

Tell = Callable[[int], None]
SIGNS = {"png": (b"\x89PNG\r\n\x1a\n", 0), "jpg": (b"\xff\xd8\xff", 0), "webp": (b"WEBP", 8)}
"""How pictures begin, and after how many bytes."""
LAYER, NAME = 3 << 3 | 2, 1 << 3 | 2
"""Tags in a vector tile: a layer, and a layer's name."""


@dataclass
class Facts:
    """What is in an archive."""

    tiles: int = 0
    contents: int = 0
    layers: set[str] = field(default_factory=set)
    """Of vector tiles."""


def look_through(file: PMTilesFile, tell: Tell) -> Facts:
    """ArchiveBroken at the first tile that cannot be; `tell` hears how many tiles were looked at just now."""
    facts, seen, last = Facts(), set[int](), -1
    for first, run, offset, length in file.entries():
        if first <= last:
            raise file.broken(f"thư mục sai thứ tự ở ô số {first}", f"directories are out of order at tile {first}")
        last = first + run - 1
        facts.tiles += run
        if offset not in seen:
            seen.add(offset)
            facts.layers |= _layers_of(file, first, file.unpacked(file.body(offset, length)))
        tell(run)
    facts.contents = len(seen)
    if not facts.tiles:
        raise file.broken("không có ô nào", "it has no tiles")
    return facts


def hold_against(file: PMTilesFile, facts: Facts, rule: ArchiveFile) -> None:
    """ArchiveBroken when the declaration says something that the archive is not."""
    if file.format != rule.format:
        raise file.broken(
            f"ô có định dạng {file.format}, nhưng khai báo là {rule.format}",
            f"its tiles are {file.format}, but declared as {rule.format}",
        )
    missing = rule.source_layers - facts.layers
    if missing:
        there, wanted = ", ".join(sorted(facts.layers)), ", ".join(sorted(missing))
        raise ArchiveBroken(
            f"Kiểu vẽ dùng lớp {wanted} mà tệp ô không có; tệp có: {there}.",
            f"The style draws layers that the tile archive does not have: {wanted}. It has: {there}.",
        )


def _layers_of(file: PMTilesFile, number: int, body: bytes) -> set[str]:
    try:
        if file.format == "mvt":
            return set(_names(body))
        sign, after = SIGNS[file.format]
        if body[after : after + len(sign)] == sign:
            return set()
    except (IndexError, ValueError):
        pass
    z, x, y = tileid_to_zxy(number)
    raise file.broken(f"ô {z}/{x}/{y} không phải {file.format}", f"tile {z}/{x}/{y} is not {file.format}")


def _names(tile: bytes) -> list[str]:
    """The names of the layers of a vector tile."""
    layers = [layer for tag, layer in _parts(tile) if tag == LAYER]
    return [value.decode() for layer in layers for tag, value in _parts(layer) if tag == NAME]


def _parts(message: bytes) -> list[tuple[int, bytes]]:
    """The fields of a protobuf message that have a length; numbers are passed over."""
    found, at = [], 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 == 2:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise IndexError(at)
            found.append((tag, message[at : at + length]))
            at += length
        elif tag & 7 == 0:
            _, at = _varint(message, at)
        else:
            raise ValueError(tag)
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while message[at] & 0x80:
        number |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if shift > 63:
            raise ValueError(at)
    return number | message[at] << shift, at + 1
