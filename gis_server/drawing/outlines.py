"""Areas as bare corners: columns of numbers, not a geometry each, as city-sized layers are areas of few corners.

What is asked of each area (its box, its size, a place in it) hangs on its own corners alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.frames import AREAS, Numbers, Shapes

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_HEAD = np.dtype([("order", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("rings", "<u4"), ("corners", "<u4")])
"""EWKB of a polygon up to the first corner."""
_POLYGON = 0x20000003
_CORNER = 16
"""Bytes."""


@dataclass(frozen=True)
class Outlines:
    """Closed rings, those of one area together. `last`: where a ring ends; `count`: corners of each area; `turned`: its
    size, negative when its outer ring runs with the clock (and its holes against it)."""

    x: Reals
    y: Reals
    last: Flags
    count: Numbers
    turned: Reals

    def __len__(self) -> int:
        return len(self.count)

    @cached_property
    def first(self) -> Numbers:
        """The first corner of each area."""
        found: Numbers = np.cumsum(self.count) - self.count
        return found

    def chosen(self, which: Numbers) -> "Outlines":
        """Some areas, in this order."""
        corners = runs(self.first[which], self.count[which])
        return Outlines(self.x[corners], self.y[corners], self.last[corners], self.count[which], self.turned[which])

    @cached_property
    def bounds(self) -> Reals:
        """West, south, east, north of each."""
        if not len(self):
            return np.zeros((0, 4))
        ends = (np.minimum, self.x), (np.minimum, self.y), (np.maximum, self.x), (np.maximum, self.y)
        return np.column_stack([most.reduceat(at, self.first) for most, at in ends])

    def beginnings(self) -> Reals:
        """The first corner of each."""
        return np.column_stack([self.x[self.first], self.y[self.first]])

    def places(self) -> Reals:
        """A place within each: the middle of the widest stretch at half its height; a corner of what is flat."""
        found = self.beginnings()
        if not len(self):
            return found
        owner, at, height = self._crossings()
        twice = np.bincount(owner, minlength=len(self)) == 2
        plain = twice[owner]
        found[twice, 0], found[owner, 1] = at[plain].reshape(-1, 2).mean(axis=1), height[owner]
        owner, at = owner[~plain], at[~plain]
        order = np.lexsort((at, owner))
        west, east, owner = at[order][::2], at[order][1::2], owner[order][::2]
        widest = np.lexsort((east - west, owner))  # of each area the last is the widest
        found[owner[widest], 0] = ((west + east) / 2)[widest]
        return found

    def _crossings(self) -> tuple[Numbers, Reals, Reals]:
        """Where outlines cross the height of the middle of their area: which area, how far east; and the heights."""
        height = self._middles()
        area = np.repeat(np.arange(len(self)), self.count)
        above = self.y > height[area]
        edge = np.flatnonzero((above[1:] != above[:-1]) & ~self.last[:-1])
        owner, end = area[edge], edge + 1
        share = (height[owner] - self.y[edge]) / (self.y[end] - self.y[edge])
        return owner, self.x[edge] + share * (self.x[end] - self.x[edge]), height

    def _middles(self) -> Reals:
        """A height halfway between two corners' heights, nearest to the middle of each: so it meets no corner."""
        middle = np.repeat((self.bounds[:, 1] + self.bounds[:, 3]) / 2, self.count)
        above = np.minimum.reduceat(np.where(self.y > middle, self.y, np.inf), self.first)
        below = np.maximum.reduceat(np.where(self.y <= middle, self.y, -np.inf), self.first)
        found: Reals = np.where(np.isfinite(above), (above + below) / 2, below)
        return found


def closed(places: Reals, last: Flags, count: Numbers) -> Outlines:
    """Of corners in the order of their areas."""
    x, y = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
    if not len(count):
        return Outlines(x, y, last, count, np.zeros(0))
    first = np.cumsum(count) - count
    across, up = x - np.repeat(x[first], count), y - np.repeat(y[first], count)
    twice = np.zeros(len(x))
    twice[:-1] = across[:-1] * up[1:] - across[1:] * up[:-1]
    twice[last] = 0
    return Outlines(x, y, last, count, np.add.reduceat(twice, first) / 2)


def runs(starts: Numbers, lengths: Numbers) -> Numbers:
    """Numbers from each start on, so many of them each."""
    found: Numbers = np.arange(int(lengths.sum())) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return found


def outlines_of(shapes: Shapes) -> Outlines:
    """Of areas. Most are one ring, which may run either way; of others holes run against the outer ring."""
    kinds = shapely.get_type_id(shapes)
    if not np.isin(kinds, AREAS).all() or shapely.is_empty(shapes).any():
        raise ValueError("outlines are of polygons and multi-polygons")
    several = (kinds == AREAS[1]) | (shapely.get_num_interior_rings(shapes) > 0)
    if several.any():
        shapes = shapes.copy()
        shapes[several] = shapely.orient_polygons(shapes[several])
    parts, area = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], np.ones(min(len(ring), 1), dtype=bool))
    return closed(places, last, np.bincount(area[part[ring]], minlength=len(shapes)))


def outlines_in(packed: bytes, starts: Numbers, lengths: Numbers) -> Outlines:
    """Of shapes as EWKB somewhere in some bytes. Raises ValueError where they are not all areas."""
    corners = _corners_of_one_ring(packed, starts, lengths)
    others = np.flatnonzero(corners < 0)
    if not len(others):
        return _of_one_ring(packed, starts, corners)
    ends = starts + lengths
    shapes = [packed[starts[one] : ends[one]] for one in others.tolist()]
    several = outlines_of(shapely.from_wkb(np.array(shapes, dtype=object)))
    plain = np.flatnonzero(corners >= 0)
    order = np.argsort(np.concatenate([plain, others]))
    return _joined([_of_one_ring(packed, starts[plain], corners[plain]), several]).chosen(order)


def _corners_of_one_ring(packed: bytes, starts: Numbers, lengths: Numbers) -> Numbers:
    """How many corners each polygon of one ring has; -1 of other shapes."""
    if not len(starts) or lengths.min() < _HEAD.itemsize:
        return np.full(len(starts), -1)
    head = _anywhere(packed, _HEAD.itemsize)[starts].view(_HEAD)
    corners = head["corners"].astype(np.int64)
    plain = (head["order"] == 1) & (head["kind"] == _POLYGON) & (head["rings"] == 1)
    found: Numbers = np.where(plain & (lengths == _HEAD.itemsize + _CORNER * corners), corners, -1)
    return found


def _of_one_ring(packed: bytes, starts: Numbers, corners: Numbers) -> Outlines:
    within = runs(np.zeros_like(corners), corners)
    at = np.repeat(starts + _HEAD.itemsize, corners) + _CORNER * within
    places = _anywhere(packed, _CORNER)[at].view("<f8").reshape(-1, 2)
    last = within == np.repeat(corners, corners) - 1
    return closed(places, last, corners)


def _anywhere(packed: bytes, size: int) -> npt.NDArray[np.void]:
    """So many bytes from every byte on: numbers in a shape stand at no even place."""
    return np.ndarray((max(len(packed) - size + 1, 0),), f"V{size}", packed, strides=(1,))


def _joined(parts: Sequence[Outlines]) -> Outlines:
    columns = ([getattr(part, name) for part in parts] for name in ("x", "y", "last", "count", "turned"))
    return Outlines(*(np.concatenate(column) for column in columns))
