"""The rules and indexes of twin tables, made over two connections of their own while rows are still being checked."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import psycopg

from gis_server.catalog import Layer
from gis_server.db.database import Database
from gis_server.releases.staged import indexed


class Indexing:
    """Which twins have their indexes, or are getting them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.pool = ThreadPoolExecutor(2)
        self.begun: dict[str, list[Future[None]]] = {}

    def begin(self, layer: Layer, twin: str, *, sound: bool = False) -> None:
        """Two connections take one index after the other, the dearest first. Of a sound twin no row breaks a rule."""
        ruled = self.pool.submit(self._rule, layer, twin) if sound else None
        dearest_first = sorted(indexed(layer), key=lambda column: (not column.startswith("geom"), column == "fid"))
        made = [self.pool.submit(self._make, layer, twin, column, ruled) for column in dearest_first]
        self.begun[layer.id] = [*made, self.pool.submit(self._analyze, twin)]

    def wait(self, layer: Layer) -> bool:
        """Waits until the layer's indexes are there; False where they were never begun."""
        for part in self.begun.get(layer.id, []):
            part.result()
        return layer.id in self.begun

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)

    def _rule(self, layer: Layer, twin: str) -> None:
        """What breaks a rule after all is told when the twin is published."""
        with suppress(psycopg.errors.IntegrityError), self.database.connect() as conn:
            conn.execute("SELECT meta.rule_fill(%s, %s)", [layer.id, twin])

    def _make(self, layer: Layer, twin: str, column: str, ruled: Future[None] | None) -> None:
        if ruled is not None:
            ruled.result()
        with self.database.connect() as conn:
            conn.execute("SET LOCAL max_parallel_maintenance_workers = 0")
            conn.execute("SELECT meta.index_fill(%s, %s, %s)", [layer.id, twin, [column]])

    def _analyze(self, twin: str) -> None:
        with self.database.connect() as conn:
            conn.execute("SELECT meta.analyze_staged(%s)", [twin])
