"""Which tiles a release touches: computed in the publish's own transaction, kept in `meta.touched`."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import psycopg
import shapely

from gis_server.catalog import Layer
from gis_server.db.rows import ways_of_seeing
from gis_server.db.statements import quoted, statement
from gis_server.drawing.cells import NONE, WORLD, Cells, pack, union
from gis_server.drawing.change import Change
from gis_server.drawing.cover import MARGIN, cover, cover_coarsely
from gis_server.drawing.draw import Wanted, draw, draw_all
from gis_server.drawing.rules import rule_of

SQL = Path(__file__).parent / "sql"
MOST_SHAPES = 50_000
"""Changed features whose shapes are looked at one by one; of more only the boxes are, in coarse tiles."""
COARSE_ZOOM = 13


def record_touched(conn: psycopg.Connection, release: int, layers: Iterable[tuple[Layer, str | None]]) -> None:
    """Draw ahead what the release changes in each layer, and enter which tiles it touches.

    The name is that of a table that will take the place of a layer that was empty: nothing drawn of that is worth
    keeping, so it is touched everywhere. Called before it does, as readers of the layer wait from then on.
    """
    once = {layer.id: (layer, twin) for layer, twin in layers}.values()
    touched = [_touched(conn, release, layer, None) if twin is None else (WORLD, None, None) for layer, twin in once]
    wanted = [
        Wanted(layer, twin or layer.table, ahead, release, change)
        for (layer, twin), (_, ahead, change) in zip(once, touched, strict=True)
    ]
    for one, (cells, ahead, _), redrawn in zip(wanted, touched, draw_all(conn, wanted), strict=True):
        of_layer = {"release": release, "layer": one.layer.id}
        whole = union([cells, *redrawn.values()])
        conn.execute(statement(SQL, "record"), {**of_layer, "cells": pack(whole)})
        for seen, condition in _partial_ways(one.layer).items():
            own = cells
            if ahead is not None and _hides_changed(conn, release, one.layer, condition):
                own = _touched(conn, release, one.layer, condition)[0]
            parts = union([own, redrawn.get(seen, NONE)])
            conn.execute(statement(SQL, "record_seen"), {**of_layer, "seen": seen, "cells": pack(parts)})
        conn.execute(statement(SQL, "account"), of_layer)


def draw_anew(conn: psycopg.Connection, layer: Layer) -> None:
    """Draw all of a layer by today's rule, on the books of the release that changed it last."""
    draw(conn, layer, layer.table, None)
    row = conn.execute(statement(SQL, "changed_last"), {"layer": layer.id}).fetchone()
    assert row is not None
    conn.execute(statement(SQL, "account"), {"release": row[0], "layer": layer.id})


def _hiding(layer: Layer) -> list[str]:
    """Fields by whose values a row is hidden from some: when one changes, the feature comes or goes for them."""
    return [name for marks in layer.file.rows.values() for name in marks]


def _partial_ways(layer: Layer) -> dict[str, str]:
    """Ways of seeing some of the rows: their names and conditions. Who sees so must not hear of what others see."""
    return {seen: condition for seen, condition in ways_of_seeing(layer).items() if condition is not None}


def _hides_changed(conn: psycopg.Connection, release: int, layer: Layer, condition: str) -> bool:
    """Whether anything that changed is hidden under a condition; if nothing is, all that changed is seen to."""
    names = {"served": layer.table, "history": layer.history, "condition": condition}
    row = conn.execute(statement(SQL, "hides_changed", **names), {"release": release}).fetchone()
    return row is not None and bool(row[0])


def _touched(
    conn: psycopg.Connection, release: int, layer: Layer, condition: str | None
) -> tuple[Cells, Cells, Change | None]:
    """Tiles that show what changed of the rows under a condition, those of which anything is drawn ahead that did, and
    what that is, if it is not too much."""
    values = {"release": release, "most": MOST_SHAPES, "zoom": COARSE_ZOOM, "margin": MARGIN}
    names = _names(layer, condition)
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(statement(SQL, "changed_shapes", **names), values).fetchall()
    if len(rows) <= MOST_SHAPES:
        shapes = shapely.from_wkb(np.array([shape for _, shape, _ in rows], dtype=object))
        ahead = np.array([ahead for _, _, ahead in rows], dtype=bool)
        fid = np.array([fid for fid, _, _ in rows], dtype=np.int64)
        change = Change(fid[ahead], shapely.bounds(shapes[ahead]).reshape(-1, 4))
        return cover(shapes), cover(shapes[ahead]), change
    tiles = conn.execute(statement(SQL, "changed_boxes", **names), values).fetchall()
    x, y = np.array(tiles, dtype=np.int64).T
    cells = cover_coarsely(COARSE_ZOOM, x, y)
    return cells, cells, None


def _names(layer: Layer, condition: str | None) -> dict[str, str]:
    """Columns whose change shows: at the zooms drawn ahead only those that are kept there."""
    rule = rule_of(layer)
    always = [*_hiding(layer), "source"]
    ahead = list(dict.fromkeys([*(rule.by if rule else ()), *always]))
    drawn = list(dict.fromkeys([*layer.file.tiles.fields, *ahead]))
    return {
        "served": _rows(layer.table, condition),
        "history": _rows(layer.history, condition),
        "drawn": ", ".join(quoted(name) for name in drawn),
        **{side: _of(side, drawn) for side in ("began", "ended")},
        **{f"{side}_ahead": _of(side, ahead) for side in ("began", "ended")},
    }


def _rows(table: str, condition: str | None) -> str:
    return table if condition is None else f"(SELECT * FROM {table} WHERE {condition}) AS seen"


def _of(side: str, names: list[str]) -> str:
    return ", ".join(f"{side}.{quoted(name)}" for name in names)
