"""Surfaces that should lie side by side: overlaps and narrow gaps, looked for window by window, each located.

A window holds a bounded number of surfaces, so memory stays the same however large the city is. Where GEOS says that a
window's surfaces fit, nothing more is done; else overlaps are cut out pair by pair, and gaps are what closing fills.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg import sql

from gis_server.catalog import Layer
from gis_server.catalog.checks import Coverage
from loaders.checks.bench import Bench
from loaders.statements import statement
from loaders.wkb import Numbers

SURFACES_AT_ONCE = 1_500
LOOKERS = 2
"""Windows looked into at a time, while the next is fetched; GEOS needs no lock of Python's."""
NARROWEST_M = 60.0
GAP_LENGTH_M = 2.0
"""A gap shorter than this is the tip of a wedge between two streets."""

MOST_SUSPECTS = 20_000
"""Beyond this many suspects every window is looked into."""

Box = tuple[float, float, float, float]
Boxes = NDArray[np.float64]
Found = list[tuple[str, int, str, float, float]]


@dataclass(frozen=True)
class Window:
    """Surfaces that meet a box; `rows` is −1 for those of other layers, `names` what a report calls them."""

    box: Box
    shapes: NDArray[np.object_]
    rows: NDArray[np.int64]
    names: list[str]
    groups: NDArray[np.int64]


def find_in_coverage(bench: Bench, layer: Layer, asked: Coverage) -> None:
    """Findings COV-01 and COV-02 of the staged rows."""
    places = _suspicious(bench, layer)
    if places is not None and not len(places):
        return
    bench.index(layer, whole=places is None or bool(asked.others))
    with bench.timed("coverage"), ThreadPoolExecutor(LOOKERS) as lookers:
        looks: deque[Future[Found]] = deque()
        found: Found = []
        for window in _windows(bench, layer, asked, places):
            looks.append(lookers.submit(look_into, window, asked))
            if len(looks) > LOOKERS * 2:
                found += looks.popleft().result()
        found += [one for look in looks for one in look.result()]
    if found:
        codes, rows, values, x, y = (list(column) for column in zip(*found, strict=True))
        bench.staging.bring(layer, np.array(rows))
        bench.run("given", layer, codes=codes, rows=rows, values=values, x=x, y=y, srid=bench.catalog.crs.stored)


def look_into(window: Window, asked: Coverage) -> Found:
    """What does not fit in one window; a place in two windows belongs to the one whose box it lies in."""
    found: Found = []
    for group in np.unique(window.groups):
        mine = np.flatnonzero(window.groups == group)
        if len(mine) < 2:
            continue
        faulty = shapely.coverage_invalid_edges(window.shapes[mine], gap_width=asked.gap_m)
        suspects = mine[~(shapely.is_empty(faulty) | shapely.is_missing(faulty))]
        if len(suspects):
            found += _overlaps(window, suspects, asked)
            found += _gaps(window, suspects, asked)
    return found


def _overlaps(window: Window, suspects: NDArray[np.int64], asked: Coverage) -> Found:
    shapes = window.shapes[suspects]
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = one < two
    common = shapely.intersection(shapes[one[once]], shapes[two[once]])
    area = shapely.area(common)
    found: Found = []
    for at in np.flatnonzero(area > asked.overlap_m2):
        pair = sorted((suspects[one[once][at]], suspects[two[once][at]]), key=lambda each: int(window.rows[each]))
        place = _largest(common[at]).representative_point()
        if window.rows[pair[1]] >= 0 and _holds(window.box, place) and _is_ours(window, pair):
            value = f"{window.names[pair[0]]}: {area[at]:.2f} m²"
            found.append(("COV-01", int(window.rows[pair[1]]), value, place.x, place.y))
    return found


def _is_ours(window: Window, pair: list[int]) -> bool:
    """Of two layers that ask each other, the one whose name comes last reports; of one layer, what was brought."""
    other, own = (window.names[place].partition(" ")[0] for place in pair)
    return bool(window.rows[pair[0]] >= 0) or other <= own


def _gaps(window: Window, suspects: NDArray[np.int64], asked: Coverage) -> Found:
    """Closing fills what is narrower than the gap: what is new by that, and long enough, is a gap."""
    whole = shapely.union_all(window.shapes[suspects])
    half = asked.gap_m / 2
    closed = shapely.buffer(shapely.buffer(whole, half, join_style="mitre"), -half * 1.001, join_style="mitre")
    pieces = shapely.get_parts(shapely.difference(closed, shapely.buffer(whole, 0.0005, join_style="mitre")))
    pieces = pieces[(shapely.get_type_id(pieces) == 3) & (shapely.length(pieces) > 2 * GAP_LENGTH_M)]
    mine = suspects[window.rows[suspects] >= 0]
    if not len(pieces) or not len(mine):
        return []
    places = shapely.point_on_surface(pieces)
    nearest = shapely.STRtree(window.shapes[mine]).nearest(places)
    return [
        ("COV-02", int(window.rows[mine[at]]), f"{piece.area:.2f} m² × {piece.length / 2:.1f} m", place.x, place.y)
        for piece, place, at in zip(pieces, places, nearest, strict=True)
        if _holds(window.box, place) and shapely.distance(piece, window.shapes[mine[at]]) <= asked.gap_m
    ]


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    return max(shapely.get_parts(shape), key=lambda part: float(part.area))


