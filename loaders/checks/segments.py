"""Straight pieces of outlines, many at a time: points are rows of x and y in metres."""

import numpy as np
from numpy.typing import NDArray

from loaders.wkb import Points


def crossing(p: Points, q: Points, r: Points, s: Points) -> NDArray[np.bool_]:
    """Whether p–q and r–s cross, end points apart."""
    found: NDArray[np.bool_] = (_turn(p, q, r) * _turn(p, q, s) < 0) & (_turn(r, s, p) * _turn(r, s, q) < 0)
    return found


def _turn(p: Points, q: Points, r: Points) -> NDArray[np.float64]:
    return (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])


def distance(point: Points, first: Points, last: Points) -> NDArray[np.float64]:
    """From points to the segments between two others."""
    along, beside = last - first, point - first
    share = np.clip((along * beside).sum(axis=1) / np.maximum((along * along).sum(axis=1), 1e-12), 0, 1)
    away = beside - share[:, None] * along
    found: NDArray[np.float64] = np.hypot(away[:, 0], away[:, 1])
    return found
