"""The same OSM object in several files of one delivery is counted once, with its geometry from the first file."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from gis_server.catalog.model import Text
from loaders.readers.stream import Chunk, Stream

REPEATED = Text(vi="đã có trong tệp khác của cùng lần giao nộp", en="already in another file of this delivery")


def once(stream: Stream, seen: set[str]) -> Stream:
    """The stream without the objects that are known already; those it brings are remembered."""
    stream.chunks = _new(stream, stream.chunks, seen)
    return stream


def _new(stream: Stream, chunks: Iterator[Chunk], seen: set[str]) -> Iterator[Chunk]:
    for chunk in chunks:
        names = chunk.rows.column("@osm").to_pylist()
        fresh = [name not in seen for name in names]
        seen.update(names)
        stream.left_out[chunk.kind, REPEATED] += fresh.count(False)
        if any(fresh):
            yield Chunk(chunk.kind, chunk.rows.filter(pc.equal(pa.array(fresh), True)))
