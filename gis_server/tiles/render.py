"""Renders tiles: one SQL statement each, few at once, once for everybody who waits."""

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

import asyncpg

from gis_server.db.pool import acquired
from gis_server.tiles.address import TileAddress
from gis_server.tiles.entry import Entry, as_gzip, as_zstd, entry_of, tag_of
from gis_server.tiles.flights import Flights, Gate
from gis_server.tiles.grid_statement import grid_statement
from gis_server.tiles.grids import TileGrid
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.statement import MOST_BYTES, tile_statements

QUEUE_PER_CONNECTION = 32
LEFT_FOR_OTHERS = 2
"""Connections that tiles never take, so that a question is answered while the map is busy."""
BIG_BYTES = 65_536
"""Packing more than this takes 0.7 ms or longer: threads do it, so that others are answered. To ask them takes 0.1."""

Statements = Sequence[str]
"""Of one tile, the finest first; later ones are asked when the tile is too heavy."""


@dataclass(frozen=True)
class Tile:
    """Bytes of a tile and the release they show."""

    release: int
    body: bytes


class Renderer:
    """Draws tiles with a bounded share of the connections."""

    def __init__(self, pool_size: int) -> None:
        width = max(1, pool_size - LEFT_FOR_OTHERS)
        self._gate = Gate(width, width * QUEUE_PER_CONNECTION)
        self._flights: Flights[Entry] = Flights()
        self._statements: dict[tuple[bytes, int], Statements] = {}
        self._grid_statements: dict[tuple[bytes, str, int], str] = {}

    async def tile(self, pool: asyncpg.Pool, shelf: Shelf, at: TileAddress) -> Entry:
        """The tile as it is now, ready for the wire."""
        return await self._shared((shelf.prefix, at), pool, self.statements(shelf, at.z), at)

    async def grid_tile(self, pool: asyncpg.Pool, shelf: Shelf, grid: TileGrid, at: TileAddress) -> Entry:
        """The same of another grid."""
        return await self._shared((shelf.prefix, grid.id, at), pool, (self.grid_statement(shelf, grid, at.z),), at)

    async def _shared(self, key: Hashable, pool: asyncpg.Pool, statements: Statements, at: TileAddress) -> Entry:
        return await self._flights.share(key, partial(self._entry, pool, statements, at))

    async def _entry(self, pool: asyncpg.Pool, statements: Statements, at: TileAddress) -> Entry:
        return await packed(await self._gate.pass_through(partial(draw, pool, statements, at)))

    def statements(self, shelf: Shelf, zoom: int) -> Statements:
        """Each text is written once; the catalog bounds how many there can be."""
        key = (shelf.prefix, zoom)
        if key not in self._statements:
            self._statements[key] = tile_statements(shelf.tileset.at(zoom), zoom)
        return self._statements[key]

    def grid_statement(self, shelf: Shelf, grid: TileGrid, matrix: int) -> str:
        key = (shelf.prefix, grid.id, matrix)
        if key not in self._grid_statements:
            zoom = matrix + grid.step
            self._grid_statements[key] = grid_statement(shelf.tileset.at(zoom), grid, zoom)
        return self._grid_statements[key]


async def packed(tile: Tile) -> Entry:
    """Ready for the wire: a big tile packed by two threads at once, each in its way."""
    if len(tile.body) < BIG_BYTES:
        return entry_of(tile.release, tile.body)
    both = asyncio.to_thread(as_gzip, tile.body), asyncio.to_thread(as_zstd, tile.body)
    gzip, zstd = await asyncio.gather(*both)
    return Entry(tile.release, tag_of(tile.body), gzip, zstd)


async def draw(pool: asyncpg.Pool, statements: Statements, at: TileAddress) -> Tile:
    """Asks the database: nothing else knows how a tile is made."""
    async with acquired(pool) as conn:
        return await draw_on(conn, statements, at)


async def draw_on(conn: asyncpg.Connection, statements: Statements, at: TileAddress) -> Tile:
    """The same on a connection of one's own: by the first statement whose tile is light enough, else by the last."""
    for statement in statements:
        row = await conn.fetchrow(statement, at.z, at.x, at.y)
        assert row is not None
        tile = Tile(row["release"], row["tile"])
        if len(tile.body) <= MOST_BYTES:
            break
    return tile
