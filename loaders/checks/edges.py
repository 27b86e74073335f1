"""Outlines as arrays of edges: what checks ask of every vertex, worked out once for a whole batch."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from loaders.geometry import Shapes
from loaders.wkb import Numbers, Plain, Points

Mask = NDArray[np.bool_]
SURE_M2 = 1e-6
"""A turn with less than this between its edges is not called left or right: rounding could have made it."""


def lines_of(shapes: Shapes) -> tuple[Points, Numbers, Numbers]:
    """All vertices, the ring or line each is on, and the place of its shape."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    surfaces = shapely.get_type_id(parts) == 3
    rings, of_part = shapely.get_rings(parts[surfaces], return_index=True)
    lines = np.concatenate([parts[~surfaces], rings])
    owners = np.concatenate([of_shape[~surfaces], of_shape[surfaces][of_part]])
    order = np.argsort(owners, kind="stable")
    points, part = shapely.get_coordinates(lines[order], return_index=True)
    return points, part, owners[order][part] if len(part) else part


@dataclass(frozen=True)
class Edges:
    """The edges of some shapes, ring by ring. `part` and `owner` tell of each vertex its ring and its shape."""

    points: Points
    part: Numbers
    owner: Numbers
    shapes: int

    @classmethod
    def of(cls, plain: Plain | None, shapes: Shapes | None) -> "Edges":
        """Of plain shapes, or of any."""
        if plain is not None:
            return cls(plain.points, plain.owners, plain.owners, len(plain.counts))
        assert shapes is not None
        return cls(*lines_of(shapes), len(shapes))

    @cached_property
    def inner(self) -> Numbers:
        """Place of the first vertex of each edge."""
        return np.flatnonzero(self.part[1:] == self.part[:-1])

    @cached_property
    def along(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """East and north along each edge."""
        x, y = np.diff(self.points[:, 0]), np.diff(self.points[:, 1])
        return x[self.inner], y[self.inner]

    @cached_property
    def ring(self) -> Numbers:
        """The ring of each edge."""
        return self.part[self.inner]

    @cached_property
    def of_shape(self) -> Numbers:
        """The shape of each edge."""
        return self.owner[self.inner]

    @cached_property
    def firsts(self) -> Numbers:
        """Place of the first edge of each ring."""
        if not len(self.ring):
            return np.zeros(0, np.int64)
        return np.flatnonzero(np.r_[True, self.ring[1:] != self.ring[:-1]])

    @cached_property
    def turns(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cross and dot product of each edge with the one before it; that before a ring's first is its last."""
        x, y = self.along
        before_x, before_y = self._before(x), self._before(y)
        return before_x * y - before_y * x, before_x * x + before_y * y

    @cached_property
    def convex(self) -> Mask:
        """Shapes that turn one way all along and once around: such a ring cannot be invalid. Not all are told."""
        sure = np.zeros(self.shapes, bool)
        if not len(self.firsts):
            return sure
        x, y = self.along
        cross, _ = self.turns
        left = np.minimum.reduceat(cross, self.firsts) > SURE_M2
        right = np.maximum.reduceat(cross, self.firsts) < -SURE_M2
        up = (y > 0) | ((y == 0) & (x > 0))
        once = np.add.reduceat((up & ~self._before(up)).astype(np.int8), self.firsts, dtype=np.int64) == 1
        sure[self.of_shape[self.firsts]] = (left | right) & once
        return sure

    @cached_property
    def length(self) -> NDArray[np.float64]:
        """Metres along each shape's outlines."""
        along: NDArray[np.float64] = np.hypot(*self.along)
        return np.bincount(self.of_shape, weights=along, minlength=self.shapes).astype(np.float64)

    @property
    def area(self) -> NDArray[np.float64]:
        """Square metres of each shape of one ring."""
        return np.abs(self.signed_area)

    @cached_property
    def signed_area(self) -> NDArray[np.float64]:
        """The same, negative where the ring runs clockwise."""
        if not len(self.firsts):
            return np.zeros(self.shapes)
        corner = np.repeat(self.points[self.inner[self.firsts]], np.diff(np.r_[self.firsts, len(self.ring)]), axis=0)
        from_corner = self.points[self.inner] - corner
        x, y = self.along
        twice = np.bincount(self.of_shape, weights=from_corner[:, 0] * y - from_corner[:, 1] * x, minlength=self.shapes)
        return twice / 2

    def _before(self, values: NDArray[Any]) -> NDArray[Any]:
        shifted = np.roll(values, 1)
        if len(self.firsts):
            shifted[self.firsts] = values[np.r_[self.firsts[1:], len(values)] - 1]
        return shifted
