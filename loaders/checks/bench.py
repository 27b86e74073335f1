"""Where checks are run: one statement over one layer's staged rows, timed by its name."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from gis_server.catalog import Catalog, Layer
from loaders.checks.attributes import column
from loaders.checks.others import Others
from loaders.staging import Staging
from loaders.statements import statement

OF_FOUND = {
    "name_rows",
    "set_aside",
    "given",
    "without_repeats",
    "repeated",
    "unique",
    "distinct",
    "taken",
    "taken_back",
}
"""Statements about rows with a finding, or brought for them; a key that is served is never another source's as well."""
MANY = 1_000
"""Findings of one statement after which the planner must know that there are many: the next ones look them up."""


@dataclass(frozen=True)
class Bench:
    """The staged rows of one load, and what their checks need."""

    staging: Staging
    catalog: Catalog
    source: str
    others: Others
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Time by check."""
    indexed: set[str] = field(default_factory=set)
    thinned: set[str] = field(default_factory=set)
    """Layers of which rows were set aside."""
    written: Counter[str] = field(default_factory=Counter)
    """How many findings statements wrote, by layer."""

    def run(self, file: str, layer: Layer, names: Mapping[str, sql.Composable] | None = None, **values: Any) -> int:
        """How many rows the statement wrote."""
        staged = self.staging.sent if "rows" in values or file in OF_FOUND else self.staging.table
        known = {"findings": self.staging.findings, "staged": staged(layer), **(names or {})}
        with self.timed(file):
            query = statement(f"checks/{file}.sql", **known)
            count = self.staging.conn.execute(query, {"layer": layer.id, **values}).rowcount
            if count > MANY:
                self.staging.conn.execute(sql.SQL("ANALYZE {}").format(self.staging.findings))
        self.written[layer.id] += count
        return count

    def wrote(self, layer: Layer) -> bool:
        """Whether there may be a finding in the layer."""
        return self.written[layer.id] > 0

    def index(self, layer: Layer, *, whole: bool = True) -> None:
        """A spatial index on the staged rows, all or those that were sent, made when a check first needs it."""
        if whole:
            self.staging.bring(layer)
        if layer.id not in self.indexed:
            with self.timed("index"):
                self.staging.index_shapes(layer)
            self.indexed.add(layer.id)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started


def shown(layer: Layer) -> sql.Composed:
    """The key fields of a staged row, as a report names it."""
    return sql.SQL(", ").join([column(name) for name in layer.key])
