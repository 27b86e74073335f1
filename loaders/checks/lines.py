"""Checks that walk along outlines, vertex by vertex: spikes, repeated points, whole metres, too many vertices.

They read the staged shapes once, a batch at a time, as arrays: in SQL every vertex would become a row.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_server.catalog import Layer
from loaders.checks.bench import Bench

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


def find_along_lines(bench: Bench, layer: Layer, *, repair: bool) -> None:
    """Findings GEO-13, GEO-15, GEO-16, GEO-17 of the staged rows; repeated points are dropped where asked (GEO-18)."""
    if set(layer.file.geometry) == {"Point"}:
        return
    with bench.timed("lines"):
        found = [one for rows, shapes in batches(bench, layer) for one in look_along(rows, shapes)]
    if not found:
        return
    codes, rows, values, x, y = (list(column) for column in zip(*found, strict=True))
    bench.run("given", layer, codes=codes, rows=rows, values=values, x=x, y=y, srid=bench.catalog.crs.stored)
    if repair:
        bench.run("without_repeats", layer)


def batches(bench: Bench, layer: Layer) -> Iterator[tuple[Numbers, NDArray[np.object_]]]:
    """Row numbers and shapes of the staged rows that have one."""
    name = bench.staging.table(layer).as_string(bench.staging.conn)
    with bench.staging.copying.cursor() as cursor:
        cursor.execute(f"SELECT _row, ST_AsBinary(geom) AS geom FROM {name} WHERE ST_Dimension(geom) > 0")
        for batch in cursor.fetch_record_batch():
            for start in range(0, batch.num_rows, ROWS_AT_ONCE):
                part = batch.slice(start, ROWS_AT_ONCE)
                yield part.column(0).to_numpy(), shapely.from_wkb(part.column(1).to_numpy(zero_copy_only=False))


def look_along(rows: Numbers, shapes: NDArray[np.object_]) -> Found:
    """What is odd along some outlines: code, row, value, x, y."""
    points, part, owner = _outlines(shapes)
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


def _outlines(shapes: NDArray[np.object_]) -> tuple[Points, Numbers, Numbers]:
    """All vertices, the ring or line each is on, and the place of its shape."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    surfaces = shapely.get_type_id(parts) == 3
    rings, of_part = shapely.get_rings(parts[surfaces], return_index=True)
    lines = np.concatenate([parts[~surfaces], rings])
    owners = np.concatenate([of_shape[~surfaces], of_shape[surfaces][of_part]])
    order = np.argsort(owners, kind="stable")
    points, part = shapely.get_coordinates(lines[order], return_index=True)
    return points, part, owners[order][part] if len(part) else part


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
