"""Which rows of a stream came before: their prints, made of all that decides what becomes of them."""

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from gis_server.catalog import Catalog, Layer
from loaders.memory.past import Past
from loaders.memory.prints import Unprintable, Words, of_column, prints
from loaders.memory.program import program
from loaders.prepare import DRAWING, PRINT
from loaders.profiles import LayerRule, Profile
from loaders.readers.stream import FAULT, GEOMETRY, KIND, Stream
from loaders.rows import Mask, Rows
from loaders.wkb import Numbers

BY_READERS = (KIND, FAULT)
"""Columns that no rule names and that yet say what becomes of a row."""


@dataclass(frozen=True)
class Seen:
    """The prints of some rows, and where they are in the past; −1 where they are new."""

    past: Past | None
    prints: Words
    drawings: Words
    places: Numbers

    @property
    def again(self) -> Mask:
        again: Mask = self.places >= 0
        return again

    def appended_to(self, table: pa.Table, which: Mask) -> pa.Table:
        """Mapped rows with their prints; of these rows they were made."""
        table = table.append_column(PRINT, pa.array(self.prints[which]))
        return table.append_column(DRAWING, pa.array(self.drawings[which]))


@dataclass
class Sight:
    """Looks at the rows of one stream, rule by rule, with their letters right."""

    catalog: Catalog
    stream: Stream
    profile: Profile
    pool: Executor
    """Makes numbers of one column while the letters of the next are read."""
    seeds: dict[int, str] = field(default_factory=dict)
    last: Rows | None = None
    """What was looked at last: many rules look at the same rows."""
    made: dict[str, Future[Words]] = field(default_factory=dict)
    """Of the columns of those."""

    def look(self, rows: Rows, rule: LayerRule, columns: list[str], past: Past | None) -> Seen | None:
        """The columns are those that the rule reads. None where one is of a kind that has no print."""
        values = {GEOMETRY: rows.chunk.rows.column(GEOMETRY).combine_chunks()}
        made = {GEOMETRY: self._begun(rows, GEOMETRY, values[GEOMETRY])}
        for name in [*columns, *(one for one in BY_READERS if one in rows.names)]:
            values[name] = rows.column(name)
            made[name] = self._begun(rows, name, values[name])
        try:
            known = {name: column.result() for name, column in made.items()}
            seed, drawing = self._seed(rule), values.pop(GEOMETRY)
            drawings = prints({GEOMETRY: drawing}, seed, known)
            whole = prints(values, seed, known) ^ drawings * np.uint64(3)
        except Unprintable:
            return None
        places = np.full(len(whole), -1) if past is None else past.places(whole, drawings)
        return Seen(past, whole, drawings, places)

    def _begun(self, rows: Rows, name: str, values: pa.Array) -> Future[Words]:
        """Numbers of one column, made beside the letters of the next; many rules ask for the same."""
        if rows is not self.last:
            self.last, self.made = rows, {}
        if name not in self.made:
            self.made[name] = self.pool.submit(of_column, values)
        return self.made[name]

    def _seed(self, rule: LayerRule) -> str:
        if id(rule) not in self.seeds:
            self.seeds[id(rule)] = self._written(rule, self.catalog[rule.to])
        return self.seeds[id(rule)]

    def _written(self, rule: LayerRule, layer: Layer) -> str:
        """Everything but the row itself that decides what becomes of it."""
        domains = sorted(about.domain for about in layer.fields.values() if about.domain is not None)
        return "\n".join([
            program(),
            layer.id,
            layer.file.model_dump_json(),
            *(f"{name} {self.catalog.domains[name].model_dump_json()}" for name in domains),
            self.catalog.crs.file.model_dump_json(),
            self.profile.model_dump_json(),
            rule.model_dump_json(),
            str(self.stream.srid),
        ])  # fmt: skip
