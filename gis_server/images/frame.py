"""What a picture covers: a box of some grid and its pixels; and the camera that draws it in Web Mercator.

Where the grid is Web Mercator's the drawing is the picture. Elsewhere it is bent: places are moved by the pinned shift
at the corners of small squares, and lie straight between them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WEB_MERCATOR, WGS84
from gis_server.errors import BadRequest
from gis_server.images.job import Camera, Quad

HALF_M = 20_037_508.342789244
"""From the middle of Web Mercator to its edge."""
WORLD_PIXELS = 512
"""The world's side at zoom 0, as MapLibre counts."""
HIGHEST_LATITUDE = 85.0511287
FINEST_M = 0.002
"""Metres of Web Mercator of the smallest pixel, at MapLibre's last zoom but one."""
STEP = 128
"""Cameras are as wide and high as multiples of this: MapLibre gets ready anew for every size."""
SQUARE = 32
"""Pixels between places that are really moved."""
MOST_SIDE, MOST_PIXELS = 4_096, 9_000_000
"""A4 at 300 dots per inch fits."""
Box = tuple[float, float, float, float]
"""West, south, east, north in a grid's own units."""
Places = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """A box of a grid, and into how many pixels it goes."""

    srid: int
    box: Box
    width: int
    height: int

    def place(self, column: float, row: float) -> tuple[float, float]:
        """East and north of a place in the picture, counted from its north-west corner."""
        west, south, east, north = self.box
        return west + (east - west) * column / self.width, north - (north - south) * row / self.height

    def degrees(self, crs: CrsBook, column: float, row: float) -> tuple[float, float]:
        """Longitude and latitude of such a place."""
        ((lon, lat),) = crs.transform(np.array([self.place(column, row)]), self.srid, WGS84)
        return float(lon), float(lat)

    def pixel_m(self, crs: CrsBook) -> float:
        """Metres on the ground of a pixel in the middle, measured eastwards."""
        middle, half = (self.width / 2, self.height / 2), 0.5
        ends = [self.place(middle[0] + one, middle[1]) for one in (-half, half)]
        first, last = crs.transform(np.array(ends), self.srid, crs.stored)
        return float(np.hypot(*(last - first)))


def camera_of(crs: CrsBook, frame: Frame) -> tuple[Camera, tuple[Quad, ...]]:
    """Where to look from, and how the drawing is bent into the frame; no bending where it is the frame already."""
    columns, rows = _corners(frame.width), _corners(frame.height)
    mercator = _in_mercator(crs, frame, columns, rows)
    pixel_m = _pixel(mercator, columns, rows)
    if frame.srid == WEB_MERCATOR and _is_square(frame) and _within(frame.box) and pixel_m >= FINEST_M:
        west, _, _, north = frame.box
        return _camera((west, north), pixel_m, (frame.width, frame.height)), ()
    camera, corner, pixel_m = _looking_at(mercator, pixel_m)
    drawn = np.stack([mercator[..., 0] - corner[0], corner[1] - mercator[..., 1]], axis=-1) / pixel_m
    return camera, _mesh(drawn, columns, rows)


def moved_box(crs: CrsBook, box: Box, source: int, target: int) -> Box:
    """The box around a box in another grid, by the pinned shift."""
    if source == target:
        return box
    west, south, east, north = box
    across, up = np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9))
    points = crs.transform(np.column_stack([across.ravel(), up.ravel()]), source, target)
    if not np.isfinite(points).all():
        raise _beyond()
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def scaled(mesh: tuple[Quad, ...], ratio: int) -> tuple[Quad, ...]:
    """The same of a picture with more pixels."""
    left, top, right, bottom = range(4)
    return tuple(
        (
            (box[left] * ratio, box[top] * ratio, box[right] * ratio, box[bottom] * ratio),
            tuple(one * ratio for one in at),
        )
        for box, at in mesh
    )


def _corners(pixels: int) -> NDArray[np.int64]:
    return np.unique(np.append(np.arange(0, pixels, SQUARE), pixels))


