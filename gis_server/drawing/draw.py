"""Draws tiles ahead, from the highest zoom of a layer's rule down: each zoom is made of the one below it on the screen.

A tile hangs on what lies in and just around it, so a change is drawn where it is, and nowhere else. What comes of that
is what drawing everything anew would give.
"""

import os
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import psycopg
import shapely
from rasterio.errors import NotGeoreferencedWarning

from gis_server.catalog import Layer
from gis_server.db.rows import ways_of_seeing
from gis_server.db.statements import statement
from gis_server.drawing.cells import NONE, WORLD, Cells, column_and_row, ids, ranges, union
from gis_server.drawing.frames import REACH, Frame, Shapes, cut
from gis_server.drawing.pieces import Pieces
from gis_server.drawing.rules import Rule, mark_of, rule_of
from gis_server.drawing.sheet import SQL, Account, Drawn, Sheet, Tile
from gis_server.drawing.tile import drawn

BLOCK = 8
"""Tiles on the side of what is read at once."""
BLOCK_OF_CROWDS = 2
"""The same where parcels or buildings are read: some 200,000 of them in the densest wards."""
FEW = 2_000
"""Features that one thread draws at least as soon as several: GEOS and numpy let others work meanwhile."""
MOST_WAITING = 20_000
"""Pieces that are written at once."""
MOST_TILES = 100_000
"""Of more changed tiles than this everything is drawn anew."""


@dataclass(frozen=True)
class _Level:
    """One zoom of a sheet."""

    sheet: Sheet
    zoom: int
    fresh: bool

    @property
    def block(self) -> int:
        crowded = self.sheet.rule.into_areas and self.zoom == self.sheet.rule.high
        return BLOCK_OF_CROWDS if crowded else BLOCK

    def given(self, frame: Frame) -> Pieces:
        if self.zoom == self.sheet.rule.high:
            return self.sheet.served(frame, REACH)
        return self.sheet.below(_below(frame))

    def apart(self, frame: Frame, tiles: set[Tile]) -> set[Tile]:
        """Tiles that cannot be taken from the sheet of all rows: a hidden row is near, or a tile below differs."""
        if self.sheet.hidden is None:
            return tiles
        if self.zoom == self.sheet.rule.high:
            return tiles & self.sheet.near_hidden(frame)
        return tiles & _above(self.sheet.differing(_below(frame)))


@dataclass(frozen=True)
class _Block:
    """Tiles just drawn: which look different, which are to be written anew, and those of them that hold anything."""

    changed: list[Tile] = field(default_factory=list)
    written: list[Tile] = field(default_factory=list)
    new: list[Drawn] = field(default_factory=list)


def draw(conn: psycopg.Connection, layer: Layer, table: str, cells: Cells | None) -> Cells:
    """Draw what lies in the cells; None: everything. `table` has the rows to be served.

    Answers the tiles that look different now, each alone.
    """
    rule = rule_of(layer)
    if rule is None:
        return NONE
    row = conn.execute(statement(SQL, "mark"), {"layer": layer.id}).fetchone()
    mark = mark_of(layer)
    known = row is not None and row[0] == mark
    found = []
    with warnings.catch_warnings(category=NotGeoreferencedWarning, action="ignore"):  # grids of pixels are not maps
        for sheet in _sheets(conn, layer, rule, table):
            found.append(_sheet(sheet, cells if known else None))
    conn.execute(statement(SQL, "note_mark"), {"layer": layer.id, "mark": mark})
    return union(found)


def _sheets(conn: psycopg.Connection, layer: Layer, rule: Rule, table: str) -> list[Sheet]:
    """Of all rows first: the others take from it what they see alike."""
    hidden = {seen: condition and f"({condition}) IS NOT TRUE" for seen, condition in ways_of_seeing(layer).items()}
    return [Sheet(conn, layer, rule, table, seen, condition) for seen, condition in sorted(hidden.items())]


def _sheet(sheet: Sheet, cells: Cells | None) -> Cells:
    """All zooms of a sheet. Drawn all anew, everything counts as changed."""
    rule = sheet.rule
    wanted = None if cells is None else _tiles(cells, rule.high)
    fresh = wanted is None
    if fresh:
        sheet.clear()
    found = []
    for zoom in range(rule.high, rule.low - 1, -1):
        if fresh and sheet.hidden is not None:
            wanted = sheet.tiles_of_all(zoom)
        changed = _level(_Level(sheet, zoom, fresh), wanted)
        found.append(_alone(zoom, changed))
        wanted = _above(changed)
    return WORLD if fresh else union(found)


