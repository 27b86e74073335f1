"""Walks down the tiles of a tileset that hold anything, drawing each: for seeding and for archives."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pmtiles.tile import zxy_to_tileid

from gis_server.db.statements import text
from gis_server.tiles.address import TileAddress
from gis_server.tiles.entry import Entry
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.statement import BUFFER, EXTENT

SQL = Path(__file__).parent / "sql"
AT_ONCE = 64
HIGHEST_LATITUDE = 85.0511
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84)."""


@dataclass(frozen=True)
class Area:
    """Which tiles: from one zoom to another, and in a box when not everywhere."""

    low: int
    high: int
    box: Box | None = None

    def within(self, at: TileAddress) -> bool:
        if self.box is None:
            return True
        left, top, right, bottom = _edges(self.box, at.z)
        return at.x < right and at.x + 1 > left and at.y < bottom and at.y + 1 > top


def shared_box(one: Box, other: Box) -> Box | None:
    """What lies in both."""
    west, south = max(one[0], other[0]), max(one[1], other[1])
    east, north = min(one[2], other[2]), min(one[3], other[3])
    return None if west > east or south > north else (west, south, east, north)


def tiles_in(box: Box, area: Area) -> list[TileAddress]:
    """The tiles that a box touches at the zooms of an area, as archives want them."""
    found = []
    for zoom in range(area.low, area.high + 1):
        left, top, right, bottom = _edges(box, zoom)
        columns, rows = range(int(left), int(right) + 1), range(int(top), int(bottom) + 1)
        found += [TileAddress(zoom, x, y) for x in columns for y in rows]
    return sorted(found, key=place_in_archive)


def most_tiles(box: Box, low: int, high: int) -> int:
    """How many tiles of these zooms a box touches: a walk draws at most so many."""
    total = 0
    for zoom in range(low, high + 1):
        across, down = tile_range(box, zoom)
        total += len(across) * len(down)
    return total


def tile_range(box: Box, zoom: int) -> tuple[range, range]:
    """Columns and rows of the tiles of a zoom that a box touches: at least one of each."""
    left, top, right, bottom = _edges(box, zoom)
    west, north = math.floor(left), math.floor(top)
    return range(west, max(west + 1, math.ceil(right))), range(north, max(north + 1, math.ceil(bottom)))


def _edges(box: Box, zoom: int) -> Box:
    """Left, top, right, bottom of a box in tiles of a zoom."""
    west, south, east, north = box
    size = float(2**zoom)
    return (west + 180) / 360 * size, _down(north) * size, (east + 180) / 360 * size, _down(south) * size


def _down(latitude: float) -> float:
    """Share of the Web-Mercator square, from the north."""
    angle = math.radians(max(-HIGHEST_LATITUDE, min(HIGHEST_LATITUDE, latitude)))
    return (1 - math.asinh(math.tan(angle)) / math.pi) / 2


Draw = Callable[[TileAddress], Awaitable[Entry]]
Holds = Callable[[TileAddress], Awaitable[bool]]


@dataclass(frozen=True)
class Asks:
    """How a walk asks: for a tile, and whether anything lies in it at all."""

    draw: Draw
    holds: Holds


async def walk(shelf: Shelf, area: Area, asks: Asks) -> AsyncIterator[list[tuple[TileAddress, Entry]]]:
    """Drawn tiles, some at a time, zoom by zoom and along the Hilbert curve, as archives want them.

    An empty tile is left as soon as nothing of any zoom lies in it.
    """
    low, high = shelf.tileset.zoom
    first, last = max(low, area.low), min(high, area.high)
    level = [TileAddress(0, 0, 0)]
    for zoom in range(last + 1):
        below: list[TileAddress] = []
        for start in range(0, len(level), AT_ONCE):
            some = level[start : start + AT_ONCE]
            drawn = await asyncio.gather(*(asks.draw(at) for at in some)) if zoom >= first else [None] * len(some)
            full = [entry is not None and not entry.empty for entry in drawn]
            held = await asyncio.gather(*(_held(asks, at, known) for at, known in zip(some, full, strict=True)))
            below += [child for at, is_held in zip(some, held, strict=True) if is_held for child in _children(at, area)]
            yield [(at, entry) for at, entry in zip(some, drawn, strict=True) if entry is not None]
        level = sorted(below, key=place_in_archive)


def place_in_archive(at: TileAddress) -> int:
    """The number of a tile in a PMTiles archive."""
    number: int = zxy_to_tileid(at.z, at.x, at.y)
    return number


async def _held(asks: Asks, at: TileAddress, known: bool) -> bool:
    return known or await asks.holds(at)


def _children(at: TileAddress, area: Area) -> list[TileAddress]:
    children = [TileAddress(at.z + 1, 2 * at.x + right, 2 * at.y + down) for down in (0, 1) for right in (0, 1)]
    return [child for child in children if area.within(child)]


def holds_statement(shelf: Shelf) -> str:
    """Whether a tile holds anything of the tileset; `$1`, `$2`, `$3` are z, x, y."""
    pieces = [text(SQL, "holds_layer", table=drawn.layer.table).strip() for drawn in shelf.tileset.layers]
    return text(SQL, "holds", pieces=" OR ".join(pieces), margin=str(BUFFER / EXTENT))
