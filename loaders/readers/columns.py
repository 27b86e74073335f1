"""Names of delivered columns: those that readers use for themselves are left out, and one name may stand once only."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow as pa

from gis_server.errors import DeliveryUnreadable
from loaders.readers.stream import FAULT, GEOMETRY, KIND, Chunk, Stream

RESERVED = frozenset({GEOMETRY, KIND, FAULT})
SHOWN, LETTERS = 40, 60
NAMELESS = "(không tên · no name)"


def with_own_names(streams: Iterable[Stream]) -> Iterator[Stream]:
    """The same streams, without columns that only look like ours; DeliveryUnreadable for a name that stands twice."""
    for stream in streams:
        if stream.columns is not None:
            stream.columns -= RESERVED
        stream.chunks = (Chunk(chunk.kind, _own(chunk.rows, stream.name)) for chunk in stream.chunks)
        yield stream


def refuse_doubles(names: Iterable[str], file: str) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1 and name]
    if twice:
        raise DeliveryUnreadable(
            f"{file} có nhiều cột cùng tên: {listed(twice)}. Hãy đổi tên cột rồi giao nộp lại.",
            f"{file} has several columns of one name: {listed(twice)}. Rename them, then deliver again.",
        )


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: however many and however long they are, it can be read."""
    names = sorted(names)
    shown = [f"{name[:LETTERS]}…" if len(name) > LETTERS else name for name in names[:SHOWN]]
    return ", ".join(shown) + (f", … ({len(names)})" if len(names) > SHOWN else "")


def _own(rows: pa.Table, file: str) -> pa.Table:
    """The reader's geometry is the last of its name."""
    names = rows.column_names
    places = [
        place
        for place, name in enumerate(names)
        if name not in RESERVED or (name == GEOMETRY and name not in names[place + 1 :])
    ]
    refuse_doubles((names[place] or NAMELESS for place in places), file)
    return rows if len(places) == len(names) else rows.select(places)
