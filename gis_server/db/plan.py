"""Which changes bring a layer's tables from one shape to another, and which of them would lose data."""

from collections.abc import Iterator
from dataclasses import dataclass

from gis_server.catalog import Layer
from gis_server.db.ddl import create_statements, geometry_types, kinds_rule, late_indexes, required_name
from gis_server.db.shapes import WIDENINGS, Column, Shape, hash_expression, measured
from gis_server.db.statements import SQL, quoted, statement


@dataclass(frozen=True)
class Step:
    """One change of tables; `drops` is what `--drop` must name before a change that loses data is made."""

    says: str
    statements: tuple[bytes, ...]
    drops: str | None = None
    rehash: bool = False
    forgets: bool = False
    """Whether the rows go, and with them the state of the layer."""


@dataclass(frozen=True)
class Content:
    """What a layer's tables hold, as far as it decides what may be changed."""

    has_rows: bool
    kinds: frozenset[str]
    release: int
    """The newest: rows born up to it were delivered under the old rules."""


def creation(layer: Layer) -> Step:
    return Step(f"+ {layer.id}", tuple(create_statements(layer)))


def removal(layer_id: str, content: Content) -> Step:
    """A layer whose file is gone."""
    return Step(f"- {layer_id}", (_dropped(layer_id),), layer_id if content.has_rows else None, forgets=True)


def alteration(layer: Layer, old: Shape, new: Shape, content: Content) -> list[Step]:
    """Steps between two shapes; tables without rows are simply made anew when a step would lose data."""
    steps = list(_steps(layer, old, new, content))
    if any(step.drops for step in steps) and not content.has_rows:
        return [_anew(layer, "", None)]
    if old.hash != new.hash or any(step.rehash for step in steps):
        rehash = (_named(layer, "rehash", hash=hash_expression(layer)),)
        steps.append(Step(f"{layer.id}: hash", rehash))
    if old.indexes != new.indexes:
        steps.append(Step(f"{layer.id}: index", tuple(late_indexes(layer))))
    if old.measured != new.measured:
        steps.append(Step(f"{layer.id}: clearance", (_named(layer, "measure", measured=measured("geom")),)))
    return steps


def _steps(layer: Layer, old: Shape, new: Shape, content: Content) -> Iterator[Step]:
    if old.key != new.key:
        yield _anew(layer, f"key {', '.join(old.key)} → {', '.join(new.key)}", layer.id)
        return
    if old.kinds != new.kinds:
        says = f"geometry {', '.join(old.kinds)} → {', '.join(new.kinds)}"
        if not content.kinds <= frozenset(geometry_types(new)):
            yield _anew(layer, says, layer.id)
            return
        yield Step(f"{layer.id}: {says}", (_named(layer, "set_kinds", rule=kinds_rule(new)),))
    for name in sorted(old.columns.keys() | new.columns.keys()):
        yield from _of_column(layer, name, (old.columns.get(name), new.columns.get(name)), content)


def _of_column(
    layer: Layer, name: str, change: tuple[Column | None, Column | None], content: Content
) -> Iterator[Step]:
    old, new = change
    what = f"{layer.id}.{name}"
    if new is None:
        yield Step(f"{what} −", (_field(layer, "drop_field", name),), what, rehash=True)
    elif old is None:
        yield Step(f"{what} + {new.type}", tuple(_added(layer, name, new, content)), rehash=True)
    elif old.type != new.type:
        yield _retyped(layer, name, (old, new), content)
    elif old.required != new.required:
        says = f"{what}: required {old.required} → {new.required}"
        yield Step(says, (_requirement(layer, name, new, content),))


def _retyped(layer: Layer, name: str, change: tuple[Column, Column], content: Content) -> Step:
    old, new = change
    says = f"{layer.id}.{name}: {old.type} → {new.type}"
    if (old.type, new.type) not in WIDENINGS:
        statements = (_field(layer, "drop_field", name), *_added(layer, name, new, content))
        return Step(says, statements, f"{layer.id}.{name}", rehash=True)
    widened = [_field(layer, "widen_field", name, type=new.type)]
    if old.required != new.required:
        widened.append(_requirement(layer, name, new, content))
    return Step(says, tuple(widened), rehash=True)


def _added(layer: Layer, name: str, column: Column, content: Content) -> Iterator[bytes]:
    yield _field(layer, "add_field", name, type=column.type)
    if column.required:
        yield _requirement(layer, name, column, content)


def _requirement(layer: Layer, name: str, column: Column, content: Content) -> bytes:
    verb = "require_field" if column.required else "loosen_field"
    return _field(layer, verb, name, release=str(content.release))


def _anew(layer: Layer, says: str, drops: str | None) -> Step:
    statements = (_dropped(layer.id), *create_statements(layer))
    return Step(f"{layer.id}: {says or 'anew'}", statements, drops, forgets=True)


def _dropped(layer_id: str) -> bytes:
    group, _, name = layer_id.partition(".")
    tables = {"served": f"{quoted(group)}.{quoted(name)}", "history": f"history.{quoted(f'{group}__{name}')}"}
    return statement(SQL, "drop_layer", **tables)


def _field(layer: Layer, verb: str, name: str, **names: str) -> bytes:
    return _named(layer, verb, field=quoted(name), required=quoted(required_name(name)), **names)


def _named(layer: Layer, verb: str, **names: str) -> bytes:
    return statement(SQL, verb, served=layer.table, history=layer.history, **names)
