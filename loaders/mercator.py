"""Many points into Web Mercator: a polynomial fitted to PROJ's answers over their box, and checked against them.

Between two grids of one city the mapping is so smooth that a few terms follow it to a hundredth of a millimetre; PROJ
walks through a dozen steps for every point. Where the polynomial does not follow closely enough, PROJ moves all points.
"""

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WEB_MERCATOR
from loaders.wkb import Points

CLOSE_M = 0.00002
DEGREES = (3, 5, 7)
FEW = 2_000
"""Below this number of points fitting does not pay."""


def in_mercator(points: Points, crs: CrsBook) -> Points:
    """Points of the stored grid in Web Mercator, by the pinned shift, within a tenth of a millimetre."""
    if len(points) >= FEW:
        low, high = points.min(axis=0), points.max(axis=0)
        for degree in DEGREES:
            moved = _Fit(low, high, degree, crs)
            if moved.error_m < CLOSE_M:
                return moved(points)
    return crs.transform(points, crs.stored, WEB_MERCATOR)


class _Fit:
    """A polynomial in both coordinates, scaled to −1 … 1 over the box."""

    def __init__(self, low: NDArray[np.float64], high: NDArray[np.float64], degree: int, crs: CrsBook) -> None:
        self.middle, self.half = (low + high) / 2, np.maximum((high - low) / 2, 1.0)
        self.terms = np.add.outer(np.arange(degree + 1), np.arange(degree + 1)) <= degree
        known = _lattice(np.cos(np.pi * (np.arange(degree + 3) + 0.5) / (degree + 3)))
        target = crs.transform(self._unscaled(known), crs.stored, WEB_MERCATOR)
        self.origin = target.mean(axis=0)
        powers = polynomial.polyvander2d(known[:, 0], known[:, 1], [degree, degree])[:, self.terms.ravel()]
        solved = np.linalg.lstsq(powers, target - self.origin, rcond=None)[0]
        self.factors = np.zeros((degree + 1, degree + 1, 2))
        self.factors[self.terms] = solved
        between = self._unscaled(_lattice(np.linspace(-1, 1, 2 * degree + 5)))
        self.error_m = float(np.abs(self(between) - crs.transform(between, crs.stored, WEB_MERCATOR)).max())

    def __call__(self, points: Points) -> Points:
        x, y = ((points - self.middle) / self.half).T
        moved = np.empty((len(points), 2))
        for axis in (0, 1):
            moved[:, axis] = self._value(np.ascontiguousarray(x), np.ascontiguousarray(y), axis)
        return moved

    def _value(self, x: NDArray[np.float64], y: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        """Horner's way over both coordinates, term by term."""
        total = np.zeros(len(x))
        degree = len(self.factors) - 1
        for power in range(degree, -1, -1):
            inner = np.full(len(x), self.factors[power, degree - power, axis])
            for lower in range(degree - power - 1, -1, -1):
                inner *= y
                inner += self.factors[power, lower, axis]
            total *= x
            total += inner
        total += self.origin[axis]
        return total

    def _unscaled(self, places: Points) -> Points:
        return places * self.half + self.middle


def _lattice(along: NDArray[np.float64]) -> Points:
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
