"""The surfaces of one layer for its coverage check: where all came before, the same ones may not fit."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely

from loaders.checks.edges import Edges
from loaders.checks.seams import Seams
from loaders.memory.again import Again, Drawn
from loaders.memory.past import ALL_DRAWN, DRAWING, GROUP, KIND, MISFITS, Column, Past
from loaders.memory.prints import Words, mixed, sums
from loaders.prepare import Batch
from loaders.wkb import Numbers, read_plain

MOST_BYTES = 160 << 20
"""Of geometries that came before, kept until it is known whether their edges are wanted."""
SURFACE = 2
_ODD = np.uint64(0x9E3779B97F4A7C15)


class _Waiting(NamedTuple):
    """Geometries that came before, their places in the past, and their rows: nothing else of what was read."""

    drawn: Drawn
    places: Numbers
    rows: Numbers


@dataclass
class Drawings:
    """Drawings as they are read. Of those that came before, edges are made only when one surface is new or gone."""

    seams: Seams
    came: list[tuple[Words, Numbers]] = field(default_factory=list)
    """Prints and rows."""
    printed: bool = True
    """Whether every drawing has a print."""
    waiting: list[_Waiting] = field(default_factory=list)
    past: Past | None = None
    found: Numbers | None = None
    """Rows that the last look named."""

    def add(self, batch: Batch, edges: Edges, groups: Words) -> None:
        rows, drawings = batch.numbers[batch.drawn], batch.drawings
        self.printed &= drawings is not None
        if drawings is not None:
            self.came.append((_with_group(drawings, groups), rows))
        self._sew(edges, batch.kinds, rows, groups)

    def take(self, again: Again) -> None:
        self.came.append((_with_group(again.column(DRAWING), again.column(GROUP)), again.numbers))
        self.past = again.past
        self.waiting.append(_Waiting(again.apart(), again.places, again.numbers))
        if again.past.all_drawn is None or sum(one.drawn.bytes for one in self.waiting) > MOST_BYTES:
            self._sew_waiting()

    def suspects(self) -> Numbers | None:
        """Rows of surfaces that may not fit; None when all must be looked at."""
        prints, rows = self._all()
        if self.printed and self.past is not None and self.past.all_drawn == tuple(sums(prints)):
            self.waiting.clear()
            self.found = rows[np.isin(prints, self.past[MISFITS])]
        else:
            self._sew_waiting()
            self.found = self.seams.suspects()
        return self.found

    def told(self) -> dict[str, Column]:
        """What to remember; nothing where every surface had to be looked at, or nobody looked."""
        if self.found is None or not self.printed:
            return {}
        prints, rows = self._all()
        return {ALL_DRAWN: sums(prints), MISFITS: prints[np.isin(rows, self.found)]}

    def _all(self) -> tuple[Words, Numbers]:
        if not self.came:
            return np.zeros(0, np.uint64), np.zeros(0, np.int64)
        prints, rows = (np.concatenate(column) for column in zip(*self.came, strict=True))
        self.came = [(prints, rows)]
        return prints, rows

    def _sew_waiting(self) -> None:
        while self.waiting:
            assert self.past is not None
            drawn, places, rows = self.waiting.pop(0)
            wkb = drawn.encoded()
            plain = read_plain(wkb)
            shapes = None if plain is not None else shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))
            self._sew(Edges.of(plain, shapes), self.past[KIND][places], rows, self.past[GROUP][places])

    def _sew(self, edges: Edges, kinds: Column, rows: Numbers, groups: Words) -> None:
        self.seams.whole &= bool((kinds == SURFACE).all())
        self.seams.add(edges, rows, groups)


def _with_group(drawings: Words, groups: Words) -> Words:
    return mixed(drawings ^ (groups * _ODD))
