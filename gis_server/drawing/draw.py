"""Draws tiles ahead, from the highest zoom of a layer's rule down: each zoom is made of the one below it on the screen.

A tile hangs on what lies in and just around it, so a change is drawn where it is, and nowhere else. What comes of that
is what drawing everything anew would give. While the crew draws one block, the next is read and the last is written.
"""

import asyncio
import warnings
from collections import deque
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import psycopg

from gis_server.catalog import Layer
from gis_server.db.rows import ways_of_seeing
from gis_server.db.statements import statement
from gis_server.drawing.block import Drawn, Tile
from gis_server.drawing.cells import NONE, WORLD, Cells, column_and_row, ids, ranges, union
from gis_server.drawing.change import Change
from gis_server.drawing.crew import Crew, a_crew
from gis_server.drawing.lettering import changed_names, set_labels
from gis_server.drawing.level import Asked, Level, above
from gis_server.drawing.renewal import Renewed
from gis_server.drawing.rules import mark_of, rule_of
from gis_server.drawing.sheet import SQL, Sheet
from gis_server.drawing.whole import MOST_BYTES, SHAPES, Whole

AT_ONCE = 4
"""Layers that are drawn side by side: a level waits for the one below it, and others do not."""
AHEAD = 3
"""Blocks of one level that are drawn while the next are read."""
MOST_WAITING = 8_000_000
"""Bytes of pieces that are written at once."""
MOST_TILES = 100_000
"""Of more changed tiles than this everything is drawn anew."""
BySight = dict[str, Cells]
"""Name of a way of seeing a layer's rows → tiles."""


@dataclass(frozen=True)
class Wanted:
    """Draw what lies in the cells of a layer; None: everything. `table` has the rows to be served."""

    layer: Layer
    table: str
    cells: Cells | None
    release: int | None = None
    """Whose changed names are looked at, unless everything is drawn."""
    change: Change | None = None
    """All that changed, where that is known: tiles that keep their ground are drawn from it and from this."""


def draw(conn: psycopg.Connection, layer: Layer, table: str, cells: Cells | None) -> Cells:
    """One layer; answers the tiles that look different now, each alone."""
    return union([*draw_all(conn, [Wanted(layer, table, cells)])[0].values()])


def draw_all(conn: psycopg.Connection, wanted: Sequence[Wanted]) -> list[BySight]:
    """The same of several layers, apart for each way of seeing them."""
    from rasterio.errors import NotGeoreferencedWarning  # brings a GDAL of its own, which only drawing needs

    with warnings.catch_warnings(category=NotGeoreferencedWarning, action="ignore"):  # grids of pixels are not maps
        return _ended(_side_by_side(conn, wanted))


