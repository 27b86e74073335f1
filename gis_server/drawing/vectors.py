"""Lines and outlines for one tile: joined where the rule says so, straightened by at most half a pixel."""

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.frames import MARGIN, REACH, Frame, Numbers, Shapes, cut, overlapping
from gis_server.drawing.pieces import Pieces
from gis_server.drawing.rule import Rule

TOLERANCE_UNITS = 4
"""Half a pixel."""
MOST_PLACES = 40_000
"""Corners of one layer in a tile, some 150 kB; of more the smallest lines and areas are left out, and counted so."""
OVERLAP = 0.1
"""Share of the smaller of two areas that both cover; below it they are neighbours that were not drawn with care."""
PER_PART = 4
"""What a part costs beside its corners, in corners."""


def as_lines(given: Pieces, rule: Rule, frame: Frame) -> Pieces:
    """Lines of a group as one feature, run together where two ends meet."""
    grouped, lines = _groups(given, rule, frame)
    if rule.joins:
        lines = shapely.line_merge(lines)
    return grouped.shaped(_biggest(_straight(lines, frame), frame.unit_m * TOLERANCE_UNITS / 2))


def as_outlines(given: Pieces, rule: Rule, frame: Frame) -> Pieces:
    """Areas of a group as one feature without its inner borders; a border shared by two stays shared."""
    near = given.shaped(_alike(cut(given.shape, frame.box(REACH))))
    if not len(near):
        return near
    grouped, areas = _groups(near, rule, frame)
    tolerance = frame.unit_m * TOLERANCE_UNITS
    simple = areas.copy()
    for some in _coverages(areas):
        simple[some] = shapely.coverage_simplify(areas[some], tolerance)
    bad = ~shapely.is_valid(simple)
    simple[bad] = shapely.make_valid(simple[bad], method="structure", keep_collapsed=False)
    window = cut(simple, frame.box(MARGIN))
    return grouped.shaped(_biggest(window, (tolerance / 2) ** 2))


def _alike(areas: Shapes) -> Shapes:
    """Corners on a micrometre: where a border is cut, both sides of it get the same corner."""
    found: Shapes = shapely.transform(areas, lambda at: np.round(at, 6))
    return found


def _coverages(areas: Shapes) -> list[Numbers]:
    """Areas that lie side by side; what lies over another, an old ward over a new one, is in another coverage."""
    if len(areas) < 2 or shapely.coverage_is_valid(areas):
        return [np.arange(len(areas))]
    one, other = shapely.STRtree(areas).query(areas, predicate="intersects")
    one, other = one[one < other], other[one < other]
    apart = shapely.touches(areas[one], areas[other])
    one, other = one[~apart], other[~apart]
    shared = shapely.area(shapely.intersection(areas[one], areas[other]))
    size = shapely.area(areas)
    over = shared > OVERLAP * np.minimum(size[one], size[other])
    beneath: list[set[int]] = [set() for _ in areas]
    for low, high in zip(one[over].tolist(), other[over].tolist(), strict=True):
        beneath[high].add(low)
    number = np.zeros(len(areas), dtype=np.int64)
    for place, lower in enumerate(beneath):
        taken = {int(number[below]) for below in lower}
        number[place] = next(free for free in range(len(areas)) if free not in taken)
    return [np.flatnonzero(number == one) for one in range(number.max() + 1)]


def _groups(given: Pieces, rule: Rule, frame: Frame) -> tuple[Pieces, Shapes]:
    """What belongs together, each group under its lowest fid, and the group's shapes in one."""
    key = given.kinds() if rule.joins else given.fid
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    own = np.where(frame.holds(given.anchor), given.stands_for, 0)
    stands_for = np.bincount(group, own, len(first)).astype(np.int64)
    one = given.chosen(first)
    grouped = Pieces(one.shape, one.fid, stands_for, one.source, one.tags, one.anchor)
    return grouped, _collected(given.shape, group, len(first))


def _collected(shapes: Shapes, group: Numbers, count: int) -> Shapes:
    """One shape a group: multi-lines as they are, areas united."""
    found = np.empty(count, dtype=object)
    order = np.argsort(group, kind="stable")
    for number, some in enumerate(np.split(shapes[order], np.searchsorted(group[order], np.arange(1, count)))):
        found[number] = some[0] if len(some) == 1 else _together(some)
    return found


def _together(shapes: Shapes) -> shapely.Geometry:
    if shapely.get_dimensions(shapes[0]) == 1:
        return shapely.multilinestrings(shapely.get_parts(shapes))
    try:
        return shapely.union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(shapes))


def _straight(lines: Shapes, frame: Frame) -> Shapes:
    """Simplified within the tile and beside it apart: two tiles meet where a line goes from one to the other."""
    tolerance = frame.unit_m * TOLERANCE_UNITS
    west, south, east, north = frame.box()
    left, low, right, high = frame.box(MARGIN)
    boxes = [(west, south, east, north), (left, low, west, high), (east, low, right, high)]
    boxes += [(west, low, east, south), (west, north, east, high)]
    bounds = shapely.bounds(lines)
    parts, owner = [], []
    for box in boxes:
        some = np.flatnonzero(overlapping(bounds, box))
        inside = shapely.simplify(cut(lines[some], box), tolerance, preserve_topology=False)
        found, group = shapely.get_parts(inside, return_index=True)
        parts.append(found)
        owner.append(some[group])
    return _regrouped(np.concatenate(parts), np.concatenate(owner), len(lines))


def _biggest(shapes: Shapes, least: float) -> Shapes:
    """Without parts smaller than `least` (metres or square metres), and not more than a tile has room for."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    size = np.where(shapely.get_dimensions(parts) == 2, shapely.area(parts), shapely.length(parts))
    order = np.argsort(-size, kind="stable")
    room = np.cumsum(shapely.get_num_coordinates(parts[order]) + PER_PART) <= MOST_PLACES
    kept: npt.NDArray[np.bool_] = np.zeros(len(parts), dtype=bool)
    kept[order] = room & (size[order] >= least)
    return _regrouped(parts[kept], owner[kept], len(shapes))


def _regrouped(parts: Shapes, owner: Numbers, count: int) -> Shapes:
    """Parts as one shape an owner; None for owners without any."""
    found = np.full(count, None, dtype=object)
    order = np.argsort(owner, kind="stable")
    parts, owner = parts[order], owner[order]
    useful = (shapely.get_dimensions(parts) > 0) & ~shapely.is_empty(parts)
    parts, owner = parts[useful], owner[useful]
    make = {1: shapely.multilinestrings, 2: shapely.multipolygons}
    for dimension, collect in make.items():
        some = shapely.get_dimensions(parts) == dimension
        if some.any():
            numbers, index = np.unique(owner[some], return_inverse=True)
            found[numbers] = collect(parts[some], indices=index)
    return found
