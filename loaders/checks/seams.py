"""Where surfaces side by side may not fit: edges that no neighbour shares, and that come near each other.

Of a sound coverage only the edges along its outlines (streets, water) have no partner, and those of one outline keep
away from those of another. Every overlap and every gap between neighbours brings two such edges together, so that GEOS
need only be asked about surfaces along outlines with such a place.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loaders.checks.edges import Edges
from loaders.checks.segments import crossing, distance
from loaders.wkb import Numbers, Points

MILLIMETRES = 1000.0
CODE_BITS = 31
LENGTH_M = 8.0
"""Edges are cut to this length for the table of cells in which they look for each other, of about the same size."""
NARROW = 0.2
"""Radians: edges that leave one point by a wider angle are no narrow gap."""
MOST_EDGES, EDGES_AT_ONCE = 6_000_000, 125_000
"""Edges that are kept in memory, and of them those that look for each other at a time, in bands from west to east."""
LOOKERS = 2
"""Bands at a time; numpy needs no lock of Python's for long arrays."""
PAIRS_AT_ONCE = 500_000
MOST_IN_A_CELL, MOST_PIECES = 500, 5_000_000
"""Edges in one cell, and pieces of edges in one band, beyond which GEOS is asked about everything."""
MOST_STEPS = 2_000
"""Vertices along an outline within which suspicion spreads; beyond that everything is looked at."""

Words = NDArray[np.uint64]


class Loose(NamedTuple):
    """Edges without a partner: signature, codes of both ends, group and row of their surface."""

    signature: Words
    start: Numbers
    end: Numbers
    group: Words
    row: Numbers

    def chosen(self, which: NDArray[np.bool_] | Numbers) -> "Loose":
        return Loose(self.signature[which], self.start[which], self.end[which], self.group[which], self.row[which])


@dataclass
class Seams:
    """The edges of one layer's surfaces while they are read."""

    gap_m: float
    loose: list[Loose] = field(default_factory=list)
    odd: list[Numbers] = field(default_factory=list)
    """Rows of surfaces with holes or parts: GEOS is always asked about them."""
    whole: bool = True
    """False when there is too much to keep, or coordinates are beyond all bounds: then everything is looked at."""

    def add(self, edges: Edges, rows: Numbers, groups: Words) -> None:
        """Some surfaces; edges with a partner among them are forgotten at once."""
        mm = np.rint(edges.points * MILLIMETRES)
        if not (self.whole and np.isfinite(mm).all() and mm.min() >= 0 and mm.max() < 1 << CODE_BITS):
            self.whole = False
            return
        code = (mm[:, 0].astype(np.int64) << CODE_BITS) | mm[:, 1].astype(np.int64)
        rings = np.bincount(edges.of_shape[edges.firsts], minlength=edges.shapes)
        self.odd.append(rows[rings != 1])
        mine = np.flatnonzero((rings == 1)[edges.of_shape])
        shape = edges.of_shape[mine]
        start, end = code[edges.inner[mine]], code[edges.inner[mine] + 1]
        side = (start < end) == (edges.signed_area > 0)[shape]
        signature = _signed(start, end, groups[shape], side)
        self.loose.append(_without_partners(Loose(signature, start, end, groups[shape], rows[shape])))
        self.whole = sum(len(one.row) for one in self.loose) <= MOST_EDGES

    def suspects(self) -> Numbers | None:
        """Rows of surfaces that may not fit; None when all must be looked at."""
        if not self.whole:
            return None
        if not self.loose:
            return np.zeros(0, np.int64)
        loose = _without_partners(Loose(*(np.concatenate(column) for column in zip(*self.loose, strict=True))))
        self.loose = [loose]
        if not len(loose.row) or loose.row.min() == loose.row.max():
            return np.unique(np.concatenate(self.odd))
        try:
            near = _spread(loose, _near(loose, self.gap_m))
        except _Crowded:
            return None
        return None if near is None else np.unique(np.concatenate([loose.row[near], *self.odd]))


class _Crowded(Exception):
    """So many edges lie in one place that comparing them would take longer than asking GEOS."""


def _signed(start: Numbers, end: Numbers, groups: Words, side: NDArray[np.bool_]) -> Words:
    """Alike for the same two points in one group, but for the last bit: the side on which the surface lies."""
    low, high = np.minimum(start, end).view(np.uint64), np.maximum(start, end).view(np.uint64)
    mixed = (low ^ groups) * np.uint64(0x9E3779B97F4A7C15)
    mixed = ((mixed ^ (mixed >> np.uint64(29))) + high) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return (mixed & ~np.uint64(1)) | side.astype(np.uint64)


def _without_partners(loose: Loose) -> Loose:
    """Only edges that are not there exactly twice, once with a surface on either side."""
    if not len(loose.row):
        return loose
    order = np.argsort(loose.signature)
    ordered = loose.signature[order]
    first = np.flatnonzero(np.r_[True, (ordered[1:] >> np.uint64(1)) != (ordered[:-1] >> np.uint64(1))])
    counts = np.diff(np.r_[first, len(ordered)])
    pairs = first[counts == 2]
    pairs = pairs[(ordered[pairs] & np.uint64(1)) != (ordered[pairs + 1] & np.uint64(1))]
    keep = np.ones(len(ordered), bool)
    keep[order[pairs]] = keep[order[pairs + 1]] = False
    return loose.chosen(keep)


