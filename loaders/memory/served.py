"""What a source serves of a layer, as numbers: kept from load to load, brought up to date by what releases changed.

Only releases change served rows, and each gives those that it brings its own number. So what was served in one release
is known by that release, and what came since is asked by its number instead of reading the layer from end to end.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psycopg
import pyarrow as pa
from psycopg import sql

from gis_server.catalog import Layer
from gis_server.db.database import Database
from gis_server.db.shapes import HASH
from loaders.arrow_link import ArrowLink
from loaders.memory.past import Column, keep_past, place_of, read_past
from loaders.statements import statement
from loaders.wkb import Numbers

KIND, ROWS = "served", ("row", "key", "fid")


class Known(NamedTuple):
    """What a source serves of a layer, in the order of the row hashes, and in which release it last changed that."""

    since: int
    mark: str | None
    """Of that release and of the layer's table; None where another load published meanwhile."""
    row: Numbers
    key: Numbers
    fid: Numbers

    def ordered(self) -> "Known":
        order = np.argsort(self.row)
        return self._replace(row=self.row[order], key=self.key[order], fid=self.fid[order])

    def columns(self) -> dict[str, Column]:
        """As they are kept."""
        rows = dict(zip(ROWS, self[2:], strict=True))
        return {"since": np.array([self.since]), "mark": np.array([self.mark]), **rows}


class Since(NamedTuple):
    """The release in which the source last changed a layer, and how many rows of it that left."""

    release: int
    rows: int


@dataclass(frozen=True)
class ServedRows:
    """Of one source, in one installation."""

    database: Database
    source: str
    folder: Path

    def known(self, layer: Layer, since: Since) -> Known:
        """From what was kept where that is of this database, else from the whole table."""
        kept = self._kept(layer)
        if kept is not None:
            with self.database.connect() as conn:
                same = kept.mark == self._mark(conn, layer, kept.since)
            now = self._caught_up(layer, kept, since.release) if same else kept
            if same and len(now.fid) == since.rows:
                return now if now is kept else self._marked(layer, now.ordered())
        every = self._asked(layer, "served_hashes.sql")
        return self._marked(layer, Known(since.release, None, *_numbers(every)).ordered())

    def keep(self, layer: Layer, known: Known) -> None:
        """For the next load; nothing where that is kept already, or may be of another release."""
        kept = self._kept(layer, whole=False)
        if known.mark is None or (kept is not None and kept.mark == known.mark):
            return
        keep_past(self._file(layer), known.columns().items())

    def keep_filled(self, layer: Layer, made: Known, odd: Numbers) -> None:
        """What a first load brought, where its table took the layer's place; it is asked what became of odd rows."""
        if not len(made.fid):
            return
        asked = np.append(odd, made.fid[:1])
        found = Known(made.since, None, *_numbers(self._asked(layer, "served_hashes_of.sql", fids=asked)))
        first = found.fid == made.fid[0]
        if not (found.row[first] == made.row[0]).any():
            return
        both = (np.concatenate(pair) for pair in zip(made[2:], (column[~first] for column in found[2:]), strict=True))
        self._keep_whole(layer, Known(made.since, None, *both))

    def _keep_whole(self, layer: Layer, known: Known) -> None:
        """Where no row was set aside or mended unseen."""
        with self.database.connect() as conn:
            values = {"source": self.source, "layers": [layer.id], "few": 0, "most": len(known.fid)}
            states = conn.execute(statement("served_states.sql"), values).fetchall()
        if states == [(layer.id, known.since, len(known.fid))]:
            self.keep(layer, self._marked(layer, known.ordered()))

    def _caught_up(self, layer: Layer, kept: Known, now: int) -> Known:
        """By the rows that releases brought since, and without those that they ended."""
        if now == kept.since:
            return kept
        came = self._asked(layer, "served_hashes_since.sql", since=kept.since)
        ended = self._asked(layer, "served_ended_since.sql", since=kept.since)
        gone = np.concatenate([came.column("fid").to_numpy(), ended.column("fid").to_numpy()])
        still = ~np.isin(kept.fid, gone)
        columns = zip((column[still] for column in kept[2:]), _numbers(came), strict=True)
        return Known(now, None, *(np.concatenate(pair) for pair in columns))

    def _asked(self, layer: Layer, file: str, **values: int | Numbers) -> pa.Table:
        names = {
            "key": sql.SQL(", ").join([sql.Identifier(name) for name in layer.key]),
            "served": sql.Identifier(layer.group, layer.name),
            "history": sql.Identifier("history", f"{layer.group}__{layer.name}"),
            "source": sql.Literal(self.source),
            **{name: _literal(value) for name, value in values.items()},
        }
        with ArrowLink(self.database.dsn("load")) as link:
            return link.rows(statement(file, **names).as_string())

    def _marked(self, layer: Layer, known: Known) -> Known:
        """Asked after the rows: where the source has not published since, they are those of the release."""
        with self.database.connect() as conn:
            return known._replace(mark=self._mark(conn, layer, known.since, latest=True))

    def _mark(self, conn: psycopg.Connection, layer: Layer, release: int, *, latest: bool = False) -> str | None:
        values = {"layer": layer.id, "source": self.source, "release": release, "hash": HASH}
        row = conn.execute(statement("served_mark.sql"), values).fetchone()
        return str(row[0]) if row is not None and (row[1] or not latest) else None

    def _kept(self, layer: Layer, *, whole: bool = True) -> Known | None:
        """Without its rows where only the mark is wanted."""
        names = ROWS if whole else ()
        past = read_past(self._file(layer), ("mark", "since", *names))
        if past is None:
            return None
        rows = [past[name] for name in names] or [np.zeros(0, np.int64)] * 3
        return Known(int(past["since"][0]), str(past["mark"][0]), *rows)

    def _file(self, layer: Layer) -> Path:
        return place_of(self.folder, self.source, f"{layer.id}.{KIND}")


def _numbers(found: pa.Table) -> list[Numbers]:
    return [found.column(name).to_numpy() for name in ROWS]


def _literal(value: int | Numbers) -> sql.Literal:
    return sql.Literal(value if isinstance(value, int) else value.tolist())
