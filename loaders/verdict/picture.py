"""A small map of findings as SVG: outlines of the layer in grey, each finding a dot in the colour of its severity."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from loaders.checks.finding import Located
from loaders.checks.registry import Code
from loaders.verdict.verdict import Place

WIDTH, HEIGHT, MARGIN = 760.0, 420.0, 14.0
MOST_DOTS = 3_000
NICE_M = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)


@dataclass(frozen=True)
class Dot:
    """One finding on the picture."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True)
class Picture:
    """Path data of the ground, the dots, and a scale bar."""

    ground: str
    dots: list[Dot]
    bar_m: int
    bar: float


@dataclass(frozen=True)
class Sheet:
    """Metres to the sheet's units: y grows downwards."""

    west: float
    north: float
    scale: float

    def at(self, east: float, north: float) -> tuple[float, float]:
        x, y = MARGIN + (east - self.west) * self.scale, MARGIN + (self.north - north) * self.scale
        return round(x, 1), round(y, 1)


def draw(located: list[tuple[Located, Place]], outlines: list[bytes], codes: Mapping[str, Code]) -> Picture | None:
    """None where nothing has a place."""
    if not located:
        return None
    shapes = shapely.from_wkb(np.array(outlines, dtype=object)) if outlines else np.array([], dtype=object)
    sheet = _sheet(located, shapes)
    dots = [
        Dot(*sheet.at(place.east, place.north), "waived" if one.waived else codes[one.code].severity,
            f"{one.code} {one.key or ''}: {codes[one.code].vi}")
        for one, place in located[:MOST_DOTS]
    ]  # fmt: skip
    bar_m = max((step for step in NICE_M if step * sheet.scale <= WIDTH / 4), default=1)
    return Picture(_ground(shapes, sheet), dots, bar_m, round(bar_m * sheet.scale, 1))


def _sheet(located: list[tuple[Located, Place]], shapes: shapely.Geometry) -> Sheet:
    """The findings with some ground around them; a stray point far off does not shrink the rest to nothing."""
    points = np.array([(place.east, place.north) for _, place in located])
    low, high = np.percentile(points, 2, axis=0), np.percentile(points, 98, axis=0)
    if len(shapes):
        bounds = shapely.total_bounds(shapes)
        low, high = np.minimum(low, bounds[:2]), np.maximum(high, bounds[2:])
    size = np.maximum(high - low, 20.0)
    middle = (low + high) / 2
    scale = float(min((WIDTH - 2 * MARGIN) / size[0], (HEIGHT - 2 * MARGIN) / size[1]))
    half = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN]) / scale / 2
    return Sheet(float(middle[0] - half[0]), float(middle[1] + half[1]), scale)


def _ground(shapes: shapely.Geometry, sheet: Sheet) -> str:
    parts = []
    for line in shapely.get_parts(shapely.get_parts(shapes)) if len(shapes) else ():
        rings = [line.exterior, *line.interiors] if line.geom_type == "Polygon" else [line]
        for ring in rings:
            corners = [sheet.at(east, north) for east, north in ring.coords]
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in corners))
    return "".join(parts)
