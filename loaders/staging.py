"""Staging: mapped rows go into unlogged tables by binary COPY, in bounded memory, and vanish with the load."""

from collections import defaultdict
from types import TracebackType
from typing import Self

import adbc_driver_postgresql.dbapi
import pyarrow as pa
from psycopg import Connection, sql

from gis_server.catalog import Layer
from gis_server.db.database import Database
from loaders.statements import statement

ROWS_AT_ONCE = 65_536
BYTES_IN_ALL = 96 << 20
LOCK = 7_901_004
"""Class of the advisory locks that say which loads are alive."""

COLUMN_TYPES = {
    "text": "text",
    "code": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}


class Staging:
    """The staging tables of one load. They are dropped when the block ends, whatever happened in it."""

    def __init__(self, database: Database, load_id: int, srid: int) -> None:
        self.load_id = load_id
        self.srid = srid
        self.layers: dict[str, Layer] = {}
        self.scratches: list[sql.Identifier] = []
        self.waiting: defaultdict[str, list[pa.Table]] = defaultdict(list)
        self.waiting_bytes = 0
        self.conn: Connection = database.connect()
        self.copying = adbc_driver_postgresql.dbapi.connect(database.dsn("load"), autocommit=True)

    def __enter__(self) -> Self:
        self.conn.autocommit = True
        self._sweep()
        self.conn.execute(statement("hold.sql"), {"lock": LOCK, "load_id": self.load_id})
        self.conn.execute(statement("findings_create.sql", findings=self.findings))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if not self.conn.closed:
                self._drop()
        finally:
            self.copying.close()
            self.conn.close()

    def add(self, layer: Layer, rows: pa.Table) -> None:
        """Rows for a layer; they are copied when enough of them wait."""
        if layer.id not in self.layers:
            self._create(layer)
        waiting = self.waiting[layer.id]
        waiting.append(rows)
        self.waiting_bytes += rows.nbytes
        if sum(table.num_rows for table in waiting) >= ROWS_AT_ONCE:
            self._copy(layer.id)
        elif self.waiting_bytes > BYTES_IN_ALL:
            self.finish()

    def fill(self, layer: Layer, rows: sql.Composable) -> int:
        """A layer from a table of rows that were checked before; how many."""
        self._create(layer)
        columns = sql.SQL(", ").join([sql.Identifier(name) for name in layer.fields])
        query = statement("staging_fill.sql", table=self.table(layer), columns=columns, rows=rows)
        return self.conn.execute(query).rowcount

    def finish(self) -> None:
        """Copies whatever still waits."""
        for layer_id in list(self.waiting):
            self._copy(layer_id)

    def analyze(self) -> None:
        for layer in self.layers.values():
            self.conn.execute(sql.SQL("ANALYZE {}").format(self.table(layer)))

    def table(self, layer: Layer) -> sql.Identifier:
        return sql.Identifier("staging", self._name(layer.id))

    def quoted(self, layer: Layer) -> str:
        """The table's name as the release room takes it."""
        return self.table(layer).as_string(self.conn)

    def rows(self, layer: Layer) -> int:
        row = self.conn.execute(statement("count_rows.sql", staged=self.table(layer))).fetchone()
        return 0 if row is None else int(row[0])

    def with_rows(self) -> list[Layer]:
        """Layers that have something to publish."""
        return [layer for layer in self.layers.values() if self.rows(layer)]

    def scratch(self, name: str) -> sql.Identifier:
        """The name of a table that a check may make; it goes with the load."""
        self.scratches.append(sql.Identifier("staging", f"load_{self.load_id}_{name}"))
        return self.scratches[-1]

    @property
    def findings(self) -> sql.Identifier:
        return sql.Identifier("staging", f"load_{self.load_id}_findings")

    def _name(self, layer_id: str) -> str:
        """Short enough for PostgreSQL whatever the layer is called."""
        place = list(self.layers).index(layer_id)
        return f"load_{self.load_id}_{place}_{layer_id.replace('.', '__')}"[:63]

    def _create(self, layer: Layer) -> None:
        self.layers[layer.id] = layer
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(COLUMN_TYPES[rule.type]))
            for name, rule in layer.fields.items()
        ]
        self.conn.execute(
            statement(
                "staging_create.sql",
                table=self.table(layer),
                columns=sql.SQL(", ").join(columns),
                srid=sql.Literal(self.srid),
            )
        )

    def _copy(self, layer_id: str) -> None:
        tables = self.waiting.pop(layer_id, [])
        if not tables:
            return
        rows = pa.concat_tables(tables)
        self.waiting_bytes -= rows.nbytes
        with self.copying.cursor() as cursor:
            cursor.adbc_ingest(self._name(layer_id), rows.to_reader(), mode="append", db_schema_name="staging")

    def _sweep(self) -> None:
        """Drops what loads that were killed left behind."""
        for (name,) in self.conn.execute(statement("left_behind.sql"), {"lock": LOCK}).fetchall():
            self.conn.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("staging", name)))

    def _drop(self) -> None:
        names = [self.findings, *self.scratches, *(self.table(layer) for layer in self.layers.values())]
        self.conn.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.SQL(", ").join(names)))
