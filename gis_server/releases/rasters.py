"""The store of rasters: Cloud-Optimised GeoTIFFs under the SHA-256 of their content, never changed; rows name them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from gis_server.catalog import Catalog
from gis_server.db.statements import quoted, statement
from gis_server.releases.drafts import drafts
from gis_server.releases.staged import SQL

LOCK = ".khoa"


def cog_path(folder: Path, sha256: str) -> Path:
    """Where the raster of that content is kept, if it is."""
    return folder / sha256[:2] / f"{sha256}.tif"


def hashes_in_use(conn: psycopg.Connection, catalog: Catalog) -> set[str]:
    """Every raster that a served row, a row of history or a draft names."""
    layers = [layer for layer in catalog if layer.file.raster is not None]
    tables = [table for layer in layers for table in (layer.table, layer.history)]
    ids = {layer.id for layer in layers}
    tables += [
        f"draft.{quoted(about['table'])}"
        for draft in drafts(conn)
        for layer, about in draft.layers.items()
        if layer in ids
    ]
    return {sha256 for table in tables for (sha256,) in conn.execute(statement(SQL, "raster_hashes", table=table))}


def stored(folder: Path) -> Iterator[Path]:
    """Every raster that is kept."""
    return folder.glob("[0-9a-f][0-9a-f]/*.tif")


def unused(folder: Path, used: set[str]) -> list[Path]:
    """Kept rasters that nothing names any more."""
    return sorted(path for path in stored(folder) if path.stem not in used)


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """While a load makes rasters: nobody sweeps. The kernel lets go when the process dies."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)  # also rasters that few may see lie there
    with _lock_file(folder) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """While rasters are swept: whether no load is making any."""
    if not folder.is_dir():
        yield True
        return
    with _lock_file(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def _lock_file(folder: Path) -> Iterator[int]:
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield lock
    finally:
        os.close(lock)
