"""How far the corners of an area are from its sides: tells that it stays sound when its corners are moved a little.

The same as `gis_server.db.shapes.measured`, on whole columns: most parcels and houses have few corners.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_server.db.shapes import FEW_CORNERS
from loaders.geometry import Shapes
from loaders.wkb import Plain

AREA = 2
Metres = NDArray[np.float64]
"""NaN where nobody measured."""


def of_shapes(shapes: Shapes) -> Metres:
    few = (shapely.get_dimensions(shapes) == AREA) & (shapely.get_num_coordinates(shapes) <= FEW_CORNERS + 1)
    measured = np.full(len(shapes), np.nan)
    measured[few] = shapely.minimum_clearance(shapes[few])
    return measured


def of_rings(plain: Plain) -> Metres:
    measured = np.full(len(plain.counts), np.nan)
    for corners in range(3, FEW_CORNERS + 1):
        chosen = np.flatnonzero((plain.kinds == AREA) & (plain.counts == corners + 1))
        if len(chosen):
            places = plain.starts[chosen] + np.arange(corners)[:, None]
            measured[chosen] = _of_alike(plain.points[places, 0], plain.points[places, 1])
    return measured


def _of_alike(x: NDArray[np.float64], y: NDArray[np.float64]) -> Metres:
    """Of rings with equally many corners, a row a corner. NaN where a side has no length."""
    corners, least = len(x), np.full(x.shape[1], np.inf)
    for start in range(corners):
        end = (start + 1) % corners
        along_x, along_y = x[end] - x[start], y[end] - y[start]
        square = along_x * along_x + along_y * along_y
        square[square == 0] = np.nan
        for corner in set(range(corners)) - {start, end}:
            off_x, off_y = x[corner] - x[start], y[corner] - y[start]
            share = np.clip((off_x * along_x + off_y * along_y) / square, 0, 1)
            off_x -= share * along_x
            off_y -= share * along_y
            np.minimum(least, off_x * off_x + off_y * off_y, out=least)
    distances: Metres = np.sqrt(least)
    return distances
