"""Where names stand: one place in each named area, and one stretch after another of each named line, zoom by zoom.

A name belongs to the whole thing, not to what a tile shows of it; each label lies in one tile of a zoom.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.catalog.catalog import CLOSE_UP
from gis_server.drawing.cells import DEEPEST
from gis_server.drawing.frames import HALF_WORLD_M
from gis_server.drawing.pieces import Row
from gis_server.drawing.places import WORLD_PX_M, along, fitting, middle, spread, whole_until
from gis_server.drawing.rules import Rule

AREAS_BY = 18
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
        groups: defaultdict[Row, list[Row]] = defaultdict(list)
        for row in sorted(self.rows):
            groups[(row[1], row[4]) if self.rule.joins else (row[0],)].append(row)
        return sorted(label for rows in groups.values() for label in _Group(self.rule, rows).labels())


class _Group:
    """Features that bear one name together."""

    def __init__(self, rule: Rule, rows: Sequence[Row]) -> None:
        self.rule, self.rows, self.text = rule, rows, rows[0][4]
        self.shapes = shapely.from_wkb([row[3] for row in rows])

    def labels(self) -> Iterator[Label]:
        dimensions = shapely.get_dimensions(self.shapes)
        yield from self._in_areas(self.shapes[dimensions == 2])
        yield from self._along_lines(self.shapes[dimensions == 1])

    def _in_areas(self, areas: npt.NDArray[np.object_]) -> Iterator[Label]:
        if not len(areas):
            return
        parts = shapely.get_parts(_united(areas))
        parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
        for part in parts if self.rule.joins else parts[:1]:
            low = max(self.rule.low, min(fitting(part), AREAS_BY))
            last = whole_until(part, low) if self.rule.joins else DEEPEST
            if low <= last:
                yield self._at_a_place((low, last), middle(part))
            for zoom in range(max(low, last + 1), CLOSE_UP + 1):
                high = zoom if zoom < CLOSE_UP else DEEPEST
                for piece in spread(part, zoom):
                    yield self._at_a_place((zoom, high), middle(piece))

    def _along_lines(self, lines: npt.NDArray[np.object_]) -> Iterator[Label]:
        if not len(lines):
            return
        stretches = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.get_parts(lines))))
        lengths = shapely.length(stretches)
        for zoom in range(max(self.rule.low, LINES_FROM), CLOSE_UP):
            pixel = WORLD_PX_M / 2**zoom
            need = (len(self.text) + 2) * LETTER_PX * pixel
            if lengths.max() < need:
                continue
            for line in shapely.simplify(stretches[lengths >= need], pixel / 2, preserve_topology=False):
                for place, piece in along(shapely.get_coordinates(line), need, zoom):
                    yield self._label((zoom, zoom), shapely.Point(place), shapely.LineString(piece))

    def _at_a_place(self, zooms: tuple[int, int], place: shapely.Point) -> Label:
        return self._label(zooms, place, place)

    def _label(self, zooms: tuple[int, int], anchor: shapely.Point, shape: shapely.Geometry) -> Label:
        """It says what the nearest feature says."""
        row = self.rows[int(np.argmin(shapely.distance(self.shapes, anchor)))]
        whole = 1 << DEEPEST
        x, y = (int((n / (2 * HALF_WORLD_M) + 0.5) * whole) for n in (anchor.x, -anchor.y))
        wkb = shapely.to_wkb(shapely.set_srid(shape, 3857), include_srid=True)
        fid, source, tags = row[:3]
        return Label(*zooms, x, y, fid, source, tags, self.text, wkb)


def _united(areas: npt.NDArray[np.object_]) -> shapely.Geometry:
    if len(areas) == 1:
        return areas[0]
    try:
        return shapely.union_all(areas)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(areas))
