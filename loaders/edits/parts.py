"""Edits sorted by the source that they concern: a release is made source by source, layer by layer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from gis_server.catalog import Layer
from gis_server.releases.edits import Edit
from gis_server.releases.publish import Bundle
from gis_server.releases.source import Source
from gis_server.releases.staged import Kept, Staged
from loaders.edits.present import Present
from loaders.edits.rows import Row
from loaders.statements import statement


@dataclass
class Part:
    """What edits do to one source's features of one layer."""

    layer: Layer
    source: str
    rows: list[Row] = field(default_factory=list)
    """Features that are made or changed."""
    ended: list[int] = field(default_factory=list)

    @property
    def replaced(self) -> list[int]:
        """Served features that the edits change or end."""
        return [*self.ended, *(row.fid for row in self.rows if row.fid is not None)]

    @property
    def made(self) -> list[Row]:
        return [row for row in self.rows if row.fid is None]


@dataclass(frozen=True)
class State:
    """What a source serves of a layer, and in which release that last changed."""

    rows: int
    release: int | None


def parts_of(edits: Sequence[Edit], now: Mapping[int, Present], rows: Iterable[Row]) -> list[Part]:
    found: dict[tuple[str, str], Part] = {}
    for row in rows:
        layer = edits[row.edit].layer
        found.setdefault((layer.id, row.source), Part(layer, row.source)).rows.append(row)
    for edit in edits:
        if edit.verb == "delete" and edit.fid is not None:
            source = now[edit.fid].source
            found.setdefault((edit.layer.id, source), Part(edit.layer, source)).ended.append(edit.fid)
    return list(found.values())


def state_of(conn: psycopg.Connection, layer: Layer, source: str | None = None) -> State:
    """Of all sources when none is named."""
    row = conn.execute(statement("edit_state.sql"), {"layer": layer.id, "source": source}).fetchone()
    assert row is not None
    return State(*row)


def bundles(
    conn: psycopg.Connection, parts: Sequence[Part], tables: Mapping[str, sql.Identifier], sources: Iterable[Source]
) -> list[Bundle]:
    """What a publish takes, with the staging tables in which the rows of each layer lie."""
    by_source: dict[str, list[Staged]] = {}
    for part in parts:
        by_source.setdefault(part.source, []).append(_staged(conn, part, tables[part.layer.id]))
    return [Bundle(source, tuple(by_source[source.id])) for source in sources if source.id in by_source]


def _staged(conn: psycopg.Connection, part: Part, table: sql.Identifier) -> Staged:
    """The part's rows of a staging table; all else that its source serves stays as it is."""
    numbers = sql.Literal([row.edit for row in part.rows])
    rows = sql.SQL("(SELECT ctid, * FROM {} WHERE _row = ANY ({}::bigint[]))").format(table, numbers)
    since = state_of(conn, part.layer, part.source).release
    kept = None if since is None else Kept(since, part.replaced)
    return Staged(part.layer, rows.as_string(conn), "hashed", kept=kept)
