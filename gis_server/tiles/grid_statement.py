"""Writes the one SQL statement of a tile of another grid than Web Mercator's: names written in, values bound later."""

from collections.abc import Sequence

from gis_server.db.statements import literal, quoted, text
from gis_server.drawing.rules import DETAILED_ZOOM, rule_of
from gis_server.drawing.sheet import as_tag
from gis_server.tiles.grids import TileGrid
from gis_server.tiles.statement import BUFFER, EXTENT, SIMPLIFIED_UNITS, SQL
from gis_server.tiles.tilesets import Drawn


def grid_statement(layers: Sequence[Drawn], grid: TileGrid, zoom: int) -> str:
    """These layers as this zoom of Web Mercator shows them; `$1`, `$2`, `$3` are matrix, column, row."""
    names = {
        "srid": str(grid.srid),
        "west": _number(grid.corner[0]),
        "north": _number(grid.corner[1]),
        "side": _number(grid.side),
        "shown": ", ".join(map(_number, grid.shown)),
        "margin": str(BUFFER / EXTENT),
        "extent": str(EXTENT),
    }
    pieces = " || ".join(_piece(drawn, grid, zoom) for drawn in layers) or "''::bytea"
    return text(SQL, "grid_tile", layers=pieces, **names)


def _piece(drawn: Drawn, grid: TileGrid, zoom: int) -> str:
    layer = drawn.layer
    names = {"id": literal(layer.id), "extent": str(EXTENT), "buffer": str(BUFFER)}
    rule = rule_of(layer)
    if rule is not None and zoom <= rule.high:
        names |= {"seen": literal(drawn.seen), "zoom": str(zoom), "srid": str(grid.srid)}
        return text(SQL, "grid_drawn", **names, joins=str(rule.joins).lower())
    kept = set(layer.file.tiles.fields_at(zoom))
    columns = "".join(f"{as_tag(layer, name)} AS {quoted(name)}, " for name in drawn.fields if name in kept)
    shape = f"ST_Transform(served.geom, {grid.srid})"
    if zoom < DETAILED_ZOOM and set(layer.file.geometry) != {"Point"}:
        shape = f"ST_Simplify({shape}, {SIMPLIFIED_UNITS} * tile.unit, true)"
    return text(SQL, "grid_layer", **names, columns=columns, rows=drawn.rows, shape=shape)


def _number(value: float) -> str:
    """Of an unmistakable type: PostgreSQL reads 180 as a whole number, and divides it as one."""
    return f"({value!r})::double precision"
