"""Shapes in degrees as paths of one SVG: a page that shows where something changed needs no script."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 720.0, 300.0, 16.0
LEAST_DEGREES = 0.0008
"""A single point is shown with this much around it: some 90 m."""


@dataclass(frozen=True)
class Drawing:
    """Paths by kind of change and of shape (area, line, point), and the place in the middle."""

    paths: Mapping[tuple[str, str], str]
    longitude: float
    latitude: float
    zoom: float
    """At which a web map shows about the same."""


def draw(shapes: Sequence[tuple[str, Mapping[str, Any]]]) -> Drawing | None:
    """None where nothing has a shape."""
    runs = [(kind, shape["type"].removeprefix("Multi"), run) for kind, shape in shapes for run in _runs(shape)]
    places = [place for _, _, run in runs for place in run]
    if not places:
        return None
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    middle = (west + east) / 2, (south + north) / 2
    narrow = math.cos(math.radians(middle[1]))
    wide, high = max((east - west) * narrow, LEAST_DEGREES), max(north - south, LEAST_DEGREES)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    paths: defaultdict[tuple[str, str], str] = defaultdict(str)
    for kind, shape, run in runs:
        at = [f"{(x - middle[0]) * narrow * scale:.1f} {(middle[1] - y) * scale:.1f}" for x, y in run]
        ending = {"Polygon": "Z", "Point": "h0"}.get(shape, "")
        paths[kind, {"Polygon": "area", "Point": "point"}.get(shape, "line")] += f"M{'L'.join(at)}{ending}"
    zoom = math.log2(360 / 512 * scale * narrow)
    return Drawing(dict(paths), *middle, round(min(max(zoom, 8), 18), 2))


def _runs(shape: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """Every run of positions in nested GeoJSON coordinates."""
    yield from _nested(shape["coordinates"])


def _nested(coordinates: Any) -> Iterator[list[tuple[float, float]]]:
    if not coordinates:
        return
    if isinstance(coordinates[0], int | float):
        yield [(coordinates[0], coordinates[1])]
    elif isinstance(coordinates[0][0], int | float):
        yield [(place[0], place[1]) for place in coordinates]
    else:
        for inner in coordinates:
            yield from _nested(inner)
