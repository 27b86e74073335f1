"""A layer's staged rows compared with what their source serves, and written over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg

from gis_server.catalog import Layer
from gis_server.catalog.crs import WEB_MERCATOR
from gis_server.db.shapes import hash_expression, measured
from gis_server.db.statements import quoted, statement
from gis_server.errors import LoadRefused

SQL = Path(__file__).parent / "sql"
SHOWN = 10
"""How many keys an error names."""


@dataclass(frozen=True)
class Kept:
    """Rows of a delivery that are not staged, since their source serves them as they came: all but these."""

    since: int
    """The release in which the source last changed the layer, when that was found."""
    rest: list[int]
    """Fids of the source's other rows: changed, or gone."""


@dataclass(frozen=True)
class Staged:
    """A staging table (quoted name) with the layer's fields and `geom`, rounded to 1 mm, SRID 9210.

    `hashed`: it has `hash`, `geom_3857` and `clearance`, too, and no key stands twice in it. `twin`: the same, made by
    `meta.begin_fill` and indexed, so that it can itself become the layer's table while that is empty.
    """

    layer: Layer
    table: str
    form: Literal["plain", "hashed", "twin"] = "plain"
    name: str = ""
    """Of a twin: its bare name."""
    kept: Kept | None = None
    """Of a hashed table: the delivery's other rows are served already."""


class Overtaken(Exception):
    """Another load of the same source published the layer after this one compared its rows: all must be staged."""


@dataclass(frozen=True)
class Counts:
    """Rows that a publish added, changed and removed."""

    added: int
    changed: int
    removed: int

    @property
    def total(self) -> int:
        return self.added + self.changed + self.removed


@dataclass(frozen=True)
class Comparison:
    """Staged rows against served ones; the differences lie in a temporary table."""

    staged: Staged
    number: int
    counts: Counts
    fills: bool
    """The layer was empty: a twin table takes its place."""
    ready: bool
    """The staging table is that twin."""

    @property
    def changes(self) -> str:
        return _changes(self.number)

    @property
    def twin(self) -> str:
        return self.staged.name if self.ready else f"filling {self.number}"

    @property
    def filling(self) -> str | None:
        """Quoted name of the twin that takes the layer's place, if one does."""
        return f"staging.{quoted(self.twin)}" if self.fills else None

    @property
    def layer(self) -> Layer:
        return self.staged.layer

    @property
    def written(self) -> str:
        """Quoted name of the table in which the release's rows lie until `finish`."""
        return self.filling or self.layer.table


def compare(conn: psycopg.Connection, source: str, staged: Staged, number: int, *, may_fill: bool = True) -> Comparison:
    """What publishing would change; raises LoadRefused for keys that stand twice or belong to another source.

    `may_fill` is false when several sources bring rows of the layer in one release: only one twin could take its place.
    Raises Overtaken where rows were kept out of staging that their source changed meanwhile.
    """
    names = _names(staged, _changes(number))
    if staged.form == "plain":
        _refuse_twice(conn, names, staged.layer)
    if staged.kept is not None:
        return _compare_rest(conn, source, staged, number)
    empty, unknown = _row(conn, statement(SQL, "is_empty", **names))
    if empty and unknown and may_fill and staged.form == "twin":
        (rows,) = _row(conn, statement(SQL, "count_staged", **names))
        return Comparison(staged, number, Counts(rows, 0, 0), fills=True, ready=True)
    if empty:
        conn.execute(statement(SQL, "all_added", **names))
    else:
        _refuse_clashes(conn, names, staged.layer, source)
        conn.execute(statement(SQL, "changes", **names), {"source": source})
    counts = Counts(*_row(conn, statement(SQL, "count_changes", **names)))
    return Comparison(staged, number, counts, fills=empty and may_fill, ready=False)


def _compare_rest(conn: psycopg.Connection, source: str, staged: Staged, number: int) -> Comparison:
    """The same where most rows are not staged, as they are served already."""
    assert staged.kept is not None
    names, values = _names(staged, _changes(number)), {"source": source, "layer": staged.layer.id}
    since = conn.execute(statement(SQL, "since"), values).fetchone()
    if since != (staged.kept.since,):
        raise Overtaken(staged.layer.id)
    _refuse_clashes(conn, names, staged.layer, source)
    conn.execute(statement(SQL, "changes_rest", **names), {"rest": staged.kept.rest})
    counts = Counts(*_row(conn, statement(SQL, "count_changes", **names)))
    return Comparison(staged, number, counts, fills=False, ready=False)


