"""Readers: each turns one kind of file into a stream of Arrow tables with WKB; they run in a child process."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loaders.readers.stream import Stream

if TYPE_CHECKING:
    from loaders.child.wire import Request


def read(request: "Request") -> Iterator[Stream]:
    """The layers of a file, by the reader that the request names."""
    from loaders.readers.columns import with_own_names

    if request.reader in ("osm", "overpass"):
        yield _objects(request)
    elif request.reader in ("table", "vector"):
        yield from with_own_names(_described(request))
    elif request.reader == "raster":
        from loaders.readers.raster import read_raster  # brings a GDAL of its own, which only rasters need

        assert request.raster is not None
        yield from read_raster(request.path, request.name, request.how, request.raster)
    else:
        yield from with_own_names(_by_itself(request))


def _objects(request: "Request") -> Stream:
    """OpenStreetMap: only the tags that rules read are kept."""
    from loaders.readers.osm import read_osm
    from loaders.readers.overpass import read_overpass

    reader = read_osm if request.reader == "osm" else read_overpass
    return reader(request.path, request.name, set(request.columns), request.areas)


def _described(request: "Request") -> Iterator[Stream]:
    """Files of which the profile may have to say how they are read."""
    from loaders.readers.table import read_table
    from loaders.readers.vector import read_vector

    reader = read_table if request.reader == "table" else read_vector
    return reader(request.path, request.name, request.how)


def _by_itself(request: "Request") -> Iterator[Stream]:
    """Files that say all there is to know."""
    from loaders.readers.gtfs import read_gtfs
    from loaders.readers.json_lists import read_json
    from loaders.readers.parquet import read_parquet

    readers = {"json": read_json, "gtfs": read_gtfs, "parquet": read_parquet}
    return readers[request.reader](request.path, request.name)
