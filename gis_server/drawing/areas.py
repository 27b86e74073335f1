"""Parcels and buildings too small to be told apart, drawn as areas of one kind each, without gaps between them.

Shapes are laid on a grid of half pixels. A pixel is drawn when at least half of it is covered, as the kind that covers
most of it; so a street narrower than half a pixel closes, and a shared border is the same line on both sides.
"""

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.contours import Contours, contours
from gis_server.drawing.frames import MARGIN, Frame, Numbers, Shapes
from gis_server.drawing.ground import Ground, Members, ground_of
from gis_server.drawing.laying import FINER, SIDE, Grid
from gis_server.drawing.lots import lots_of
from gis_server.drawing.pieces import Pieces, nothing

MOST_AREAS = 4_000
"""In one tile; where there are more, they are joined further."""
SPECK = 12
"""Pixels: smaller areas within others are not drawn apart."""
WIDEST_GAP = 4
"""Pixels on either side of a gap that may close where it is crowded; one closes everywhere."""
LEAST_LEFT = 128
"""Pixels of an area that never becomes part of another."""


def as_areas(given: Pieces, frame: Frame) -> Pieces:
    """Areas of equal source and tags; each stands for the features that lie in it."""
    return areas_of(ground_of(lots_of(given), frame), frame) if len(given) else given


def areas_of(ground: Ground, frame: Frame) -> Pieces:
    """The areas that some ground shows."""
    from rasterio import Env  # brings a GDAL of its own, which only drawing needs

    if not ground.grid.any():
        return nothing()
    with Env():  # set up once, not for each call
        return _areas_of(ground, frame)


def _areas_of(ground: Ground, frame: Frame) -> Pieces:
    rows, columns = _used(ground.grid, 1), _used(ground.grid, 0)
    some = ground.grid[rows.start * FINER : rows.stop * FINER, columns.start * FINER : columns.stop * FINER]
    shown = _calm(_pixels(some))
    found = contours(shown)
    if not len(found.value):
        return nothing()
    whole = np.zeros((SIDE, SIDE), dtype=np.int32)
    whole[rows.start : rows.stop, columns.start : columns.stop] = found.numbered
    fid, stands_for = _members(whole, len(found.value), ground.members, frame)
    shapes = _straight(found, (columns.start, rows.start), frame)
    source, tags = ground.words(found.value.astype(np.int64) - 1)
    return Pieces(shapes, fid, stands_for, source, tags, shapely.get_coordinates(shapely.point_on_surface(shapes)))


def look_alike(one: Ground, other: Ground, frame: Frame) -> bool:
    """Whether nothing of a change is seen: the same pixels, and the same features in each."""
    if one.said != other.said or not np.array_equal(one.members.fid, other.members.fid):
        return False
    same_counted = np.array_equal(one.members.own, other.members.own)
    same_places = np.array_equal(_pixel_at(one.members.at, frame), _pixel_at(other.members.at, frame))
    return same_counted and same_places and _same_pixels(one.grid, other.grid)


def _same_pixels(one: Grid, other: Grid) -> bool:
    if np.array_equal(one, other):
        return True
    same_frame = all(_used(one, axis) == _used(other, axis) for axis in (0, 1)) if one.any() and other.any() else False
    return same_frame and np.array_equal(_pixels(one), _pixels(other))


def _members(numbered: Grid, count: int, members: Members, frame: Frame) -> tuple[Numbers, Numbers]:
    """The lowest fid of the features in each area (-1 where another area has it), and how many there are."""
    area = _area_at(numbered, members.at, frame)
    inside = area >= 0
    area, fid = area[inside], members.fid[inside]
    own = np.where(members.own, members.stands_for, 0)[inside]
    stands_for = np.bincount(area, own, count).astype(np.int64)
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lowest, area, fid)
    _, first = np.unique(lowest, return_index=True)
    found = np.full(count, -1, dtype=np.int64)
    found[first] = lowest[first]
    return np.where(found == np.iinfo(np.int64).max, -1, found), stands_for


def _area_at(numbered: Grid, places: npt.NDArray[np.float64], frame: Frame) -> Numbers:
    """The area in whose pixels each place lies; -1 in none."""
    column, row = _pixel_at(places, frame).T
    within = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    found = np.full(len(places), -1, dtype=np.int64)
    found[within] = numbered[row[within], column[within]] - 1
    return found


def _pixel_at(places: npt.NDArray[np.float64], frame: Frame) -> Numbers:
    """Column and row of each."""
    west, _, _, north = frame.box(MARGIN)
    found: Numbers = np.floor((places - (west, north)) / (frame.pixel_m, -frame.pixel_m)).astype(np.int64)
    return found


def _used(fine: Grid, axis: int) -> range:
    """Rows or columns of pixels that anything lies in, with what it may grow into."""
    used = np.flatnonzero(fine.max(axis=axis)) // FINER
    return range(max(int(used[0]) - WIDEST_GAP - 1, 0), min(int(used[-1]) + WIDEST_GAP + 2, SIDE))


