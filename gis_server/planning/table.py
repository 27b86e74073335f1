"""Thousands of parcels at once: a row for each, of every rule the measures and the fields of its main statement."""

import asyncio
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import asyncpg
import orjson
import pyarrow as pa

from gis_server.errors import BadRequest, Busy
from gis_server.planning.asked import Opened
from gis_server.planning.depths import Hit, Hits
from gis_server.planning.dossier import read_areas, read_held, read_hits
from gis_server.planning.manifest import Numbered, Relation
from gis_server.planning.subject import Key, find_parcels

MOST_PARCELS = 20_000
BATCH = 500
"""Parcels of one statement."""
MEASURES: dict[Relation, tuple[str, ...]] = {
    "overlap": ("n", "m2", "share"),
    "strip": ("n", "m2", "m"),
    "crossing": ("n", "m"),
    "near": ("n", "m"),
    "neighbour": ("n",),
    "cells": ("n", "m2", "share", "greatest"),
}
"""How many, slivers not counted; area covered; its share in %; length, or distance of the nearest, in metres; of cells
those of the sheet with most of it, and its greatest value there."""
FORMULA = tuple("=+-@\t\r＝＋－＠")
"""What a spreadsheet would run."""
HEAD = ("commune", "sheet", "parcel", "found", "area_m2", "grid")
Cell = str | int | float | bool | None
Row = dict[str, Cell]
TableForm = Literal["csv", "json", "arrow"]


def read_keys(body: bytes, media_type: str) -> list[Key]:
    """Parcels from `{"parcels": [[commune, sheet, number], …]}`, or from lines of CSV."""
    try:
        if media_type.partition(";")[0].strip() == "text/csv":
            rows: Any = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        else:
            rows = orjson.loads(body)["parcels"]
        keys = [_key(row) for row in rows]
    except (ValueError, TypeError, KeyError, csv.Error) as error:
        raise BadRequest(
            'Nội dung gửi lên phải là {"parcels": [["26740", "12", "345"], …]} hoặc CSV (text/csv): mã xã, tờ, thửa.',
            'The body must be {"parcels": [["26740", "12", "345"], …]}, or CSV of commune, sheet, parcel (text/csv).',
        ) from error
    if not 1 <= len(keys) <= MOST_PARCELS:
        raise BadRequest(
            f"Mỗi lần hỏi được từ 1 đến {MOST_PARCELS} thửa; lần này có {len(keys)} thửa.",
            f"One request may ask for 1 to {MOST_PARCELS} parcels; this one has {len(keys)}.",
        )
    return keys


def _key(row: object) -> Key:
    """Commune, sheet and number of a parcel; people write numbers without quotes too."""
    if not isinstance(row, list) or not all(type(part) in (str, int) for part in row):
        raise TypeError(row)
    commune, sheet, number = (str(part).strip() for part in row)
    return commune, sheet, number


def read_table_form(f: str | None) -> TableForm:
    """CSV unless another is asked for."""
    match f:
        case None | "csv":
            return "csv"
        case "json" | "arrow":
            return f
    raise BadRequest(f"f={f[:20]}: chọn csv, json hoặc arrow.", f"f={f[:20]}: choose csv, json or arrow.")


def read_sections(rules: Sequence[Numbered], sections: str | None) -> list[Numbered]:
    """The rules of a comma-separated list of chapters, or all; chapters that are hidden whole are unknown."""
    if sections is None:
        return list(rules)
    asked, known = sections.split(","), list(dict.fromkeys(one.section.id for one in rules))
    if unknown := [name[:40] for name in asked if name not in known]:
        raise BadRequest(
            f"sections: không có mục {', '.join(unknown[:5])}; có: {', '.join(known)}.",
            f"sections: there is no {', '.join(unknown[:5])}; there are: {', '.join(known)}.",
        )
    return [one for one in rules if one.section.id in asked]


def crowded() -> Busy:
    return Busy(
        "Máy chủ đang lập một bảng hồ sơ khác; hãy thử lại sau ít phút.",
        "The server is making another table of dossiers; try again in a few minutes.",
    )


@dataclass(frozen=True)
class Columns:
    """A rule as columns: what is the same for all parcels is worked out once."""

    one: Numbered
    tolerance_m: float
    measures: Sequence[tuple[str, str]]
    """Column and measure."""
    fields: Sequence[tuple[str, str]]
    """Column and field, of the fields that the view holds."""


