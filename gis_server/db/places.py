"""Copies administrative units of every era, and their crosswalk, from `layers/_places/` to where SQL joins them."""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import Any

import psycopg

from gis_server.catalog.places import Link, Place, Places
from gis_server.db.database import Database

MARK = "SELECT obj_description('meta.admin_unit'::regclass, 'pg_class')"


def write_places(database: Database, places: Places) -> bool:
    """Make `meta.admin_unit` and `meta.admin_link` what the files say; False when they already were."""
    mark = hashlib.sha256(repr(places).encode()).hexdigest()[:16]
    with database.connect("read") as conn:
        if conn.execute(MARK).fetchone() == (mark,):
            return False
    with database.connect("owner") as conn:
        conn.execute("LOCK TABLE meta.admin_unit, meta.admin_link IN EXCLUSIVE MODE")
        _replace(conn, "admin_unit", Place, places.units)
        _replace(conn, "admin_link", Link, places.links)
        conn.execute(f"COMMENT ON TABLE meta.admin_unit IS '{mark}'".encode())
    return True


def _replace(conn: psycopg.Connection, table: str, row: type[Any], rows: Iterable[Any]) -> None:
    """Columns are called as the fields of the row's class."""
    columns = ", ".join(field.name for field in fields(row))
    conn.execute(f"DELETE FROM meta.{table}".encode())
    with conn.cursor() as cursor, cursor.copy(f"COPY meta.{table} ({columns}) FROM STDIN".encode()) as copy:
        for one in rows:
            copy.write_row(astuple(one))
