"""A stream whose numbers are written in an unusual way becomes one in the stored grid, as it is read."""

from collections.abc import Iterator

import pyarrow as pa
import shapely

from gis_server.catalog import CrsBook
from loaders.grid.national import country_of
from loaders.grid.reading import Reading
from loaders.readers.stream import GEOMETRY, Chunk, Stream


def in_stored_grid(stream: Stream, reading: Reading, book: CrsBook) -> None:
    """Sets the stream's SRID; what is more than a known grid in plain x, y metres is moved chunk by chunk."""
    if reading.is_plain and reading.srid in book.known:
        stream.srid = reading.srid
        return
    stream.srid, stream.chunks = book.stored, _moved(stream.chunks, reading, country_of(book).book)


def _moved(chunks: Iterator[Chunk], reading: Reading, book: CrsBook) -> Iterator[Chunk]:
    for chunk in chunks:
        place = chunk.rows.schema.get_field_index(GEOMETRY)
        shapes = shapely.force_2d(shapely.from_wkb(chunk.rows.column(place).to_numpy(), on_invalid="ignore"))
        moved = shapely.transform(shapes, lambda points: reading.stored(points, book))
        wkb = pa.array(shapely.to_wkb(moved), pa.binary())
        yield Chunk(chunk.kind, chunk.rows.set_column(place, GEOMETRY, wkb))