def columns_of(at: Opened, one: Numbered) -> Columns:
    layer, name = at.reading.catalog[one.rule.layer], f"{one.rule.layer}.{one.rule.relation}"
    tolerance = at.reading.manifest.tolerance_m(layer, at.reading.parcels)
    measures = [(f"{name}.{part}", part) for part in MEASURES[one.rule.relation]]
    fields = [(f"{name}.{field}", field) for field in at.reading.fields(layer, one.rule.fields)]
    return Columns(one, tolerance, measures, fields)


async def read_table(at: Opened, keys: Sequence[Key], rules: Sequence[Numbered]) -> list[Row]:
    """A row for each parcel, in the order they were asked for; with `found` false where there is none."""
    held = [columns_of(at, one) for one, is_held in await read_held(at.snap, at.reading, rules) if is_held]
    writing = [await _begun(at, keys[start : start + BATCH], held) for start in range(0, len(keys), BATCH)]
    return [row for one in writing for row in await one]


async def _begun(at: Opened, keys: Sequence[Key], held: Sequence[Columns]) -> asyncio.Task[list[Row]]:
    """What was read of a batch, being written while the next is read."""
    subjects = await find_parcels(at.snap, at.reading, keys)
    there = [one for one in subjects if one is not None]
    areas: Iterable[asyncpg.Record] = []
    found: Iterable[Hits] = []
    if there:
        areas = await read_areas(at.snap, there)
        rules = [one.one for one in held]
        found = await read_hits(at.snap, at.reading, at.edition, there, rules) if rules else [{} for _ in there]
    told = [(key, one is not None) for key, one in zip(keys, subjects, strict=True)]
    return asyncio.create_task(asyncio.to_thread(_written, told, held, zip(areas, found, strict=True)))


def _written(
    told: Iterable[tuple[Key, bool]], held: Sequence[Columns], read: Iterator[tuple[asyncpg.Record, Hits]]
) -> list[Row]:
    """Takes some milliseconds of processor: not for the event loop."""
    return [_head(key, is_there) | (_row(held, *next(read)) if is_there else {}) for key, is_there in told]


def _head(key: Key, is_there: bool) -> Row:
    return dict(zip(HEAD, (*key, is_there), strict=False))


def _row(held: Sequence[Columns], size: asyncpg.Record, hits: Hits) -> Row:
    found: Row = {"area_m2": round(size["area_m2"], 2), "grid": size["srid"]}
    for one in held:
        _add(found, one, hits.get(one.one.number, []), size["area_m2"])
    return found


def _add(found: Row, columns: Columns, rows: Sequence[Hit], whole_m2: float) -> None:
    """Measures of a rule, then the fields of its largest or nearest statement. No statement is 0, not nothing."""
    told = [row for row in rows if row["area_m2"] is None or not (row["width_m"] or 0) < columns.tolerance_m]
    measures = {"n": len(told), **_measures(columns.one.rule.relation, rows, whole_m2)}
    for column, measure in columns.measures:
        found[column] = measures[measure]
    if told:
        properties = orjson.loads(told[0]["properties"])
        for column, field in columns.fields:
            found[column] = properties[field]


def _measures(relation: Relation, rows: Sequence[Hit], whole_m2: float) -> Row:
    if relation == "cells":
        zones = rows[0]["zones"] if rows else None
        share = zones.whole if zones else 0.0
        greatest = round(zones.greatest, 2) if zones and zones.greatest is not None else None
        return {"m2": round(share * whole_m2, 2), "share": round(min(100.0, 100 * share), 2), "greatest": greatest}
    if relation == "near":
        return {"m": round(rows[0]["distance_m"], 2) if rows else None}
    if relation == "overlap":
        area = rows[0]["covered_m2"] if rows else 0.0
    else:
        area = sum(row["area_m2"] or 0.0 for row in rows)
    metres = sum(row["length_m"] or 0.0 for row in rows)
    return {"m2": round(area, 2), "share": round(min(100.0, 100 * area / whole_m2), 2), "m": round(metres, 2)}


def columns(at: Opened, rules: Sequence[Numbered]) -> list[str]:
    """Every column of the table, whether or not a row has it."""
    about = [columns_of(at, one) for one in rules]
    return [*HEAD, *(name for one in about for name, _ in (*one.measures, *one.fields))]


def as_csv(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """UTF-8 with a mark, as spreadsheets want it; no text in it becomes a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows([_safe(row.get(name)) for name in names] for row in rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def as_arrow(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A stream as programs read it at once; a column of which nothing is known has no type."""
    table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return "'" + cell
    return str(cell).lower() if isinstance(cell, bool) else cell