def _level(level: _Level, wanted: set[Tile] | None) -> list[Tile]:
    """Draw tiles of one zoom and write those that look different; answers which."""
    changed: list[Tile] = []
    waiting: list[Drawn] = []
    for frame, tiles in _blocks(level, wanted):
        apart = level.apart(frame, tiles)
        if tiles > apart:
            changed += level.sheet.share(frame, tiles - apart)
        block = _block(level, frame, apart) if apart else _Block()
        if block.written and not level.fresh:
            level.sheet.remove(frame, block.written)
        changed += block.changed
        waiting += block.new
        if sum(len(one.pieces) for one in waiting) > MOST_WAITING:
            level.sheet.add(waiting)
            waiting = []
    level.sheet.add(waiting)
    return changed


def _blocks(level: _Level, wanted: set[Tile] | None) -> Iterator[tuple[Frame, set[Tile]]]:
    """The wanted tiles, some neighbours at a time; all near any row when none are named."""
    size, zoom = level.block, level.zoom
    if wanted is None:
        zoom_of_blocks = max(zoom - size.bit_length() + 1, 0)
        wide = 2 ** (zoom - zoom_of_blocks)
        for x, y in level.sheet.blocks(zoom_of_blocks):
            tiles = {(x * wide + right, y * wide + down) for right in range(wide) for down in range(wide)}
            yield Frame(zoom, x * wide, y * wide, wide, wide), tiles
        return
    groups: defaultdict[Tile, set[Tile]] = defaultdict(set)
    for x, y in wanted:
        groups[x // size, y // size].add((x, y))
    for some in groups.values():
        xs, ys = [x for x, _ in some], [y for _, y in some]
        yield Frame(zoom, min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1), some


def _block(level: _Level, frame: Frame, tiles: Iterable[Tile]) -> _Block:
    """Draw tiles of a frame and compare them with what is stored."""
    given = level.given(frame)
    before = {} if level.fresh else level.sheet.digests(frame)
    bounds = shapely.bounds(given.shape)
    found = _Block()
    order = sorted(tiles)
    with ThreadPoolExecutor(os.cpu_count() if len(given) > FEW else 1) as threads:
        shown = threads.map(lambda at: _tile(level, Frame(level.zoom, *at), given, bounds), order)
    for at, one in zip(order, shown, strict=True):
        digest = one.pieces.digest() if len(one.pieces) else b""
        is_known = bool(len(one.pieces) or one.account.features_in)
        if before.get(at, b"") != digest:
            found.changed.append(at)
        if before.get(at, b"") != digest or (level.zoom == level.sheet.rule.high and (is_known or at in before)):
            found.written.append(at)  # at the highest zoom the account may change while what is shown does not
            found.new.extend([one] if is_known else [])
    return found


def _tile(level: _Level, tile: Frame, given: Pieces, bounds: npt.NDArray[np.float64]) -> Drawn:
    near = given.chosen(tile.overlaps(bounds, REACH))
    shown = drawn(near, level.sheet.rule, tile)
    own = near.chosen(tile.holds(near.anchor) & (level.zoom == level.sheet.rule.high))
    return Drawn(tile, shown, _account(tile, own, shown))


def _account(tile: Frame, own: Pieces, shown: Pieces) -> Account:
    """What a tile was given of its own, and what it shows in its own square."""
    points = shapely.get_dimensions(shown.shape) == 0
    counted = shown.chosen(~points | tile.holds(shown.anchor))
    within = cut(counted.shape, tile.box())
    return Account(len(own), *_sizes(own.shape), int(counted.stands_for.sum()), *_sizes(within))


def _sizes(shapes: Shapes) -> tuple[float, float]:
    """Area of areas and length of lines, m² and m of Web Mercator."""
    lines = shapely.get_dimensions(shapes) == 1
    return float(shapely.area(shapes).sum()), float(shapely.length(shapes[lines]).sum())


def _tiles(cells: Cells, zoom: int) -> set[Tile] | None:
    """Every tile of a zoom that the cells touch; None when they are too many to be named."""
    pairs = list(zip(*ranges(cells, zoom), strict=True))
    if sum(last - first + 1 for first, last in pairs) > MOST_TILES:
        return None
    return {column_and_row(place) for first, last in pairs for place in range(first, last + 1)}


def _below(frame: Frame) -> Frame:
    """The tiles that those of a frame are made of."""
    return Frame(frame.zoom + 1, 2 * frame.x - 1, 2 * frame.y - 1, 2 * frame.wide + 2, 2 * frame.high + 2)


def _above(changed: Iterable[Tile]) -> set[Tile]:
    """Tiles of the next zoom out that are made of these: of each the one that it lies in, or beside."""
    steps = (-1, 0, 1)
    return {((x + right) // 2, (y + down) // 2) for x, y in changed for right in steps for down in steps}


def _alone(zoom: int, tiles: list[Tile]) -> Cells:
    if not tiles:
        return NONE
    x, y = np.array(tiles, dtype=np.int64).T
    lone: Cells = -ids(zoom, x, y)[::-1]
    return lone
