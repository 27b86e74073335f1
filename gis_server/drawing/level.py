"""One zoom of a sheet: which blocks its tiles are drawn in, what is read for them, and what is written of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gis_server.drawing.block import Alike, Block, Drawn, Tile, Undrawn
from gis_server.drawing.change import Change
from gis_server.drawing.crowd import Crowd
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.laying import FINER
from gis_server.drawing.renewal import Renewal, Renewed
from gis_server.drawing.sheet import Sheet

BLOCK = 8
"""Tiles on the side of what is read at once."""
BLOCK_OF_CROWDS = 2
"""The same where parcels or buildings are read: some 200,000 of them in the densest wards."""

MOST_RENEWED = 4_000
"""Changed boxes in a block; of more its tiles are drawn whole."""


@dataclass(frozen=True)
class Asked:
    """A block to be drawn, and what its tiles look like now."""

    block: Block | Crowd | Renewal
    before: dict[Tile, bytes]


@dataclass(frozen=True)
class Level:
    """One zoom of a sheet; `fresh`: nothing is stored yet. `change`: all that changed, where that is known."""

    sheet: Sheet
    zoom: int
    fresh: bool
    change: Change | None = None

    @property
    def is_highest(self) -> bool:
        return self.zoom == self.sheet.rule.high

    @property
    def is_of_crowds(self) -> bool:
        """Whether parcels or buildings are read, of which there are very many."""
        return self.sheet.rule.into_areas and self.is_highest

    @property
    def side(self) -> int:
        """Of a block, in tiles."""
        return BLOCK_OF_CROWDS if self.is_of_crowds else BLOCK

    def blocks(self, wanted: set[Tile] | None) -> Iterator[tuple[Frame, set[Tile]]]:
        """The wanted tiles, some neighbours at a time; all near any row when none are named."""
        return self._all_blocks() if wanted is None else self._blocks_of(wanted)

    def _all_blocks(self) -> Iterator[tuple[Frame, set[Tile]]]:
        zoom_of_blocks = max(self.zoom - self.side.bit_length() + 1, 0)
        wide = 2 ** (self.zoom - zoom_of_blocks)
        for x, y in self.sheet.blocks(zoom_of_blocks):
            tiles = {(x * wide + right, y * wide + down) for right in range(wide) for down in range(wide)}
            yield Frame(self.zoom, x * wide, y * wide, wide, wide), tiles

    def _blocks_of(self, wanted: set[Tile]) -> Iterator[tuple[Frame, set[Tile]]]:
        groups: defaultdict[Tile, set[Tile]] = defaultdict(set)
        for x, y in wanted:
            groups[x // self.side, y // self.side].add((x, y))
        for some in groups.values():
            xs, ys = [x for x, _ in some], [y for _, y in some]
            yield Frame(self.zoom, min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1), some

    def apart(self, frame: Frame, tiles: set[Tile]) -> set[Tile]:
        """Tiles that cannot be taken from the sheet of all rows: a hidden row is near, or a tile below differs."""
        if self.sheet.hidden is None:
            return tiles
        if not self.is_highest:
            return tiles & above(self.sheet.differing(frame.lower))
        if self.fresh:
            return tiles & self.sheet.all_near_hidden
        if self.change is None:
            return tiles & self.sheet.near_hidden(frame)
        shared = tiles & self.sheet.shared(frame)
        unsure = self.sheet.near_hidden(frame) if tiles > shared else set()
        return tiles & unsure - shared | shared & self._hidden_now(frame)

    def _hidden_now(self, frame: Frame) -> set[Tile]:
        """Tiles near to what changed, if any of that is hidden now."""
        assert self.change is not None
        boxes = self.change.near(frame, REACH).boxes
        return self.sheet.near_hidden(frame, boxes) if len(boxes) else set()

    def asked(self, frame: Frame, tiles: set[Tile]) -> Iterator[Asked]:
        """What is to be drawn: tiles with their ground from what changed, others from all that is near."""
        before = {} if self.fresh else self.sheet.digests(frame)
        renewal = self._renewal(frame, tiles)
        if renewal is not None:
            yield Asked(renewal, before)
            tiles = tiles - set(renewal.tiles)
        if tiles:
            yield Asked(self._block(frame, tiles), before)

    def again(self, asked: Asked, drawn: Sequence[Renewed]) -> Iterator[Asked]:
        """Tiles of a renewal that have to be drawn whole."""
        tiles = {one.at for one in drawn if isinstance(one, Undrawn)}
        if tiles:
            yield Asked(self._block(asked.block.frame, tiles), asked.before)

    def _block(self, frame: Frame, tiles: set[Tile]) -> Block | Crowd:
        sheet = self.sheet
        whole = (sheet.layer.id, sheet.seen, sheet.rule, frame, tuple(sorted(tiles)))
        if self.is_of_crowds:
            return Crowd(*whole, sheet.crowd(frame))
        return Block(*whole, sheet.near(frame) if self.is_highest else sheet.below(frame))

    def _renewal(self, frame: Frame, tiles: set[Tile]) -> Renewal | None:
        """Of the tiles whose ground is kept, when little changed."""
        if self.change is None or not self.is_highest:
            return None
        change = self.change.near(frame, REACH)
        grounds = self.sheet.grounds(frame, tiles) if len(change) <= MOST_RENEWED else {}
        if not grounds:
            return None
        rows = self.sheet.near_boxes(change.wider(2 * frame.pixel_m / FINER))
        return Renewal(self.sheet.layer.id, self.sheet.seen, frame, grounds, change, rows)

    def compared(self, asked: Asked, drawn: Sequence[Renewed]) -> tuple[list[Tile], list[Drawn]]:
        """Which tiles look different from what is stored, and what is to be written; its place is made free.

        At the highest zoom the account of a tile may change while what it shows does not.
        """
        now, before = {one.at: one for one in drawn if isinstance(one, Drawn)}, asked.before
        alike = [one for one in drawn if isinstance(one, Alike)]
        others = {one.at for one in drawn if not isinstance(one, Drawn)}
        tiles = [at for at in asked.block.tiles if at not in others]
        if alike:
            self.sheet.renew(asked.block.frame, alike)
        changed = [at for at in tiles if before.get(at, b"") != (now[at].digest if at in now else b"")]
        written = set(changed)
        if self.is_highest:
            written.update(at for at in tiles if at in now or at in before)
        if written and not self.fresh:
            self.sheet.remove(asked.block.frame, sorted(written))
        return changed, [one for one in now.values() if one.at in written]


def above(changed: set[Tile]) -> set[Tile]:
    """Tiles of the next zoom out that are made of these: of each the one that it lies in, or beside."""
    steps = (-1, 0, 1)
    return {((x + right) // 2, (y + down) // 2) for x, y in changed for right in steps for down in steps}
