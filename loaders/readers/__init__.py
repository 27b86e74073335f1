"""Readers: each turns one kind of file into a stream of Arrow tables with WKB; they run in a child process."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loaders.readers.stream import Stream

if TYPE_CHECKING:
    from loaders.child.wire import Request


def read(request: "Request") -> Iterator[Stream]:
    """The layers of a file, by the reader that the request names."""
    from loaders.readers.columns import with_own_names
    from loaders.readers.json_lists import read_json
    from loaders.readers.osm import read_osm
    from loaders.readers.overpass import read_overpass
    from loaders.readers.parquet import read_parquet
    from loaders.readers.table import read_table
    from loaders.readers.vector import read_vector

    match request.reader:
        case "osm":
            yield read_osm(request.path, request.name, set(request.columns), request.areas)
        case "overpass":
            yield read_overpass(request.path, request.name, set(request.columns), request.areas)
        case "table":
            yield from with_own_names(read_table(request.path, request.name, request.how))
        case "json":
            yield from with_own_names(read_json(request.path, request.name))
        case "parquet":
            yield from with_own_names(read_parquet(request.path, request.name))
        case "vector":
            yield from with_own_names(read_vector(request.path, request.name, request.how))
