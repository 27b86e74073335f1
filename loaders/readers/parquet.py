"""GeoParquet, read with pyarrow and its `geo` metadata: this GDAL has no Parquet driver."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from loaders.readers.stream import GEOMETRY, ROWS_AT_ONCE, Chunk, Stream

MOST_GROUP_BYTES = 1 << 30


def read_parquet(path: Path, file: str) -> Iterator[Stream]:
    """The one layer of a Parquet file; without `geo` metadata it is a table without geometry."""
    try:
        source = pq.ParquetFile(path, thrift_string_size_limit=16 << 20, thrift_container_size_limit=1 << 20)
        column, said = _geometry(source.schema_arrow.metadata or {}, file)
        _refuse_bombs(source, file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(file, error) from error
    names = [name for name in source.schema_arrow.names if name != column and _is_plain(source.schema_arrow, name)]
    stream = Stream(file, path.stem, None, iter(()), frozenset(names), expected=source.metadata.num_rows)
    stream.said, stream.placed = said, column is not None
    stream.chunks = _chunks(source, stream, names, column)
    yield stream


def _chunks(source: Any, stream: Stream, names: list[str], column: str | None) -> Iterator[Chunk]:
    wanted = [*names, *([column] if column else [])]
    try:
        for batch in source.iter_batches(batch_size=ROWS_AT_ONCE, columns=wanted, use_threads=False):
            rows = _unpacked(pa.Table.from_batches([batch]))
            wkb = rows.column(column).cast(pa.binary()) if column else pa.nulls(rows.num_rows, pa.binary())
            yield Chunk(stream.name, rows.select(names).append_column(GEOMETRY, wkb))
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(stream.file, error) from error


def _geometry(metadata: dict[bytes, bytes], file: str) -> tuple[str | None, str | None]:
    """The primary column and its reference system; GeoParquet without `crs` is longitude, latitude."""
    if b"geo" not in metadata:
        return None, None
    geo = json.loads(metadata[b"geo"])
    column = str(geo["primary_column"])
    about = geo["columns"][column]
    if about.get("encoding") != "WKB":
        raise DeliveryUnreadable(
            f"{file}: hình học mã hóa “{about.get('encoding')}”; hãy giao nộp GeoParquet mã hóa WKB.",
            f"{file}: geometry is encoded as “{about.get('encoding')}”; deliver GeoParquet with WKB.",
        )
    if "crs" not in about:
        return column, "EPSG:4326"
    crs = about["crs"]
    if crs is None:
        return column, None
    code = crs.get("id") or {}
    known = code.get("authority") == "EPSG" and f"EPSG:{code['code']}"
    return column, "EPSG:4326" if code.get("authority") == "OGC" else known or json.dumps(crs)


def _refuse_bombs(source: Any, file: str) -> None:
    """A group that unpacks to far more than the file's own size is never read."""
    for place in range(source.metadata.num_row_groups):
        size = source.metadata.row_group(place).total_byte_size
        if size > MOST_GROUP_BYTES:
            raise DeliveryUnreadable(
                f"{file}: một nhóm dòng giải nén ra {vietnamese(size)} byte, quá lớn; hãy ghi lại tệp với nhóm dòng "
                "nhỏ hơn.",
                f"{file}: a row group unpacks to {size:,} bytes, too large; write it again with smaller row groups.",
            )


def _unpacked(rows: pa.Table) -> pa.Table:
    """Categories as the values they stand for: text must be seen as text, and its size as what it is."""
    kinds = [field.type.value_type if pa.types.is_dictionary(field.type) else field.type for field in rows.schema]
    return rows.cast(pa.schema(list(zip(rows.column_names, kinds, strict=True))))


def _is_plain(schema: Any, name: str) -> bool:
    kind = schema.field(name).type
    return not pa.types.is_nested(kind) and not pa.types.is_binary(kind) and not pa.types.is_large_binary(kind)


def _unreadable(file: str, error: Exception) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"Không đọc được {file}: {error}. Hãy kiểm tra tệp rồi giao nộp lại.",
        f"{file} cannot be read: {error}. Check the file, then deliver again.",
    )
