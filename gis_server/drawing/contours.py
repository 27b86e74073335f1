"""The areas of equal pixels on a grid, numbered, and the corners of their outlines.

Pixels that touch at a corner alone are two areas. Rings are valid: an area touches itself with a hole alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gis_server.drawing.frames import Numbers

Grid = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]
TURNS = ((3, 1), (0, 2), (1, 3), (2, 0))
"""Whoever goes east, south, west, north (the area on the right hand): the ways to the left and to the right."""


@dataclass(frozen=True)
class Contours:
    """`numbered`: of each pixel its area, from 1 on, or 0; `value`: of each area. `corners`: column and row of closed
    rings, `ring`: which ring each is of; `area`: whose each ring is, from 0 on, the outer one first."""

    numbered: Grid
    value: Grid
    corners: Numbers
    ring: Numbers
    area: Numbers


@dataclass(frozen=True)
class Strokes:
    """Straight stretches of outlines from corner to corner, by their numbers; `area` is on the right hand."""

    start: Numbers
    end: Numbers
    area: Numbers


def contours(pixels: Grid) -> Contours:
    """Of every area that is not 0."""
    numbered, value = _numbered(pixels)
    ways = _strokes(numbered)
    start, area = (np.concatenate([getattr(way, name) for way in ways]) for name in ("start", "area"))
    order, lengths = _rings(_following(ways, area, numbered.size + sum(numbered.shape) + 1))
    first = np.cumsum(lengths) - lengths
    closed = order[_closed(first, lengths)]
    row, column = np.divmod(start[closed], numbered.shape[1] + 1)
    ring, owner = np.repeat(np.arange(len(lengths)), lengths + 1), area[order[first]] - 1
    outer_first = np.lexsort((_is_hole(column, row, ring, len(lengths)), owner))
    place = np.argsort(outer_first)[ring]
    by_area = np.argsort(place, kind="stable")
    return Contours(numbered, value, np.column_stack([column, row])[by_area], place[by_area], owner[outer_first])


def _numbered(pixels: Grid) -> tuple[Grid, Grid]:
    """Runs of equal pixels in rows are joined with those above them."""
    begins = np.ones(pixels.shape, dtype=bool)
    begins[:, 1:] = pixels[:, 1:] != pixels[:, :-1]
    run = (np.cumsum(begins.ravel(), dtype=np.int32) - 1).reshape(pixels.shape)
    values = pixels[begins]
    meet = (pixels[1:] == pixels[:-1]) & (pixels[1:] > 0) & (begins[1:] | begins[:-1])
    meet[:, 0] = (pixels[1:, 0] == pixels[:-1, 0]) & (pixels[1:, 0] > 0)
    lowest = _joined(len(values), run[:-1][meet], run[1:][meet])
    firsts = (lowest == np.arange(len(values))) & (values > 0)
    number = np.cumsum(firsts, dtype=np.int32)[lowest] * (values > 0)
    return number[run], values[firsts]


def _joined(count: int, one: Grid, other: Grid) -> Numbers:
    """Of each thing the lowest of those it is joined with, through any number of pairs."""
    lowest = np.arange(count)
    while True:
        low, high = lowest[one], lowest[other]
        apart = low != high
        if not apart.any():
            return lowest
        one, other, low, high = one[apart], other[apart], low[apart], high[apart]
        np.minimum.at(lowest, np.maximum(low, high), np.minimum(low, high))
        while not np.array_equal(further := lowest[lowest], lowest):
            lowest = further


def _strokes(numbered: Grid) -> tuple[Strokes, Strokes, Strokes, Strokes]:
    """Going east, south, west, north."""
    wide = numbered.shape[1] + 1
    above, below = _edges(numbered, 0), _edges(numbered, 1)
    turned = np.ascontiguousarray(numbered.T)
    left, right = _edges(turned, 0), _edges(turned, 1)
    return (
        Strokes(above.line * wide + above.first, above.line * wide + above.last, above.area),
        Strokes(right.first * wide + right.line, right.last * wide + right.line, right.area),
        Strokes(below.line * wide + below.last, below.line * wide + below.first, below.area),
        Strokes(left.last * wide + left.line, left.first * wide + left.line, left.area),
    )


@dataclass(frozen=True)
class Edges:
    """On a line between rows, from one column line to another."""

    line: Numbers
    first: Numbers
    last: Numbers
    area: Numbers


def _edges(numbered: Grid, side: int) -> Edges:
    """Where areas end at the upper (0) or lower (1) side of a row: of one area as far as they go straight on."""
    is_edge = numbered > 0
    if side:
        is_edge[:-1] &= numbered[1:] != numbered[:-1]
    else:
        is_edge[1:] &= numbered[1:] != numbered[:-1]
    goes_on = is_edge[:, 1:] & is_edge[:, :-1] & (numbered[:, 1:] == numbered[:, :-1])
    begins, ends = is_edge.copy(), is_edge
    begins[:, 1:] &= ~goes_on
    ends[:, :-1] &= ~goes_on
    first, last = np.flatnonzero(begins), np.flatnonzero(ends)
    row, column = np.divmod(first, numbered.shape[1])
    return Edges(row + side, column, last % numbered.shape[1] + 1, numbered.ravel()[first].astype(np.int64))


def _following(ways: tuple[Strokes, ...], area: Numbers, places: int) -> Numbers:
    """Of each stroke the one after it: to the left where the same area goes on there, else to the right."""
    firsts = np.cumsum([0, *(len(way.start) for way in ways)])
    at = np.full((len(ways), places), -1, dtype=np.int32)
    for number, way in enumerate(ways):
        at[number, way.start] = np.arange(firsts[number], firsts[number + 1])
    found = []
    for way, (left, right) in zip(ways, TURNS, strict=True):
        beside = at[left, way.end]
        found.append(np.where((beside >= 0) & (area[beside] == way.area), beside, at[right, way.end]))
    following: Numbers = np.concatenate(found)
    return following


def _rings(following: Numbers) -> tuple[Numbers, Numbers]:
    """Strokes in the order of their rings, and how many each ring has."""
    after, done = following.tolist(), -1
    order, lengths = list[int](), list[int]()
    for first in range(len(after)):
        if after[first] == done:
            continue
        begun, at = len(order), first
        while (then := after[at]) != done:
            order.append(at)
            after[at], at = done, then
        lengths.append(len(order) - begun)
    return np.array(order, dtype=np.int64), np.array(lengths, dtype=np.int64)


def _closed(first: Numbers, lengths: Numbers) -> Numbers:
    """Places of each ring, its first once more at its end."""
    within = np.arange(int((lengths + 1).sum())) - np.repeat(np.cumsum(lengths + 1) - lengths - 1, lengths + 1)
    found: Numbers = np.repeat(first, lengths + 1) + within % np.repeat(lengths, lengths + 1)
    return found


def _is_hole(column: Numbers, row: Numbers, ring: Numbers, count: int) -> Flags:
    """Rings that run against the clock, as the area is on the right hand."""
    turned = (column[:-1] * row[1:] - column[1:] * row[:-1]) * (ring[1:] == ring[:-1])
    found: Flags = np.bincount(ring[:-1], turned, count) < 0
    return found
