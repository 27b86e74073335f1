"""What a tile of parcels or buildings is made of: its fine grid, and the place of each feature.

Kept beside the tile, so that of a change only what it touches is laid anew.
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson
import zstandard

from gis_server.drawing.change import Change
from gis_server.drawing.frames import MARGIN, Frame, Numbers
from gis_server.drawing.laying import FINER, SIDE, Grid, laid, narrowest
from gis_server.drawing.lots import Lots
from gis_server.drawing.pieces import Column

MOST_KINDS = 60_000
"""Of more a tile keeps no ground."""
AROUND = 1
"""Cells around a changed box that are laid anew, too: a middle on its edge is nobody's by a hair."""
PACKING = 1
_HEAD = struct.Struct("<II")
_COLUMNS = {"fid": "<i8", "kind": "<u2", "stands_for": "<i8", "at": "<f8", "area": "<f8", "own": "?"}


@dataclass(frozen=True)
class Members:
    """The features near a tile, in the order of fids. `at`: a place in each; `own`: whether it is counted here."""

    fid: Numbers
    kind: Numbers
    stands_for: Numbers
    at: npt.NDArray[np.float64]
    area: npt.NDArray[np.float64]
    own: npt.NDArray[np.bool_]

    def chosen(self, which: npt.NDArray[np.bool_] | Numbers) -> "Members":
        return Members(*(getattr(self, name)[which] for name in _COLUMNS))

    def joined(self, other: "Members") -> "Members":
        """Both, in the order of fids."""
        both = Members(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS))
        return both.chosen(np.argsort(both.fid, kind="stable"))

    def of_kinds(self, number: Numbers) -> "Members":
        """The same with their kinds numbered otherwise."""
        return Members(self.fid, number[self.kind], self.stands_for, self.at, self.area, self.own)


@dataclass(frozen=True)
class Ground:
    """A cell of the grid has the number of its kind, from 1 on, or 0."""

    grid: Grid
    said: list[str]
    """Source and tags of each kind, in their order."""
    members: Members

    def words(self, kinds: Numbers) -> tuple[Column, Column]:
        """Source and tags of kinds."""
        parts = np.array([one.split("\n", 1) for one in self.said], dtype=object)
        return parts[kinds, 0], parts[kinds, 1]

    @property
    def features(self) -> int:
        """That are counted here."""
        return int(self.members.own.sum())

    @property
    def area(self) -> float:
        """Of those."""
        return float(self.members.area[self.members.own].sum())

    def renewed(self, given: Lots, change: Change, frame: Frame) -> "Ground":
        """After a change; `given` are the features that lie around it now."""
        stay = self.members.chosen(~np.isin(self.members.fid, change.fid))
        come = np.isin(given.fid, change.fid)
        said = sorted({*(self.said[kind] for kind in np.unique(stay.kind)), *_used(given, come)})
        was, now = _ranks(self.said, said), _ranks(given.said, said)[given.kind]
        members = stay.of_kinds(was).joined(_members(given, now, frame).chosen(come))
        few = narrowest(len(said))
        table = np.concatenate([[0], was + 1]).astype(few)
        anew = laid(given.outlines, (now + 1).astype(few), frame)
        return Ground(np.where(_dirty(change, frame), anew, table[self.grid]), said, members)

    def packed(self) -> bytes:
        """A few bytes for each feature, and some for the grid."""
        said, members = orjson.dumps(self.said), self.members
        columns = [getattr(members, name).astype(kind).tobytes() for name, kind in _COLUMNS.items()]
        body = b"".join([said, *columns, self.grid.astype("<u2").tobytes()])
        return _HEAD.pack(len(said), len(members.fid)) + zstandard.ZstdCompressor(PACKING).compress(body)


def unpacked(packed: bytes) -> Ground:
    """The ground of these bytes."""
    words, count = _HEAD.unpack_from(packed)
    body, start = zstandard.ZstdDecompressor().decompress(packed[_HEAD.size :]), words
    columns = []
    for name, kind in _COLUMNS.items():
        column = np.frombuffer(body, kind, count * (1 + (name == "at")), start)
        start += column.nbytes
        columns.append(column.reshape(count, 2) if name == "at" else column)
    fid, kinds, *rest = columns
    grid = np.frombuffer(body, "<u2", offset=start).reshape(SIDE * FINER, SIDE * FINER)
    return Ground(grid, orjson.loads(body[:words]), Members(fid, kinds.astype(np.int64), *rest))


def ground_of(given: Lots, frame: Frame) -> Ground:
    """Of everything near a tile."""
    said = sorted(_used(given, np.ones(len(given), dtype=bool)))
    kind = _ranks(given.said, said)[given.kind]
    grid = laid(given.outlines, (kind + 1).astype(narrowest(len(said))), frame)
    return Ground(grid, said, _members(given, kind, frame))


def _used(given: Lots, which: npt.NDArray[np.bool_]) -> set[str]:
    """What some of them say."""
    return {given.said[kind] for kind in np.unique(given.kind[which])}


def _ranks(words: list[str], said: list[str]) -> Numbers:
    """The place of each word among those that are said; -1 of others."""
    rank = {one: number for number, one in enumerate(said)}
    return np.array([rank.get(one, -1) for one in words], dtype=np.int64)


def _members(given: Lots, kind: Numbers, frame: Frame) -> Members:
    return Members(given.fid, kind, given.stands_for, given.at, given.area, frame.holds(given.anchor))


def _dirty(change: Change, frame: Frame) -> npt.NDArray[np.bool_]:
    """Cells whose middles lie in what changed, or beside it."""
    west, _, _, north = frame.box(MARGIN)
    cell = frame.pixel_m / FINER
    edges = (change.boxes - (west, north, west, north)) * (1 / cell, -1 / cell, 1 / cell, -1 / cell)
    first = np.floor(edges[:, [3, 0]]).astype(np.int64) - AROUND
    last = np.ceil(edges[:, [1, 2]]).astype(np.int64) + AROUND
    found = np.zeros((SIDE * FINER, SIDE * FINER), dtype=bool)
    for (top, left), (bottom, right) in zip(first.clip(0), last.clip(0), strict=True):
        found[top:bottom, left:right] = True
    return found
