"""Writes the one SQL statement of a tile: names from the catalog, values bound later."""

from collections.abc import Sequence
from pathlib import Path

from gis_server.catalog import Layer
from gis_server.db.statements import quoted, text
from gis_server.tiles.tilesets import Drawn

SQL = Path(__file__).parent / "sql"
EXTENT = 4096
BUFFER = 128
"""Tile units beyond each edge: 16 pixels of a 512-pixel tile, so that wide lines meet without a seam."""
SIMPLIFIED_UNITS = 4
"""Lines and outlines move by at most this many tile units: half a pixel."""
DETAILED_ZOOM = 15
"""From here on shapes are drawn as stored: half a pixel is less than 1.2 m."""


def tile_statement(layers: Sequence[Drawn], zoom: int) -> str:
    """The statement for these layers; `$1`, `$2`, `$3` are z, x, y."""
    pieces = " || ".join(_piece(drawn, zoom) for drawn in layers) or "''::bytea"
    return text(SQL, "tile", layers=pieces, margin=str(BUFFER / EXTENT), extent=str(EXTENT))


def _piece(drawn: Drawn, zoom: int) -> str:
    columns = "".join(f"{_column(drawn.layer, name)}, " for name in drawn.fields)
    return text(
        SQL,
        "tile_layer",
        id=literal(drawn.layer.id),
        columns=columns,
        rows=drawn.rows,
        shape=_shape(drawn.layer, zoom),
        extent=str(EXTENT),
        buffer=str(BUFFER),
    )


def _column(layer: Layer, name: str) -> str:
    """A field in its MVT type: text, whole number, number, yes or no; dates and times as ISO 8601 text."""
    column = f"served.{quoted(name)}"
    kind = layer.fields[name].type
    if kind == "date":
        return f"to_char({column}, 'YYYY-MM-DD') AS {quoted(name)}"
    if kind == "datetime":
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {quoted(name)}"""
    return f"{column} AS {quoted(name)}"


def _shape(layer: Layer, zoom: int) -> str:
    if zoom >= DETAILED_ZOOM or set(layer.file.geometry) == {"Point"}:
        return "served.geom_3857"
    return f"ST_Simplify(served.geom_3857, {SIMPLIFIED_UNITS} * tile.unit_m, true)"


def literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
