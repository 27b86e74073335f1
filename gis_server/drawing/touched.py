"""Which tiles a release touches: computed in the publish's own transaction, kept in `meta.touched`."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import psycopg
import shapely

from gis_server.catalog import Layer
from gis_server.db.statements import quoted, statement
from gis_server.drawing.cells import WORLD, Cells, pack
from gis_server.drawing.cover import MARGIN, cover, cover_coarsely

SQL = Path(__file__).parent / "sql"
MOST_SHAPES = 50_000
"""Changed features whose shapes are looked at one by one; of more only the boxes are, in coarse tiles."""
COARSE_ZOOM = 13


def record_touched(conn: psycopg.Connection, release: int, layers: Iterable[tuple[Layer, bool]]) -> None:
    """Enter what the release touches in each layer; the flag says that the layer was empty before.

    Called when the rows are written and before filled twins take their places: nothing drawn of an empty layer is
    worth keeping, so a filled one is touched everywhere.
    """
    for layer, filled in {layer.id: (layer, filled) for layer, filled in layers}.values():
        cells = WORLD if filled else _touched(conn, release, layer)
        conn.execute(statement(SQL, "record"), {"release": release, "layer": layer.id, "cells": pack(cells)})


def _touched(conn: psycopg.Connection, release: int, layer: Layer) -> Cells:
    drawn = [*layer.file.tiles.fields, "source"]
    names = {
        "served": layer.table,
        "history": layer.history,
        "drawn": ", ".join(quoted(name) for name in drawn),
        "began": ", ".join(f"began.{quoted(name)}" for name in drawn),
        "ended": ", ".join(f"ended.{quoted(name)}" for name in drawn),
    }
    values = {"release": release, "most": MOST_SHAPES, "zoom": COARSE_ZOOM, "margin": MARGIN}
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(statement(SQL, "changed_shapes", **names), values).fetchall()
    if len(rows) <= MOST_SHAPES:
        return cover(shapely.from_wkb(np.array([row[0] for row in rows], dtype=object)))
    tiles = conn.execute(statement(SQL, "changed_boxes", **names), values).fetchall()
    x, y = np.array(tiles, dtype=np.int64).T
    return cover_coarsely(COARSE_ZOOM, x, y)
