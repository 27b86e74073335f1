"""How much of a shape lies in each class of a raster's values: cell by cell, those at the edge by their part inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from gis_server.rasters.reading import opened, valid_cells

MOST_CELLS = 40_000
"""Of one shape; larger ground is judged by fewer, larger cells."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Zones:
    """Shares of a shape, 0…1: of each class, in the order of the breaks, and of all cells that have data."""

    classes: tuple[float, ...]
    known: float
    greatest: float | None

    @property
    def whole(self) -> float:
        """In any class."""
        return sum(self.classes)


def zones_of(path: Path, shapes: Sequence[shapely.Geometry], breaks: Sequence[float]) -> list[Zones]:
    """Of each shape (in the raster's own grid). A class reaches from a break up to the next; the last one is open."""
    with opened(path) as raster:
        return [_zones(raster, shape, breaks) for shape in shapes]


def _zones(raster: Any, shape: shapely.Geometry, breaks: Sequence[float]) -> Zones:
    window = _window(raster, shape)
    if window is None:
        return Zones((0.0,) * len(breaks), 0.0, None)
    values, valid, boxes = _cells(raster, window)
    areas = _inside(shape, boxes) * valid / shape.area
    place = np.searchsorted(breaks, values[areas > 0], side="right")
    shares = np.bincount(place, areas[areas > 0], len(breaks) + 1)
    wet = values[(areas > 0) & (values >= breaks[0])]
    return Zones(tuple(map(float, shares[1:])), float(shares.sum()), float(wet.max()) if wet.size else None)


def _window(raster: Any, shape: shapely.Geometry) -> Window | None:
    """The cells that the shape may touch."""
    a, _, c, _, e, f = raster.transform[:6]
    west, south, east, north = shape.bounds
    left, right = max(0, int((west - c) / a)), min(raster.width, int((east - c) / a) + 1)
    top, bottom = max(0, int((north - f) / e)), min(raster.height, int((south - f) / e) + 1)
    return Window(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _cells(raster: Any, window: Window) -> tuple[Values, NDArray[np.bool_], NDArray[np.object_]]:
    """Values, which of them are data, and the squares on the ground, each as one row."""
    side = max(1.0, np.sqrt(window.width * window.height / MOST_CELLS))
    wide, high = max(1, int(window.width / side)), max(1, int(window.height / side))
    bands = raster.read([1], window=window, out_shape=(1, high, wide)).astype(np.float64)
    a, _, c, _, e, f = raster.transform[:6]
    x = c + a * (window.col_off + np.arange(wide + 1) * window.width / wide)
    y = f + e * (window.row_off + np.arange(high + 1) * window.height / high)
    west, north = np.meshgrid(x[:-1], y[:-1])
    east, south = np.meshgrid(x[1:], y[1:])
    boxes = shapely.box(west.ravel(), south.ravel(), east.ravel(), north.ravel())
    return bands[0].ravel() * raster.scales[0] + raster.offsets[0], valid_cells(raster, bands).ravel(), boxes


def _inside(shape: shapely.Geometry, boxes: NDArray[np.object_]) -> Values:
    """Area of each square within the shape."""
    shapely.prepare(shape)
    whole = shapely.contains_properly(shape, boxes)
    edge = shapely.intersects(shape, boxes) & ~whole
    areas = np.where(whole, shapely.area(boxes), 0.0)
    areas[edge] = shapely.area(shapely.intersection(boxes[edge], shape))
    return areas
