"""Which points of a sample are measured: few, and in few places, so that little control has to be fetched for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

POINTS = 320
"""Enough for a median to a tenth of its spread."""
PLACES, PLACES_AS_THEY_ARE = 64, 160
PLACE_M = 600.0
UNITS = ((360.0, 1 / 111_000), (20_000.0, 1 / 1000), (2e7, 1.0), (np.inf, 1000.0))
"""By the size of the numbers: degrees, kilometres, metres, millimetres."""


@dataclass(frozen=True)
class Coded:
    """Points from all over, each with the commune code of its row."""

    points: Points
    codes: tuple[str | None, ...]


def in_places(points: Points) -> Points:
    """Points to hold against lines: all when they are few, else evenly from some places."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) <= POINTS:
        return points
    return _evenly(points[_in_some_squares(points)])


def coded(points: Points, codes: tuple[str | None, ...]) -> Coded:
    """Points to hold against their communes: evenly from everywhere."""
    known = np.flatnonzero(np.isfinite(points).all(axis=1)) if codes else np.array([], dtype=int)
    kept = _evenly(known)
    return Coded(points[kept], tuple(codes[place] for place in kept))


def _in_some_squares(points: Points) -> NDArray[np.intp]:
    """Points in the squares of some of them, which are evenly spread over the file."""
    size = float(np.median(np.abs(points)))
    side = PLACE_M * next(unit for limit, unit in UNITS if size <= limit)
    _, square = np.unique(np.floor(points / side), axis=0, return_inverse=True)
    square = square.ravel()
    if square.max() < PLACES_AS_THEY_ARE:
        return np.arange(len(points))
    chosen = square[np.linspace(0, len(square) - 1, PLACES).astype(int)]
    inside: NDArray[np.intp] = np.flatnonzero(np.isin(square, chosen))
    return inside


def _evenly(values: NDArray[Any]) -> NDArray[Any]:
    """Some of many, evenly spread over their order."""
    if len(values) <= POINTS:
        return values
    some: NDArray[Any] = values[np.linspace(0, len(values) - 1, POINTS).astype(int)]
    return some
