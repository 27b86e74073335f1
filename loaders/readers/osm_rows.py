"""Objects with tags on their way to a table: only tags that are there are kept, until a column is made of each."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.readers.stream import FAULT, GEOMETRY, KIND, Chunk


@dataclass(frozen=True, slots=True)
class Shape:
    """What was drawn of an object, or why nothing could be."""

    kind: str
    wkb: bytes | None
    fault: str | None = None


class Rows:
    """Objects of one type, waiting to become a table with a column for each tag that the profile speaks of."""

    def __init__(self, tags: list[str]) -> None:
        self.tags = tags
        self._clear()

    def _clear(self) -> None:
        self.names: list[str] = []
        self.shapes: list[Shape] = []
        self.cells: dict[str, _Cells] = {tag: _Cells() for tag in self.tags}

    @property
    def count(self) -> int:
        return len(self.names)

    def add(self, name: str, tags: dict[str, str], shape: Shape) -> None:
        place = len(self.names)
        self.names.append(name)
        self.shapes.append(shape)
        cells = self.cells
        for tag, value in tags.items():
            if tag in cells:
                cells[tag].places.append(place)
                cells[tag].values.append(value)

    def take(self, kind: str, type_name: str) -> Chunk:
        """The table of what waits, which then waits no more."""
        count = self.count
        columns = {
            "@osm": pa.array(self.names, pa.string()),
            KIND: pa.array([shape.kind for shape in self.shapes], pa.string()),
            FAULT: pa.array([shape.fault for shape in self.shapes], pa.string()),
            GEOMETRY: pa.array([shape.wkb for shape in self.shapes], pa.binary()),
            **{tag: cells.column(count) for tag, cells in self.cells.items()},
            "@type": pa.repeat(pa.scalar(type_name), count),
        }
        self._clear()
        return Chunk(kind, pa.table(columns))


@dataclass(slots=True)
class _Cells:
    """The values of one tag, and the rows they stand in."""

    places: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    def column(self, rows: int) -> pa.Array:
        if not self.places:
            return pa.nulls(rows, pa.string())
        place_of_row = np.full(rows, -1, dtype=np.int64)
        place_of_row[self.places] = np.arange(len(self.places))
        return pc.take(pa.array(self.values, pa.string()), pa.array(place_of_row, mask=place_of_row < 0))
