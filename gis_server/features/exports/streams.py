"""Tables in one pass: an Arrow stream, and CSV that is safe to open in a spreadsheet."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gis_server.features.exports.columns import Columns

FORMULA = r"^[=+\-@\t\r＝＋－＠]"
"""What a spreadsheet would run: such a text gets an apostrophe in front."""
BOM = "\ufeff".encode()
"""Without it Excel reads Vietnamese letters wrongly."""


def write_arrow(batches: Iterator[pa.RecordBatch], columns: Columns, path: Path, name: str) -> None:
    """Arrow IPC stream; the geometry is WKB (GeoArrow)."""
    first = next(batches)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def write_csv(batches: Iterator[pa.RecordBatch], columns: Columns, path: Path, name: str) -> None:
    """CSV in UTF-8 with a header; the geometry is WKT."""
    with path.open("wb") as sink:
        sink.write(BOM)
        for place, batch in enumerate(batches):
            pyarrow.csv.write_csv(_safe(batch), sink, pyarrow.csv.WriteOptions(include_header=place == 0))


def _safe(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [_without_formulas(one) if pa.types.is_string(one.type) else one for one in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _without_formulas(texts: pa.Array) -> pa.Array:
    marked = pc.match_substring_regex(texts, FORMULA)
    return pc.if_else(marked, pc.binary_join_element_wise("'", texts, ""), texts)
