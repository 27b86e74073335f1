"""Whatever GDAL opens as vectors, layer by layer, streamed as Arrow."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError

from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable
from loaders.child.limits import size_of
from loaders.letters.pages import page_of, readable_names
from loaders.profiles import FileRule
from loaders.readers.dbf import Stars, as_written, misread, stars_of
from loaders.readers.dbf_values import values_of
from loaders.readers.shapefile import LETTERS, by_columns
from loaders.readers.stream import GEOMETRY, Chunk, Stream

ROWS, LEAST_ROWS = 65_536, 64
BYTES = 32 << 20
"""Of one batch, more or less: rows of long texts or outlines come in smaller batches."""

DELETED = Text(vi="dòng đã đánh dấu xóa trong .dbf", en="a row marked as deleted in the .dbf")


def read_vector(path: Path, file: str, how: FileRule) -> Iterator[Stream]:
    """A stream for each layer of the file."""
    with _gdal_sentences(file):
        names = list(_layers(path))
    for name in names:
        with _gdal_sentences(file):
            info = pyogrio.read_info(
                path, layer=name, encoding=_encoding(path), force_feature_count=True, **_options(path)
            )
        page = page_of(path)
        meant = readable_names([str(column) for column in info["fields"]], page)
        stars = stars_of(path) if _is_shapefile(path) else Stars()
        stream = Stream(file, name, None, iter(()), frozenset(meant.values()), page, _count(info, stars))
        stream.said, stream.placed = info["crs"], info["geometry_type"] is not None
        stream.left_out += Counter({(stream.name, DELETED): stars.deleted})
        tables = _of_shapefile(path, name, info, stars) if _is_shapefile(path) else _by_gdal(path, name, info)
        stream.chunks = _chunks(stream, meant, tables)
        yield stream


def _layers(path: Path) -> Iterator[str]:
    """Names of the layers. GML is asked for one after the other: listing them writes a .gfs into the delivery."""
    if path.suffix.lower() != ".gml":
        yield from (str(name) for name, _ in pyogrio.list_layers(path))
        return
    for place in count():
        try:
            yield str(pyogrio.read_info(path, layer=place, **_options(path))["layer_name"])
        except DataLayerError:
            return


def _options(path: Path) -> dict[str, str]:
    return {"WRITE_GFS": "NO"} if path.suffix.lower() == ".gml" else {}


def _rows_at_once(path: Path, info: dict[str, Any]) -> int:
    return max(LEAST_ROWS, min(ROWS, BYTES * max(int(info["features"]), 1) // max(size_of(path), 1)))


def _chunks(stream: Stream, meant: dict[str, str], tables: Iterator[pa.Table]) -> Iterator[Chunk]:
    with _gdal_sentences(stream.file):
        for rows in tables:
            yield Chunk(stream.name, rows.rename_columns([meant.get(name, name) for name in rows.column_names]))


def _of_shapefile(path: Path, layer: str, info: dict[str, Any], stars: Stars) -> Iterator[pa.Table]:
    values, cells, read = values_of(path, info), misread(path, stars), 0
    names = [str(name) for name in info["fields"]]
    tables = (
        _by_gdal(path, layer, info) if values is None else by_columns(path, values, names, _rows_at_once(path, info))
    )
    for rows in tables:
        yield as_written(rows, read, cells)
        read += rows.num_rows


def _by_gdal(path: Path, layer: str, info: dict[str, Any]) -> Iterator[pa.Table]:
    with pyogrio.open_arrow(
        path,
        layer=layer,
        encoding=_encoding(path),
        batch_size=_rows_at_once(path, info),
        use_pyarrow=True,
        **_options(path),
    ) as (meta, reader):
        geometry = (meta["geometry_name"] or "wkb_geometry") if info["geometry_type"] is not None else None
        for batch in reader:
            if batch.num_rows:
                yield _named(pa.Table.from_batches([batch]), geometry)


def _named(rows: pa.Table, geometry: str | None) -> pa.Table:
    """The geometry column under the one name all readers give it."""
    if geometry is None:
        blank = pa.nulls(rows.num_rows, pa.binary())
        return rows.append_column(GEOMETRY, blank)
    place = rows.schema.get_field_index(geometry)
    wkb = rows.column(place).cast(pa.binary())
    return rows.remove_column(place).append_column(GEOMETRY, wkb)


def _is_shapefile(path: Path) -> bool:
    return path.suffix.lower() == ".shp"


def _encoding(path: Path) -> str | None:
    """Shapefiles are the one format whose bytes GDAL recodes as it is told; they must come through as they are."""
    return LETTERS if path.suffix.lower() in (".shp", ".dbf") else None


def _count(info: dict[str, Any], stars: Stars) -> int | None:
    count = int(info["features"])
    return count - stars.deleted if count >= 0 else None


@contextmanager
def _gdal_sentences(file: str) -> Iterator[None]:
    """GDAL's complaints as sentences of ours."""
    try:
        yield
    except (DataSourceError, DataLayerError, CRSError, pa.ArrowException) as error:
        words = re.sub(r"/\S*/", "", " ".join(str(error).split()))
        raise DeliveryUnreadable(
            f"Không đọc được {file}: {words}. Hãy kiểm tra tệp có đủ các phần và đúng định dạng, rồi giao nộp lại.",
            f"{file} cannot be read: {words}. Check that it is whole and of the right format, then deliver again.",
        ) from error