def _holds(box: Box, place: shapely.Point) -> bool:
    return bool(box[0] <= place.x < box[2] and box[1] <= place.y < box[3])


def _suspicious(bench: Bench, layer: Layer) -> Boxes | None:
    """Boxes of the surfaces that may not fit; None where every window must be looked into."""
    with bench.timed("seams"):
        suspects = bench.staging.suspects.misfits(layer)
        if suspects is None or len(suspects) > MOST_SUSPECTS or layer.id in bench.thinned:
            return None
        bench.staging.bring(layer, suspects)
        query = statement("checks/boxes.sql", staged=bench.staging.sent(layer))
        found = bench.staging.conn.execute(query, {"rows": suspects.tolist()}).fetchall() if len(suspects) else []
    return np.array(found, np.float64).reshape(-1, 4)


def _meets(box: Box, places: Boxes | None, gap_m: float) -> bool:
    if places is None:
        return True
    west, south, east, north = places.T
    beside = (west - gap_m > box[2]) | (east + gap_m < box[0]) | (south - gap_m > box[3]) | (north + gap_m < box[1])
    return bool((~beside).any())


def _windows(bench: Bench, layer: Layer, asked: Coverage, places: Boxes | None) -> Iterator[Window]:
    """Boxes cut in four until each holds few enough surfaces; those without a suspicious place are left out."""
    bounds, names = ("bounds_held", _held(bench, layer)) if bench.staging.held.rows(layer) else ("bounds", {})
    whole = statement(f"checks/{bounds}.sql", staged=bench.staging.sent(layer), **names)
    row = bench.staging.conn.execute(whole).fetchone()
    if row is None or row[0] is None:
        return
    side = max(row[2] - row[0], row[3] - row[1]) + 1.0
    waiting: list[Box] = [(row[0], row[1], row[0] + side, row[1] + side)]
    query = _query(bench, layer, asked)
    while waiting:
        box = waiting.pop()
        if not _meets(box, places, 2 * asked.gap_m):
            continue
        rows = bench.staging.conn.execute(query, _corners(box, bench), binary=True).fetchall()
        if len(rows) > SURFACES_AT_ONCE and box[2] - box[0] > NARROWEST_M:
            waiting += _quarters(box)
        elif len(rows) > 1:
            yield _window(box, rows, lambda fids: bench.staging.held.numbers(layer, fids))


def _corners(box: Box, bench: Bench) -> dict[str, float]:
    west, south, east, north = box
    return {"west": west, "south": south, "east": east, "north": north, "srid": bench.catalog.crs.stored,
            "most": SURFACES_AT_ONCE + 1 if east - west > NARROWEST_M else 10 * SURFACES_AT_ONCE}  # fmt: skip


def _quarters(box: Box) -> list[Box]:
    west, south, east, north = box
    x, y = (west + east) / 2, (south + north) / 2
    return [(west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north)]


def _window(box: Box, rows: list[tuple[int, bytes, str, str]], held: Callable[[Numbers], Numbers]) -> Window:
    """`held` says the rows of fids: what was not sent is told as −2 − fid."""
    told, shapes, names, groups = zip(*rows, strict=True)
    numbers = np.array(told, dtype=np.int64)
    away = numbers < -1
    if away.any():
        numbers[away] = held(-2 - numbers[away])
    _, group = np.unique(np.array(groups, dtype=str), return_inverse=True)
    return Window(box, shapely.from_wkb(np.array(shapes, dtype=object)), numbers, list(names), group)


def _held(bench: Bench, layer: Layer) -> dict[str, sql.Composable]:
    """How statements find the rows that were not sent."""
    kept = bench.staging.held.kept(layer)
    assert kept is not None
    served = sql.Identifier(layer.group, layer.name)
    rest = sql.SQL("{}::bigint[]").format(sql.Literal(kept.rest))
    return {"served": served, "source": sql.Literal(bench.source), "rest": rest}


def _query(bench: Bench, layer: Layer, asked: Coverage) -> sql.Composed:
    """The staged rows in a box, and those of the layers that make one coverage with this one."""
    by = [sql.SQL("coalesce(staged.{}::text, '')").format(sql.Identifier(name)) for name in asked.by]
    group = sql.SQL(" || '|' || ").join(by) if by else sql.SQL("''")
    key = sql.SQL(", ").join([sql.Identifier("staged", name) for name in layer.key])
    called = sql.SQL("{} || ' ' || concat_ws(', ', {})").format(sql.Literal(layer.id), key)
    own = {"staged": bench.staging.sent(layer), "row": sql.SQL("staged._row")}
    parts: list[sql.Composable] = [statement("checks/surfaces.sql", group=group, name=called, **own)]
    if bench.staging.held.rows(layer):
        parts.append(statement("checks/surfaces_held.sql", group=group, name=called, **_held(bench, layer)))
    for name in asked.others:
        other = bench.catalog.layers[name]
        if name in bench.staging.layers:
            bench.index(other)
            parts.append(statement("checks/surfaces.sql", staged=bench.staging.table(other), group=sql.SQL("''"),
                                   name=sql.Literal(name), row=sql.SQL("-1::bigint")))  # fmt: skip
    return sql.SQL("{} LIMIT %(most)s").format(sql.SQL(" UNION ALL ").join(parts))
