"""How large an archive will be: a few of its tiles are drawn, the others are taken to weigh the same."""

import random
from dataclasses import dataclass
from statistics import fmean

import asyncpg

from gis_server.releases.snapshot import Snapshot, snapshot
from gis_server.tiles.address import TileAddress
from gis_server.tiles.archive import asks_of, known_box
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.walk import Area, Box, Draw, most_tiles, shared_box, tile_range

TRIED = 20
"""Tiles of a zoom that are drawn for the forecast."""


@dataclass(frozen=True)
class Forecast:
    """About so many tiles and so many bytes."""

    tiles: int
    size: int


async def most_of(pool: asyncpg.Pool, shelf: Shelf, area: Area) -> int:
    """How many tiles lie where the area and the data of the tileset meet; empty ones beside them are tried as well."""
    async with snapshot(pool) as snap:
        levels = await _levels(snap, shelf, area)
    return sum(most_tiles(box, zoom, zoom) for zoom, box in levels)


async def forecast(pool: asyncpg.Pool, shelf: Shelf, area: Area) -> Forecast:
    """The same, with what they will weigh when they are packed."""
    async with snapshot(pool) as snap:
        levels, draw = await _levels(snap, shelf, area), asks_of(snap.conn, shelf).draw
        counts = [most_tiles(box, zoom, zoom) for zoom, box in levels]
        means = [await _mean(draw, zoom, box) for zoom, box in levels]
    return Forecast(sum(counts), round(sum(count * mean for count, mean in zip(counts, means, strict=True))))


async def _levels(snap: Snapshot, shelf: Shelf, area: Area) -> list[tuple[int, Box]]:
    """The zooms that are drawn, and where."""
    known = await known_box(snap, shelf)
    box = shared_box(area.box or known, known)
    low, high = shelf.tileset.zoom
    return [] if box is None else [(zoom, box) for zoom in range(max(low, area.low), min(high, area.high) + 1)]


async def _mean(draw: Draw, zoom: int, box: Box) -> float:
    """Packed bytes of a tile of a zoom; the same tiles are tried each time."""
    across, down = tile_range(box, zoom)
    places = range(len(across) * len(down))
    tried = random.Random(zoom).sample(places, min(TRIED, len(places)))
    drawn = [await draw(TileAddress(zoom, across[at % len(across)], down[at // len(across)])) for at in tried]
    return fmean(len(entry.gzip) for entry in drawn)
