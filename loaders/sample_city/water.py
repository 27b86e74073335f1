"""The waters: a tidal river with a bend, canals off it, the bay it ends in, and still waters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from loaders.sample_city.frame import Frame, Points
from loaders.sample_city.shapes import lines, polygons, ribbon, smooth

GATE_M = 45.0
"""A tidal gate stands this far up its canal."""
RIVER_BED_M, CANAL_BED_M, SEA_BED_M = -7.5, -2.6, -6.0


@dataclass(frozen=True)
class Canal:
    """A canal from its mouth in the river to its head."""

    name: str
    line: LineString
    width: float
    urban: bool
    mouth: float
    """Chainage at which the line leaves river or bay."""

    @property
    def gate(self) -> float:
        """Chainage of the tidal gate, a little above the mouth."""
        return self.mouth + GATE_M

    @property
    def water(self) -> Polygon:
        return shapely.buffer(self.line, self.width / 2, cap_style="flat", join_style="round")


@dataclass(frozen=True)
class Water:
    """All waters of the city. `big` is river and bay, `canal_area` the canals outside them."""

    river_line: LineString
    river: Polygon
    sea: Polygon
    canals: list[Canal]
    islands: list[Polygon]

    @cached_property
    def big(self) -> Polygon | MultiPolygon:
        return self.river.union(self.sea)

    @cached_property
    def canal_area(self) -> Polygon | MultiPolygon:
        return shapely.union_all([canal.water for canal in self.canals]).difference(self.big)

    @cached_property
    def all(self) -> Polygon | MultiPolygon:
        return shapely.union_all([self.big, self.canal_area])


CANALS = [
    ("Kênh Rạch Cát", [(0.30, 0.71), (0.42, 0.745), (0.55, 0.70), (0.68, 0.735), (0.84, 0.70), (1.02, 0.72)], 16, True),
    ("Rạch Bà Lài", [(0.28, 0.42), (0.40, 0.385), (0.50, 0.43), (0.62, 0.39), (0.73, 0.405)], 11, True),
    ("Kênh Xáng Nhỏ", [(0.25, 0.55), (0.16, 0.60), (0.08, 0.565), (-0.02, 0.60)], 13, False),
    ("Rạch Ông Đồ", [(0.94, 0.10), (0.90, 0.22), (0.94, 0.36), (0.90, 0.50), (0.93, 0.715)], 9, False),
]
"""Name, control points as shares of the frame from the mouth upwards, width, and whether streets follow it."""


def waters(frame: Frame) -> Water:
    """River, bay and canals of the frame."""
    river_line = LineString(smooth(frame.places(_river_points(frame)), 5))
    sea = frame.box.intersection(Polygon(_sea_points(frame)))
    centre = shapely.get_coordinates(river_line.segmentize(12))
    river = ribbon(centre, _river_widths(len(centre))).intersection(frame.box).difference(sea)
    big = river.union(sea)
    canals = [_canal(frame, big, row) for row in CANALS]
    return Water(river_line, max(polygons(river), key=lambda part: part.area), sea, canals, _islands(frame, sea))


def _canal(frame: Frame, big: Polygon, row: tuple[str, list[tuple[float, float]], int, bool]) -> Canal:
    name, places, width, urban = row
    line = _inside(frame, places)
    within = [part.length for part in lines(line.intersection(big))]
    return Canal(name, line, width, urban, within[0] if within else 0.0)


def _river_points(frame: Frame) -> Points:
    random = frame.random("river")
    points = np.array([(0.20, 1.03), (0.185, 0.88), (0.30, 0.74), (0.335, 0.62), (0.20, 0.52), (0.26, 0.38),
                       (0.38, 0.30),
                       (0.37, 0.18), (0.43, 0.02), (0.44, -0.04)])  # fmt: skip
    points[1:-2] += random.uniform(-0.012, 0.012, points[1:-2].shape)
    return points


def _river_widths(count: int) -> Points:
    """It widens to the sea."""
    share = np.linspace(0, 1, count)
    return 62 + 10 * np.sin(share * 11) + 95 * share**4


def _sea_points(frame: Frame) -> Points:
    shore = np.array([(-0.05, 0.085), (0.15, 0.10), (0.31, 0.075), (0.40, 0.13), (0.50, 0.12), (0.58, 0.07),
                      (0.74, 0.10),
                      (0.88, 0.135), (1.05, 0.12)])  # fmt: skip
    shore[:, 1] += frame.random("shore").uniform(-0.006, 0.006, len(shore))
    coast = smooth(frame.places(shore), 5)
    return np.vstack([coast, frame.places(np.array([(1.05, -0.05), (-0.05, -0.05)]))])


def _inside(frame: Frame, places: list[tuple[float, float]]) -> LineString:
    return LineString(smooth(frame.places(np.array(places)), 4)).intersection(frame.box)


def _islands(frame: Frame, sea: Polygon) -> list[Polygon]:
    random = frame.random("islands")
    found = []
    for along, up, radius in [(0.68, 0.035, 26.0), (0.20, 0.030, 14.0)]:
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        reach = radius * (1 + 0.18 * np.sin(2 * turn + 1) + random.uniform(-0.08, 0.08, 24))
        ring = np.array(frame.at(along, up)) + np.column_stack([1.5 * reach * np.cos(turn), reach * np.sin(turn)])
        found.append(Polygon(smooth(np.vstack([ring, ring[:1]]), 2)).intersection(sea))
    return found
