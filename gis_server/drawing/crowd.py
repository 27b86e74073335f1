"""Draws tiles of parcels or buildings from rows gathered by kinds: a crowd is not taken apart into single features."""

from collections.abc import Iterator
from dataclasses import dataclass

import shapely

from gis_server.drawing.block import Block, Drawn, Name, Tile, redrawn
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.ground import MOST_KINDS, ground_of
from gis_server.drawing.lots import Lots, features_in, lots_in
from gis_server.drawing.pieces import Row
from gis_server.drawing.rule import Rule


@dataclass(frozen=True)
class Crowd:
    """Tiles of a frame at the rule's highest zoom, and the rows near them: source, tags, then fids, lengths of shapes
    and shapes of all that say so."""

    layer: str
    seen: str
    rule: Rule
    frame: Frame
    tiles: tuple[Tile, ...]
    rows: list[Row]

    @property
    def size(self) -> int:
        """Bytes of shapes."""
        return sum(len(row[-1]) for row in self.rows)

    def done(self) -> list[Drawn]:
        """The tiles that hold anything, in their order."""
        try:
            found = dict(self._laid(lots_in(self.rows)))
        except ValueError:
            found = {}  # points or lines are among them
        others = tuple(at for at in self.tiles if at not in found)
        drawn = [one for one in found.values() if one is not None]
        return sorted([*drawn, *self._one_by_one(others)], key=lambda one: one.at) if others else drawn

    def _laid(self, lots: Lots) -> Iterator[tuple[Tile, Drawn | None]]:
        """Tiles that are nothing but areas on a grid; those are left out that GEOS stumbles over."""
        bounds = lots.outlines.bounds
        for at in sorted(self.tiles):
            frame = Frame(self.frame.zoom, *at)
            ground = ground_of(lots.chosen(frame.overlaps(bounds, REACH)), frame)
            if len(ground.said) > MOST_KINDS:
                continue
            try:
                yield at, redrawn(Name(self.layer, self.seen, frame), ground)
            except shapely.errors.GEOSException:
                continue

    def _one_by_one(self, tiles: tuple[Tile, ...]) -> list[Drawn]:
        return Block(self.layer, self.seen, self.rule, self.frame, tiles, features_in(self.rows)).done()
