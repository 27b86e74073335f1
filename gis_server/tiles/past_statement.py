"""Writes the statement of a tile from the rows of then, thinned to what its zoom shows."""

from collections.abc import Sequence
from dataclasses import replace

from gis_server.catalog import Catalog
from gis_server.db.statements import literal, quoted, text
from gis_server.drawing.rule import Rule
from gis_server.drawing.rules import is_labelled, rule_of
from gis_server.tiles.statement import BUFFER, EXTENT, SQL, columns, from_rows, mvt_names
from gis_server.tiles.tilesets import Drawn

ANY_OF_THEM = "true"
"""The rows of then that are asked for lie near the tile already."""
LEAST_NAMED = 256
"""Tile units: what is smaller bears no name."""
AREA_SQUARE, POINT_SQUARE = 16, 256
"""Sides, in tile units, of squares that show what lies most in them (2 pixels), and that show one point each."""
LEAST_SEEN = {True: 6, False: 2}
"""Sides, in tile units, of the smallest areas and other shapes that are drawn."""
STANDS_FOR = "CASE WHEN served.stands_for > 1 THEN served.stands_for END AS merged, "


def past_statement(catalog: Catalog, layers: Sequence[Drawn], zoom: int) -> str:
    """The statement of a tile whose rows are of the past; `$1`, `$2`, `$3` are z, x, y."""
    near = [replace(one, rows=text(SQL, "past_rows", rows=one.rows)) for one in layers]
    written = [_piece(one, zoom) for one in near]
    written += [_labels(one, zoom) for one in near if is_labelled(one.layer)]
    pieces, stored = " || ".join(written), str(catalog.crs.stored)
    return text(SQL, "past_tile", layers=pieces, margin=str(BUFFER / EXTENT), extent=str(EXTENT), stored=stored)


def _piece(drawn: Drawn, zoom: int) -> str:
    rule, kinds = rule_of(drawn.layer), set(drawn.layer.file.geometry)
    if rule is None or zoom > rule.high:
        return from_rows(drawn, zoom, "served.geom_3857", ANY_OF_THEM)
    if rule.into_areas:
        return _few(replace(drawn, fields=rule.by), zoom, "past_squares", AREA_SQUARE, _names(rule.by))
    if kinds == {"Point"} and rule.way in ("cluster", "rank"):
        rows, given = ("past_ranked", _order(rule)) if rule.way == "rank" else ("past_clusters", _agreed(drawn))
        return _few(drawn, zoom, rows, POINT_SQUARE, given)
    seen = ANY_OF_THEM if "Point" in kinds else text(SQL, "past_seen", least=str(LEAST_SEEN[kinds == {"Polygon"}]))
    return from_rows(drawn, zoom, "served.geom_3857", seen)


def _few(drawn: Drawn, zoom: int, rows: str, side: int, given: str) -> str:
    """A layer of which each square shows one thing; `given` is what its statement `rows` says of the fields."""
    few = text(SQL, rows, rows=drawn.rows, side=str(side), given=given)
    names = {"columns": columns(drawn, zoom) + STANDS_FOR, "shape": "served.geom_3857", "around": ANY_OF_THEM}
    return text(SQL, "tile_layer", **mvt_names(drawn.layer), **names, rows=few)


def _names(fields: Sequence[str]) -> str:
    return "".join(f"{quoted(name)}, " for name in fields)


def _agreed(drawn: Drawn) -> str:
    """Of a cluster, the fields that have one value in all of it."""
    shown = [(quoted(name), f"kept.{quoted(name)}") for name in drawn.fields]
    alike = "CASE WHEN count(DISTINCT {own}) = 1 AND count({own}) = count(*) THEN (array_agg({own}))[1] END AS {name}, "
    return "".join(alike.format(own=own, name=name) for name, own in shown)


def _order(rule: Rule) -> str:
    """What is shown first comes first."""
    if rule.rank is None:
        return ""
    field = quoted(rule.rank.by)
    if not rule.rank.first:
        return f"{field} DESC NULLS LAST, "
    named = ", ".join(literal(code) for code in rule.rank.first)
    return f"array_position(ARRAY[{named}], {field}::text) NULLS LAST, "


def _labels(drawn: Drawn, zoom: int) -> str:
    rule = rule_of(drawn.layer)
    assert rule is not None
    assert rule.label is not None
    names = {**mvt_names(drawn.layer), "columns": columns(drawn, zoom), "rows": drawn.rows}
    names |= {"id": literal(drawn.layer.labels), "said": quoted(rule.label), "least": str(LEAST_NAMED)}
    return text(SQL, "past_labels", **names)
