"""The columns of staging tables, and the sweeping of those that killed loads left behind."""

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from gis_server.catalog import Layer
from gis_server.db.shapes import COLUMN_TYPE
from loaders.statements import statement

LOCK = 7_901_004
"""Class of the advisory locks that say which loads are alive."""


def create(conn: psycopg.Connection, table: sql.Identifier, layer: Layer, srid: int) -> None:
    """An empty table for rows of a layer."""
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(COLUMN_TYPE[rule.type]))
        for name, rule in layer.fields.items()
    ]
    made = statement("staging_create.sql", table=table, columns=sql.SQL(", ").join(columns), srid=sql.Literal(srid))
    conn.execute(made)


def never_served(conn: psycopg.Connection, layer: Layer) -> bool:
    """Whether a layer serves nothing and never did."""
    history = sql.Identifier("history", f"{layer.group}__{layer.name}")
    names = {"served": sql.Identifier(layer.group, layer.name), "history": history}
    row = conn.execute(statement("never_served.sql", **names)).fetchone()
    return row is not None and bool(row[0])


def rows_in(conn: psycopg.Connection, table: sql.Identifier) -> int:
    """How many rows are left in a staging table."""
    row = conn.execute(statement("count_rows.sql", staged=table)).fetchone()
    return 0 if row is None else int(row[0])


def has_rows(conn: psycopg.Connection, table: sql.Identifier) -> bool:
    """Whether one is; a large table is not read for that."""
    row = conn.execute(statement("any_rows.sql", staged=table)).fetchone()
    return row is not None and bool(row[0])


def sweep(conn: psycopg.Connection) -> None:
    """Drops what loads that were killed left behind."""
    left = [name for (name,) in conn.execute(statement("left_behind.sql"), {"lock": LOCK})]
    conn.execute("SELECT meta.drop_staged(%s)", [left])


def new_fids(conn: psycopg.Connection, count: int) -> NDArray[np.int64]:
    """So many; mostly they follow each other."""
    row = conn.execute(statement("fids.sql"), {"count": count}).fetchone()
    assert row is not None
    return np.arange(row[0], row[0] + count) if row[1] is None else np.array(row[1], np.int64)
