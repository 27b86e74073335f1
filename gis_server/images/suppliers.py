"""What pictures are drawn of, by the paths that their styles name; other rooms have it, and the service hands it in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gis_server.access.views import View
from gis_server.catalog.dress import FACES
from gis_server.errors import Busy
from gis_server.releases.snapshot import Snapshot
from gis_server.web.letters import letters

LETTERS = "glyphs/{fontstack}/{range}.pbf"
SPRITE = "sprites/bando"
Place = tuple[int, int, int]
"""Zoom, column, row of Web Mercator."""


@dataclass(frozen=True)
class Supply:
    """Bytes, and the release that they were drawn from; 0 for what no release changes."""

    body: bytes
    release: int = 0


Feature = Mapping[str, Any]
LonLat = tuple[float, float]


@dataclass(frozen=True)
class Beneath:
    """An archive that lies beneath a map: what names its content, its zooms and its box in degrees."""

    stamp: str
    zooms: tuple[int, int]
    box: tuple[float, float, float, float]


class Moved(Busy):
    """A release came while a picture was drawn: it would have shown both."""


class Sprites(Protocol):
    """Icons of all styles on one sheet, by file name."""

    def file(self, name: str) -> bytes: ...


Near = Callable[[Snapshot, View, list[str], tuple[LonLat, float]], Awaitable[Sequence[Feature]]]
"""The features of layers near a longitude and latitude, within metres; nearest first."""
Values = Callable[[Snapshot, View, list[str], LonLat], Awaitable[Sequence[Feature]]]
"""What raster layers say at a place, told as features."""
FindBeneath = Callable[[View, str], Beneath | None]


@dataclass(frozen=True)
class Suppliers:
    """Tiles and pictures are given as they are in a release or later, and as the view sees them."""

    tile: Callable[[View, str, Place, int], Awaitable[Supply]]
    raster: Callable[[View, str, str, Place], Awaitable[Supply]]
    archive: Callable[[View, str, Place], Awaitable[Supply]]
    beneath: FindBeneath
    """None for an archive that cannot be had now."""
    sprites: Sprites
    glyphs: Path
    under_click: tuple[Near, Values]

    async def fetch(self, view: View, release: int, path: str) -> bytes:
        """What lies at a path, of this release; `Moved` when there is a newer one already."""
        found = await self._find(view, release, path)
        if found.release > release:
            raise Moved("Vừa có bản công bố mới.", "A new release has just been published.")
        return found.body

    async def _find(self, view: View, release: int, path: str) -> Supply:
        match path.split("/"):
            case ["tiles", tileset, *place]:
                return await self.tile(view, tileset, _place(place), release)
            case ["rasters", layer, look, *place]:
                return await self.raster(view, layer, look, _place(place))
            case ["archives", name, _, *place]:
                return await self.archive(view, name, _place(place))
            case ["sprites", name]:
                return Supply(self.sprites.file(name))
            case ["glyphs", face, span] if face in FACES:
                return Supply(letters(self.glyphs / face / span))
        raise LookupError(path)


def _place(parts: list[str]) -> Place:
    z, x, y = (int(part) for part in parts)
    return z, x, y
