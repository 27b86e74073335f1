"""Archives that others made are read as they say, and never believed: whatever the bytes, a sentence comes."""

import gzip
import random
import struct
from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, all_tiles
from pmtiles.tile import Compression, TileType, tileid_to_zxy

from gis_server.errors import ArchiveBroken
from gis_server.tiles.address import TileAddress
from gis_server.tiles.pmtiles_file import PMTilesFile
from gis_server.tiles.supplied_check import look_through
from tests.tiles.archives import archive_of, water

NUMBERS = random.Random(3).sample(range(1, 5_000_000), 12_000)
WATERS = [water(str(number)) for number in range(7)]


@pytest.fixture(scope="module")
def whole() -> bytes:
    """Enough tiles that the directory has leaves; many tiles are the same bytes."""
    return archive_of({tileid_to_zxy(number): WATERS[number % 7] for number in NUMBERS})


def opened(folder: Path, body: bytes) -> PMTilesFile:
    path = folder / "a.pmtiles"
    path.write_bytes(body)
    return PMTilesFile(path)


def test_every_tile_is_what_the_authors_own_reader_reads(whole: bytes, tmp_path: Path) -> None:
    file = opened(tmp_path, whole)
    assert file.header["leaf_directory_length"] > 0
    theirs = dict(all_tiles(MemorySource(whole)))
    assert {place: file.tile(TileAddress(*place)) for place in theirs} == theirs
    assert file.tile(TileAddress(0, 0, 0)) == b""
    assert file.tile(TileAddress(22, 1, 1)) == b""


def test_looking_through_counts_tiles_and_finds_layers(whole: bytes, tmp_path: Path) -> None:
    facts = look_through(opened(tmp_path, whole), lambda tiles: None)
    assert (facts.tiles, facts.contents, facts.layers) == (len(NUMBERS), 7, {"water"})


def header_with(body: bytes, place: int, number: int) -> bytes:
    return body[:place] + struct.pack("<Q", number) + body[place + 8 :]


@pytest.mark.parametrize("change", ["cut", "empty", "text", "version 2", "far root", "unknown tiles", "brotli"])
def test_a_file_that_is_none_is_refused_when_it_is_opened(whole: bytes, tmp_path: Path, change: str) -> None:
    body = {
        "cut": whole[: len(whole) // 2],
        "empty": b"",
        "text": b"<html>" * 100,
        "version 2": whole[:7] + b"\x02" + whole[8:],
        "far root": header_with(whole, 8, 2**63),
        "unknown tiles": whole[:99] + b"\x09" + whole[100:],
        "brotli": whole[:98] + b"\x03" + whole[99:],
    }[change]
    with pytest.raises(ArchiveBroken):
        opened(tmp_path, body)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = archive_of({(0, 0, 0): gzip.compress(bytes(400 * 2**20), 9)}, tile_compression=Compression.NONE)
    file = opened(tmp_path, bomb[:98] + bytes([Compression.GZIP.value]) + bomb[99:])
    with pytest.raises(ArchiveBroken, match="too much"):
        look_through(file, lambda tiles: None)


def test_a_directory_that_leads_to_itself_ends(whole: bytes, tmp_path: Path) -> None:
    """The leaves are said to begin where the root does: every leaf is the root again, or no directory at all."""
    file = opened(tmp_path, header_with(whole, 40, struct.unpack_from("<Q", whole, 8)[0]))
    with pytest.raises(ArchiveBroken):
        file.tile(TileAddress(*tileid_to_zxy(NUMBERS[0])))
    with pytest.raises(ArchiveBroken):
        look_through(file, lambda tiles: None)


def test_a_file_that_shrinks_while_it_is_served_is_a_sentence_not_a_crash(whole: bytes, tmp_path: Path) -> None:
    file = opened(tmp_path, whole)
    file.path.write_bytes(whole[:200])
    with pytest.raises(ArchiveBroken, match="cut short"):
        [file.tile(TileAddress(*tileid_to_zxy(number))) for number in NUMBERS[:50]]


def test_pictures_that_are_none_are_found(tmp_path: Path) -> None:
    body = archive_of({(0, 0, 0): b"GIF89a"}, tile_type=TileType.PNG, tile_compression=Compression.NONE)
    with pytest.raises(ArchiveBroken, match="0/0/0 is not png"):
        look_through(opened(tmp_path, body), lambda tiles: None)


def test_damage_anywhere_is_a_tile_or_a_sentence(tmp_path: Path) -> None:
    """A thousand files with some bytes changed: never another error, never a hang."""
    chance = random.Random(20)
    sound = archive_of({tileid_to_zxy(number): water(str(number)) for number in range(40)})
    refused = 0
    for _ in range(1000):
        body = bytearray(sound)
        for _ in range(chance.randint(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            look_through(opened(tmp_path, bytes(body)), lambda tiles: None)
        except ArchiveBroken:
            refused += 1
    assert refused > 500
