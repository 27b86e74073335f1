"""Which tiles a release touches: computed in the publish's own transaction, kept in `meta.touched`."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import psycopg
import shapely

from gis_server.catalog import Layer
from gis_server.db.statements import quoted, statement
from gis_server.drawing.cells import WORLD, Cells, pack, union
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
    touched = [_touched(conn, release, layer) if twin is None else (WORLD, None, None) for layer, twin in once]
    wanted = [
        Wanted(layer, twin or layer.table, ahead, release, change)
        for (layer, twin), (_, ahead, change) in zip(once, touched, strict=True)
    ]
    for one, (cells, _, _), redrawn in zip(wanted, touched, draw_all(conn, wanted), strict=True):
        both = pack(union([cells, redrawn]))
        conn.execute(statement(SQL, "record"), {"release": release, "layer": one.layer.id, "cells": both})
        conn.execute(statement(SQL, "account"), {"release": release, "layer": one.layer.id})


def draw_anew(conn: psycopg.Connection, layer: Layer) -> None:
    """Draw all of a layer by today's rule, on the books of the release that changed it last."""
    draw(conn, layer, layer.table, None)
    row = conn.execute(statement(SQL, "changed_last"), {"layer": layer.id}).fetchone()
    assert row is not None
    conn.execute(statement(SQL, "account"), {"release": row[0], "layer": layer.id})


def _hiding(layer: Layer) -> list[str]:
    """Fields by whose values a row is hidden from some: when one changes, the feature comes or goes for them."""
    return [name for marks in layer.file.rows.values() for name in marks]


def _touched(conn: psycopg.Connection, release: int, layer: Layer) -> tuple[Cells, Cells, Change | None]:
    """Tiles that show what changed, those of which anything is drawn ahead that did, and what that is, if it is not too
    much."""
    values = {"release": release, "most": MOST_SHAPES, "zoom": COARSE_ZOOM, "margin": MARGIN}
    names = _names(layer)
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


def _names(layer: Layer) -> dict[str, str]:
    """Columns whose change shows: at the zooms drawn ahead only those that are kept there."""
    rule = rule_of(layer)
    always = [*_hiding(layer), "source"]
    ahead = list(dict.fromkeys([*(rule.by if rule else ()), *always]))
    drawn = list(dict.fromkeys([*layer.file.tiles.fields, *ahead]))
    return {
        "served": layer.table,
        "history": layer.history,
        "drawn": ", ".join(quoted(name) for name in drawn),
        **{side: _of(side, drawn) for side in ("began", "ended")},
        **{f"{side}_ahead": _of(side, ahead) for side in ("began", "ended")},
    }


def _of(side: str, names: list[str]) -> str:
    return ", ".join(f"{side}.{quoted(name)}" for name in names)
