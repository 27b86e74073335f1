"""PMTiles of a tileset and area, of one release: one file that a portal, a desktop GIS or a field tablet reads."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gis_server.catalog import Catalog
from gis_server.releases.snapshot import snapshot
from gis_server.tiles.address import TileAddress
from gis_server.tiles.entry import Entry, entry_of
from gis_server.tiles.render import draw_on
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.statement import tile_statement
from gis_server.tiles.tilejson import tilejson
from gis_server.tiles.walk import Area, Asks, holds_statement, walk
from gis_server.web.state import LayerStates

E7 = 10_000_000


async def export(
    pool: asyncpg.Pool, catalog: Catalog, shelf: Shelf, area: Area, path: Path
) -> AsyncIterator[tuple[int, int]]:
    """Write the archive; yields the zoom and how many tiles were drawn just now.

    It is read in one snapshot, so it belongs to one release, which its metadata names. Empty tiles are left out.
    """
    part = path.with_name(f"{path.name}.part")
    async with snapshot(pool) as snap:
        states = await LayerStates().of(snap, shelf.view, [drawn.layer for drawn in shelf.tileset.layers])
        about = tilejson(catalog, shelf.tileset, states, "")
        with part.open("wb") as file:
            writer: Any = Writer(file)  # type: ignore[no-untyped-call]
            async for some in walk(shelf, area, _asks(snap.conn, shelf)):
                for at, entry in some:
                    if not entry.empty:
                        writer.write_tile(zxy_to_tileid(at.z, at.x, at.y), entry.gzip)
                if some:
                    yield some[0][0].z, len(some)
            header = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, **_place(about, area)}
            writer.finalize(header, {**about, "bando:release": snap.release})
    part.replace(path)


def _asks(conn: asyncpg.Connection, shelf: Shelf) -> Asks:
    """One connection, one question at a time."""
    lock = asyncio.Lock()
    holding = holds_statement(shelf)

    async def draw(at: TileAddress) -> Entry:
        async with lock:
            tile = await draw_on(conn, tile_statement(shelf.tileset.at(at.z), at.z), at)
        return entry_of(tile.release, tile.body)

    async def holds(at: TileAddress) -> bool:
        async with lock:
            return bool(await conn.fetchval(holding, at.z, at.x, at.y))

    return Asks(draw, holds)


def _place(about: dict[str, Any], area: Area) -> dict[str, int]:
    west, south, east, north = area.box or about["bounds"]
    corners = {"min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north}
    middle = {"center_lon_e7": (west + east) / 2, "center_lat_e7": (south + north) / 2}
    zoom = max(about["minzoom"], min(area.high, 12))
    return {name: round(degrees * E7) for name, degrees in (corners | middle).items()} | {"center_zoom": zoom}
