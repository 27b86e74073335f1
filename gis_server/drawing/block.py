"""Draws some neighbouring tiles from the rows around them, and writes them as the drawing tables take them.

Nothing here knows a database: a block is drawn wherever there is a processor to spare.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.copied import json_text, number, raw, real, row, text
from gis_server.drawing.frames import REACH, Frame, Shapes, cut
from gis_server.drawing.ground import Ground
from gis_server.drawing.pieces import Pieces, Row, joined, nothing, pieces
from gis_server.drawing.rule import Rule
from gis_server.drawing.tile import drawn, drawn_of, drawn_with_ground

Tile = tuple[int, int]
"""Column and row."""


@dataclass(frozen=True)
class Block:
    """Tiles of a frame and the rows that lie near them: served ones at the rule's highest zoom, else pieces of the next
    deeper one."""

    layer: str
    seen: str
    rule: Rule
    frame: Frame
    tiles: tuple[Tile, ...]
    rows: list[Row]

    @property
    def is_highest(self) -> bool:
        return self.frame.zoom == self.rule.high

    @property
    def size(self) -> int:
        """Bytes of shapes."""
        return sum(len(row[-1]) for row in self.rows)

    def done(self) -> list["Drawn"]:
        """The tiles that hold anything, in their order."""
        return draw_block(self)


@dataclass(frozen=True)
class Account:
    """What a tile's own square was given (told at the highest zoom only) and what it shows of it."""

    features_in: int
    area_in: float
    length_in: float
    features: int
    area: float
    length: float


@dataclass(frozen=True)
class Drawn:
    """A tile as it was just drawn: a digest of what it shows (empty of nothing), and its rows for COPY."""

    at: Tile
    digest: bytes
    things: int
    pieces: bytes
    account: bytes
    ground: bytes = b""
    """What it is made of, where that is kept; a row for COPY."""


@dataclass(frozen=True)
class Alike:
    """A tile that looks as it did, though what it is made of changed."""

    at: Tile
    area_in: float
    ground: bytes


@dataclass(frozen=True)
class Undrawn:
    """A tile that has to be drawn whole: GEOS stumbled over a shape, or points and lines lie there."""

    at: Tile


@dataclass(frozen=True)
class Name:
    """Of a tile in the drawing tables."""

    layer: str
    seen: str
    frame: Frame

    @property
    def key(self) -> bytes:
        """For COPY."""
        frame = self.frame
        return text(self.layer) + text(self.seen) + number(frame.zoom, 2) + number(frame.x, 4) + number(frame.y, 4)


def draw_block(block: Block) -> list[Drawn]:
    """The tiles that hold anything, in their order."""
    given = served(block.rows) if block.is_highest else _below(block.rows, block.frame.zoom + 1)
    if not len(given):
        return []
    bounds = shapely.bounds(given.shape)
    found = []
    for at in sorted(block.tiles):
        near = Frame(block.frame.zoom, *at).overlaps(bounds, REACH)
        if near.any():
            found.append(draw_tile(block, at, given.chosen(near))[0])
    return [one for one in found if one is not None]


def served(rows: Sequence[Row]) -> Pieces:
    """Rows as they are served: fid, source, tags, shape."""
    if not rows:
        return nothing()
    fid, source, tags, shapes = _columns(sorted(rows, key=lambda row: row[0]))
    said = (np.ones(len(rows), dtype=np.int64), source, tags)
    return pieces(shapely.from_wkb(shapes), fid.astype(np.int64), said)


def _below(rows: Sequence[Row], zoom: int) -> Pieces:
    """What tiles of the next zoom show in their own squares: x, y, fid, stands_for, source, tags, shape."""
    if not rows:
        return nothing()
    x, y, fid, stands_for, source, tags, shapes = _columns(sorted(rows))
    said = (stands_for.astype(np.int64), source, tags)
    found = pieces(shapely.from_wkb(shapes), fid.astype(np.int64), said)
    place = np.column_stack([x.astype(np.int64), y.astype(np.int64)])
    starts = np.flatnonzero(np.any(np.diff(place, axis=0, prepend=-1), axis=1))
    ends = [*starts[1:].tolist(), len(place)]
    return by_fid(
        own(found.chosen(np.arange(start, end)), Frame(zoom, *place[start].tolist()))
        for start, end in zip(starts.tolist(), ends, strict=True)
    )