def _pixels(fine: Grid) -> Grid:
    """The value that most of a pixel's cells have; 0 where fewer than half have any."""
    four = [fine[down::FINER, right::FINER] for down in range(FINER) for right in range(FINER)]
    found = four[0].copy()
    mixed = np.any([found != one for one in four[1:]], axis=0)
    found[mixed] = _commonest([one[mixed] for one in four])
    return found


def _commonest(four: list[Grid]) -> Grid:
    found, most = np.zeros_like(four[0]), np.zeros(four[0].shape, dtype=np.int8)
    filled = np.zeros_like(most)
    for one in four:
        alike = np.zeros_like(most)
        for other in four:
            alike += one == other
        better = (alike > most) & (one > 0)
        found[better], most[better] = one[better], alike[better]
        filled += one > 0
    found[filled * 2 < FINER * FINER] = 0
    return found


def _calm(pixels: Grid) -> Grid:
    """Gaps closed and specks of another kind made part of what is around them, everywhere alike.

    Where it is too crowded for a tile, more of both: scattered houses become a built-up area. Only what is far from
    everything may vanish.
    """
    for width in range(1, WIDEST_GAP + 1):
        closed = _closed(pixels, width)
        pixels = _sieved(closed, SPECK if width == 1 else 1, closed > 0)
        if _crowd(pixels) <= MOST_AREAS:
            return pixels
    return _sieved(pixels, 1, None)


def _sieved(pixels: Grid, least: int, mask: npt.NDArray[np.bool_] | None) -> Grid:
    """Areas of few pixels become part of the largest beside them, in a crowd larger ones, too; beyond the mask nothing
    changes."""
    found = _without(pixels, least, mask) if least > 1 else pixels
    while (crowd := _crowd(found)) > MOST_AREAS and least < LEAST_LEFT:
        least *= 2 if crowd < 4 * MOST_AREAS else 4
        found = _without(found, least, mask)
    return found


def _without(pixels: Grid, least: int, mask: npt.NDArray[np.bool_] | None) -> Grid:
    from rasterio.features import sieve  # brings a GDAL of its own, which only drawing needs

    if mask is not None and np.array_equal(pixels == pixels.max(), mask):
        return pixels  # of one kind: nothing else is beside a speck
    sieved: Grid = sieve(pixels, least, mask=mask, connectivity=4)
    return sieved


def _closed(pixels: Grid, width: int) -> Grid:
    """Gaps of up to twice the width filled with what is beside them; outer edges stay where they are."""
    grown = pixels
    for _ in range(width):
        grown = _grown(grown)
    ground = (grown == 0).astype(np.uint8)
    for _ in range(width):
        ground = _grown(ground)
    return np.where((ground == 0) | (pixels > 0), grown, 0)


def _grown(pixels: Grid) -> Grid:
    """Every area one pixel wider, where nothing is yet."""
    found = pixels.copy()
    for one in (found, found.T):
        was = one.copy()
        one[1:] += was[:-1] * (one[1:] == 0)
        one[:-1] += was[1:] * (one[:-1] == 0)
    return found


def _crowd(pixels: Grid) -> int:
    """At most how many areas there are: pixels unlike those above and to the left of them."""
    beside = np.ones(pixels.shape, dtype=bool)
    beside[:, 1:] &= pixels[:, 1:] != pixels[:, :-1]
    beside[1:, :] &= pixels[1:, :] != pixels[:-1, :]
    return int((beside & (pixels > 0)).sum())


def _straight(given: Contours, corner: tuple[int, int], frame: Frame) -> Shapes:
    """Areas of equal pixels with their stairs straightened; `corner` is where the pixels begin.

    A corner of one stands in all that pass there, or two neighbours would not have the same ones and their border would
    part.
    """
    places, ring = _with_corners_of_others(given.corners, given.ring)
    areas = shapely.polygons(shapely.linearrings(places.astype(np.float64), indices=ring), indices=given.area)
    west, _, _, north = frame.box(MARGIN)
    scale = np.array([frame.pixel_m, -frame.pixel_m])
    shapes: Shapes = shapely.transform(
        shapely.coverage_simplify(areas, 1.0), lambda at: (at + corner) * scale + (west, north)
    )
    return shapes


def _with_corners_of_others(corners: Numbers, ring: Numbers) -> tuple[Numbers, Numbers]:
    """Closed rings on a grid, with places on them where another ring has a corner; and of which ring each place is."""
    is_corner = np.zeros(corners.max(axis=0) + 1, dtype=bool)
    is_corner[corners[:, 0], corners[:, 1]] = True
    step = np.diff(corners, axis=0, append=corners[-1:])
    length = np.abs(step).sum(axis=1)
    length[np.append(ring[1:] != ring[:-1], True)] = 1
    edge = np.repeat(np.arange(len(corners)), length)
    along = np.arange(len(edge)) - np.repeat(np.cumsum(length) - length, length)
    places = corners[edge] + np.sign(step)[edge] * along[:, None]
    kept = is_corner[places[:, 0], places[:, 1]]
    return places[kept], ring[edge[kept]]