def _near(loose: Loose, gap_m: float) -> NDArray[np.bool_]:
    """Edges that come near another, cross it, or leave a common point in almost the same direction."""
    near = np.zeros(len(loose.row), bool)
    east = np.minimum(loose.start, loose.end) >> CODE_BITS, np.maximum(loose.start, loose.end) >> CODE_BITS
    bands = -(-len(near) // EDGES_AT_ONCE)
    limits = np.quantile(east[0], np.linspace(0, 1, bands + 1)) if len(near) else np.zeros(2)
    margin = (gap_m + LENGTH_M) * MILLIMETRES

    def look(limit: tuple[float, float]) -> Numbers:
        band = np.flatnonzero((east[1] >= limit[0] - margin) & (east[0] <= limit[1] + margin))
        return band[_near_in_band(loose.chosen(band), gap_m)]

    with ThreadPoolExecutor(LOOKERS) as lookers:
        for found in lookers.map(look, pairwise(limits)):
            near[found] = True
    return near


def _near_in_band(loose: Loose, gap_m: float) -> NDArray[np.bool_]:
    near = np.zeros(len(loose.row), bool)
    ends = _points(loose.start), _points(loose.end)
    for one, two in _pairs(loose, ends, gap_m):
        close = _close(loose, ends, (one, two), gap_m * 1.05 + 0.002)
        near[one[close]] = near[two[close]] = True
    return near


def _points(codes: Numbers) -> Points:
    return np.column_stack([codes >> CODE_BITS, codes & ((1 << CODE_BITS) - 1)]) / MILLIMETRES


def _pairs(loose: Loose, ends: tuple[Points, Points], gap_m: float) -> Iterator[tuple[Numbers, Numbers]]:
    """Edges that have a cell in common, each pair at least once."""
    edge, cell = _cells(loose, ends, gap_m)
    order = np.argsort(cell)
    edge, cell = edge[order], cell[order]
    step = 1
    same = np.flatnonzero(cell[1:] == cell[:-1])
    while len(same):
        if step > MOST_IN_A_CELL:
            raise _Crowded
        for begin in range(0, len(same), PAIRS_AT_ONCE):
            part = same[begin : begin + PAIRS_AT_ONCE]
            different = edge[part] != edge[part + step]
            yield edge[part[different]], edge[part[different] + step]
        step += 1
        same = same[same + step < len(cell)]
        same = same[cell[same] == cell[same + step]]


def _cells(loose: Loose, ends: tuple[Points, Points], gap_m: float) -> tuple[Numbers, Words]:
    """The cells that the boxes of the pieces of each edge meet: edge, cell."""
    start, end = ends
    pieces = np.maximum(np.ceil(np.abs(end - start).max(axis=1) / LENGTH_M), 1).astype(np.int64)
    if pieces.sum() > MOST_PIECES:
        raise _Crowded
    edge = np.repeat(np.arange(len(pieces)), pieces)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = ((end - start) / pieces[:, None])[edge]
    one = start[edge] + place[:, None] * step
    two = one + step
    low = np.floor((np.minimum(one, two) - gap_m) / LENGTH_M).astype(np.int64)
    high = np.floor((np.maximum(one, two) + gap_m) / LENGTH_M).astype(np.int64)
    edges, cells = [], []
    for east in range(int((high - low)[:, 0].max()) + 1):
        for north in range(int((high - low)[:, 1].max()) + 1):
            inside = np.flatnonzero((low[:, 0] + east <= high[:, 0]) & (low[:, 1] + north <= high[:, 1]))
            cell = ((low[inside, 0] + east) << CODE_BITS) | (low[inside, 1] + north)
            edges.append(edge[inside])
            cells.append(cell.view(np.uint64) ^ loose.group[edge[inside]])
    return np.concatenate(edges), np.concatenate(cells)


def _close(
    loose: Loose, ends: tuple[Points, Points], pair: tuple[Numbers, Numbers], within_m: float
) -> NDArray[np.bool_]:
    one, two = pair
    a, b, c, d = loose.start[one], loose.end[one], loose.start[two], loose.end[two]
    close: NDArray[np.bool_] = loose.group[one] == loose.group[two]
    meeting = np.zeros(len(one), bool)
    start, end = ends
    for mine, mine_far, other, other_far in ((a, b, c, d), (a, b, d, c), (b, a, c, d), (b, a, d, c)):
        at = np.flatnonzero(mine == other)
        meeting[at] = True
        along, beside = _points(mine_far[at]) - _points(mine[at]), _points(other_far[at]) - _points(other[at])
        cross = np.abs(along[:, 0] * beside[:, 1] - along[:, 1] * beside[:, 0])
        narrow = (along * beside).sum(axis=1) > 0
        narrow &= cross < NARROW * np.hypot(*along.T) * np.hypot(*beside.T)
        close[at] = narrow & close[at]
    apart = np.flatnonzero(~meeting)
    p, q, r, s = start[one[apart]], end[one[apart]], start[two[apart]], end[two[apart]]
    near = crossing(p, q, r, s)
    for point, first, last in ((p, r, s), (q, r, s), (r, p, q), (s, p, q)):
        near = near | (distance(point, first, last) <= within_m)
    close[apart] &= near
    return close


def _spread(loose: Loose, near: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """All edges of outlines that have a suspicious place; None where outlines are too long to follow."""
    if not near.any():
        return near
    vertices, places = np.unique(np.concatenate([loose.start, loose.end]), return_inverse=True)
    start, end = places[: len(near)], places[len(near) :]
    touched = np.zeros(len(vertices), bool)
    for _ in range(MOST_STEPS):
        touched[start[near]] = touched[end[near]] = True
        wider = touched[start] | touched[end]
        if np.array_equal(wider, near):
            return near
        near = wider
    return None
