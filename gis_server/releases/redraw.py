"""Draws ahead what is served and was drawn by other rules: after an update of layer files or of this program."""

from collections.abc import Sequence
from pathlib import Path

import psycopg

from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import statement
from gis_server.drawing.rules import mark_of, rule_of
from gis_server.drawing.touched import draw_anew
from gis_server.releases.publish import alone

SQL = Path(__file__).parent / "sql"


def outdated(conn: psycopg.Connection, catalog: Catalog) -> list[Layer]:
    """Layers that serve rows but are drawn by another rule than theirs, or not at all."""
    marks: dict[str, str | None] = dict(conn.execute(statement(SQL, "drawn_by")).fetchall())
    served = (catalog[layer] for layer in marks if layer in catalog.layers)
    return [layer for layer in served if rule_of(layer) is not None and marks[layer.id] != mark_of(layer)]


def redraw(conn: psycopg.Connection, layers: Sequence[Layer]) -> None:
    """Each whole or not at all, and none beside a publish. The release stays what it is."""
    for layer in layers:
        with alone(conn):
            draw_anew(conn, layer)
