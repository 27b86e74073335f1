"""Where in an area or along a line a name stands: pure geometry, the same for the same shape."""

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.catalog.catalog import CLOSE_UP
from gis_server.drawing.cells import DEEPEST
from gis_server.drawing.frames import AREAS, HALF_WORLD_M, PIXELS, Shapes, cut

WORLD_PX_M = 2 * HALF_WORLD_M / PIXELS
"""Of a pixel at zoom 0."""
ROOM_PX = 20
"""Side of the square as large as the smallest area that is named."""
SCREEN_TILES = 1
"""Side of the square in which what is longer is named once."""
APART_PX = 360
"""Between two labels of a line, beside their own length."""
SPARE = 1.3
"""Length of the stretch that a label is given, of its own length."""
BENT = 0.7
"""Least distance of a stretch's ends, of its length: a name is not read around a corner."""
NEAR_EDGE = 8 / 4096
"""Share of a tile: the middle of a stretch keeps this far from its edges, as both neighbours round it."""
TRIES = np.array([0, -0.4, 0.4, -0.8, 0.8])
"""Places for one label, as shares of the room to either side; the straightest is taken, the middle one first."""
Places = npt.NDArray[np.float64]


def fitting(area: shapely.Polygon) -> int:
    """The first zoom at which an area is large enough for its name."""
    return int(np.ceil(np.log2(ROOM_PX * WORLD_PX_M / max(area.area, 1e-6) ** 0.5)))


def whole_until(area: shapely.Polygon, low: int) -> int:
    """The last zoom at which one label does for all of it: a river that is longer than a screen is named again."""
    west, south, east, north = area.bounds
    wide = max(east - west, north - south, 1e-6)
    last = int(np.floor(np.log2(SCREEN_TILES * 2 * HALF_WORLD_M / wide)))
    return DEEPEST if last >= CLOSE_UP else max(last, low - 1)


def spread(area: shapely.Polygon, zoom: int) -> Iterator[shapely.Polygon]:
    """The largest part of an area in each square of some tiles, where a name has room."""
    side = SCREEN_TILES * 2 * HALF_WORLD_M / 2**zoom
    west, south, east, north = np.floor(np.array(area.bounds) / side).astype(int).tolist()
    squares = np.array(list(itertools.product(range(west, east + 1), range(south, north + 1)))) * side
    shapely.prepare(area)
    met = shapely.intersects(area, shapely.box(*squares.T, *(squares + side).T))
    for column, row in squares[met].tolist():
        parts = shapely.get_parts(cut(np.array([area], dtype=object), (column, row, column + side, row + side)))
        sizes = shapely.area(parts)
        if len(parts) and fitting(parts[np.argmax(sizes)]) <= zoom:
            yield parts[np.argmax(sizes)]


def middles(areas: Shapes) -> Shapes:
    """Of each the centre of the largest circle within, nearly; inside in any case."""
    step = shapely.area(areas) ** 0.5 / 50
    plain = shapely.simplify(areas, step / 2)
    sound = (shapely.get_type_id(plain) == AREAS[0]) & shapely.is_valid(plain) & ~shapely.is_empty(plain)
    found = np.full(len(areas), None, dtype=object)
    circles = shapely.maximum_inscribed_circle(plain[sound], step[sound])
    found[sound] = shapely.points(np.round(shapely.get_coordinates(shapely.get_point(circles, 0)), 2))
    beside = ~shapely.contains(areas, found)
    found[beside] = shapely.point_on_surface(areas[beside])
    return found


def along(line: Places, need: float, zoom: int) -> Iterator[tuple[Places, Places]]:
    """Stretches of a line for a label each, evenly spread: their middles and corners."""
    far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    whole = far[-1]
    if whole < need:
        return
    count = max(1, int(whole // (need + APART_PX * WORLD_PX_M / 2**zoom)))
    each = whole / count
    wide = min(need * SPARE, each)
    tries = each * (np.arange(count)[:, None] + 0.5) + (each - wide) / 2 * TRIES
    low, middle, high = _at(line, far, np.stack([tries - wide / 2, tries, tries + wide / 2]))
    ends = high - low
    straight = np.round(np.hypot(ends[..., 0], ends[..., 1]) / wide, 2)
    best = np.argmax(straight - _by_an_edge(middle, zoom), axis=1)
    for number, one in enumerate(best.tolist()):
        at = number, one
        if straight[at] >= BENT:
            inner = line[(far > tries[at] - wide / 2) & (far < tries[at] + wide / 2)].round(2)
            yield middle[at], np.concatenate([low[at][None], inner, high[at][None]])


def _at(line: Places, far: Places, distances: Places) -> Places:
    """Places so far along a line, to the centimetre."""
    found: Places = np.stack([np.interp(distances, far, line[:, axis]) for axis in (0, 1)], axis=-1)
    return found.round(2)


def _by_an_edge(places: Places, zoom: int) -> npt.NDArray[np.bool_]:
    share = (places / (2 * HALF_WORLD_M) * 2**zoom) % 1
    near: npt.NDArray[np.bool_] = np.any((share < NEAR_EDGE) | (share > 1 - NEAR_EDGE), axis=-1)
    return near
