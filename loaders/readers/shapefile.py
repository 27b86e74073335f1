"""Rows of a Shapefile as GDAL reads them, in half the time: GDAL reads the shapes, the values come by whole columns."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
from numpy.typing import NDArray

from loaders.readers.dbf_values import Unusual, Values
from loaders.readers.stream import GEOMETRY

LETTERS = "ISO-8859-1"
"""Shows every byte of a .dbf as one sign."""
FID = "OGC_FID"


def by_columns(path: Path, values: Values, names: list[str], most: int) -> Iterator[pa.Table]:
    """So many rows at a time; which of the .dbf they are, GDAL says."""
    with pyogrio.open_arrow(
        path, encoding=LETTERS, columns=[], return_fids=True, batch_size=most, use_pyarrow=True
    ) as (meta, reader):
        shape = meta["geometry_name"] or "wkb_geometry"
        for batch in reader:
            if batch.num_rows:
                rows = batch.column(FID).to_numpy()
                shapes = batch.column(shape).cast(pa.binary())
                yield pa.Table.from_arrays([*_values(path, values, rows), shapes], [*names, GEOMETRY])


def _values(path: Path, values: Values, rows: NDArray[np.int64]) -> list[pa.Array]:
    try:
        return values.of(rows)
    except Unusual:
        return _by_gdal(path, values, rows)


def _by_gdal(path: Path, values: Values, rows: NDArray[np.int64]) -> list[pa.Array]:
    """The same columns of the same rows, cell by cell."""
    with pyogrio.open_arrow(
        path,
        encoding=LETTERS,
        read_geometry=False,
        return_fids=True,
        skip_features=int(rows[0]),
        batch_size=len(rows),
        use_pyarrow=True,
    ) as (_, reader):
        fids, *columns = reader.read_next_batch().columns
    if not np.array_equal(fids.to_numpy(), rows):
        raise RuntimeError(f"rows {rows[0]} to {rows[-1]} of {path.name} have moved")
    return [column.cast(kind) for column, kind in zip(columns, values.types, strict=True)]
