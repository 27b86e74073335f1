"""Tiles of earlier releases, at every zoom: a layer that no release touched there since is that of today.

The others are drawn from the rows of then, thinned to what the zoom shows. What was drawn last is kept in memory.
"""

from collections.abc import Sequence
from functools import partial

import asyncpg

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.db.statements import text
from gis_server.errors import BadRequest
from gis_server.releases.snapshot import Snapshot, snapshot
from gis_server.tiles.address import TileAddress
from gis_server.tiles.flights import Gate
from gis_server.tiles.moved import Movements
from gis_server.tiles.past_statement import past_statement
from gis_server.tiles.render import draw_on
from gis_server.tiles.statement import SQL, tile_statements
from gis_server.tiles.tilesets import Drawn, find_tileset
from gis_server.web.made_once import MadeOnce
from gis_server.web.when import PastView

AT_ONCE, QUEUE = 2, 64
KEPT_BYTES = 48 << 20
"""A picture that took too long finds the tiles it has already when it is asked for again."""


class Past:
    """Draws tiles of the past, few at once: whoever looks at today goes first."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._gate = Gate(AT_ONCE, QUEUE)
        self._movements = Movements()
        self._tiles = MadeOnce(KEPT_BYTES)

    async def tile(self, pool: asyncpg.Pool, view: PastView, name: str, at: TileAddress) -> bytes:
        """Plain bytes; UnknownLayer when the view has no such tileset."""
        find_tileset(self._catalog, view, name)
        key = f"{view.name} {view.release} {name} {at.z}/{at.x}/{at.y}"
        return await self._tiles.of(key, partial(self._gate.pass_through, partial(self._draw, pool, view, name, at)))

    async def _draw(self, pool: asyncpg.Pool, view: PastView, name: str, at: TileAddress) -> bytes:
        """Layer by layer, in one snapshot: nobody sees a release that came in between."""
        now = View(view.name, view.layers, view.conditions, view.archives)
        then_layers, now_layers = (find_tileset(self._catalog, one, name).at(at.z) for one in (view, now))
        async with snapshot(pool) as snap:
            moved = await self._movements.since(snap, view)
            changed = [one for one in then_layers if moved.in_tile(one.layer.id, at)]
            same = [one for one in now_layers if not moved.in_tile(one.layer.id, at)]
            unchanged = (await draw_on(snap.conn, tile_statements(same, at.z), at)).body if same else b""
            return unchanged + await self._from_rows(snap, changed, at)

    async def _from_rows(self, snap: Snapshot, layers: Sequence[Drawn], at: TileAddress) -> bytes:
        """Whoever gives up waiting finds the tile when he comes again, so it may take longer than other questions."""
        if not layers:
            return b""
        await snap.conn.execute(text(SQL, "past_patience"))
        try:
            return (await draw_on(snap.conn, [past_statement(self._catalog, layers, at.z)], at)).body
        except asyncpg.QueryCanceledError as error:
            raise _too_much(at.z) from error


def _too_much(zoom: int) -> BadRequest:
    return BadRequest(
        "Nơi có thay đổi, bản cũ được vẽ lại từ từng đối tượng, và vùng này có quá nhiều đối tượng ở mức phóng "
        f"{zoom}. Hãy phóng to hơn (vùng nhỏ hơn hoặc ảnh rộng hơn), hay bớt lớp bằng “layers”.",
        "Where something changed, earlier releases are drawn from single features, and there are too many here at "
        f"zoom {zoom}. Go closer (a smaller area or a wider picture), or ask for fewer layers by “layers”.",
    )
