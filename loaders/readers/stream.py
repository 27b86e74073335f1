"""What every reader hands on: a stream of Arrow tables, the grid they are in, and what the reader itself left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from gis_server.catalog.model import Text
from loaders.grid.reading import Reading
from loaders.letters.readings import Page

GEOMETRY = "@geometry"
"""Column of WKB; null where a row has no geometry."""
KIND = "@kind"
"""Column that says the kind where there is no geometry to tell it: Point, LineString or Polygon."""
FAULT = "@fault"
"""Column with the code of what went wrong while a geometry was assembled; null where nothing did."""
ROWS_AT_ONCE = 16_384


@dataclass(frozen=True)
class Chunk:
    """Some rows of a stream, in columns of the source and `@…` columns of the reader."""

    kind: str
    """The line of the account they are counted under."""
    rows: pa.Table


@dataclass
class Stream:
    """One layer of a delivered file, read as it is asked for."""

    file: str
    """Path inside the delivery."""
    layer: str
    srid: int | None
    """Grid of the coordinates; None where there are none."""
    chunks: Iterator[Chunk]
    columns: frozenset[str] | None
    """Columns it has; None for OSM, where a tag may be absent."""
    page: Page | None = None
    """How bytes of unknown letters are shown as text; None where the text is what its format says it is."""
    expected: int | None = None
    """Rows the file says it has."""
    reading: Reading | None = None
    """How the numbers are written, where the file was held against the evidence; else plain x, y of `srid`."""
    left_out: Counter[tuple[str, Text]] = field(default_factory=Counter)
    """Features without content, counted by account line and reason while reading."""

    @property
    def name(self) -> str:
        stem = self.file.rpartition("/")[2]
        return stem if self.layer in ("", stem.rpartition(".")[0]) else f"{stem} · {self.layer}"
