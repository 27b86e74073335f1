"""Keeps the labels of a layer: where a name came, went or moved, its labels are set anew, and only those."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from gis_server.db.statements import statement
from gis_server.drawing.cells import DEEPEST, NONE, Cells, ids, union
from gis_server.drawing.copied import END, HEAD, json_text, number, raw, row, text
from gis_server.drawing.cover import LEAF_ZOOM
from gis_server.drawing.crew import Crew
from gis_server.drawing.labels import Label, Names
from gis_server.drawing.pieces import Row
from gis_server.drawing.sheet import SQL, Sheet

MOST_NAMES = 5_000
"""Of more changed names all labels are set anew."""
AT_ONCE = 2_000
"""Features whose labels one process sets."""


async def set_labels(crew: Crew, sheet: Sheet, names: list[str] | None) -> Cells:
    """Of these names; None: of all. Answers the tiles that look different."""
    if sheet.rule.label is None or names == []:
        return NONE
    asked = [crew.ask(Names(sheet.rule, rows)) for rows in _batches(_named(sheet, names))]
    new = [label for labels in await asyncio.gather(*asked) for label in labels]
    with sheet.conn.cursor(binary=True) as cursor:
        old = cursor.execute(statement(SQL, "take_labels"), {**sheet.key, "names": names}).fetchall()
    if new:
        with sheet.conn.cursor() as cursor, cursor.copy(statement(SQL, "copy_labels")) as copy:
            copy.write(HEAD + b"".join(_written(sheet, new)) + END)
    return _cells({tuple(one) for one in new} ^ set(old))


def changed_names(sheet: Sheet, release: int) -> list[str] | None:
    """Names that a release's features bear or bore; None when they are too many."""
    if sheet.rule.label is None:
        return []
    names = {"served": sheet.table, "history": sheet.layer.history, "said": sheet.name}
    values = {"release": release, "most": MOST_NAMES}
    found = [name for (name,) in sheet.conn.execute(statement(SQL, "changed_names", **names), values)]
    return found if len(found) <= MOST_NAMES else None


def _named(sheet: Sheet, names: list[str] | None) -> list[Row]:
    parts = {"rows": sheet.rows, "tags": sheet.label_tags, "said": sheet.name}
    with sheet.conn.cursor(binary=True) as cursor:
        return cursor.execute(statement(SQL, "named", **parts), {"names": names}).fetchall()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """All that bear one name stay together."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for one in rows:
        groups[one[-1]].append(one)
    batch: list[Row] = []
    for _, group in sorted(groups.items()):
        batch += group
        if len(batch) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _written(sheet: Sheet, labels: Iterable[Label]) -> Iterator[bytes]:
    key = text(sheet.layer.id) + text(sheet.seen)
    for one in labels:
        place = number(one.low, 2) + number(one.high, 2) + number(one.x, 4) + number(one.y, 4)
        said = number(one.fid) + text(one.source) + json_text(one.tags) + text(one.text)
        yield row(11, key, place, said, raw(one.shape))


def _cells(labels: Iterable[Row]) -> Cells:
    """Each tile that shows one of them."""
    places = np.array([label[:4] for label in labels], dtype=np.int64).reshape(-1, 4)
    found = [NONE]
    for zoom in range(LEAF_ZOOM + 1):
        _, high, x, y = places[(places[:, 0] <= zoom) & (zoom <= places[:, 1])].T
        deep = (zoom == LEAF_ZOOM) & (high > zoom)
        shown = (x >> DEEPEST - zoom, y >> DEEPEST - zoom)
        found += [-ids(zoom, shown[0][~deep], shown[1][~deep])[::-1], ids(zoom, shown[0][deep], shown[1][deep])]
    return union(found)
