"""Where a tile's pixels lie: places in Web Mercator, and moved by the pinned shift into a raster's grid."""

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WEB_MERCATOR

SIDE = 256
WORLD_M = 40_075_016.685578488
MESH = 16
"""Pixels between points that are really moved; those between lie on straight lines."""
Points = NDArray[np.float64]


def pixels_of_tile(z: int, x: int, y: int, around: int = 0) -> Points:
    """Web Mercator places of the centres of a tile's pixels, shape (rows, columns, 2); `around` more on each side."""
    pixel = WORLD_M / 2**z / SIDE
    along = np.arange(-around, SIDE + around) + 0.5
    east, north = np.meshgrid(along * pixel + x * SIDE * pixel, along * pixel + y * SIDE * pixel)
    return np.stack([east - WORLD_M / 2, WORLD_M / 2 - north], axis=-1)


def moved(crs: CrsBook, places: Points, srid: int) -> Points:
    """A grid of places from Web Mercator into another grid, exactly at the points of a mesh."""
    rows, columns = (_mesh(count) for count in places.shape[:2])
    corners = places[np.ix_(rows, columns)]
    exact = crs.transform(corners.reshape(-1, 2), WEB_MERCATOR, srid).reshape(corners.shape)
    down, across = _weights(places.shape[0], rows), _weights(places.shape[1], columns)
    # einsum, as a matrix product this small costs more in waking threads than in multiplying
    found: Points = np.einsum("rc,dca->dra", across, np.einsum("dr,rca->dca", down, exact))
    return found


def _mesh(count: int) -> NDArray[np.int64]:
    return np.unique(np.append(np.arange(0, count, MESH), count - 1))


def _weights(count: int, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Linear interpolation from mesh nodes to all places, as a matrix."""
    return np.stack([np.interp(np.arange(count), nodes, one) for one in np.eye(len(nodes))], axis=1)
