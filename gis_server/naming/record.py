"""Keeps the names of the city: what a release changed, in its own transaction; a layer anew when its rule changed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.names import bare, toned
from gis_server.db.database import Database
from gis_server.db.statements import quoted, statement
from gis_server.naming.rules import NameColumn, name_columns, rule_mark

SQL = Path(__file__).parent / "sql"
COPY = b"COPY meta.search_name (layer, field, name, bare, toned) FROM STDIN"
SINCE = "born = %(release)s"
EVERY = "true"
MANY = 5_000
"""New names after which the planner needs new statistics at once."""


def record_names(conn: psycopg.Connection, release: int, tables: Iterable[tuple[Layer, str]]) -> None:
    """Enter the names that a release brought to each layer, whose rows lie in the table (quoted name), and drop those
    that it ended. Called when the rows are written and before filled twins take their places."""
    for layer, table in dict(_by_id(tables)).values():
        columns = list(name_columns(layer))
        if not columns:
            continue
        row = conn.execute(statement(SQL, "forget", history=layer.history), {"release": release}).fetchone()
        for column in columns:
            _enter(conn, layer, column, {"table": table, "since": SINCE}, {"release": release})
        if row and row[0]:
            conn.execute(statement(SQL, "unborne"), {"names": row[0]})


def settle_names(database: Database, catalog: Catalog) -> list[str]:
    """Keep the names anew of every layer whose rule is another than they were kept by; the layers' ids."""
    with database.connect("read") as conn:
        if not _unsettled(conn, catalog):
            return []
    with database.connect("load") as conn:
        conn.execute("LOCK TABLE meta.search_name IN EXCLUSIVE MODE")  # a publish that is writing names ends first
        unsettled = _unsettled(conn, catalog)
        for layer_id in unsettled:
            _settle(conn, catalog, layer_id)
        conn.execute("SELECT meta.analyze_names()")
    return unsettled


def _by_id(tables: Iterable[tuple[Layer, str]]) -> Iterable[tuple[str, tuple[Layer, str]]]:
    """A layer that several sources changed is read once."""
    return ((layer.id, (layer, table)) for layer, table in tables)


def _enter(
    conn: psycopg.Connection, layer: Layer, column: NameColumn, rows: dict[str, str], values: dict[str, Any]
) -> None:
    conn.execute("SET LOCAL enable_nestloop = off")  # nothing is known of names that are a moment old
    names = {"field": quoted(column.field), "words": column.name, "number": column.number, **rows}
    values = {**values, "layer": layer.id, "field": column.field}
    found = conn.execute(statement(SQL, "new_names", **names), values).fetchall()
    if found:
        with conn.cursor() as cursor, cursor.copy(COPY) as copy:
            for (name,) in found:
                copy.write_row((layer.id, column.field, name, f" {bare(name)}", f" {toned(name)}"))
    conn.execute(statement(SQL, "entries", **names), values)
    conn.execute("SET LOCAL enable_nestloop TO DEFAULT")
    if len(found) > MANY:
        conn.execute("SELECT meta.analyze_names()")


def _unsettled(conn: psycopg.Connection, catalog: Catalog) -> list[str]:
    kept: dict[str, str] = dict(conn.execute("SELECT layer, rule FROM meta.search_rule").fetchall())
    wanted = {layer.id: mark for layer in catalog if (mark := rule_mark(layer))}
    return sorted(layer for layer in kept.keys() | wanted.keys() if kept.get(layer) != wanted.get(layer))


def _settle(conn: psycopg.Connection, catalog: Catalog, layer_id: str) -> None:
    conn.execute(statement(SQL, "forget_layer"), {"layer": layer_id})
    layer = catalog.layers.get(layer_id)
    if layer is None or not rule_mark(layer):
        conn.execute("DELETE FROM meta.search_rule WHERE layer = %s", [layer_id])
        return
    for column in name_columns(layer):
        _enter(conn, layer, column, {"table": layer.table, "since": EVERY}, {})
    conn.execute(statement(SQL, "keep_rule"), {"layer": layer_id, "rule": rule_mark(layer)})
