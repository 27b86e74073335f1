"""Mapped rows that wait until there are enough of a layer to be sent, in bounded memory."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

ROWS_AT_ONCE = 65_536
BYTES_IN_ALL = 96 << 20


@dataclass
class Waiting:
    """Tables by layer."""

    tables: defaultdict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    bytes: int = 0

    def add(self, layer: str, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """Takes rows, and gives those of which there are enough."""
        if rows.num_rows:
            self.tables[layer].append(rows)
            self.bytes += rows.nbytes
        if sum(table.num_rows for table in self.tables[layer]) >= ROWS_AT_ONCE:
            yield layer, self._of(layer)
        elif self.bytes > BYTES_IN_ALL:
            yield from self.rest()

    def rest(self) -> Iterator[tuple[str, pa.Table]]:
        """All that still waits."""
        for layer in [layer for layer, tables in self.tables.items() if tables]:
            yield layer, self._of(layer)

    def _of(self, layer: str) -> pa.Table:
        rows = pa.concat_tables(self.tables.pop(layer))
        self.bytes -= rows.nbytes
        return rows
