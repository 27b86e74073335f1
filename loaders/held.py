"""Rows that their source serves already, value for value: they are remembered by number instead of being sent.

The hash of a row's key and the hash of all of it (`row_hash`) say that it is served. Whatever a statement must look at
is brought from there: a check of rows side by side finds what it would find had all been sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from gis_server.catalog import Layer
from gis_server.db.database import Database
from gis_server.errors import Busy
from gis_server.releases.staged import Kept
from loaders.checks.suspects import Mask
from loaders.memory.again import Again
from loaders.memory.filled import Filled
from loaders.memory.past import KEY, ROW, SERVED, Past
from loaders.memory.served import Known, ServedRows, Since
from loaders.prepare import Batch
from loaders.statements import statement
from loaders.wkb import Numbers

FEWEST, MOST = 20_000, 5_000_000
"""Served rows of a layer below which asking costs more than it saves; and of all layers of a load together, beyond
which they take too much memory: then the largest layers are sent whole."""
COPY_BEGINS, COPY_ENDS = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
COPY_LINE = np.dtype([("columns", ">i2"), ("values", [("length", ">i4"), ("value", ">i8")], (4,))])


class Away(NamedTuple):
    """Rows that were not sent: `_row` and `_feature`, and their place in what is known."""

    number: Numbers
    feature: Numbers
    place: Numbers

    def chosen(self, which: Mask) -> "Away":
        return Away(*(column[which] for column in self))


NONE = Away(*(np.zeros(0, np.int64) for _ in range(3)))


@dataclass
class Held:
    """The rows of one load that were held back, by layer."""

    database: Database
    source: str | None
    """Without one nothing is held back."""
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))
    served_rows: ServedRows | None = None
    filled: Filled = field(default_factory=Filled)
    asked: dict[str, Future[Known]] = field(default_factory=dict)
    away: dict[str, Away] = field(default_factory=dict)
    waiting: defaultdict[str, list[Away]] = field(default_factory=lambda: defaultdict(list))

    def begin(self, layers: Iterable[Layer], folder: Path) -> None:
        """Finds in a thread of its own what is served of these layers, by what the folder keeps of it."""
        if self.source is None:
            return
        self.served_rows, self.filled.spool.folder = ServedRows(self.database, self.source, folder), folder
        expected = {layer.id: layer for layer in layers}
        with self.database.connect() as conn:
            values = {"source": self.source, "layers": [*expected], "few": FEWEST, "most": MOST}
            states = conn.execute(statement("served_states.sql"), values).fetchall()
        for layer, *since in states:
            self.asked[layer] = self.pool.submit(self.served_rows.known, expected[layer], Since(*since))

    def keep(self, layer: Layer) -> None:
        """What was served of a layer, for the next load."""
        if self.served_rows is not None and layer.id in self.asked:
            self.served_rows.keep(layer, self.asked[layer.id].result())

    def keep_filled(self, layers: Iterable[Layer], release: int) -> None:
        """What a first load made of these layers, the same."""
        for layer in layers:
            if self.served_rows is not None and FEWEST <= self.filled.rows(layer) <= MOST:
                self.served_rows.keep_filled(layer, *self.filled.made(layer, release))

    def take(self, batch: Batch, suspect: Mask) -> Mask:
        """Which rows of a batch are held back: those that are served as they came, and that no check suspects."""
        if batch.layer.id not in self.asked:
            return np.zeros(batch.rows.num_rows, bool)
        known = self.asked[batch.layer.id].result()
        places = _places(known.row, batch.row_hashes)
        same: Mask = ~suspect & (known.row[places] == batch.row_hashes)
        same &= known.key[places] == batch.hash_of(batch.layer.key)
        features: Numbers = batch.rows.column("_feature").to_numpy()
        held = Away(batch.numbers[same], features[same], places[same])
        self.waiting[batch.layer.id].append(held)
        return same

    def take_again(self, again: Again) -> None:
        """Rows that came before, and are served as they came then."""
        away = Away(again.numbers, again.features, again.column(SERVED))
        self.waiting[again.layer.id].append(away)

    def served(self, layer: Layer, past: Past) -> Past:
        """Of what is remembered of a layer, the rows that are served now, and where they are in what is known."""
        known = self.asked[layer.id].result()
        places = _places(known.row, past[ROW])
        there = (known.row[places] == past[ROW]) & (known.key[places] == past[KEY])
        return past.with_column(SERVED, places).chosen(there)

    def settle(self) -> None:
        """All is read."""
        while self.waiting:
            layer, parts = self.waiting.popitem()
            self.away[layer] = Away(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def rows(self, layer: Layer) -> int:
        return len(self.away.get(layer.id, NONE).number)

    def are_few(self, layer: Layer) -> bool:
        """Whether so little is held back that keeping it apart is not worth while."""
        rows = self.rows(layer)
        return rows > 0 and 2 * rows < len(self.asked[layer.id].result().fid)

    def kept(self, layer: Layer) -> Kept | None:
        """What is served and was not confirmed by this delivery; None where nothing is held back."""
        if not self.rows(layer):
            return None
        known = self.asked[layer.id].result()
        rest = np.ones(len(known.fid), bool)
        rest[self.away[layer.id].place] = False
        return Kept(known.since, known.fid[rest].tolist())

    def numbers(self, layer: Layer, fids: Numbers) -> Numbers:
        """`_row` of rows that are held back, by their fid."""
        away = self.away[layer.id]
        held = self.asked[layer.id].result().fid[away.place]
        order = np.argsort(held)
        return away.number[order[np.searchsorted(held, fids, sorter=order)]]

    def features(self, among: Sequence[int]) -> list[int]:
        """Which of these features have a row that is held back."""
        if not len(among):
            return []
        some = np.array(among, np.int64)
        found = [np.intersect1d(some, away.feature) for away in self.away.values()]
        kept: list[int] = np.unique(np.concatenate(found)).tolist() if found else []
        return kept

    def bring(self, conn: psycopg.Connection, layer: Layer, staged: sql.Identifier, numbers: Numbers | None) -> None:
        """Puts held rows (all, or those of these numbers) into staging; Busy when some are nowhere to be found."""
        away = self.away.get(layer.id, NONE)
        wanted = np.ones(len(away.number), bool) if numbers is None else np.isin(away.number, numbers)
        if not wanted.any():
            return
        self.away[layer.id] = away.chosen(~wanted)
        columns = [*(sql.Identifier(name) for name in layer.fields), sql.SQL("geom"), sql.SQL("geom_3857")]
        names = {
            "served": sql.Identifier(layer.group, layer.name),
            "history": sql.Identifier("history", f"{layer.group}__{layer.name}"),
            "columns": sql.SQL(", ").join(columns),
            "staged": staged,
        }
        with conn.transaction():
            conn.execute(statement("held_create.sql"))
            with conn.cursor().copy(statement("held_copy.sql")) as copy:
                copy.write(_as_copy(away.chosen(wanted), self.asked[layer.id].result()))
            conn.execute("ANALYZE held")
            brought: int = conn.execute(statement("held_bring.sql", **names)).rowcount
            if brought < wanted.sum():
                brought += conn.execute(statement("held_bring_ended.sql", **names)).rowcount
        if brought < wanted.sum():
            raise _lost(layer)

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)
        self.filled.spool.close()


def _places(ordered: Numbers, wanted: Numbers) -> Numbers:
    """Where each value is, or the last place before it."""
    order = np.argsort(wanted)
    places = np.empty(len(wanted), np.int64)
    places[order] = np.searchsorted(ordered, wanted[order], side="right") - 1
    return np.maximum(places, 0)


def _as_copy(away: Away, known: Known) -> bytes:
    """Numbers, features, fids and hashes as PostgreSQL's binary COPY takes them."""
    columns = away.number, away.feature, known.fid[away.place], known.row[away.place]
    lines: NDArray[np.void] = np.zeros(len(away.number), COPY_LINE)
    lines["columns"] = len(columns)
    lines["values"]["length"] = 8
    lines["values"]["value"] = np.column_stack(columns)
    return COPY_BEGINS + lines.tobytes() + COPY_ENDS


def _lost(layer: Layer) -> Busy:
    return Busy(
        f"{layer.id}: bảng đang phục vụ được tạo lại trong khi nạp. Chưa công bố gì; hãy nạp lại.",
        f"{layer.id}: the served table was rebuilt during this load. Nothing was published; load again.",
    )
