"""Renders tiles: one SQL statement each, few at once, once for everybody who waits."""

from dataclasses import dataclass
from functools import partial

import asyncpg

from gis_server.access.views import View
from gis_server.db.pool import acquired
from gis_server.tiles.address import TileAddress
from gis_server.tiles.flights import Flights, Gate
from gis_server.tiles.statement import tile_statement
from gis_server.tiles.tilesets import Tileset

QUEUE_PER_CONNECTION = 32
LEFT_FOR_OTHERS = 2
"""Connections that tiles never take, so that a question is answered while the map is busy."""


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
        self._flights: Flights[Tile] = Flights()
        self._statements: dict[tuple[str, str, int], str] = {}

    async def tile(self, pool: asyncpg.Pool, view: View, tileset: Tileset, at: TileAddress) -> Tile:
        text = self._statement(view, tileset, at.z)
        draw = partial(_draw, pool, text, at)
        return await self._flights.share((view.name, tileset.id, at), partial(self._gate.pass_through, draw))

    def _statement(self, view: View, tileset: Tileset, zoom: int) -> str:
        """Each text is written once; the catalog bounds how many there can be."""
        key = (view.name, tileset.id, zoom)
        if key not in self._statements:
            self._statements[key] = tile_statement(tileset.at(zoom), zoom)
        return self._statements[key]


async def _draw(pool: asyncpg.Pool, text: str, at: TileAddress) -> Tile:
    async with acquired(pool) as conn:
        row = await conn.fetchrow(text, at.z, at.x, at.y)
    assert row is not None
    return Tile(row["release"], bytes(row["tile"]))
