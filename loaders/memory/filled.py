"""Rows of tables that may take their layers' places, as numbers: what is served once they do, without asking for it."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from gis_server.catalog import Layer
from loaders.checks.suspects import Mask
from loaders.memory.served import ROWS, Known
from loaders.memory.spool import Spool
from loaders.prepare import Batch
from loaders.wkb import Numbers


@dataclass
class Filled:
    """By layer."""

    spool: Spool = field(default_factory=Spool)
    odd: defaultdict[str, list[Numbers]] = field(default_factory=lambda: defaultdict(list))
    """Fids of rows that a test named: checks may mend them or set them aside."""

    def note(self, batch: Batch, suspect: Mask) -> None:
        """Rows that are staged under the fid that they will be served by."""
        self.odd[batch.layer.id].append(batch.numbers[suspect])
        columns = batch.row_hashes, batch.hash_of(batch.layer.key), batch.numbers
        for name, values in zip(ROWS, columns, strict=True):
            self.spool.add(f"{batch.layer.id} {name}", values[~suspect])

    def rows(self, layer: Layer) -> int:
        return self.spool.rows(f"{layer.id} fid")

    def made(self, layer: Layer, release: int) -> tuple[Known, Numbers]:
        """As they are served since a release, and the odd ones."""
        columns = (self.spool.column(f"{layer.id} {name}") for name in ROWS)
        return Known(release, None, *columns), np.concatenate(self.odd[layer.id])
