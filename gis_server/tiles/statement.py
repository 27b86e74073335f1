"""Writes the one SQL statement of a tile: names from the catalog, values bound later."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gis_server.catalog import Layer
from gis_server.db.statements import literal, quoted, text
from gis_server.drawing.rules import DETAILED_ZOOM, is_labelled, rule_of
from gis_server.drawing.sheet import as_tag
from gis_server.tiles.tilesets import Drawn

SQL = Path(__file__).parent / "sql"
EXTENT = 4096
MOST_BYTES = 500_000
"""Of one tile, before it is compressed."""
BUFFER = 128
"""Tile units beyond each edge: 16 pixels of a 512-pixel tile, so that wide lines meet without a seam."""
AREA_BUFFER = 32
"""The same of areas, whose outlines are thin: of a full tile a quarter as many features more."""
AROUND = "served.geom_3857 && tile.found"
SIMPLIFIED_UNITS = 4
"""Lines and outlines move by at most this many tile units: half a pixel."""


@dataclass(frozen=True)
class Manner:
    """How finely a tile is drawn: steps across it, and whether parcels and houses are the areas of smaller scales."""

    extent: int = EXTENT
    from_afar: bool = False


MANNERS = (Manner(), Manner(EXTENT // 2), Manner(EXTENT // 2, from_afar=True))
"""The finest first; the others are for tiles over `MOST_BYTES`."""


def tile_statements(layers: Sequence[Drawn], zoom: int) -> tuple[str, ...]:
    """The statements for these layers, one for each manner; `$1`, `$2`, `$3` are z, x, y.

    The first whose tile is light enough is the one that counts.
    """
    return tuple(_tile_statement(layers, zoom, manner) for manner in MANNERS)


def _tile_statement(layers: Sequence[Drawn], zoom: int, manner: Manner) -> str:
    labelled = [drawn for drawn in layers if is_labelled(drawn.layer)]
    written = [_piece(drawn, zoom, manner) for drawn in layers]
    written += [_labels(drawn, manner.extent) for drawn in labelled]
    pieces = " || ".join(written) or "''::bytea"
    margins = {"margin": str(BUFFER / EXTENT), "area_margin": str(AREA_BUFFER / EXTENT)}
    return text(SQL, "tile", layers=pieces, extent=str(manner.extent), **margins)


def _piece(drawn: Drawn, zoom: int, manner: Manner) -> str:
    rule, names = rule_of(drawn.layer), mvt_names(drawn.layer, manner.extent)
    if rule is not None and (zoom <= rule.high or (rule.into_areas and manner.from_afar)):
        return text(SQL, "tile_drawn", **names, **_drawn_at(min(zoom, rule.high), zoom), seen=literal(drawn.seen))
    if zoom >= DETAILED_ZOOM and set(drawn.layer.file.geometry) == {"Polygon"}:
        names["buffer"] = _in_steps(AREA_BUFFER, manner.extent)
        names |= {"columns": columns(drawn, zoom), "rows": drawn.rows, "laid": text(SQL, "tile_laid")}
        return text(SQL, "tile_areas", **names)
    return from_rows(drawn, zoom, "served.geom_3857", extent=manner.extent)


def _drawn_at(drawn: int, zoom: int) -> dict[str, str]:
    """In which tile of the zoom at which things were drawn a tile lies; numbers of four bytes: see tile_labels.sql."""
    if drawn == zoom:
        return {"zoom": "$1", "x": "$2", "y": "$3"}
    return {"zoom": str(drawn), "x": f"($2::int >> {zoom - drawn})", "y": f"($3::int >> {zoom - drawn})"}


def _labels(drawn: Drawn, extent: int) -> str:
    return text(SQL, "tile_labels", **label_names(drawn, extent))


def from_rows(drawn: Drawn, zoom: int, shape: str, around: str = AROUND, extent: int = EXTENT) -> str:
    """A layer from rows that its view sees: `shape` is theirs in the tile's system, `around` says which are near."""
    layer = drawn.layer
    if zoom < DETAILED_ZOOM and set(layer.file.geometry) != {"Point"}:
        shape = f"ST_Simplify({shape}, {SIMPLIFIED_UNITS} * tile.unit, true)"
    names = {"columns": columns(drawn, zoom), "rows": drawn.rows, "shape": shape, "around": around}
    return text(SQL, "tile_layer", **mvt_names(layer, extent), **names)


def columns(drawn: Drawn, zoom: int) -> str:
    """The fields that a zoom shows, each in its MVT type."""
    kept = set(drawn.layer.file.tiles.fields_at(zoom))
    return "".join(f"{as_tag(drawn.layer, name)} AS {quoted(name)}, " for name in drawn.fields if name in kept)


def label_names(drawn: Drawn, extent: int = EXTENT) -> dict[str, str]:
    """What every statement of a layer's labels says of them."""
    names = {**mvt_names(drawn.layer, extent), "id": literal(drawn.layer.labels)}
    return {**names, "layer": literal(drawn.layer.id), "seen": literal(drawn.seen)}


def mvt_names(layer: Layer, extent: int = EXTENT) -> dict[str, str]:
    """What every statement of a layer says of its MVT."""
    return {"id": literal(layer.id), "extent": str(extent), "buffer": _in_steps(BUFFER, extent)}


def _in_steps(buffer: int, extent: int) -> str:
    return str(buffer * extent // EXTENT)
