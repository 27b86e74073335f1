"""Changes tables as the catalog asks; refuses what would lose data, all of it at once."""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg.types.json import Jsonb

from gis_server.catalog import Catalog
from gis_server.catalog.consumers import consumers
from gis_server.db.plan import Content, Step, alteration, creation, removal
from gis_server.db.shapes import Shape, definitions, shape_of
from gis_server.db.statements import SQL, quoted, statement
from gis_server.errors import MigrationRefused, SettingInvalid


def change(conn: psycopg.Connection, catalog: Catalog, layers: Sequence[str], allowed: frozenset[str]) -> list[str]:
    """Brings the tables of these layers to their files and says what changed."""
    steps = {layer: _steps(conn, catalog, layer) for layer in layers}
    _check_losses(catalog, [step for some in steps.values() for step in some], allowed)
    for layer_id, some in steps.items():
        _apply(conn, catalog, layer_id, some)
    return [_told(catalog, step) for some in steps.values() for step in some]


def _told(catalog: Catalog, step: Step) -> str:
    """What a step does, and under a loss everyone in the files who still counts on what goes."""
    used = [] if step.drops is None else consumers(catalog, step.drops)
    return "\n".join([step.says, *(f"    ↳ {one}" for one in used)])


def _steps(conn: psycopg.Connection, catalog: Catalog, layer_id: str) -> list[Step]:
    there = definitions(conn).get(layer_id)
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
            f"--drop {names}: không có dữ liệu nào phải xóa dưới tên này. Chưa thay đổi gì.",
            f"--drop {names}: there is nothing to drop under this name. Nothing was changed.",
        )
    if refused := {drops: step for drops, step in losses.items() if drops not in allowed}:
        raise _refused(catalog, refused)


def _refused(catalog: Catalog, losses: Mapping[str, Step]) -> MigrationRefused:
    listed = "\n".join(f"  {_told(catalog, step)}" for step in losses.values())
    command = "bando db migrate " + " ".join(f"--drop {drops}" for drops in losses)
    return MigrationRefused(
        f"Tệp lớp đòi hỏi những thay đổi làm mất dữ liệu đang phục vụ. Chưa thay đổi gì:\n{listed}\n"
        f"Hãy sửa lại tệp lớp, hoặc chấp nhận mất dữ liệu:\n  {command}",
        "Layer files ask for changes that would lose served data (listed above). Nothing was changed. "
        "Mend the layer files, or accept the loss with the command above.",
    )