def _in_mercator(crs: CrsBook, frame: Frame, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Places:
    """The corners of the squares in Web Mercator, shape (rows, columns, 2)."""
    west, south, east, north = frame.box
    across = west + (east - west) * columns / frame.width
    down = north - (north - south) * rows / frame.height
    if frame.srid == WGS84:
        down = np.clip(down, -HIGHEST_LATITUDE, HIGHEST_LATITUDE)
    points = np.stack(np.meshgrid(across, down), axis=-1)
    moved = crs.transform(points.reshape(-1, 2), frame.srid, WEB_MERCATOR).reshape(points.shape)
    if not np.isfinite(moved).all():
        raise _beyond()
    return moved


def _pixel(mercator: Places, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> float:
    """Metres of Web Mercator of the picture's finest pixels, on average along an edge."""
    across = np.hypot(*np.moveaxis(np.diff(mercator, axis=1), -1, 0)) / np.diff(columns)
    down = np.hypot(*np.moveaxis(np.diff(mercator, axis=0), -1, 0)) / np.diff(rows)[:, None]
    found = min(float(across.mean()), float(down.mean()))
    if found <= 0:
        raise _beyond()
    return found


def _looking_at(mercator: Places, pixel_m: float) -> tuple[Camera, tuple[float, float], float]:
    """A camera that sees every place that lies in the world, its north-west corner, and the metres of its pixels."""
    (west, south), (east, north) = mercator.min(axis=(0, 1)), mercator.max(axis=(0, 1))
    west, east = max(float(west), -HALF_M), min(float(east), HALF_M)
    south, north = max(float(south), -HALF_M), min(float(north), HALF_M)
    if west >= east or south >= north:
        raise _beyond()
    too_many = math.sqrt((east - west) * (north - south) / pixel_m**2 / MOST_PIXELS)
    longest = max(east - west, north - south) / pixel_m / MOST_SIDE
    pixel_m = min(max(pixel_m * max(1.0, too_many, longest), FINEST_M), 2 * HALF_M / WORLD_PIXELS)
    width, height = math.ceil((east - west) / pixel_m), math.ceil((north - south) / pixel_m)
    return _camera((west, north), pixel_m, (width, height)), (west, north), pixel_m


def _camera(corner: tuple[float, float], pixel_m: float, size: tuple[int, int]) -> Camera:
    """A camera whose drawing has this corner in the north-west, and what is asked for or a little more.

    Beyond the world's edge there is nothing more: MapLibre would look elsewhere.
    """
    width, height = (-(-pixels // STEP) * STEP for pixels in size)
    if corner[1] - height * pixel_m < -HALF_M:
        width, height = size
    x, y = corner[0] + width * pixel_m / 2, corner[1] - height * pixel_m / 2
    lat = math.degrees(math.atan(math.sinh(y / HALF_M * math.pi)))
    return Camera(x / HALF_M * 180, lat, _zoom(pixel_m), width, height)


def _zoom(pixel_m: float) -> float:
    return math.log2(2 * HALF_M / WORLD_PIXELS / pixel_m)


def _is_square(frame: Frame) -> bool:
    """Whether pixels are as wide as high: over the whole picture they may differ by half of one."""
    west, south, east, north = frame.box
    across, down = (east - west) / frame.width, (north - south) / frame.height
    return abs(across / down - 1) * max(frame.width, frame.height) < 0.5


def _within(box: Box) -> bool:
    return max(abs(one) for one in box) <= HALF_M


def _mesh(drawn: Places, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[Quad, ...]:
    order = ((0, 0), (1, 0), (1, 1), (0, 1))
    return tuple(
        (
            (int(columns[c]), int(rows[r]), int(columns[c + 1]), int(rows[r + 1])),
            tuple(round(float(one), 3) for down, across in order for one in drawn[r + down, c + across]),
        )
        for r in range(len(rows) - 1)
        for c in range(len(columns) - 1)
    )


def _beyond() -> BadRequest:
    return BadRequest("Khung tọa độ nằm ngoài bản đồ.", "The bounding box lies outside the map.")
