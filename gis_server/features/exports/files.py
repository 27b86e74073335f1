"""Writings that are files: GeoParquet, FlatGeobuf, GeoPackage. The file of a question in a release never changes."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj

from gis_server.features.exports.columns import Columns, authority

Write = Callable[[Iterator[pa.RecordBatch], Columns, Path, str], None]


def write_parquet(batches: Iterator[pa.RecordBatch], columns: Columns, path: Path, name: str) -> None:
    """GeoParquet 1.1, a row group for each batch."""
    first = next(batches)
    about = {b"geo": orjson.dumps(_geo(columns))} if columns.with_geometry else {}
    schema = _bare(first.schema).with_metadata(about)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in chain([first], batches):
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def write_flatgeobuf(batches: Iterator[pa.RecordBatch], columns: Columns, path: Path, name: str) -> None:
    _write_gdal("FlatGeobuf", batches, columns, path, name)


def write_geopackage(batches: Iterator[pa.RecordBatch], columns: Columns, path: Path, name: str) -> None:
    _write_gdal("GPKG", batches, columns, path, name)


def _write_gdal(driver: str, batches: Iterator[pa.RecordBatch], columns: Columns, path: Path, name: str) -> None:
    first = next(batches)
    schema = _bare(first.schema)
    plain = (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in chain([first], batches))
    place: Mapping[str, Any] = (
        {"geometry_name": "geometry", "geometry_type": "Unknown", "crs": authority(columns.crs)}
        if columns.with_geometry
        else {}
    )
    pyogrio.write_arrow(pa.RecordBatchReader.from_batches(schema, plain), path, layer=name, driver=driver, **place)


def _bare(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.remove_metadata() for field in schema])


def _geo(columns: Columns) -> dict[str, Any]:
    system = pyproj.CRS.from_user_input(authority(columns.crs)).to_json_dict()
    return {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": system}},
    }