def _ended(drawing: Coroutine[Any, Any, list[BySight]]) -> list[BySight]:
    """What it comes to. A thread that runs an event loop already, as a notebook's does, gets another one beside it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(drawing)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, drawing).result()


async def _side_by_side(conn: psycopg.Connection, wanted: Sequence[Wanted]) -> list[BySight]:
    """The largest layers first, so that no long one is left alone at the end."""
    free, found = asyncio.Semaphore(AT_ONCE), dict[int, BySight]()
    sizes = conn.execute(statement(SQL, "sizes"), {"tables": [order.table for order in wanted]}).fetchall()
    bytes_of = [int(size * SHAPES) for (size,) in sizes]
    anew = sum(size for order, size in zip(wanted, bytes_of, strict=True) if order.cells is None)

    async def one(place: int) -> None:
        async with free:
            found[place] = await _layer(conn, crew, wanted[place], small=bytes_of[place] <= MOST_BYTES)

    with a_crew(anew) as crew:
        await asyncio.gather(*map(one, sorted(range(len(wanted)), key=lambda place: -bytes_of[place])))
    return [found[place] for place in range(len(wanted))]


async def _layer(conn: psycopg.Connection, crew: Crew, order: Wanted, *, small: bool) -> BySight:
    layer = order.layer
    if rule_of(layer) is None:
        return {}
    row = conn.execute(statement(SQL, "mark"), {"layer": layer.id}).fetchone()
    mark = mark_of(layer)
    known = row is not None and row[0] == mark
    order = order if known else replace(order, cells=None, change=None)
    sheets, found = _sheets(conn, order), dict[str, Cells]()
    for sheet in sheets:
        is_whole = order.cells is None and sheet.hidden is None and small
        drawing = _whole(crew, sheet) if is_whole else _sheet(crew, sheet, order)
        lettering = set_labels(crew, sheet, _names(sheet, order))
        changed, named, _ = await asyncio.gather(drawing, lettering, _looked_ahead(sheets, order))
        found[sheet.seen] = union([changed, named])
    conn.execute(statement(SQL, "note_mark"), {"layer": layer.id, "mark": mark})
    return found


async def _looked_ahead(sheets: Sequence[Sheet], order: Wanted) -> None:
    """While the first sheet is drawn by others, ask what the sheets after it will need."""
    if order.cells is None:
        for sheet in sheets:
            _ = sheet.hidden is not None and sheet.all_near_hidden


def _names(sheet: Sheet, order: Wanted) -> list[str] | None:
    if order.cells is None:
        return None
    return [] if order.release is None else changed_names(sheet, order.release)


def _sheets(conn: psycopg.Connection, order: Wanted) -> list[Sheet]:
    """Of all rows first: the others take from it what they see alike."""
    layer, rule = order.layer, rule_of(order.layer)
    assert rule is not None
    hidden = {seen: condition and f"({condition}) IS NOT TRUE" for seen, condition in ways_of_seeing(layer).items()}
    return [Sheet(conn, layer, rule, order.table, seen, condition) for seen, condition in sorted(hidden.items())]


async def _whole(crew: Crew, sheet: Sheet) -> Cells:
    """All zooms of a small sheet at once."""
    sheet.clear()
    await crew.room()
    sheet.add(await crew.ask(Whole(sheet.layer.id, sheet.rule, sheet.all())))
    return WORLD


async def _sheet(crew: Crew, sheet: Sheet, order: Wanted) -> Cells:
    """All zooms of a sheet. Drawn all anew, everything counts as changed."""
    rule = sheet.rule
    wanted = None if order.cells is None else _tiles(order.cells, rule.high)
    fresh = wanted is None
    if fresh:
        sheet.clear()
    found = []
    for zoom in range(rule.high, rule.low - 1, -1):
        if fresh and sheet.hidden is not None:
            wanted = sheet.tiles_of_all(zoom)
        changed = await _level(crew, Level(sheet, zoom, fresh, order.change), wanted)
        found.append(_alone(zoom, changed))
        wanted = above(set(changed))
    return WORLD if fresh else union(found)


async def _level(crew: Crew, level: Level, wanted: set[Tile] | None) -> list[Tile]:
    """Draw tiles of one zoom and write those that look different; answers which."""
    changed: list[Tile] = []
    waiting: list[Drawn] = []
    drawing: deque[tuple[Asked, asyncio.Task[Sequence[Renewed]]]] = deque()

    size = 0

    async def written(most_left: int) -> None:
        nonlocal size
        while len(drawing) > most_left:
            asked, answer = drawing.popleft()
            drawn = await answer
            different, new = level.compared(asked, drawn)
            changed.extend(different)
            waiting.extend(new)
            drawing.extend((again, crew.ask(again.block)) for again in level.again(asked, drawn))
            size += sum(len(one.pieces) + len(one.ground) for one in new)
            if size > MOST_WAITING:
                level.sheet.add(waiting)
                waiting.clear()
                size = 0

    for frame, tiles in level.blocks(wanted):
        apart = level.apart(frame, tiles)
        if tiles > apart:
            changed += level.sheet.share(frame, tiles - apart)
        if apart:
            await crew.room()
            drawing.extend((asked, crew.ask(asked.block)) for asked in level.asked(frame, apart))
            await written(AHEAD)
    await written(0)
    level.sheet.add(waiting)
    return changed


def _tiles(cells: Cells, zoom: int) -> set[Tile] | None:
    """Every tile of a zoom that the cells touch; None when they are too many to be named."""
    pairs = list(zip(*ranges(cells, zoom), strict=True))
    if sum(last - first + 1 for first, last in pairs) > MOST_TILES:
        return None
    return {column_and_row(place) for first, last in pairs for place in range(first, last + 1)}


def _alone(zoom: int, tiles: list[Tile]) -> Cells:
    if not tiles:
        return NONE
    x, y = np.array(tiles, dtype=np.int64).T
    lone: Cells = -ids(zoom, x, y)[::-1]
    return lone
