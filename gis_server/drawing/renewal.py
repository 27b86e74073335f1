"""Draws tiles of the highest zoom again after a small change: only what changed is read, and laid into their ground."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gis_server.drawing.areas import look_alike
from gis_server.drawing.block import Alike, Drawn, Name, Tile, Undrawn, redrawn, served
from gis_server.drawing.change import Change
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.ground import unpacked
from gis_server.drawing.pieces import Row

Renewed = Drawn | Alike | Undrawn


@dataclass(frozen=True)
class Renewal:
    """Tiles of a frame with their grounds, what changed near them, and the rows that lie around it now."""

    layer: str
    seen: str
    frame: Frame
    grounds: dict[Tile, bytes]
    change: Change
    rows: list[Row]

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(sorted(self.grounds))

    @property
    def size(self) -> int:
        """Bytes of shapes and grounds."""
        return sum(len(row[-1]) for row in self.rows) + sum(map(len, self.grounds.values()))

    def done(self) -> list[Renewed]:
        """The tiles that hold anything, in their order."""
        return [one for at in self.tiles if (one := self._tile(at)) is not None]

    def _tile(self, at: Tile) -> Renewed | None:
        frame, given = Frame(self.frame.zoom, *at), served(self.rows)
        near = given.chosen(frame.overlaps(shapely.bounds(given.shape), REACH)) if len(given) else given
        try:
            was = unpacked(self.grounds[at])
            ground = was.renewed(near, self.change.near(frame, REACH), frame)
            if look_alike(was, ground, frame):
                return Alike(at, ground.area, ground.packed())
            return redrawn(Name(self.layer, self.seen, frame), ground)
        except shapely.errors.GEOSException:
            return Undrawn(at)


def are_areas(rows: Sequence[Row]) -> bool:
    """Whether nothing but areas lies there: points and lines are on no grid."""
    shapes = shapely.from_wkb(np.fromiter((row[-1] for row in rows), dtype=object, count=len(rows)))
    return bool(np.all(shapely.get_dimensions(shapes) == 2))
