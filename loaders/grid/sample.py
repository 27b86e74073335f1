"""A sample of a file's layer: numbers from the rows that were read first, and the commune codes of those rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis_server.catalog.places import Places
from loaders.grid.hints import commune_codes, has_codes
from loaders.grid.national import Country
from loaders.readers.stream import GEOMETRY, Stream

Points = NDArray[np.float64]

ROWS = 600
NUMBERS = 4_000
FIRST = 40


@dataclass(frozen=True)
class Sample:
    """Points in the file's own numbers, and the commune code of each; no codes when no column holds them."""

    points: Points
    communes: tuple[str | None, ...]
    features: int = 0
    """How many rows the points are of: vertices of one thing say one thing, not many."""


def peek(stream: Stream) -> pa.Table | None:
    """The first rows of a stream, which stay in it; None where it has none."""
    first = list(islice(stream.chunks, 1))
    stream.chunks = chain(first, stream.chunks)
    return first[0].rows if first else None


def sample_of(rows: pa.Table | None, places: Places, country: Country) -> Sample:
    """Evenly spread rows with a geometry, and evenly spread vertices of these."""
    if rows is None:
        return Sample(np.empty((0, 2)), ())
    rows = rows.filter(pc.is_valid(rows.column(GEOMETRY)))
    if rows.num_rows > ROWS:
        rows = rows.take(np.linspace(0, rows.num_rows - 1, ROWS).astype(int))
    shapes = shapely.from_wkb(rows.column(GEOMETRY).to_numpy(), on_invalid="ignore")
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    kept = np.unique(np.linspace(0, len(points) - 1, NUMBERS).astype(int)) if len(points) else np.array([], dtype=int)
    codes = commune_codes(_columns(rows), places, country)
    told = tuple(codes[row] for row in owner[kept]) if codes else ()
    return Sample(points[kept], told, len(np.unique(owner)))


def _columns(rows: pa.Table) -> Iterator[tuple[str, list[object]]]:
    """Columns that may hold codes, by their first values: text, bytes of text, and whole numbers."""
    for name in rows.column_names:
        column = rows.column(name)
        if not name.startswith("@") and _may_hold_codes(column.type) and has_codes(_values(column.slice(0, FIRST))):
            yield name, _values(column)


def _may_hold_codes(kind: pa.DataType) -> bool:
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)
    return bool(text or pa.types.is_integer(kind))


def _values(column: pa.ChunkedArray) -> list[object]:
    """Numbers as they are; old letters come as bytes that are no Unicode, but codes are plain digits in all of them."""
    if pa.types.is_integer(column.type):
        numbers: list[object] = column.to_pylist()
        return numbers
    return [None if value is None else value.decode("latin-1") for value in column.cast(pa.large_binary()).to_pylist()]
