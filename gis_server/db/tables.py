"""Brings the database up to the catalog: grids, tables, fields; mostly nothing is to be done, and that is seen soon."""

from collections.abc import Mapping
from typing import Any

import psycopg

from gis_server.catalog import Catalog, CrsBook
from gis_server.db.database import Database
from gis_server.db.shapes import definitions, shape_of
from gis_server.db.statements import SQL, statement
from gis_server.errors import Busy, DatabaseMissing

MIGRATION_LOCK = 7_901_002
PATIENCE = "30s"
"""How long to wait for a load or a long question to let go of a table."""


def migrate(database: Database, catalog: Catalog, *, allow_destructive: frozenset[str] = frozenset()) -> list[str]:
    """Make tables fit the layer files and say what changed; `allow_destructive` names LAYER or LAYER.FIELD to lose."""
    with database.connect("read") as conn:
        if not _differences(conn, catalog) and not _crs_changes(conn, catalog.crs) and not allow_destructive:
            return []
    with database.connect("owner") as conn:
        conn.execute(statement(SQL, "session"))
        conn.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'".encode())
        try:
            return _migrate(conn, catalog, allow_destructive)
        except psycopg.errors.LockNotAvailable as error:
            raise _busy() from error


def _migrate(conn: psycopg.Connection, catalog: Catalog, allowed: frozenset[str]) -> list[str]:
    from gis_server.db.change import change

    conn.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
    crs = _crs_changes(conn, catalog.crs)
    for row in crs:
        _write_crs(conn, row)
    return [f"CRS {row['srid']}" for row in crs] + change(conn, catalog, _differences(conn, catalog), allowed)


def _differences(conn: psycopg.Connection, catalog: Catalog) -> list[str]:
    """Ids of layers whose tables are not as the catalog wants them, in one query."""
    there = definitions(conn)
    wanted = {layer.id: shape_of(layer).as_json() for layer in catalog}
    gone = [layer_id for layer_id in there if layer_id not in wanted]
    return gone + [layer_id for layer_id, shape in wanted.items() if there.get(layer_id) != shape]


def _crs_changes(conn: psycopg.Connection, crs: CrsBook) -> list[dict[str, Any]]:
    """Rows of spatial_ref_sys that are missing or say something else."""
    wanted = {srid: ("BANDO", crs.srtext(srid), crs.proj4(srid)) for srid in crs.file.grids}
    query = "SELECT srid, auth_name, srtext, proj4text FROM spatial_ref_sys WHERE srid = ANY(%s)"
    there = {srid: tuple(rest) for srid, *rest in conn.execute(query, [list(wanted)]).fetchall()}
    return [
        {"srid": srid, "srtext": row[1], "proj4text": row[2]} for srid, row in wanted.items() if there.get(srid) != row
    ]


def _write_crs(conn: psycopg.Connection, row: Mapping[str, Any]) -> None:
    try:
        conn.execute(statement(SQL, "upsert_crs"), row)
    except psycopg.errors.InsufficientPrivilege as error:
        command = "GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO bando_owner;"
        raise DatabaseMissing(
            f"Không ghi được hệ tọa độ {row['srid']} vào spatial_ref_sys. Hãy nhờ quản trị viên PostgreSQL chạy: "
            f"{command}",
            f"Grid {row['srid']} cannot be written to spatial_ref_sys. Ask the administrator to run the command above.",
        ) from error


def _busy() -> Busy:
    return Busy(
        f"Bảng đang bị một lần nạp hoặc một truy vấn dài giữ quá {PATIENCE}. Chưa thay đổi gì; hãy chờ việc ấy xong "
        "rồi chạy lại.",
        f"A load or a long question held a table for more than {PATIENCE}; run again later. Nothing was changed.",
    )
