"""Checks that walk along outlines, vertex by vertex: spikes, repeated points, whole metres, too many vertices.

They read the shapes of suspects, a batch at a time, as arrays: in SQL every vertex would become a row.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_server.catalog import Layer
from loaders.checks.bench import Bench
from loaders.checks.edges import lines_of
from loaders.statements import statement

ROWS_AT_ONCE = 20_000
SPIKE_DEGREES = 1.0
SPIKE_M, SPIKE_WIDTH_M = 0.05, 0.01
"""A spike turns back within a degree; both its sides are longer than this, and it is narrower than a centimetre."""
MOST_VERTICES = 50_000
LEAST_WHOLE = 5
"""More vertices than these at whole metres are no chance; a map sheet's frame has five."""

Points = NDArray[np.float64]
Numbers = NDArray[np.int64]
Found = list[tuple[str, int, str, float, float]]


def find_along_lines(bench: Bench, layer: Layer, suspects: list[int], *, repair: bool) -> None:
    """Findings GEO-13, GEO-15, GEO-16, GEO-17 of these rows; repeated points are dropped where asked (GEO-18)."""
    with bench.timed("lines"):
        found = [one for rows, shapes in batches(bench, layer, suspects) for one in look_along(rows, shapes)]
    if not found:
        return
    codes, rows, values, x, y = (list(column) for column in zip(*found, strict=True))
    bench.run("given", layer, codes=codes, rows=rows, values=values, x=x, y=y, srid=bench.catalog.crs.stored)
    if repair:
        bench.run("without_repeats", layer)


def batches(bench: Bench, layer: Layer, suspects: list[int]) -> Iterator[tuple[Numbers, NDArray[np.object_]]]:
    """Numbers and shapes of staged rows, as they are after repairs."""
    query = statement("checks/lines.sql", staged=bench.staging.sent(layer))
    for start in range(0, len(suspects), ROWS_AT_ONCE):
        some = {"rows": suspects[start : start + ROWS_AT_ONCE]}
        found = bench.staging.conn.execute(query, some, binary=True).fetchall()
        if found:
            numbers, shapes = zip(*found, strict=True)
            yield np.array(numbers), shapely.from_wkb(np.array(shapes, dtype=object))


def look_along(rows: Numbers, shapes: NDArray[np.object_]) -> Found:
    """What is odd along some outlines: code, row, value, x, y."""
    points, part, owner = lines_of(shapes)
    if not len(points):
        return []
    same = part[1:] == part[:-1]
    repeated = np.flatnonzero(same & (points[1:] == points[:-1]).all(axis=1))
    found = _one_each("GEO-17", rows, owner[repeated], points[repeated])
    found += _spikes(rows, (points, part, owner))
    counts = np.bincount(owner, minlength=len(rows))
    broken = np.bincount(owner, weights=(points % 1 != 0).any(axis=1), minlength=len(rows)) > 0
    first = np.searchsorted(owner, np.arange(len(rows)))
    for code, wrong in (
        ("GEO-15", counts > MOST_VERTICES),
        ("GEO-16", ~broken & (counts > LEAST_WHOLE)),
    ):
        for at in np.flatnonzero(wrong):
            found.append(
                (code, int(rows[at]), str(counts[at]), float(points[first[at], 0]), float(points[first[at], 1]))
            )
    return found


def _spikes(rows: Numbers, outlines: tuple[Points, Numbers, Numbers]) -> Found:
    """Vertices where an outline turns back on itself; the closing vertex of a ring is looked at, too."""
    points, part, owner = outlines
    points, part, owner = _closed(*_without_repeats(points, part, owner))
    if len(points) < 3:
        return []
    into, out = points[1:-1] - points[:-2], points[2:] - points[1:-1]
    inner = (part[2:] == part[1:-1]) & (part[1:-1] == part[:-2])
    a, b = np.hypot(*into.T), np.hypot(*out.T)
    turn = np.degrees(np.arctan2(np.abs(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]), -(into * out).sum(axis=1)))
    width = np.minimum(a, b) * np.sin(np.radians(turn))
    sharp = inner & (turn < SPIKE_DEGREES) & (width < SPIKE_WIDTH_M) & (a > SPIKE_M) & (b > SPIKE_M)
    sharp = np.flatnonzero(sharp) + 1
    return _one_each("GEO-13", rows, owner[sharp], points[sharp])


def _without_repeats(points: Points, part: Numbers, owner: Numbers) -> tuple[Points, Numbers, Numbers]:
    keep = np.ones(len(points), bool)
    keep[1:] = (part[1:] != part[:-1]) | (points[1:] != points[:-1]).any(axis=1)
    return points[keep], part[keep], owner[keep]


def _closed(points: Points, part: Numbers, owner: Numbers) -> tuple[Points, Numbers, Numbers]:
    """Each ring with its second vertex once more at the end, so that its first vertex has two neighbours."""
    start = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
    end = np.r_[start[1:], len(part)] - 1
    ring = (points[start] == points[end]).all(axis=1) & (end - start > 2)
    at = end[ring] + 1
    again = start[ring] + 1
    return (
        np.insert(points, at, points[again], axis=0),
        np.insert(part, at, part[again]),
        np.insert(owner, at, owner[again]),
    )


def _one_each(code: str, rows: Numbers, owners: Numbers, points: Points) -> Found:
    """One finding a row, at the first place, with the number of places."""
    which, first, times = np.unique(owners, return_index=True, return_counts=True)
    return [
        (code, int(rows[owner]), f"{count}", float(points[at][0]), float(points[at][1]))
        for owner, at, count in zip(which, first, times, strict=True)
    ]
