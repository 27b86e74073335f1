"""The damaged sample city in the making: what was planted so far, and which rows are taken."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog import Catalog
from loaders.sample_city.city import City, Table

TIMES = 6
"""How often each error is planted."""


@dataclass(frozen=True)
class Answer:
    """One planted error."""

    code: str
    layer: str
    keys: list[str]
    also: list[tuple[str, str, str]] = field(default_factory=list)
    """Code, layer, key of what follows from it."""


@dataclass
class Damage:
    """A city, what was planted in it so far, and which rows are taken."""

    city: City
    catalog: Catalog
    random: np.random.Generator
    answers: list[Answer] = field(default_factory=list)
    taken: dict[str, set[int]] = field(default_factory=dict)

    def table(self, layer: str) -> Table:
        return self.city.tables[layer]

    def pick(self, layer: str, fits: NDArray[np.bool_] | None = None, times: int = TIMES) -> list[int]:
        """Rows that no other error has touched."""
        free = np.ones(len(self.table(layer)), bool) if fits is None else fits.copy()
        taken = self.taken.setdefault(layer, set())
        free[[row for row in taken if row < len(free)]] = False
        rows = [int(row) for row in self.random.permutation(np.flatnonzero(free))[:times]]
        taken.update(rows)
        return rows

    def key(self, layer: str, row: int) -> str:
        columns = self.table(layer).columns
        values = [columns[name][row] for name in self.catalog[layer].key]
        return ", ".join(str(value) for value in values if value is not None)

    def plant(self, code: str, layer: str, row: int, also: list[tuple[str, str, str]] | None = None) -> None:
        self.answers.append(Answer(code, layer, [self.key(layer, row)], also or []))

    def again(self, layer: str, row: int, shape: Any, key: str | None) -> int:
        """The same row once more with another shape, under a key of its own or, without one, the same."""
        table = self.table(layer)
        for name, values in table.columns.items():
            values.append(key if key is not None and [name] == self.catalog[layer].key else values[row])
        table.geometry = np.append(table.geometry, np.array([shape], dtype=object))
        self.taken.setdefault(layer, set()).add(len(table) - 1)
        return len(table) - 1
