"""How well points fit a control layer: not merely near it, but far nearer than they would be some way off."""

from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from loaders.grid.control import ControlLayer
from loaders.grid.verdict import Residual

Points = NDArray[np.float64]

RADII_M = (140.0, 290.0, 610.0)
TURN = 0.37
"""Radians: offsets do not run along the axes, as streets do."""
CELL_M = 100.0
CELLS_NEEDED = 15
"""Places a fit must rest on: points in one cell of 100 m say one thing, not many."""
FACTOR, UPPER = 0.5, 1.5
"""A fit holds when its distances are at most half of the smallest that chance gives; a quarter may be new and far."""
NEARLY, LEAST_M, FAR_OFF = 0.65, 0.5, 4.0
"""Chance that gives nearly as little is looked at no further; what is this much more than the fit is as good as far."""
PROBE, HOPELESS_M = 24, 2_000.0
"""So far from every control a few points say as much as many."""
FAR_M = 80.0
"""No layer is the control of another when even the right place is farther than this."""
STRAY_M = 30.0
"""How far a row may lie outside of its commune: borders are drawn differently by different offices."""


def fit(points: Points, control: ControlLayer, *, chance: bool = True) -> Residual | None:
    """The residual of points on a control layer; None where there is no control or are too few places.

    What chance gives is measured only when asked for, and no further than it takes to know that the fit is no better:
    it costs as much as 24 residuals.
    """
    known = points[np.isfinite(points).all(axis=1)]
    if len(known) < 2:
        return None
    probe = known[:: max(1, len(known) // PROBE)]
    if float(np.median(control.distances(probe))) > HOPELESS_M:
        known = probe
    metres = control.distances(known)
    if not np.isfinite(metres).all():
        return None
    median, p95 = np.percentile(metres, [50, 95])
    elsewhere = float(median) if median > FAR_M or not chance else _by_chance(known, control, float(median))
    return Residual(control.name, float(median), float(p95), elsewhere, len(known))


def holds(points: Points, residual: Residual, control: ControlLayer) -> bool:
    """Whether a fit is beyond chance: median and upper quartile, on enough places."""
    if residual.median_m > FAR_M or residual.median_m > FACTOR * residual.elsewhere_m:
        return False
    upper = float(np.percentile(control.distances(points), 75))
    return cells(points) >= CELLS_NEEDED and upper <= max(UPPER * residual.elsewhere_m, 2 * residual.median_m)


def cells(points: Points) -> int:
    return len(np.unique(np.floor(points / CELL_M), axis=0))


def strays(points: Points, communes: Iterable[str | None], areas: Mapping[str, shapely.Geometry]) -> tuple[int, int]:
    """How many points lie outside of their commune, and of how many that is known."""
    outside = known = 0
    for code, mine in _by_code(points, communes).items():
        if code not in areas:
            continue
        shapely.prepare(areas[code])
        known += len(mine)
        near = shapely.dwithin(shapely.points(mine), areas[code], STRAY_M)
        outside += int((~near).sum())
    return outside, known


def _by_chance(points: Points, control: ControlLayer, median_m: float) -> float:
    """The smallest median after moving all points; looking stops where it is already too near to the one held.

    Whether half of the points come within a distance is asked first, which is far quicker than how near they come.
    """
    angles = TURN + np.arange(8) * np.pi / 4
    steps = np.column_stack([np.cos(angles), np.sin(angles)])[:, None, :]
    least = FAR_OFF * median_m + FAR_M
    for radius in RADII_M:
        moved = points + radius * steps
        for share in (NEARLY, FACTOR):
            near_m = max(median_m / share, LEAST_M)
            near = control.are_near(moved.reshape(-1, 2), near_m).reshape(8, -1).mean(axis=1)
            if near.max() >= 0.5:
                return min(least, near_m)
        least = min(least, float(np.median(control.distances(moved[near.argmax()], least))))
    return least


def _by_code(points: Points, communes: Iterable[str | None]) -> dict[str, Points]:
    codes = np.array([code or "" for code in communes])
    return {str(code): points[codes == code] for code in np.unique(codes) if code}
