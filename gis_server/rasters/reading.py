"""Cells of a COG at places of its own grid, read at the overview that fits, no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.env import Env
from rasterio.windows import Window

GDAL = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO", "GDAL_CACHEMAX": 64 << 20}
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Values at points: (bands, …), true values, and which of them have data (…)."""

    values: NDArray[np.float64]
    valid: NDArray[np.bool_]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The raster itself and nothing beside it; GDAL is told of nothing else."""
    with Env(**GDAL), rasterio.open(path, driver="GTiff", sharing=False) as raster:
        yield raster


def cells_at(path: Path, places: Points, *, smooth: bool) -> Cells | None:
    """Cells of a COG at places of its own grid, (rows, columns, 2); None where none of them lies in it."""
    with opened(path) as raster:
        a, _, c, _, e, f = raster.transform[:6]
        column, row = (places[..., 0] - c) / a, (places[..., 1] - f) / e
        window = _window(column, row, raster)
        if window is None:
            return None
        wide, high = _shape(column, window)
        bands = raster.read(window=window, out_shape=(raster.count, high, wide)).astype(np.float64)
        valid = valid_cells(raster, bands)
        x = (column - window.col_off) * wide / window.width - 0.5
        y = (row - window.row_off) * high / window.height - 0.5
        factor, offset = raster.scales[0], raster.offsets[0]
    inside = (column >= 0) & (column < raster.width) & (row >= 0) & (row < raster.height)
    found = _smoothed(bands, valid, x, y) if smooth else _nearest(bands, valid, x, y)
    return Cells(found.values * factor + offset, found.valid & inside)


def _window(column: Points, row: Points, raster: Any) -> Window | None:
    """The cells that the places need, with a margin for smoothing at the coarsest overview."""
    margin = 2 * max(1, int(_step(column)))
    west, east = max(0, int(column.min()) - margin), min(raster.width, int(column.max()) + margin + 1)
    top, bottom = max(0, int(row.min()) - margin), min(raster.height, int(row.max()) + margin + 1)
    if west >= east or top >= bottom:
        return None
    return Window(west, top, east - west, bottom - top)


def _step(column: Points) -> float:
    """Cells from one pixel to the next."""
    return float(np.abs(np.diff(column, axis=1)).max()) if column.shape[1] > 1 else 1.0


def _shape(column: Points, window: Window) -> tuple[int, int]:
    """Columns and rows to read: no finer than half a pixel, so that GDAL takes an overview."""
    factor = 2 ** max(0, int(np.log2(max(_step(column), 1.0))))
    return max(1, -(-int(window.width) // factor)), max(1, -(-int(window.height) // factor))


def valid_cells(raster: Any, bands: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which cells have data."""
    nodata: float | None = raster.nodata
    known = np.isfinite(bands).all(axis=0) if raster.count < 4 else bands[3] > 0
    silent = np.equal(bands[0], np.nan if nodata is None else nodata)
    return np.asarray(known & ~silent, bool)


def _nearest(bands: NDArray[np.float64], valid: NDArray[np.bool_], x: Points, y: Points) -> Cells:
    column = np.clip(np.rint(x).astype(int), 0, bands.shape[2] - 1)
    row = np.clip(np.rint(y).astype(int), 0, bands.shape[1] - 1)
    return Cells(bands[:, row, column], valid[row, column])


def _smoothed(bands: NDArray[np.float64], valid: NDArray[np.bool_], x: Points, y: Points) -> Cells:
    """The four cells around, weighted by nearness; those without data have no say."""
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    total, weights = np.zeros((len(bands), *x.shape)), np.zeros(x.shape)
    kept = np.where(valid, bands, 0.0)
    for down in (0, 1):
        for across in (0, 1):
            column = np.clip(left + across, 0, bands.shape[2] - 1)
            row = np.clip(top + down, 0, bands.shape[1] - 1)
            near = (1 - np.abs(x - left - across)) * (1 - np.abs(y - top - down)) * valid[row, column]
            total += near * kept[:, row, column]
            weights += near
    there = weights >= 0.5
    return Cells(total / np.where(there, weights, 1.0), there)
