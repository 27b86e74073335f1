"""Archives of tiles that others made: found by their declared names, opened once, and again when they are replaced."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.archives import ArchiveFile
from gis_server.errors import ArchiveBroken, UnknownLayer
from gis_server.tiles.pmtiles_file import PMTilesFile

ENDING = ".pmtiles"
E7 = 10_000_000


@dataclass(frozen=True)
class Supplied:
    """A declared archive as it lies in the folder now."""

    id: str
    rule: ArchiveFile
    file: PMTilesFile
    stamp: tuple[int, int, int]

    @property
    def etag(self) -> str:
        """Of the whole file: another one, or another time of writing, is another tag."""
        return hashlib.blake2b(repr((self.id, self.stamp)).encode(), digest_size=12).hexdigest()

    @property
    def delivered_at(self) -> datetime:
        return datetime.fromtimestamp(self.stamp[1] / 1e9, UTC)


class Archives:
    """The folder of archives."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder = folder
        self._rules = catalog.archives
        self._open: dict[str, Supplied] = {}
        self._lock = Lock()

    def visible(self, view: View) -> list[str]:
        return [name for name in self._rules if name in view.archives]

    def rule(self, name: str) -> ArchiveFile:
        return self._rules[name]

    def path(self, name: str) -> Path:
        """Where the tiles of a declared archive lie."""
        return self.folder / f"{name}{ENDING}"

    def find(self, view: View, name: str) -> Supplied:
        """UnknownLayer when none of that name is declared for this view; ArchiveBroken when its file cannot be read."""
        if name not in view.archives:
            shown = name[:80]
            raise UnknownLayer(
                f"Không có tệp ô “{shown}”. Xem danh sách ở /archives.",
                f"There is no tile archive “{shown}”. See /archives.",
            )
        try:
            return self._opened(name)
        except OSError as error:
            raise ArchiveBroken(
                f"Tệp ô “{name}” chưa có trên máy chủ này. Hãy báo quản trị viên.",
                f"The tile archive “{name}” is not on this server yet. Tell the administrator.",
            ) from error

    def _opened(self, name: str) -> Supplied:
        """One look at the folder; what is being read by others stays open until they are done."""
        path = self.path(name)
        about = os.stat(path)
        stamp = (about.st_ino, about.st_mtime_ns, about.st_size)
        with self._lock:
            known = self._open.get(name)
            if known is None or known.stamp != stamp:
                known = self._open[name] = Supplied(name, self._rules[name], self._read(name, path), stamp)
        return known

    def _read(self, name: str, path: Path) -> PMTilesFile:
        file, rule = PMTilesFile(path), self._rules[name]
        if file.format != rule.format:
            raise file.broken(
                f"ô có định dạng {file.format}, nhưng khai báo là {rule.format}",
                f"its tiles are {file.format}, but declared as {rule.format}",
            )
        return file


def tilejson_of(archive: Supplied, tiles: str) -> dict[str, Any]:
    """TileJSON 3.0: what the archive says of its tiles, and what its declaration says of it."""
    rule, header, told = archive.rule, archive.file.header, archive.file.metadata()
    corners = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    layers = told.get("vector_layers")
    return {
        "tilejson": "3.0.0",
        "name": rule.title.vi,
        "description": (rule.note or rule.title).vi,
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": header["min_zoom"],
        "maxzoom": header["max_zoom"],
        "bounds": [header[name] / E7 for name in corners],  # type: ignore[literal-required]
        "center": [header["center_lon_e7"] / E7, header["center_lat_e7"] / E7, header["center_zoom"]],
        "attribution": rule.attribution,
        **({"vector_layers": layers if isinstance(layers, list) else []} if rule.format == "mvt" else {}),
        "bando:title": rule.title.model_dump(),
        "bando:steward": rule.steward,
        "bando:licence": rule.licence,
        "bando:evidence": rule.evidence,
        "bando:synthetic": rule.synthetic,
        "bando:delivered_at": archive.delivered_at.isoformat(timespec="seconds"),
    }
