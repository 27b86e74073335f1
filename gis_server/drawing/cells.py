"""Sets of map tiles: a cell is a tile together with everything below it; the tiles above it show it, too.

A lone tile is meant without what is below: it shows a shape in its margin only, and no tile below does."""

import zlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.int64]
"""Ids in ascending order. The id of tile z, x, y is 4^z + its place on the Z-curve, so an id names its zoom, too; lone
tiles are negative."""
Ranges = tuple[list[int], list[int]]
"""First and last places on the Z-curve of one zoom, ascending, apart from each other."""

DEEPEST = 22
WORLD: Cells = np.array([1], dtype=np.int64)
"""Tile 0/0/0 and so everything."""
NONE: Cells = np.zeros(0, dtype=np.int64)
_HALF = 11
_SPREAD = [int("0".join(f"{n:b}"), 2) for n in range(1 << _HALF)]


def place(x: int, y: int) -> int:
    """The place of a tile on the Z-curve of its zoom (zoom ≤ 22): bits of y and x in turn."""
    across = _SPREAD[x & 2047] | _SPREAD[x >> _HALF] << 22
    return across | (_SPREAD[y & 2047] | _SPREAD[y >> _HALF] << 22) << 1


def column_and_row(at: int) -> tuple[int, int]:
    """x and y of a place."""
    bits = f"{at:044b}"
    return int(bits[1::2], 2), int(bits[0::2], 2)


def places(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """`place` for many tiles."""
    spread = np.array(_SPREAD, dtype=np.int64)
    across = spread[x & 2047] | spread[x >> _HALF] << 22
    down = spread[y & 2047] | spread[y >> _HALF] << 22
    found: npt.NDArray[np.int64] = across | down << 1
    return found


def ids(zoom: int, x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> Cells:
    found: Cells = np.unique(places(x, y) + (1 << 2 * zoom))
    return found


def zooms(cells: Cells) -> npt.NDArray[np.int64]:
    exponents: npt.NDArray[np.int64] = np.frexp(np.abs(cells).astype(np.float64))[1].astype(np.int64)
    return (exponents - 1) // 2


def tiles(cells: Cells) -> Iterator[tuple[int, int, int]]:
    """Each as z, x, y."""
    for cell, zoom in zip(np.abs(cells).tolist(), zooms(cells).tolist(), strict=True):
        yield zoom, *column_and_row(cell - (1 << 2 * zoom))


def union(parts: list[Cells]) -> Cells:
    """Everything in the parts, without what others in it stand for."""
    both = np.unique(np.concatenate([NONE, *parts]))
    whole, lone = _outermost(both[both > 0]), both[both < 0]
    at = zooms(lone)
    own = -lone - (1 << 2 * at)
    for zoom in np.unique(at).tolist():
        firsts, lasts = (np.array([-1, *some]) for some in ranges(whole, zoom))
        near = np.searchsorted(firsts, own, "right") - 1
        lone = np.where((at == zoom) & (own <= lasts[near]), 0, lone)
    return np.concatenate([lone[lone != 0], whole])


def _outermost(cells: Cells) -> Cells:
    """The cells that lie in no other."""
    if not len(cells):
        return cells
    zoom = zooms(cells)
    below = 2 * (DEEPEST - zoom)
    first = cells - (1 << 2 * zoom) << below
    order = np.lexsort((zoom, first))
    ends = np.maximum.accumulate((first + (1 << below))[order])
    inside = np.concatenate([[False], first[order][1:] < ends[:-1]])
    return np.sort(cells[order][~inside])


def ranges(cells: Cells, zoom: int) -> Ranges:
    """Which tiles of a zoom are touched: those in a cell, those above one, and lone ones."""
    at = zooms(cells)
    meant = (cells > 0) | (at == zoom)
    at, own = at[meant], np.abs(cells[meant]) - (1 << 2 * at[meant])
    down, up = 2 * np.maximum(zoom - at, 0), 2 * np.maximum(at - zoom, 0)
    first = own >> up << down
    last = first + (1 << down) - 1
    order = np.argsort(first)
    return _joined(first[order].tolist(), last[order].tolist())


def _joined(firsts: list[int], lasts: list[int]) -> Ranges:
    if not firsts:
        return [], []
    breaks = [0]
    reach = lasts[0]
    for number, (_, first) in enumerate(pairwise(firsts), 1):
        if first > reach + 1:
            breaks.append(number)
        reach = max(reach, lasts[number])
    ends = [*breaks[1:], len(firsts)]
    return [firsts[number] for number in breaks], [
        max(lasts[start:end]) for start, end in zip(breaks, ends, strict=True)
    ]


def pack(cells: Cells) -> bytes:
    """A few bytes for each cell: neighbours differ little."""
    return zlib.compress(np.diff(cells, prepend=0).astype("<i8").tobytes(), 6)


def unpack(packed: bytes) -> Cells:
    return np.cumsum(np.frombuffer(zlib.decompress(packed), dtype="<i8"), dtype=np.int64)
