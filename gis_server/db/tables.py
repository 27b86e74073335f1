"""Brings the database up to the catalog: grids, tables, fields; refuses what would lose data, all of it at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from gis_server.catalog import Catalog, CrsBook
from gis_server.catalog.consumers import consumers
from gis_server.db.database import Database
from gis_server.db.ddl import history_of, table_of
from gis_server.db.plan import Content, Step, alteration, creation, removal
from gis_server.db.shapes import Shape, shape_of
from gis_server.db.statements import SQL, quoted, statement
from gis_server.errors import Busy, DatabaseMissing, MigrationRefused, SettingInvalid

__all__ = ["history_of", "migrate", "table_of"]

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
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
    crs = _crs_changes(conn, catalog.crs)
    for row in crs:
        _write_crs(conn, row)
    steps = {layer: _steps(conn, catalog, layer) for layer in _differences(conn, catalog)}
    _check_losses(catalog, [step for some in steps.values() for step in some], allowed)
    for layer_id, some in steps.items():
        _apply(conn, catalog, layer_id, some)
    return [f"CRS {row['srid']}" for row in crs] + [_told(catalog, step) for some in steps.values() for step in some]


def _told(catalog: Catalog, step: Step) -> str:
    """What a step does, and under a loss everyone in the files who still counts on what goes."""
    used = [] if step.drops is None else consumers(catalog, step.drops)
    return "\n".join([step.says, *(f"    ↳ {one}" for one in used)])


def _differences(conn: psycopg.Connection, catalog: Catalog) -> list[str]:
    """Ids of layers whose tables are not as the catalog wants them, in one query."""
    there = _definitions(conn)
    wanted = {layer.id: shape_of(layer).as_json() for layer in catalog}
    gone = [layer_id for layer_id in there if layer_id not in wanted]
    return gone + [layer_id for layer_id, shape in wanted.items() if there.get(layer_id) != shape]


def _definitions(conn: psycopg.Connection) -> dict[str, Any]:
    return dict(conn.execute("SELECT layer, definition FROM meta.layer ORDER BY layer").fetchall())


def _steps(conn: psycopg.Connection, catalog: Catalog, layer_id: str) -> list[Step]:
    there = _definitions(conn).get(layer_id)
    if there is None:
        return [creation(catalog[layer_id])]
    content = _content(conn, layer_id)
    if layer_id not in catalog.layers:
        return [removal(layer_id, content)]
    layer = catalog[layer_id]
    return alteration(layer, Shape.from_json(there), shape_of(layer), content)


def _content(conn: psycopg.Connection, layer_id: str) -> Content:
    group, _, name = layer_id.partition(".")
    served, history = f"{quoted(group)}.{quoted(name)}", f"history.{quoted(f'{group}__{name}')}"
    row = conn.execute(statement(SQL, "layer_content", served=served, history=history)).fetchone()
    assert row is not None
    return Content(row[0], frozenset(row[1]), row[2])


def _apply(conn: psycopg.Connection, catalog: Catalog, layer_id: str, steps: Sequence[Step]) -> None:
    if any(step.forgets for step in steps):
        conn.execute(statement(SQL, "forget_layer"), {"layer": layer_id})
    for step in steps:
        for one in step.statements:
            conn.execute(one)
        if step.drops is not None:
            field = step.drops.removeprefix(layer_id).removeprefix(".") or None
            conn.execute(statement(SQL, "record_loss"), {"layer": layer_id, "field": field, "says": step.says})
    if layer_id in catalog.layers:
        definition = Jsonb(shape_of(catalog[layer_id]).as_json())
        conn.execute(statement(SQL, "upsert_layer"), {"layer": layer_id, "definition": definition})


def _check_losses(catalog: Catalog, steps: Sequence[Step], allowed: frozenset[str]) -> None:
    """Every loss that was not allowed by name, and every name that nothing would be lost under."""
    losses = {step.drops: step for step in steps if step.drops is not None}
    if surplus := sorted(allowed - losses.keys()):
        names = ", ".join(surplus)
        raise SettingInvalid(
            f"--drop {names}: không có gì phải xóa dưới tên đó; chưa thay đổi gì.",
            f"--drop {names}: nothing needs to be dropped under that name; nothing was changed.",
        )
    if refused := {drops: step for drops, step in losses.items() if drops not in allowed}:
        raise _refused(catalog, refused)


def _refused(catalog: Catalog, losses: Mapping[str, Step]) -> MigrationRefused:
    listed = "\n".join(f"  {_told(catalog, step)}" for step in losses.values())
    command = "bando db migrate " + " ".join(f"--drop {drops}" for drops in losses)
    return MigrationRefused(
        f"Tệp lớp đòi những thay đổi làm mất dữ liệu đang phục vụ; chưa thay đổi gì:\n{listed}\n"
        f"Sửa lại tệp lớp, hoặc chấp nhận mất dữ liệu:\n  {command}",
        "Layer files ask for changes that would lose served data (listed above); nothing was changed. "
        "Mend the layer files, or accept the loss with the command above.",
    )


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
            f"Không ghi được hệ tọa độ {row['srid']} vào spatial_ref_sys. Nhờ quản trị PostgreSQL chạy: {command}",
            f"Grid {row['srid']} cannot be written to spatial_ref_sys. Ask the administrator to run the command above.",
        ) from error


def _busy() -> Busy:
    return Busy(
        f"Bảng đang bị một lần nạp hay câu hỏi dài giữ quá {PATIENCE}; chờ nó xong rồi chạy lại. Chưa thay đổi gì.",
        f"A load or a long question held a table for more than {PATIENCE}; run again later. Nothing was changed.",
    )
