"""Where the sample city lies, how big it is, and the random numbers each subject draws from."""

import zlib
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, box

Points = NDArray[np.float64]

WEST, SOUTH = 580_400.0, 1_186_300.0
"""South-west corner in the city grid (EPSG:9210): the rural west of the old city."""
MOST_WARDS = 24
"""More wards would make the drawing of one city slow; `--parcels` is for size."""
WIDTH_OF_3, HEIGHT_OF_3 = 1_950.0, 1_680.0
"""Metres of a city of three wards; more wards grow to the east and north from the same corner."""


@dataclass(frozen=True)
class Frame:
    """The ground of one sample city: everything is drawn inside it, and nothing outside."""

    wards: int
    seed: int

    @property
    def width(self) -> float:
        return round(WIDTH_OF_3 * sqrt(self.wards / 3), 0)

    @property
    def height(self) -> float:
        return round(HEIGHT_OF_3 * sqrt(self.wards / 3), 0)

    @property
    def box(self) -> Polygon:
        return box(WEST, SOUTH, WEST + self.width, SOUTH + self.height)

    def at(self, along: float, up: float) -> tuple[float, float]:
        """The point at a share of the width and of the height."""
        return WEST + along * self.width, SOUTH + up * self.height

    def places(self, shares: Points) -> Points:
        """Points (n, 2) given as shares of width and height."""
        placed: Points = np.array([WEST, SOUTH]) + np.asarray(shares, float) * np.array([self.width, self.height])
        return placed

    def random(self, subject: str) -> np.random.Generator:
        """Numbers of one subject: drawing more of them never changes another subject."""
        return np.random.default_rng([self.seed, self.wards, zlib.crc32(subject.encode())])
