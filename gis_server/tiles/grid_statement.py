"""Writes the one SQL statement of a tile of another grid than Web Mercator's: names written in, values bound later."""

from collections.abc import Sequence

from gis_server.db.statements import literal, text
from gis_server.drawing.rules import is_labelled, rule_of
from gis_server.tiles.grids import TileGrid
from gis_server.tiles.statement import BUFFER, EXTENT, SQL, from_rows, label_names, mvt_names
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
    written = [_piece(drawn, grid, zoom) for drawn in layers]
    written += [_labels(drawn, grid, zoom) for drawn in layers if is_labelled(drawn.layer)]
    pieces = " || ".join(written) or "''::bytea"
    return text(SQL, "grid_tile", layers=pieces, **names)


def _piece(drawn: Drawn, grid: TileGrid, zoom: int) -> str:
    rule = rule_of(drawn.layer)
    if rule is not None and zoom <= rule.high:
        names = {"seen": literal(drawn.seen), "zoom": str(zoom), "srid": str(grid.srid)}
        return text(SQL, "grid_drawn", **mvt_names(drawn.layer), **names, joins=str(rule.joins).lower())
    return from_rows(drawn, zoom, f"ST_Transform(served.geom, {grid.srid})")


def _labels(drawn: Drawn, grid: TileGrid, zoom: int) -> str:
    return text(SQL, "grid_labels", **label_names(drawn), zoom=str(zoom), srid=str(grid.srid))


def _number(value: float) -> str:
    """Of an unmistakable type: PostgreSQL reads 180 as a whole number, and divides it as one."""
    return f"({value!r})::double precision"
