"""Parcels and buildings too small to be told apart, drawn as areas of one kind each, without gaps between them.

Shapes are laid on a grid of half pixels. A pixel is drawn when at least half of it is covered, as the kind that covers
most of it; so a street narrower than half a pixel closes, and a shared border is the same line on both sides.
"""

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.frames import AREAS, MARGIN, PIXELS, Frame, Numbers, Shapes
from gis_server.drawing.pieces import Pieces, nothing

FINER = 2
"""Grid cells on a pixel's side."""
BESIDE = int(PIXELS * MARGIN)
SIDE = PIXELS + 2 * BESIDE
MOST_AREAS = 4_000
"""In one tile; where there are more, they are joined further."""
SPECK = 12
"""Pixels: smaller areas within others are not drawn apart."""
WIDEST_GAP = 4
"""Pixels on either side of a gap that may close where it is crowded; one closes everywhere."""
LEAST_LEFT = 128
"""Pixels of an area that never becomes part of another."""
Grid = npt.NDArray[np.int32]


def as_areas(given: Pieces, frame: Frame) -> Pieces:
    """Areas of equal source and tags; each stands for the features that lie in it."""
    if not len(given):
        return given
    _, first, number = np.unique(given.kinds(), return_index=True, return_inverse=True)
    fine = _laid(given.shape, number.astype(np.int32) + 1, frame)
    if not fine.any():
        return nothing()
    rows, columns = _used(fine, 1), _used(fine, 0)
    some = fine[rows.start * FINER : rows.stop * FINER, columns.start * FINER : columns.stop * FINER]
    shapes, kind = _outlines(_calm(_pixels(some)), (columns.start, rows.start), frame)
    if not len(shapes):
        return nothing()
    fid, stands_for = _members(shapes, given, frame)
    source, tags = given.source[first][kind], given.tags[first][kind]
    places = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return Pieces(shapes, fid, stands_for, source, tags, places)


def _members(shapes: Shapes, given: Pieces, frame: Frame) -> tuple[Numbers, Numbers]:
    """The lowest fid of the features in each area (-1 where another area has it), and how many there are."""
    area, member = shapely.STRtree(shapely.point_on_surface(given.shape)).query(shapes, predicate="contains")
    own = frame.holds(given.anchor)[member]
    stands_for = np.bincount(area[own], given.stands_for[member[own]], len(shapes)).astype(np.int64)
    lowest = np.full(len(shapes), np.iinfo(np.int64).max)
    np.minimum.at(lowest, area, given.fid[member])
    _, first = np.unique(lowest, return_index=True)
    fid = np.full(len(shapes), -1, dtype=np.int64)
    fid[first] = lowest[first]
    return np.where(fid == np.iinfo(np.int64).max, -1, fid), stands_for


def _laid(shapes: Shapes, values: Grid, frame: Frame) -> Grid:
    """The shapes on a fine grid: a cell has the value of the last shape that its middle lies in, 0 of none."""
    size = SIDE * FINER
    west, _, _, north = frame.box(MARGIN)
    places, ring, owner = _corners(shapes)
    cells = (places - (west, north)) * (FINER / frame.pixel_m, -FINER / frame.pixel_m)
    edge = ring[1:] == ring[:-1]
    starts, ends, shape = cells[:-1][edge], cells[1:][edge], owner[1:][edge]
    shape, row, at = _crossings(starts, ends, shape)
    column = np.clip(np.ceil(at - 0.5), 0, size).astype(np.int64)
    line, column = np.divmod(np.sort((shape * size + row) * (size + 1) + column), size + 1)
    shape, row = np.divmod(line[::2], size)
    return _painted(row * size + column[::2], column[1::2] - column[::2], values[shape])


