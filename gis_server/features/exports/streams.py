"""Writings that go out while they are read: an Arrow stream, and CSV that is safe to open in a spreadsheet."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

FORMULA = r"^[=+\-@\t\r＝＋－＠]"
"""What a spreadsheet would run: such a text gets an apostrophe in front."""
BOM = "\ufeff".encode()
"""Without it Excel reads Vietnamese letters wrongly."""


def arrow_stream(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """Arrow IPC stream; the geometry is WKB (GeoArrow)."""
    sink = io.BytesIO()
    writer = None
    for batch in batches:
        writer = writer or pa.ipc.new_stream(sink, batch.schema)
        writer.write_batch(batch)
        yield _taken(sink)
    if writer:
        writer.close()
        yield _taken(sink)


def csv_stream(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """CSV in UTF-8 with a header; the geometry is WKT."""
    is_first = True
    for batch in batches:
        sink = io.BytesIO()
        options = pyarrow.csv.WriteOptions(include_header=is_first)
        pyarrow.csv.write_csv(_safe(batch), sink, options)
        yield (BOM if is_first else b"") + sink.getvalue()
        is_first = False


def _safe(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [_without_formulas(one) if pa.types.is_string(one.type) else one for one in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _without_formulas(texts: pa.Array) -> pa.Array:
    marked = pc.match_substring_regex(texts, FORMULA)
    return pc.if_else(marked, pc.binary_join_element_wise("'", texts, ""), texts)


def _taken(sink: io.BytesIO) -> bytes:
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content
