"""One load's use of what is remembered: rows that came before are known by their prints, new ones are remembered."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from gis_server.catalog import Catalog, Layer
from loaders import held
from loaders.checks.suspects import DISTINCT, Mask, Suspects, is_distinct, own_coverage, uniques
from loaders.heap import give_back
from loaders.memory.again import Again
from loaders.memory.past import (
    DRAWING,
    GROUP,
    KEY,
    KIND,
    PRINT,
    ROW,
    SERVED,
    WHOLE,
    Column,
    Past,
    keep_past,
    place_of,
    read_past,
)
from loaders.memory.spool import Spool
from loaders.prepare import PRINT as PRINTED
from loaders.prepare import Batch
from loaders.wkb import Numbers

Columns = dict[str, Column]
MOST = 2_500_000
"""Rows of a layer that are remembered; of a larger one nothing is, as it would take too much memory."""


@dataclass
class Recall:
    """What is known of each layer of a load, and what is to be known when its rows are delivered again."""

    catalog: Catalog
    held: held.Held
    folder: Path
    put: Callable[[Again], None]
    """Hands rows that came before to whoever prepares the new ones."""
    hashing: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    """Makes numbers of columns while the letters of others are read."""
    asked: dict[str, Future[Past | None]] = field(default_factory=dict)
    again: defaultdict[str, list[Numbers]] = field(default_factory=lambda: defaultdict(list))
    """Of rows that came before, their places in the past; what they were drawn of must not stay in memory."""
    names: dict[str, list[str]] = field(default_factory=dict)
    """Columns that are noted of the new rows of each layer."""

    def __post_init__(self) -> None:
        self.new = Spool(self.folder)

    def begin(self, layers: Iterable[Layer]) -> None:
        """Reads what is remembered of those of which it is asked what is served."""
        for layer in layers:
            if layer.id in self.held.asked:
                self.asked[layer.id] = self.held.pool.submit(self._past, layer)

    def past(self, layer: str) -> Past | None:
        """What is remembered of rows that are served."""
        return self.asked[layer].result() if layer in self.asked else None

    def tell(self, again: Again) -> None:
        """Rows that came before."""
        self.again[again.layer.id].append(again.places)
        self.put(again)

    def note(self, batch: Batch, suspect: Mask) -> None:
        """New rows; those that a test names are looked at each time they come."""
        layer = batch.layer.id
        if PRINTED not in batch.rows.column_names or self.new.rows(_in(layer, PRINT)) > MOST:
            return
        columns = _worked_out(batch)
        self.names[layer] = list(columns)
        for name, values in columns.items():
            self.new.add(_in(layer, name), values[~suspect])

    def keep(self, suspects: Suspects) -> None:
        """Remembers the rows of this load instead of those of the last, and what was served of them."""
        for layer in self.names.keys() | self.again.keys():
            drawings = suspects.drawings.get(layer)
            self._keep(layer, drawings.told() if drawings else {})
            self.held.keep(self.catalog[layer])
        self.close()
        suspects.close()
        give_back()

    def close(self) -> None:
        """Forgets what this load worked out."""
        self.hashing.shutdown()
        self.new.close()
        self.again.clear()

    def _keep(self, layer: str, told: Columns) -> None:
        """One column after the other is put together, in the order of the prints."""
        prints = self._column(layer, PRINT)
        if not held.FEWEST <= len(prints) <= MOST:
            return
        order = np.argsort(prints)
        if not self._is_kept(layer, prints[order], told):
            columns = ((name, self._column(layer, name)[order]) for name in self._names(layer))
            keep_past(place_of(self.folder, str(self.held.source), layer), chain(columns, told.items()))

    def _names(self, layer: str) -> list[str]:
        past = self.past(layer)
        names = self.names[layer] if layer in self.names or past is None else past.columns
        return [name for name in names if name not in WHOLE | {SERVED}]

    def _column(self, layer: str, name: str) -> Column:
        """Of new rows, and of those that came before."""
        past, new = self.past(layer), self.new.column(_in(layer, name))
        parts = [past[name][places] for places in self.again[layer]] if past is not None else []
        return np.concatenate([new, *parts]) if len(new) or not parts else np.concatenate(parts)

    def _is_kept(self, layer: str, ordered: Column, told: Columns) -> bool:
        """Whether the same is remembered already."""
        past = self.past(layer) if self.again[layer] else None
        if past is None or not np.array_equal(ordered, past[PRINT]):
            return False
        return all(name in past.columns and np.array_equal(values, past[name]) for name, values in told.items())

    def _past(self, layer: Layer) -> Past | None:
        past = read_past(place_of(self.folder, str(self.held.source), layer.id))
        served = None if past is None else self.held.served(layer, past)
        give_back()
        return served


def _worked_out(batch: Batch) -> Columns:
    """All that a row is asked for when it comes again."""
    layer, rows = batch.layer, batch.rows.num_rows
    coverage = own_coverage(layer)
    groups = batch.groups(coverage.by) if coverage else np.zeros(len(batch.drawn), np.uint64)
    prints = batch.rows.column(PRINTED).to_numpy()
    columns: Columns = {PRINT: prints, ROW: batch.row_hashes, KEY: batch.hash_of(layer.key)}
    drawings = batch.drawings
    assert drawings is not None
    columns |= {DRAWING: _spread(drawings, batch), KIND: _spread(batch.kinds, batch), GROUP: _spread(groups, batch)}
    for what, name in uniques(layer).items():
        columns[what] = batch.hash_of([name]).view(np.uint64)
        columns[f"there {what}"] = batch.rows.column(name).is_valid().to_numpy()
    if is_distinct(layer):
        columns |= {DISTINCT: _spread(batch.signatures, batch), f"there {DISTINCT}": np.ones(rows, bool)}
    return columns


def _spread(values: Column, batch: Batch) -> Column:
    """Rows without a geometry, which are always looked at, get a zero."""
    if len(values) == batch.rows.num_rows:
        return values
    whole = np.zeros(batch.rows.num_rows, values.dtype)
    whole[batch.drawn] = values
    return whole


def _in(layer: str, name: str) -> str:
    return f"{layer} {name}"
