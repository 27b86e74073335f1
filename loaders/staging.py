"""Staging: mapped rows go into tables of the load's own by binary COPY, in bounded memory, and vanish with the load."""

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
from psycopg import Connection, sql

from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.releases.staged import Staged, indexed
from loaders.checks.suspects import Suspects
from loaders.copying import Copying
from loaders.held import Held
from loaders.indexing import Indexing
from loaders.line import Line
from loaders.memory.again import Again
from loaders.memory.recall import Recall
from loaders.prepare import Batch, prepared
from loaders.staged_tables import LOCK, create, has_rows, never_served, new_fids, rows_in, sweep
from loaders.statements import statement
from loaders.waiting import Waiting
from loaders.wkb import Numbers

MANY = 50_000
"""Rows from which indexes are made while checks run."""


class Staging:
    """The staging tables of one load. They are dropped when the block ends, whatever happened in it.

    A layer that nothing was ever served of gets a table that can itself take the layer's place (a twin): its rows are
    written once. While rows are read, those before are prepared in a second thread and copied in a third. Given a
    `source`, rows that it serves just as they come are not sent before something asks for the whole `table`.
    """

    def __init__(self, database: Database, load_id: int, catalog: Catalog, source: str | None = None) -> None:
        self.database = database
        self.load_id = load_id
        self.catalog = catalog
        self.layers: dict[str, Layer] = {}
        self.scratches: list[str] = []
        self.suspects = Suspects(catalog)
        self.held = Held(database, source)
        self.recall: Recall | None = None
        self.waiting = Waiting()
        self.conn: Connection = database.connect()
        self.copying = Copying(database)
        self.twins: Collection[str] = self.copying.twins
        """Layers whose table can itself take the layer's place."""
        self.line = Line(self._prepared, self._copied)
        self.indexing = Indexing(database)
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self.conn.autocommit = True
        sweep(self.conn)
        self.conn.execute(statement("hold.sql"), {"lock": LOCK, "load_id": self.load_id})
        self.conn.execute(statement("findings_create.sql", findings=self.findings))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            for part in (self.line, self.copying, self.indexing, self.held, self.suspects, self.recall):
                if part is not None:
                    part.close()
            if not self.conn.closed:
                self._drop()
        finally:
            self.conn.close()

    def expect(self, layers: Iterable[str], memory: Path) -> None:
        """Layers that rows may come of: what is served and remembered of them is asked while the first are read."""
        expected = [self.catalog[layer] for layer in sorted(layers)]
        self.held.begin(expected, memory)
        self.suspects.once.folder = memory
        self.recall = Recall(self.catalog, self.held, memory, self.add_again)
        self.recall.begin(expected)

    def remember(self) -> None:
        """Keeps what was worked out of the rows for when they come again, in a thread beside the publishing."""
        if self.recall is not None:
            self.held.pool.submit(self.recall.keep, self.suspects)

    def add(self, layer: Layer, rows: pa.Table) -> None:
        """Rows for a layer; they are copied when enough of them wait."""
        if layer.id not in self.layers:
            self._create(layer)
        for enough in self.waiting.add(layer.id, rows):
            self._send(*enough)

    def add_again(self, again: Again) -> None:
        """Rows of a layer that came before, and are served as they came then."""
        self.counts[again.layer.id] += len(again.numbers)
        self.line.put(again)

    def fill(self, layer: Layer, rows: sql.Composable) -> int:
        """A layer from a table of rows that were checked before; how many."""
        self.layers[layer.id] = layer
        create(self.conn, self.sent(layer), layer, self.catalog.crs.stored)
        columns = sql.SQL(", ").join([sql.Identifier(name) for name in layer.fields])
        query = statement("staging_fill.sql", table=self.sent(layer), columns=columns, rows=rows)
        return self.conn.execute(query).rowcount

    def finish(self) -> None:
        """Copies whatever still waits; from here on every connection sees the rows."""
        for rest in self.waiting.rest():
            self._send(*rest)
        self.line.finish()
        self.copying.commit()
        self.held.settle()
        for layer in self.layers.values():
            if self.held.are_few(layer):
                self.bring(layer)

    def begin_indexing(self) -> None:
        """Large twins get their indexes while they are checked."""
        for layer in self.layers.values():
            many = layer.id in self.twins and self.counts[layer.id] >= MANY
            if many and not len(self.suspects.repeats(layer, "key")):
                self.indexing.begin(layer, self._name(layer.id), sound=self.suspects.has_none(layer))

    def analyze(self) -> None:
        for layer in self.layers.values():
            if layer.id not in self.indexing.begun:
                self.analyze_one(layer)

    def analyze_one(self, layer: Layer) -> None:
        """A twin is its owner's, who alone may analyze it; every other table is the load's own."""
        if layer.id in self.twins:
            self.conn.execute("SELECT meta.analyze_staged(%s)", [self._name(layer.id)])
        else:
            self.conn.execute(sql.SQL("ANALYZE {}").format(self.sent(layer)))

    def index_shapes(self, layer: Layer) -> None:
        """A spatial index on the staged rows, and statistics; a twin keeps them when it is served."""
        if self.indexing.wait(layer):
            return
        if layer.id in self.twins:
            self.conn.execute("SELECT meta.index_fill(%s, %s, %s)", [layer.id, self._name(layer.id), ["geom"]])
        else:
            self.conn.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(self.sent(layer)))
        self.analyze_one(layer)

    def staged(self) -> list[Staged]:
        """What there is to publish."""
        return [self._staged(layer) for layer in self.with_rows()]

    def ready(self) -> list[Staged]:
        """The same, twins with their indexes."""
        staged = self.staged()
        twins = [one for one in staged if one.form == "twin" and one.layer.id not in self.indexing.begun]
        for one in twins:
            if self.counts[one.layer.id] >= MANY:
                self.indexing.begin(one.layer, one.name)
        with self.conn.transaction():
            for one in twins:
                if one.layer.id not in self.indexing.begun:
                    values = [one.layer.id, one.name, indexed(one.layer)]
                    self.conn.execute("SELECT meta.index_fill(%s, %s, %s)", values)
        for one in staged:
            self.indexing.wait(one.layer)
        return staged

    def table(self, layer: Layer) -> sql.Identifier:
        """All rows that came of a layer; those that were held back are brought by this."""
        self.bring(layer)
        return self.sent(layer)

    def sent(self, layer: Layer) -> sql.Identifier:
        """The same table, for who asks about rows that a check has named: such rows are never held back."""
        return sql.Identifier("staging", self._name(layer.id))

    def bring(self, layer: Layer, numbers: Numbers | None = None) -> None:
        """Puts rows that were held back into their table: all, or those of these numbers."""
        self.held.bring(self.conn, layer, self.sent(layer), numbers)

    def bring_all(self) -> None:
        for layer in self.layers.values():
            self.bring(layer)

    def _staged(self, layer: Layer) -> Staged:
        name, kept = self.sent(layer).as_string(self.conn), self.held.kept(layer)
        return Staged(layer, name, "twin" if layer.id in self.twins else "hashed", self._name(layer.id), kept)

    def rows(self, layer: Layer) -> int:
        """How many are left, sent or not."""
        return self.held.rows(layer) + rows_in(self.conn, self.sent(layer))

    def with_rows(self) -> list[Layer]:
        """Layers that have something to publish."""
        return [
            layer for layer in self.layers.values() if self.held.rows(layer) or has_rows(self.conn, self.sent(layer))
        ]

    def scratch(self, name: str) -> sql.Identifier:
        """The name of a table that a check may make; it goes with the load."""
        self.scratches.append(f"load_{self.load_id}_{name}")
        return sql.Identifier("staging", self.scratches[-1])

    @property
    def findings(self) -> sql.Identifier:
        return sql.Identifier("staging", f"load_{self.load_id}_findings")

    def _name(self, layer_id: str) -> str:
        """Short enough for PostgreSQL whatever the layer is called."""
        return f"load_{self.load_id}_{list(self.layers).index(layer_id)}_{layer_id.replace('.', '__')}"[:63]

    def _create(self, layer: Layer) -> None:
        self.layers[layer.id] = layer
        if never_served(self.conn, layer):
            self.copying.twins[layer.id] = False
        else:
            create(self.conn, self.sent(layer), layer, self.catalog.crs.stored)

    def _send(self, layer_id: str, rows: pa.Table) -> None:
        self.counts[layer_id] += rows.num_rows
        if layer_id in self.twins:
            numbers = pa.array(new_fids(self.conn, rows.num_rows))
            rows = rows.set_column(rows.schema.get_field_index("_row"), "_row", numbers)
        self.line.put(Batch(self.layers[layer_id], rows))

    def _prepared(self, work: Batch | Again) -> tuple[Layer, pa.Table]:
        """The first thread's work; coordinates that are no numbers are found by it, so numpy need not warn of them."""
        if isinstance(work, Again):
            self.suspects.take(work)
            self.held.take_again(work)
            return work.layer, pa.table({})
        with np.errstate(all="ignore"):
            suspect = self.suspects.look_at(work)
            if self.recall is not None:
                self.recall.note(work, suspect)
            if work.layer.id in self.twins:
                self.held.filled.note(work, suspect)
            return work.layer, prepared(work.without(self.held.take(work, suspect)).bare, self.catalog.crs)

    def _copied(self, work: tuple[Layer, pa.Table]) -> None:
        """The second thread's work."""
        layer, rows = work
        if rows.num_rows:
            self.copying.copy(layer, self._name(layer.id), rows)

    def _drop(self) -> None:
        names = [f"load_{self.load_id}_findings", *self.scratches, *(self._name(layer_id) for layer_id in self.layers)]
        self.conn.execute("SELECT meta.drop_staged(%s)", [names])
