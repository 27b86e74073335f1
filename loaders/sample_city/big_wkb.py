"""Well-known binary of many equal shapes at once, without making a geometry object of each."""

import numpy as np
from numpy.typing import NDArray

from loaders.sample_city.frame import Points

LINE, POLYGON = 2, 3


def rings_wkb(rings: Points) -> NDArray[np.uint8]:
    """Polygons from open rings of one length, shape (n, corners, 2)."""
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    count, points = closed.shape[:2]
    header = np.frombuffer(
        np.array([1], np.uint8).tobytes() + np.array([POLYGON, 1, points], "<u4").tobytes(), np.uint8
    )
    return _with_header(header, closed, count)


def lines_wkb(points: Points) -> NDArray[np.uint8]:
    """Lines of one length, shape (n, points, 2)."""
    header = np.frombuffer(
        np.array([1], np.uint8).tobytes() + np.array([LINE, points.shape[1]], "<u4").tobytes(), np.uint8
    )
    return _with_header(header, points, len(points))


def _with_header(header: NDArray[np.uint8], points: Points, count: int) -> NDArray[np.uint8]:
    body = np.ascontiguousarray(points, dtype="<f8").view(np.uint8).reshape(count, -1)
    return np.concatenate([np.broadcast_to(header, (count, len(header))), body], axis=1)
