"""The rasters of one load: made in a workspace, kept under their content's name just before the load publishes.

A file in the workspace and its name in the store are the same file (a hard link). So whoever finds the workspace of a
load that died knows which names in the store may be its litter, and asks the database whether a release names them.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.errors import LoadRefused, MapError
from gis_server.releases.rasters import alone, cog_path, hashes_in_use, shared
from loaders.rasters.digest import sha256_of
from loaders.staging import Staging
from loaders.statements import statement

PREFIX = "dang-nap"
"""Workspaces lie in the store's folder: a name there is given without copying."""


class Keeper:
    """Takes a workspace when first asked for one; gives it back when the block ends, whatever happened in it."""

    def __init__(self, folder: Path, database: Database, catalog: Catalog) -> None:
        self.folder, self.database, self.catalog = folder, database, catalog
        self.own: Path | None = None
        self.kept: set[str] = set()
        self.settled = False
        self.lock = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.own is None:
            return
        if self.settled or not self.kept:
            shutil.rmtree(self.own, ignore_errors=True)
        self.lock.close()
        with suppress(psycopg.Error, MapError):  # the next load sweeps what this one cannot
            self._sweep()

    def workspace(self) -> Path:
        """The folder in which the child makes COGs; what dead loads left behind is removed first."""
        if self.own is None:
            self._sweep()
            self.lock.enter_context(shared(self.folder))
            self.own = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self.folder))
        return self.own

    @contextmanager
    def keeping(self, staging: Staging) -> Iterator[None]:
        """Around a publish: what the staged rows name is in the store before, and still there after it."""
        self._keep(_named(staging))
        yield
        for sha256 in self.kept:  # a load that failed may have swept the same content meanwhile
            self._link(sha256)
        self.settled = True

    def _keep(self, hashes: Iterable[str]) -> None:
        for sha256 in hashes:
            made = self.workspace() / f"{sha256}.tif"
            if not made.is_file() or sha256_of(made) != sha256:
                raise LoadRefused(
                    f"Tệp raster {sha256[:12]}… không khớp nội dung. Chưa công bố gì. Đây là lỗi của chương trình; "
                    "hãy báo quản trị viên.",
                    f"Raster {sha256[:12]}… is not what it says; nothing was published. The program is at fault.",
                )
            self.kept.add(sha256)
            self._link(sha256)

    def _link(self, sha256: str) -> None:
        place = cog_path(self.folder, sha256)
        place.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            os.link(self.workspace() / f"{sha256}.tif", place)
        _onto_disk(place)
        _onto_disk(place.parent)

    def _sweep(self) -> None:
        """Removes workspaces of this database's dead loads, and names that only they gave."""
        with alone(self.folder) as nobody_else:
            dead = list(self.folder.glob(f"{self._prefix}*")) if nobody_else else []
            if not dead:
                return
            with self.database.connect() as conn:
                used = hashes_in_use(conn, self.catalog)
            for workspace in dead:
                for made in workspace.glob("*.tif"):
                    if made.stat().st_nlink > 1 and made.stem not in used:
                        cog_path(self.folder, made.stem).unlink(missing_ok=True)
                shutil.rmtree(workspace, ignore_errors=True)

    @property
    def _prefix(self) -> str:
        place = hashlib.sha256(self.database.place.encode()).hexdigest()[:8]
        return f"{PREFIX}-{place}-"


def _named(staging: Staging) -> set[str]:
    layers = [layer for layer in staging.layers.values() if layer.file.raster is not None]
    return {
        sha256
        for layer in layers
        for (sha256,) in staging.conn.execute(statement("raster_hashes.sql", staged=staging.table(layer)))
    }


def _onto_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