def by_fid(parts: Iterable[Pieces]) -> Pieces:
    """What tiles show in their own squares, tile after tile, as the next zoom takes it."""
    whole = joined(list(parts))
    return whole.chosen(np.argsort(whole.fid, kind="stable"))


def _columns(rows: Sequence[Row]) -> list[Any]:
    return [np.fromiter(column, dtype=object, count=len(rows)) for column in zip(*rows, strict=True)]


def own(found: Pieces, frame: Frame) -> Pieces:
    """What of a tile's pieces lies in its own square; each is counted there."""
    points = shapely.get_dimensions(found.shape) == 0
    if points.any():
        found = found.chosen(~points | frame.holds(found.anchor))
    west, south, east, north = frame.box()
    middle = np.tile([(west + east) / 2, (south + north) / 2], (len(found), 1))
    counted = Pieces(found.shape, found.fid, found.stands_for, found.source, found.tags, middle)
    return counted.shaped(cut(counted.shape, frame.box()))


def draw_tile(block: Block, at: Tile, near: Pieces) -> tuple[Drawn | None, Pieces]:
    """A tile of a block as it is written, and what it shows."""
    frame = Frame(block.frame.zoom, *at)
    name = Name(block.layer, block.seen, frame)
    if not block.is_highest:
        shown = drawn(near, block.rule, frame)
        return as_written(name, shown, _account((0, 0.0, 0.0), shown, frame), None), shown
    shown, ground = drawn_with_ground(near, block.rule, frame)
    if ground is not None:
        return as_written(name, shown, _account((ground.features, ground.area, 0.0), shown, frame), ground), shown
    begun = near.chosen(frame.holds(near.anchor))
    return as_written(name, shown, _account((len(begun), *_sizes(begun.shape)), shown, frame), ground), shown


def redrawn(name: Name, ground: Ground) -> Drawn | None:
    """A tile of the highest zoom from its ground."""
    shown = drawn_of(ground, name.frame)
    return as_written(name, shown, _account((ground.features, ground.area, 0.0), shown, name.frame), ground)


def as_written(name: Name, shown: Pieces, account: Account, ground: Ground | None) -> Drawn | None:
    """None of a tile that nothing lies in."""
    if not len(shown) and not account.features_in:
        return None
    shapes = shapely.to_wkb(shapely.set_srid(shown.shape, 3857), include_srid=True)
    digest = shown.digest(shapes) if len(shown) else b""
    places = int(shapely.get_num_coordinates(shown.shape).sum())
    sizes = b"".join(number(size) for size in (len(shown), places))
    told = row(14, name.key, raw(digest), sizes, _account_fields(account))
    kept = b"" if ground is None else row(6, name.key, raw(ground.packed()))
    at = (name.frame.x, name.frame.y)
    return Drawn(at, digest, len(shown), b"".join(_rows(name.key, shown, shapes)), told, kept)


def _account_fields(account: Account) -> bytes:
    return b"".join(real(one) if isinstance(one, float) else number(one) for one in astuple(account))


def _rows(key: bytes, shown: Pieces, shapes: npt.NDArray[np.object_]) -> Iterator[bytes]:
    start, said = row(10, key), dict[tuple[str, str], bytes]()
    columns = (shown.fid.tolist(), shown.stands_for.tolist(), shown.source, shown.tags, shapes)
    for fid, stands_for, source, tags, shape in zip(*columns, strict=True):
        if (source, tags) not in said:
            said[source, tags] = text(source) + json_text(tags)
        yield b"".join((start, number(fid), number(stands_for), said[source, tags], raw(shape)))


def _account(given: tuple[int, float, float], shown: Pieces, frame: Frame) -> Account:
    """What a tile was given of its own (features, area, length), and what it shows in its own square."""
    points = shapely.get_dimensions(shown.shape) == 0
    counted = shown.chosen(~points | frame.holds(shown.anchor)) if points.any() else shown
    within = cut(counted.shape, frame.box())
    return Account(*given, int(counted.stands_for.sum()), *_sizes(within))


def _sizes(shapes: Shapes) -> tuple[float, float]:
    """Area of areas and length of lines, m² and m of Web Mercator."""
    lines = shapely.get_dimensions(shapes) == 1
    return float(shapely.area(shapes).sum()), float(shapely.length(shapes[lines]).sum())