def _corners(shapes: Shapes) -> tuple[npt.NDArray[np.float64], Numbers, Numbers]:
    """Every corner with a number of its outline and that of its shape. Most shapes are one outline."""
    simple = (shapely.get_type_id(shapes) == AREAS[0]) & (shapely.get_num_interior_rings(shapes) == 0)
    one, other = np.flatnonzero(simple), np.flatnonzero(~simple)
    places, at = shapely.get_coordinates(shapes[one], return_index=True)
    parts, shape = shapely.get_parts(shapes[other], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    more, ring = shapely.get_coordinates(rings, return_index=True)
    owner = np.concatenate([one[at], other[shape[part[ring]]]])
    return np.concatenate([places, more]), np.concatenate([at, ring + len(one)]), owner


def _crossings(
    starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64], shape: Numbers
) -> tuple[Numbers, Numbers, npt.NDArray[np.float64]]:
    """Where outlines cross the middles of the grid's rows: shape, row, and how far from the west."""
    up = ends[:, 1] < starts[:, 1]
    low, high = np.where(up[:, None], ends, starts), np.where(up[:, None], starts, ends)
    first = np.clip(np.ceil(low[:, 1] - 0.5), 0, SIDE * FINER).astype(np.int64)
    last = np.clip(np.ceil(high[:, 1] - 0.5), 0, SIDE * FINER).astype(np.int64)
    times = last - first
    edge = np.repeat(np.arange(len(times)), times)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times) + first[edge]
    slope = (high - low)[edge]
    at = low[edge, 0] + (row + 0.5 - low[edge, 1]) * slope[:, 0] / slope[:, 1]
    return shape[edge], row, at


def _painted(starts: Numbers, lengths: Numbers, values: Grid) -> Grid:
    """Runs of cells written in their order."""
    size = SIDE * FINER
    grid = np.zeros(size * size, dtype=np.int32)
    run = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + starts[run]
    grid[place] = values[run]
    return grid.reshape(size, size)


def _used(fine: Grid, axis: int) -> range:
    """Rows or columns of pixels that anything lies in, with what it may grow into."""
    used = np.flatnonzero(np.any(fine, axis=axis)) // FINER
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

    sieved: Grid = sieve(pixels, least, mask=mask, connectivity=4)
    return sieved


def _closed(pixels: Grid, width: int) -> Grid:
    """Gaps of up to twice the width filled with what is beside them; outer edges stay where they are."""
    grown = pixels
    for _ in range(width):
        grown = _grown(grown)
    ground = (grown == 0).astype(np.int32)
    for _ in range(width):
        ground = _grown(ground)
    return np.where((ground == 0) | (pixels > 0), grown, 0)


def _grown(pixels: Grid) -> Grid:
    """Every area one pixel wider, where nothing is yet."""
    found = pixels
    for axis in (0, 1):
        beside = np.pad(found, [(1, 1), (0, 0)] if axis == 0 else [(0, 0), (1, 1)])
        for near in (beside[:-2], beside[2:]) if axis == 0 else (beside[:, :-2], beside[:, 2:]):
            found = np.where(found > 0, found, near)
    return found


def _crowd(pixels: Grid) -> int:
    """At most how many areas there are: pixels unlike those above and to the left of them."""
    beside = np.ones(pixels.shape, dtype=bool)
    beside[:, 1:] &= pixels[:, 1:] != pixels[:, :-1]
    beside[1:, :] &= pixels[1:, :] != pixels[:-1, :]
    return int((beside & (pixels > 0)).sum())


def _outlines(pixels: Grid, corner: tuple[int, int], frame: Frame) -> tuple[Shapes, Numbers]:
    """Areas of equal pixels, their stairs straightened, and their value less one; `corner` is where the pixels begin.

    A corner stands at every pixel, or two neighbours would not have the same ones and their border would part.
    """
    from rasterio.features import shapes

    found = list(shapes(pixels, mask=pixels > 0, connectivity=4))
    if not found:
        return np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64)
    rings = [ring for one, _ in found for ring in one["coordinates"]]
    part = np.repeat(np.arange(len(found)), [len(one["coordinates"]) for one, _ in found])
    places = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    stairs = shapely.segmentize(shapely.linearrings(np.concatenate(rings), indices=places), 1.0)
    areas = shapely.polygons(shapely.transform(stairs, np.round), indices=part)
    west, _, _, north = frame.box(MARGIN)
    scale = np.array([frame.pixel_m, -frame.pixel_m])
    shapes = shapely.transform(shapely.coverage_simplify(areas, 1.0), lambda at: (at + corner) * scale + (west, north))
    return shapes, np.array([int(value) - 1 for _, value in found], dtype=np.int64)
