"""Writes the one SQL statement of a tile: names from the catalog, values bound later."""

from collections.abc import Sequence
from pathlib import Path

from gis_server.catalog import Layer
from gis_server.db.statements import literal, quoted, text
from gis_server.drawing.rules import DETAILED_ZOOM, is_labelled, rule_of
from gis_server.drawing.sheet import as_tag
from gis_server.tiles.tilesets import Drawn

SQL = Path(__file__).parent / "sql"
EXTENT = 4096
BUFFER = 128
"""Tile units beyond each edge: 16 pixels of a 512-pixel tile, so that wide lines meet without a seam."""
AREA_BUFFER = 64
"""The same of areas, whose outlines are thin: of a full tile half as many features more."""
AROUND = "served.geom_3857 && tile.found"
SIMPLIFIED_UNITS = 4
"""Lines and outlines move by at most this many tile units: half a pixel."""


def tile_statement(layers: Sequence[Drawn], zoom: int) -> str:
    """The statement for these layers; `$1`, `$2`, `$3` are z, x, y."""
    labelled = [drawn for drawn in layers if is_labelled(drawn.layer)]
    written = [*(_piece(drawn, zoom) for drawn in layers), *map(_labels, labelled)]
    pieces = " || ".join(written) or "''::bytea"
    margins = {"margin": str(BUFFER / EXTENT), "area_margin": str(AREA_BUFFER / EXTENT)}
    return text(SQL, "tile", layers=pieces, extent=str(EXTENT), **margins)


def _piece(drawn: Drawn, zoom: int) -> str:
    rule = rule_of(drawn.layer)
    if rule is not None and zoom <= rule.high:
        return text(SQL, "tile_drawn", **mvt_names(drawn.layer), seen=literal(drawn.seen))
    if zoom >= DETAILED_ZOOM and set(drawn.layer.file.geometry) == {"Polygon"}:
        names = {**mvt_names(drawn.layer), "columns": columns(drawn, zoom), "rows": drawn.rows}
        return text(SQL, "tile_areas", **{**names, "buffer": str(AREA_BUFFER)})
    return from_rows(drawn, zoom, "served.geom_3857")


def _labels(drawn: Drawn) -> str:
    return text(SQL, "tile_labels", **label_names(drawn))


def from_rows(drawn: Drawn, zoom: int, shape: str, around: str = AROUND) -> str:
    """A layer from rows that its view sees: `shape` is theirs in the tile's system, `around` says which are near."""
    layer = drawn.layer
    if zoom < DETAILED_ZOOM and set(layer.file.geometry) != {"Point"}:
        shape = f"ST_Simplify({shape}, {SIMPLIFIED_UNITS} * tile.unit, true)"
    names = {"columns": columns(drawn, zoom), "rows": drawn.rows, "shape": shape, "around": around}
    return text(SQL, "tile_layer", **mvt_names(layer), **names)


def columns(drawn: Drawn, zoom: int) -> str:
    """The fields that a zoom shows, each in its MVT type."""
    kept = set(drawn.layer.file.tiles.fields_at(zoom))
    return "".join(f"{as_tag(drawn.layer, name)} AS {quoted(name)}, " for name in drawn.fields if name in kept)


def label_names(drawn: Drawn) -> dict[str, str]:
    """What every statement of a layer's labels says of them."""
    names = {**mvt_names(drawn.layer), "id": literal(drawn.layer.labels)}
    return {**names, "layer": literal(drawn.layer.id), "seen": literal(drawn.seen)}


def mvt_names(layer: Layer) -> dict[str, str]:
    """What every statement of a layer says of its MVT."""
    return {"id": literal(layer.id), "extent": str(EXTENT), "buffer": str(BUFFER)}
