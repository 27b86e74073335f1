"""The books: which releases there were, and every version of one feature."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import psycopg
from psycopg.rows import class_row

from gis_server.catalog import Layer
from gis_server.db.statements import quoted, statement
from gis_server.errors import SettingInvalid, UnknownLayer
from gis_server.releases.staged import SQL


@dataclass(frozen=True)
class Entry:
    """One release."""

    release: int
    published_at: datetime
    who: str
    note: str
    layers: list[tuple[str, str, int, int, int]]
    """Layer, source, added, changed, removed."""


@dataclass(frozen=True)
class Version:
    """A feature as it was from one release until another."""

    fid: int
    born: int
    died: int | None
    source: str
    since: datetime
    who: str
    note: str
    until: datetime | None
    fields: dict[str, Any]
    shape: str
    """Equal for equal geometry."""


def releases(conn: psycopg.Connection, limit: int) -> list[Entry]:
    """Newest first."""
    with conn.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(statement(SQL, "books"), {"limit": limit}).fetchall()


def versions(conn: psycopg.Connection, layer: Layer, key: Sequence[str]) -> list[Version]:
    """Every version of the feature with this key, oldest first; UnknownLayer when there never was one."""
    if len(key) != len(layer.key):
        listed = " ".join(layer.key)
        raise SettingInvalid(f"Khóa của lớp {layer.id} gồm: {listed}.", f"The key of layer {layer.id} is: {listed}.")
    same = " AND ".join(f"{quoted(name)}::text = %(k{place})s" for place, name in enumerate(layer.key))
    names = {"served": layer.table, "history": layer.history, "fields": as_json(layer), "same_key": same}
    with conn.cursor(row_factory=class_row(Version)) as cursor:
        values = {f"k{place}": value for place, value in enumerate(key)}
        found = cursor.execute(statement(SQL, "feature_history", **names), values).fetchall()
    if not found:
        shown = " ".join(key)
        raise UnknownLayer(
            f"Lớp {layer.id} chưa từng có đối tượng “{shown}”.", f"Layer {layer.id} has never had a feature “{shown}”."
        )
    return found


def differences(found: Sequence[Version]) -> Iterator[tuple[Version, dict[str, tuple[Any, Any]]]]:
    """Each version with what it changed: field → before, after; `geom` has no words."""
    yield found[0], {}
    for old, new in pairwise(found):
        names = [name for name in new.fields if new.fields[name] != old.fields[name]]
        changed = {name: (old.fields[name], new.fields[name]) for name in names}
        yield new, changed | ({} if old.shape == new.shape else {"geom": ("", "")})


def as_json(layer: Layer, prefix: str = "") -> str:
    """The layer's fields as one JSON object."""
    fields = ", ".join(f"{prefix}{quoted(name)}" for name in layer.fields)
    return f"(SELECT row_to_json(x) FROM (SELECT {fields}) AS x)"
