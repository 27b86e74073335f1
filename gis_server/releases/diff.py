"""What differs between two states of a layer: two releases, or a draft and what its source serves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from gis_server.catalog import Layer
from gis_server.db.shapes import hash_expression
from gis_server.db.statements import SQL as DB_SQL
from gis_server.db.statements import quoted, statement
from gis_server.releases.books import as_json
from gis_server.releases.staged import SQL, Counts

KINDS = ("added", "changed", "removed")


@dataclass(frozen=True)
class Sides:
    """Two selects with the same columns, before and after; only rows that may differ need to be in them."""

    layer: Layer
    old: str
    new: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One feature that differs."""

    kind: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    moved_m: float | None
    old_shape: str | None
    new_shape: str | None

    @property
    def changed(self) -> dict[str, tuple[Any, Any]]:
        """Field → before, after."""
        before, after = self.before or {}, self.after or {}
        names = before if self.kind == "removed" else after
        return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


@dataclass(frozen=True)
class LayerDiff:
    """How much of a layer differs, and in which fields."""

    sides: Sides
    counts: Counts
    fields: dict[str, int]
    """Field (or `geom`) → in how many changed features."""

    @property
    def layer(self) -> Layer:
        return self.sides.layer


def changed_layers(conn: psycopg.Connection, first: int, last: int) -> list[str]:
    """Layers that any release after the one and up to the other touched."""
    between = {"after": min(first, last), "upto": max(first, last)}
    return [layer for (layer,) in conn.execute(statement(SQL, "layers_between"), between)]


def between_releases(layer: Layer, first: int, last: int) -> Sides:
    """Rows that ended, and rows that began, between two releases; the later one may come first."""
    low, high = min(first, last), max(first, last)
    columns = ", ".join(_columns(layer))
    ended = f"SELECT {columns} FROM {layer.history} WHERE born <= %(low)s AND died > %(low)s AND died <= %(high)s"
    began = (
        f"SELECT {columns} FROM {layer.table} WHERE born > %(low)s AND born <= %(high)s UNION ALL "
        f"SELECT {columns} FROM {layer.history} WHERE born > %(low)s AND born <= %(high)s AND died > %(high)s"
    )
    old, new = (ended, began) if first <= last else (began, ended)
    return Sides(layer, old, new, {"low": low, "high": high})


def from_served(layer: Layer, table: str, source: str) -> Sides:
    """A draft's table against what its source serves."""
    columns = ", ".join(_columns(layer))
    fields = ", ".join([*(quoted(name) for name in layer.fields), "geom"])
    old = f"SELECT {columns} FROM {layer.table} WHERE source = %(source)s"
    new = f"SELECT {hash_expression(layer)} AS hash, %(source)s::text AS source, {fields} FROM {table}"
    return Sides(layer, old, new, {"source": source})


def compare(conn: psycopg.Connection, sides: Sides) -> LayerDiff:
    """The numbers."""
    conn.execute(statement(DB_SQL, "session"))
    names = [*sides.layer.fields, "geom"]
    both = "o.hash IS NOT NULL AND n.hash IS NOT NULL"
    fields = ", ".join(
        f"count(*) FILTER (WHERE {both} AND o.{quoted(name)} IS DISTINCT FROM n.{quoted(name)})" for name in names
    )
    row = conn.execute(statement(SQL, "diff_counts", **_names(sides), fields=fields), sides.values).fetchone()
    assert row is not None
    per_field = {name: count for name, count in zip(names, row[3:], strict=True) if count}
    return LayerDiff(sides, Counts(*row[:3]), per_field)


def rows(
    conn: psycopg.Connection, sides: Sides, limit: int, *, kind: str | None = None, shapes: bool = False
) -> Iterator[Difference]:
    """Differing features, of one kind or of all, with shapes in degrees when asked for."""
    conn.execute(statement(DB_SQL, "session"))
    conditions = {
        "added": "o.hash IS NULL",
        "removed": "n.hash IS NULL",
        "changed": "o.hash IS NOT NULL AND n.hash IS NOT NULL",
    }
    names = {
        **_names(sides),
        "old_fields": f"CASE WHEN o.hash IS NOT NULL THEN {as_json(sides.layer, 'o.')} END",
        "new_fields": f"CASE WHEN n.hash IS NOT NULL THEN {as_json(sides.layer, 'n.')} END",
        "with_shapes": str(shapes).lower(),
        "kinds": conditions[kind] if kind else "true",
    }
    with conn.cursor(row_factory=class_row(Difference)) as cursor:
        yield from cursor.execute(statement(SQL, "diff_rows", **names), {**sides.values, "limit": limit})


def _columns(layer: Layer) -> list[str]:
    return ["hash", "source", *(quoted(name) for name in layer.fields), "geom"]


def _names(sides: Sides) -> dict[str, str]:
    return {"old": sides.old, "new": sides.new, "key": ", ".join(quoted(name) for name in sides.layer.key)}
