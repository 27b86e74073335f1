"""Where the tiles of a view and tileset lie in the store: a prefix that hangs on everything they are drawn from."""

import hashlib
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.drawing.cells import column_and_row, place
from gis_server.drawing.rules import mark_of
from gis_server.errors import UnknownLayer
from gis_server.tiles.address import HIGHEST_ZOOM, TileAddress
from gis_server.tiles.tilesets import Drawn, Tileset, find_tileset

HERE = Path(__file__).parent
DRAWN_BY = (
    "statement.py",
    *(f"sql/{name}.sql" for name in ("tile", "tile_layer", "tile_areas", "tile_laid", "tile_drawn", "tile_labels")),
)
"""Files that decide what tile comes of given data; when one changes, tiles drawn before it are worth nothing."""
PLACE = struct.Struct(">BQ")
PREFIX_BYTES = 8


@dataclass(frozen=True)
class Shelf:
    """The tiles of one tileset as one view sees it."""

    view: View
    tileset: Tileset
    prefix: bytes

    @property
    def name(self) -> str:
        return f"{self.view.name} {self.tileset.id}"

    @property
    def layers(self) -> list[str]:
        return [drawn.layer.id for drawn in self.tileset.layers]

    def key(self, z: int, x: int, y: int) -> bytes:
        """Tiles of one zoom in the order of the Z-curve, so that everything below a tile stands together."""
        return self.prefix + PLACE.pack(z, place(x, y))


def address_of(key: bytes) -> TileAddress:
    """The tile that a key is of."""
    zoom, at = PLACE.unpack_from(key, PREFIX_BYTES)
    return TileAddress(zoom, *column_and_row(at))


class Shelves:
    """Every view's tilesets, found once."""

    def __init__(self, catalog: Catalog, views: Mapping[str, View]) -> None:
        self.catalog = catalog
        self._views = views
        self._found: dict[tuple[str, str], Shelf] = {}
        self._code = b"".join((HERE / name).read_bytes() for name in DRAWN_BY)

    def key(self, view: str, tileset: str, at: tuple[int, int, int]) -> bytes:
        """Of a tile on a shelf that was found before; LookupError for any other, and for what is no tile."""
        z, x, y = at
        if z > HIGHEST_ZOOM or x >> z or y >> z:
            raise LookupError(at)
        return self._found[view, tileset].key(z, x, y)

    def find(self, view: View, tileset: str) -> Shelf:
        """UnknownLayer when there is no such tileset, or none for this view."""
        shelf = self._found.get((view.name, tileset))
        if shelf is None:
            found = find_tileset(self.catalog, view, tileset)
            shelf = self._found[view.name, tileset] = Shelf(view, found, self._prefix(view, found))
        return shelf

    def named(self, name: str) -> Shelf | None:
        """The shelf of that name as it is drawn today, if there still is one."""
        view, _, tileset = name.partition(" ")
        with suppress(UnknownLayer, KeyError):
            return self.find(self._views[view], tileset)
        return None

    def of(self, view: View) -> Iterator[Shelf]:
        """Every tileset of a view."""
        for name in (*self.catalog.maps, *self.catalog.layers):
            with suppress(UnknownLayer):
                yield self.find(view, name)

    def _prefix(self, view: View, tileset: Tileset) -> bytes:
        digest = hashlib.blake2b(self._code, digest_size=PREFIX_BYTES)
        for part in (view.name, tileset.id, *(_definition(drawn) for drawn in tileset.layers)):
            digest.update(part.encode() + b"\0")
        return digest.digest()


def _definition(drawn: Drawn) -> str:
    rules = drawn.layer.file.model_dump_json(include={"tiles", "geometry", "fields"})
    return f"{drawn.layer.id} {drawn.fields} {drawn.rows} {rules} {mark_of(drawn.layer)}"
