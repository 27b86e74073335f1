"""The indexes of twin tables, made over two connections of their own while rows are still being checked."""

from concurrent.futures import Future, ThreadPoolExecutor

from gis_server.catalog import Layer
from gis_server.db.database import Database


class Indexing:
    """Which twins have their indexes, or are getting them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.pool = ThreadPoolExecutor(2)
        self.begun: dict[str, list[Future[None]]] = {}

    def begin(self, layer: Layer, twin: str) -> None:
        """Two connections share the work: a large index and a small one each."""
        halves = (["geom", layer.key[0]], ["geom_3857", "fid"])
        self.begun[layer.id] = [self.pool.submit(self._make, layer, twin, half) for half in halves]

    def wait(self, layer: Layer) -> bool:
        """Waits until the layer's indexes are there; False where they were never begun."""
        for half in self.begun.get(layer.id, []):
            half.result()
        return layer.id in self.begun

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)

    def _make(self, layer: Layer, twin: str, columns: list[str]) -> None:
        with self.database.connect() as conn:
            conn.execute("SET LOCAL max_parallel_maintenance_workers = 0")
            conn.execute("SELECT meta.index_fill(%s, %s, %s)", [layer.id, twin, columns])
            if "geom" in columns:
                conn.execute("SELECT meta.analyze_staged(%s)", [twin])
