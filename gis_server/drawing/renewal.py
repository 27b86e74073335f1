"""Draws tiles of the highest zoom again after a small change: only what changed is read, and laid into their ground."""

from dataclasses import dataclass

import shapely

from gis_server.drawing.areas import look_alike
from gis_server.drawing.block import Alike, Drawn, Name, Tile, Undrawn, redrawn
from gis_server.drawing.change import Boxes, Change
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.ground import unpacked
from gis_server.drawing.lots import Lots, gathered, lots_in
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
        try:
            lots = lots_in(gathered(self.rows))
        except ValueError:
            return [Undrawn(at) for at in self.tiles]  # points and lines are on no grid
        bounds = lots.outlines.bounds
        return [one for at in self.tiles if (one := self._tile(at, lots, bounds)) is not None]

    def _tile(self, at: Tile, given: Lots, bounds: Boxes) -> Renewed | None:
        frame = Frame(self.frame.zoom, *at)
        near = given.chosen(frame.overlaps(bounds, REACH))
        try:
            was = unpacked(self.grounds[at])
            ground = was.renewed(near, self.change.near(frame, REACH), frame)
            if look_alike(was, ground, frame):
                return Alike(at, ground.area, ground.packed())
            return redrawn(Name(self.layer, self.seen, frame), ground)
        except shapely.errors.GEOSException:
            return Undrawn(at)
