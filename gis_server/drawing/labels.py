"""Where names stand: one place in each named area, and one stretch after another of each named line, zoom by zoom.

A name belongs to the whole thing, not to what a tile shows of it; each label lies in one tile of a zoom.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely

from gis_server.catalog.catalog import CLOSE_UP
from gis_server.drawing.cells import DEEPEST
from gis_server.drawing.frames import HALF_WORLD_M, Numbers, Shapes
from gis_server.drawing.pieces import Row
from gis_server.drawing.places import WORLD_PX_M, Places, along, fitting, middles, spread, whole_until
from gis_server.drawing.rule import Rule

AREAS_BY = CLOSE_UP
"""From this zoom on every named area has its label."""
LINES_FROM = 8
"""Farther out no line is named."""
LETTER_PX = 7


class Label(NamedTuple):
    """Shown from zoom `low` to `high` in the tile around place x, y of the deepest zoom."""

    low: int
    high: int
    x: int
    y: int
    fid: int
    source: str
    tags: str
    text: str
    shape: bytes


@dataclass(frozen=True)
class Names:
    """Named features: fid, source, tags, shape, name; all that bear a name are there."""

    rule: Rule
    rows: list[Row]

    @property
    def size(self) -> int:
        """Bytes of shapes."""
        return sum(len(row[3]) for row in self.rows)

    def done(self) -> list[Label]:
        """The labels, in one order whatever the order of the rows."""
        grouped: defaultdict[Row, list[Row]] = defaultdict(list)
        for row in sorted(self.rows):
            grouped[(row[1], row[4]) if self.rule.joins else (row[0],)].append(row)
        groups = [_Group(rows, shapely.from_wkb([row[3] for row in rows])) for rows in grouped.values()]
        spots = [*_in_areas(self.rule, groups), *_along_lines(self.rule, groups)]
        return sorted(_labels(spots)) if spots else []


class _Group(NamedTuple):
    """Features that bear one name together."""

    rows: Sequence[Row]
    shapes: Shapes

    @property
    def text(self) -> str:
        text: str = self.rows[0][4]
        return text

    def of_dimension(self, dimension: int) -> Shapes:
        some: Shapes = self.shapes[shapely.get_dimensions(self.shapes) == dimension]
        return some

    def nearest(self, place: shapely.Point) -> Row:
        return self.rows[0 if len(self.rows) == 1 else int(np.argmin(shapely.distance(self.shapes, place)))]


class _Spot(NamedTuple):
    """Where a group's name stands at some zooms."""

    group: _Group
    low: int
    high: int
    place: shapely.Point
    shape: shapely.Geometry


def _in_areas(rule: Rule, groups: Sequence[_Group]) -> list[_Spot]:
    found = [(group, *one) for group in groups for one in _named_areas(rule, group.of_dimension(2))]
    places = middles(np.array([area for *_, area in found], dtype=object))
    return [_Spot(*one[:3], place, place) for one, place in zip(found, places, strict=True)]


def _named_areas(rule: Rule, areas: Shapes) -> Iterator[tuple[int, int, shapely.Polygon]]:
    """First and last zoom, and the area that the name stands in."""
    if not len(areas):
        return
    parts = shapely.get_parts(_united(areas))
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    for part in parts if rule.joins else parts[:1]:
        low = max(rule.low, min(fitting(part), AREAS_BY))
        last = whole_until(part, low) if rule.joins else DEEPEST
        if low <= last:
            yield low, last, part
        for zoom in range(max(low, last + 1), CLOSE_UP + 1):
            high = zoom if zoom < CLOSE_UP else DEEPEST
            for piece in spread(part, zoom):
                yield zoom, high, piece


def _along_lines(rule: Rule, groups: Sequence[_Group]) -> list[_Spot]:
    found = list(_named_stretches(rule, [group for group in groups if len(group.of_dimension(1))]))
    if not found:
        return []
    places = shapely.points([place for _, _, place, _ in found])
    corners = [stretch for *_, stretch in found]
    lines = shapely.linestrings(np.concatenate(corners), indices=np.repeat(np.arange(len(found)), [*map(len, corners)]))
    named = zip(found, places, lines, strict=True)
    return [_Spot(group, zoom, zoom, place, line) for (group, zoom, _, _), place, line in named]


def _named_stretches(rule: Rule, groups: Sequence[_Group]) -> Iterator[tuple[_Group, int, Places, Places]]:
    """At each zoom the stretches that have room for the name of their group: their middles and corners."""
    if not groups:
        return
    stretches, group = _run_together([group.of_dimension(1) for group in groups])
    lengths = shapely.length(stretches)
    letters_px = np.array([(len(one.text) + 2) * LETTER_PX for one in groups])[group]
    for zoom in range(max(rule.low, LINES_FROM), CLOSE_UP):
        pixel = WORLD_PX_M / 2**zoom
        need = letters_px * pixel
        some = np.flatnonzero(lengths >= need)
        simple = shapely.simplify(stretches[some], pixel / 2, preserve_topology=False)
        places, line = shapely.get_coordinates(simple, return_index=True)
        corners = np.split(places, np.searchsorted(line, np.arange(1, len(some))))
        for one, at in zip(some.tolist(), corners if len(some) else [], strict=True):
            for middle, stretch in along(at, float(need[one]), zoom):
                yield groups[group[one]], zoom, middle, stretch


def _run_together(lines: Sequence[Shapes]) -> tuple[Shapes, Numbers]:
    """The lines of each group joined where they meet, and of which group each is."""
    parts, line = shapely.get_parts(np.concatenate(lines), return_index=True)
    owner = np.repeat(np.arange(len(lines)), [*map(len, lines)])[line]
    merged: tuple[Shapes, Numbers] = shapely.get_parts(
        shapely.line_merge(shapely.multilinestrings(parts, indices=owner)), return_index=True
    )
    return merged


def _labels(spots: Sequence[_Spot]) -> Iterator[Label]:
    """Each says what the nearest feature of its group says."""
    shapes = np.array([spot.shape for spot in spots], dtype=object)
    wkb = shapely.to_wkb(shapely.set_srid(shapes, 3857), include_srid=True)
    places = shapely.get_coordinates([spot.place for spot in spots]) * (1, -1)
    tiles = ((places / (2 * HALF_WORLD_M) + 0.5) * (1 << DEEPEST)).astype(np.int64).tolist()
    for spot, (x, y), shape in zip(spots, tiles, wkb, strict=True):
        fid, source, tags = spot.group.nearest(spot.place)[:3]
        yield Label(spot.low, spot.high, x, y, fid, source, tags, spot.group.text, shape)


def _united(areas: Shapes) -> shapely.Geometry:
    if len(areas) == 1:
        return areas[0]
    try:
        return shapely.union_all(areas)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(areas))
