"""A sample of a file: numbers from all over it, and the commune codes of their rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from gis_server.catalog.places import Places
from loaders.grid.hints import commune_codes
from loaders.readers.stream import GEOMETRY

Points = NDArray[np.float64]

ROWS_WHOLE = 5_000
"""Files of up to so many rows are sampled from all of them."""
WINDOWS, ROWS_A_WINDOW = 10, 400
JUMPING = frozenset({".shp", ".gpkg", ".gdb", ".fgb", ".tab"})
"""Formats in which the reader can go to a row without reading those before it."""
NUMBERS = 4_000


@dataclass(frozen=True)
class Sample:
    """Points in the file's own numbers, and the commune code of each; no codes when no column holds them."""

    points: Points
    communes: tuple[str | None, ...]


def sample_of(tables: Iterable[pa.Table], places: Places) -> Sample:
    """The sample of some rows, their geometry under the name all readers give it."""
    rows = pa.concat_tables(tables, promote_options="default")
    shapes = shapely.from_wkb(rows.column(GEOMETRY).to_numpy(), on_invalid="ignore")
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    kept = np.unique(np.linspace(0, len(points) - 1, NUMBERS).astype(int)) if len(points) else np.array([], dtype=int)
    codes = commune_codes(_columns(rows), places)
    return Sample(points[kept], tuple(codes[row] for row in owner[kept]) if codes else ())


def sample_tables(path: Path, layer: str, count: int | None, encoding: str | None) -> Iterator[pa.Table]:
    """Rows from all over a layer that GDAL opens."""
    jumps = count is not None and count > ROWS_WHOLE and path.suffix.lower() in JUMPING
    starts = np.linspace(0, (count or 0) - ROWS_A_WINDOW, WINDOWS).astype(int).tolist() if jumps else [0]
    most = ROWS_A_WINDOW if jumps else ROWS_WHOLE
    for start in starts:
        meta, rows = pyogrio.read_arrow(
            path,
            layer=layer,
            encoding=encoding,
            skip_features=start,
            max_features=most,
        )
        place = rows.schema.get_field_index(meta["geometry_name"] or "wkb_geometry")
        if place >= 0 and rows.num_rows:
            wkb = rows.column(place).cast(pa.binary())
            yield rows.remove_column(place).append_column(GEOMETRY, wkb)


def _columns(rows: pa.Table) -> Iterator[tuple[str, list[object]]]:
    """Columns that may hold codes: text and whole numbers."""
    for name in rows.column_names:
        kind = rows.schema.field(name).type
        if pa.types.is_integer(kind):
            yield name, rows.column(name).to_pylist()
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            yield name, [_text(value) for value in rows.column(name).cast(pa.large_binary()).to_pylist()]


def _text(value: bytes | None) -> str | None:
    """Old letters come as bytes that are no Unicode; codes are plain digits in all of them."""
    return None if value is None else value.decode("latin-1")
