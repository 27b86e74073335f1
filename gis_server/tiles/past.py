"""Tiles of earlier releases: drawn from the rows of then when they are asked for, at every zoom, and never kept.

Nothing is drawn ahead of the past: features stand as they were served, not merged, clustered or ranked.
"""

from dataclasses import replace
from functools import partial

import asyncpg

from gis_server.catalog import Catalog
from gis_server.db.pool import acquired
from gis_server.db.statements import literal, quoted, text
from gis_server.drawing.rules import is_labelled, rule_of
from gis_server.errors import BadRequest
from gis_server.tiles.address import TileAddress
from gis_server.tiles.flights import Flights, Gate
from gis_server.tiles.render import draw_on
from gis_server.tiles.statement import BUFFER, EXTENT, SQL, columns, from_rows, mvt_names
from gis_server.tiles.tilesets import Drawn, Tileset, find_tileset
from gis_server.web.when import PastView

AT_ONCE, QUEUE = 2, 64
ANY_OF_THEM = "true"
"""The rows of then that are asked for lie near the tile already."""
LEAST_NAMED = 256
"""Tile units: what is smaller bears no name."""


class Past:
    """Draws tiles of the past, few at once: whoever looks at today goes first."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._gate = Gate(AT_ONCE, QUEUE)
        self._flights: Flights[bytes] = Flights()

    async def tile(self, pool: asyncpg.Pool, view: PastView, name: str, at: TileAddress) -> bytes:
        """Plain bytes; UnknownLayer when the view has no such tileset."""
        found = find_tileset(self._catalog, view, name)
        key = view.name, view.release, name, at
        return await self._flights.share(key, partial(self._gate.pass_through, partial(self._draw, pool, found, at)))

    async def _draw(self, pool: asyncpg.Pool, found: Tileset, at: TileAddress) -> bytes:
        async with acquired(pool) as conn:
            try:
                return (await draw_on(conn, [past_statement(self._catalog, found, at.z)], at)).body
            except asyncpg.QueryCanceledError as error:
                raise _too_much(at.z) from error


def past_statement(catalog: Catalog, found: Tileset, zoom: int) -> str:
    """The statement of a tile whose rows are of the past; `$1`, `$2`, `$3` are z, x, y."""
    layers = [replace(one, rows=text(SQL, "past_rows", rows=one.rows)) for one in found.at(zoom)]
    written = [
        *(from_rows(one, zoom, "served.geom_3857", ANY_OF_THEM) for one in layers),
        *(_labels(one, zoom) for one in layers if is_labelled(one.layer)),
    ]
    pieces, stored = " || ".join(written) or "''::bytea", str(catalog.crs.stored)
    return text(SQL, "past_tile", layers=pieces, margin=str(BUFFER / EXTENT), extent=str(EXTENT), stored=stored)


def _labels(drawn: Drawn, zoom: int) -> str:
    rule = rule_of(drawn.layer)
    assert rule is not None
    assert rule.label is not None
    names = {**mvt_names(drawn.layer), "columns": columns(drawn, zoom), "rows": drawn.rows}
    names |= {"id": literal(drawn.layer.labels), "said": quoted(rule.label), "least": str(LEAST_NAMED)}
    return text(SQL, "past_labels", **names)


def _too_much(zoom: int) -> BadRequest:
    return BadRequest(
        "Bản cũ được vẽ lại từ từng đối tượng, và vùng này có quá nhiều đối tượng ở mức phóng "
        f"{zoom}. Hãy phóng to hơn (vùng nhỏ hơn hoặc ảnh rộng hơn), hay bớt lớp bằng “layers” của WMS.",
        f"Earlier releases are drawn from single features, and there are too many here at zoom {zoom}. Go closer "
        "(a smaller area or a wider picture), or ask for fewer layers by “layers” of WMS.",
    )