def _row(conn: psycopg.Connection, query: bytes) -> tuple[Any, ...]:
    row = conn.execute(query).fetchone()
    assert row is not None
    return row


def _changes(number: int) -> str:
    """Name of the temporary table of differences."""
    return f"changes_{number}"


def write(conn: psycopg.Connection, comparison: Comparison, values: Mapping[str, Any]) -> None:
    """Make the served table what was staged; `values` are the release and the source."""
    names = _names(comparison.staged, comparison.changes)
    counts = comparison.counts
    if counts.changed or counts.removed:
        conn.execute(statement(SQL, "archive", **names), values)
    if counts.removed:
        conn.execute(statement(SQL, "remove", **names), values)
    if counts.changed:
        conn.execute(statement(SQL, "change", **names), values)
    if comparison.fills:
        _fill(conn, comparison, names, values)
    elif counts.added:
        conn.execute(statement(SQL, "add", **names), values)


def finish(conn: psycopg.Connection, comparison: Comparison) -> None:
    """Put a filled twin in its layer's place: last of all, as readers of the layer wait from here to the commit."""
    if comparison.fills:
        conn.execute("SELECT meta.end_fill(%s, %s)", [comparison.layer.id, comparison.twin])


def _fill(conn: psycopg.Connection, comparison: Comparison, names: dict[str, str], values: Mapping[str, Any]) -> None:
    layer, twin = comparison.layer, comparison.twin
    if not comparison.ready:
        conn.execute("SELECT meta.begin_fill(%s, %s)", [layer.id, twin])
        conn.execute(statement(SQL, "add_to_twin", **names, twin=f"staging.{quoted(twin)}"))
        conn.execute(
            "SELECT meta.index_fill(%s, %s, %s), meta.analyze_staged(%s)", [layer.id, twin, indexed(layer), twin]
        )
    conn.execute("SELECT meta.dress_fill(%s, %s, %s, %s)", [layer.id, twin, values["release"], values["source"]])


def indexed(layer: Layer) -> list[str]:
    """The first columns of a layer's indexes."""
    return ["fid", layer.key[0], "geom", "geom_3857"]


def _names(staged: Staged, changes: str) -> dict[str, str]:
    """Every name that the statements of this folder fill in."""
    layer = staged.layer
    columns = [*(quoted(name) for name in layer.fields), "geom"]
    key = [quoted(name) for name in layer.key]
    plain = staged.form == "plain"
    return {
        "served": layer.table,
        "history": layer.history,
        "staged": staged.table,
        "changes": changes,
        "hash": hash_expression(layer) if plain else "s.hash",
        "mercator": f"ST_Transform(s.geom, {WEB_MERCATOR})" if plain else "s.geom_3857",
        "clearance": measured("s.geom") if plain else "s.clearance",
        "key": ", ".join(key),
        "columns": ", ".join(columns),
        "staged_columns": ", ".join(f"s.{column}" for column in columns),
        "assignments": ", ".join(f"{column} = s.{column}" for column in columns),
        "same_key": " AND ".join(f"h.{column} = s.{column}" for column in key),
    }


def _refuse_twice(conn: psycopg.Connection, names: dict[str, str], layer: Layer) -> None:
    rows = conn.execute(statement(SQL, "twice", **names), {"limit": SHOWN}).fetchall()
    if rows:
        key, listed = ", ".join(layer.key), "; ".join(str(row[0]) for row in rows)
        raise LoadRefused(
            f"{layer.id}: khóa {key} bị lặp trong lần nạp này: {listed}. Chưa công bố gì.",
            f"{layer.id}: {key} is not unique in this load: {listed}. Nothing was published.",
        )


def _refuse_clashes(conn: psycopg.Connection, names: dict[str, str], layer: Layer, source: str) -> None:
    rows = conn.execute(
        statement(SQL, "clashes", **names), {"limit": SHOWN, "source": source, "layer": layer.id}
    ).fetchall()
    if rows:
        listed = "; ".join(f"{key} ({owner})" for key, owner in rows)
        raise LoadRefused(
            f"{layer.id}: các khóa này đã thuộc nguồn khác đang phục vụ: {listed}. Nguồn “{source}” phải dùng khóa "
            "riêng. "
            "Chưa công bố gì.",
            f"{layer.id}: these keys are already served by another source: {listed}. Source “{source}” needs keys "
            "of its own. Nothing was published.",
        )
