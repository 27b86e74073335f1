"""The ground: one height grid from which spot heights, contours, manhole lids and the delivered DEM are all read."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString

from loaders.sample_city.frame import Frame, Points
from loaders.sample_city.shapes import Shapes
from loaders.sample_city.water import CANAL_BED_M, RIVER_BED_M, SEA_BED_M, Water

CELL_M = 5.0
LOW_SPOTS = [(0.545, 0.555), (0.43, 0.52), (0.60, 0.435), (0.50, 0.36), (0.71, 0.52), (0.47, 0.70), (0.80, 0.60)]
"""Shallow hollows in town where water stands after rain, as shares of the frame."""
HILL = (0.90, 0.93)
"""A small laterite mound in the north-east, as shares of the frame."""


@dataclass(frozen=True)
class Ground:
    """Heights in metres above Hòn Dấu at the centres of square cells, rows from north to south."""

    west: float
    north: float
    heights: NDArray[np.float32]

    def at(self, points: Points) -> NDArray[np.float64]:
        """Height by bilinear interpolation between cell centres."""
        rows, columns = self.heights.shape
        x = np.clip((points[:, 0] - self.west) / CELL_M - 0.5, 0, columns - 1.000001)
        y = np.clip((self.north - points[:, 1]) / CELL_M - 0.5, 0, rows - 1.000001)
        column, row = x.astype(int), y.astype(int)
        dx, dy = x - column, y - row
        z = self.heights.astype(float)
        top = z[row, column] * (1 - dx) + z[row, column + 1] * dx
        return np.asarray(top * (1 - dy) + (z[row + 1, column] * (1 - dx) + z[row + 1, column + 1] * dx) * dy)

    def of(self, shapes: Shapes) -> NDArray[np.float64]:
        """Height at points."""
        return self.at(shapely.get_coordinates(shapes))


def ground(frame: Frame, water: Water) -> Ground:
    """The whole surface, land and bed."""
    west, south, east, north = frame.box.bounds
    columns, rows = int((east - west) / CELL_M), int((north - south) / CELL_M)
    x, y = np.meshgrid(west + CELL_M * (np.arange(columns) + 0.5), north - CELL_M * (np.arange(rows) + 0.5))
    points = np.column_stack([x.ravel(), y.ravel()])
    heights = _land(frame, points)
    for canal in water.canals:
        heights = _carved(heights, points, canal.line, (canal.width, CANAL_BED_M))
    heights = _carved(heights, points, water.river_line, (72.0, RIVER_BED_M))
    heights = _sea_bed(heights, points, water)
    return Ground(west, north, np.round(heights, 2).astype(np.float32).reshape(rows, columns))


def _land(frame: Frame, points: Points) -> NDArray[np.float64]:
    share = (points - np.array(frame.at(0, 0))) / np.array([frame.width, frame.height])
    phase = frame.random("relief").uniform(0, 2 * np.pi, 3)
    land = 1.45 + 0.75 * share[:, 1] + 0.45 * share[:, 0]
    land += 0.16 * np.sin(points[:, 0] / 130 + phase[0]) * np.cos(points[:, 1] / 155 + phase[1])
    land += 0.09 * np.sin((points[:, 0] + points[:, 1]) / 47 + phase[2])
    for along, up in LOW_SPOTS:
        land -= 0.55 * np.exp(-((_reach(frame, points, (along, up)) / 55) ** 2))
    return np.asarray(land + 9.5 * np.exp(-((_reach(frame, points, HILL) / 85) ** 2)))


def _reach(frame: Frame, points: Points, share: tuple[float, float]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(*(points - np.array(frame.at(*share))).T))


def _carved(heights: Points, points: Points, line: LineString, bed: tuple[float, float]) -> Points:
    """A bed along a line: bank at its edge, deepest in the middle."""
    width, depth = bed
    near = shapely.buffer(line, width * 1.3)
    shapely.prepare(near)
    close = np.flatnonzero(shapely.contains_xy(near, points))
    away = shapely.distance(shapely.points(points[close]), line) / (width / 2)
    share = np.clip(1.12 - away, 0, 1)
    carved = heights[close] * (1 - np.sqrt(share)) + depth * np.sqrt(share)
    heights[close] = np.minimum(heights[close], carved)
    return heights


def _sea_bed(heights: Points, points: Points, water: Water) -> Points:
    shapely.prepare(water.sea)
    inside = np.flatnonzero(shapely.contains_xy(water.sea, points))
    shore = shapely.distance(shapely.points(points[inside]), water.sea.boundary)
    island = np.min([shapely.distance(shapely.points(points[inside]), part) for part in water.islands], axis=0)
    bed = SEA_BED_M * (1 - np.exp(-shore / 75)) * (1 - 0.8 * np.exp(-island / 30))
    heights[inside] = np.where(island == 0, 1.8, np.minimum(bed, -0.1))
    return heights


def contours(surface: Ground, levels: NDArray[np.float64]) -> tuple[Shapes, NDArray[np.float64]]:
    """Lines of equal height by marching squares on the grid, and the height of each."""
    found: list[LineString] = []
    heights: list[float] = []
    for level in levels:
        segments = _segments(surface, float(level))
        if len(segments) == 0:
            continue
        merged = shapely.get_parts(shapely.line_merge(MultiLineString(list(segments))))
        merged = merged[shapely.length(merged) > 4 * CELL_M]
        found += list(merged)
        heights += [float(level)] * len(merged)
    return np.array(found, dtype=object), np.array(heights)


CASES = {1: [(3, 0)], 2: [(0, 1)], 3: [(3, 1)], 4: [(1, 2)], 5: [(3, 2), (0, 1)], 6: [(0, 2)], 7: [(3, 2)]}
"""Which sides of a square (0 north, 1 east, 2 south, 3 west) a contour joins, by the corners above it
(1 north-west, 2 north-east, 4 south-east, 8 south-west); case 15 − n joins the same sides as n."""


def _segments(surface: Ground, level: float) -> NDArray[np.float64]:
    """Pieces of one contour, shape (n, 2 ends, 2 coordinates)."""
    z = surface.heights.astype(float) + 1e-7
    above = z > level
    case = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    pieces = []
    for number, joins in CASES.items():
        row, column = np.nonzero((case == number) | (case == 15 - number))
        for start, end in joins:
            pieces.append(np.stack([_cross(surface, z, (level, row, column, side)) for side in (start, end)], axis=1))
    return np.asarray(np.round(np.concatenate(pieces), 3)) if pieces else np.empty((0, 2, 2))


def _cross(
    surface: Ground, z: NDArray[np.float64], where: tuple[float, NDArray[np.int64], NDArray[np.int64], int]
) -> Points:
    """Where the contour crosses one side of its squares; a side is always computed from its west or north end."""
    level, row, column, side = where
    row0, column0 = row + (side == 2), column + (side == 1)
    level_side = side in (0, 2)
    row1, column1 = (row0, column0 + 1) if level_side else (row0 + 1, column0)
    first, second = z[row0, column0], z[row1, column1]
    share = (level - first) / (second - first)
    x = surface.west + CELL_M * (column0 + 0.5 + (share if level_side else 0))
    y = surface.north - CELL_M * (row0 + 0.5 + (0 if level_side else share))
    return np.column_stack([x, y])
