"""Writes the one SQL statement of a tile: names from the catalog, values bound later."""

from collections.abc import Sequence
from pathlib import Path

from gis_server.catalog import Layer
from gis_server.db.statements import literal, quoted, text
from gis_server.drawing.rules import DETAILED_ZOOM, rule_of
from gis_server.drawing.sheet import as_tag
from gis_server.tiles.tilesets import Drawn

SQL = Path(__file__).parent / "sql"
EXTENT = 4096
BUFFER = 128
"""Tile units beyond each edge: 16 pixels of a 512-pixel tile, so that wide lines meet without a seam."""
SIMPLIFIED_UNITS = 4
"""Lines and outlines move by at most this many tile units: half a pixel."""


def tile_statement(layers: Sequence[Drawn], zoom: int) -> str:
    """The statement for these layers; `$1`, `$2`, `$3` are z, x, y."""
    pieces = " || ".join(_piece(drawn, zoom) for drawn in layers) or "''::bytea"
    return text(SQL, "tile", layers=pieces, margin=str(BUFFER / EXTENT), extent=str(EXTENT))


def _piece(drawn: Drawn, zoom: int) -> str:
    names = {"id": literal(drawn.layer.id), "extent": str(EXTENT), "buffer": str(BUFFER)}
    rule = rule_of(drawn.layer)
    if rule is not None and zoom <= rule.high:
        return text(SQL, "tile_drawn", **names, seen=literal(drawn.seen))
    kept = set(drawn.layer.file.tiles.fields_at(zoom))
    columns = "".join(f"{as_tag(drawn.layer, name)} AS {quoted(name)}, " for name in drawn.fields if name in kept)
    return text(SQL, "tile_layer", **names, columns=columns, rows=drawn.rows, shape=_shape(drawn.layer, zoom))


def _shape(layer: Layer, zoom: int) -> str:
    if zoom >= DETAILED_ZOOM or set(layer.file.geometry) == {"Point"}:
        return "served.geom_3857"
    return f"ST_Simplify(served.geom_3857, {SIMPLIFIED_UNITS} * tile.unit_m, true)"
