"""Writes the dossier: what the rules found about a subject, every statement with where it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import asyncpg
import orjson

from gis_server.catalog import Layer
from gis_server.db.statements import text
from gis_server.planning.depths import Hit, Hits, sound
from gis_server.planning.depths import told as told_by_cells
from gis_server.planning.manifest import Numbered
from gis_server.planning.statements import CELLS_OF, GRID_OF, SQL, Reading, delivered, hits
from gis_server.planning.subject import Subject
from gis_server.releases.snapshot import Snapshot
from gis_server.web.columns import attribute
from gis_server.web.parameters import CITY_TIME

Content = dict[str, Any]
VERSION = 1
"""Of the document's form; a change that readers would notice makes it 2."""


@dataclass(frozen=True)
class Edition:
    """The release that is told of, and when it was published."""

    number: int
    published_at: datetime

    @property
    def day(self) -> date:
        """What is in force is judged on this day, so that an old dossier can be had again to the letter."""
        return self.published_at.astimezone(CITY_TIME).date()


async def edition(snap: Snapshot, number: int) -> Edition:
    published = await snap.conn.fetchval("SELECT published_at FROM meta.release WHERE release = $1", number)
    return Edition(number, published)


async def dossiers(snap: Snapshot, reading: Reading, of: Edition, subjects: Sequence[Subject]) -> list[Content]:
    """The dossiers of all subjects, read in three statements whatever their number."""
    rules = reading.manifest.seen(reading.view)
    held = await read_held(snap, reading, rules)
    measured = await read_measured(snap, subjects)
    by_subject = await read_hits(snap, reading, of, subjects, rules)
    return [
        _content(reading, of, one, size, _sections(reading, held, rows, size["area_m2"]))
        for one, size, rows in zip(subjects, measured, by_subject, strict=True)
    ]


async def read_hits(
    snap: Snapshot, reading: Reading, of: Edition, subjects: Sequence[Subject], rules: Sequence[Numbered]
) -> list[Hits]:
    """What the rules found of each subject."""
    shapes, srids, fids = zip(*((one.shape, one.srid, one.fid) for one in subjects), strict=True)
    found = await snap.conn.fetch(hits(reading, rules), shapes, srids, fids, of.day)
    by_subject: list[Hits] = [{} for _ in subjects]
    for row in found:
        by_subject[row["n"] - 1].setdefault(row["rule"], []).append(row)
    await sound(reading, rules, subjects, by_subject)
    return by_subject


async def read_measured(snap: Snapshot, subjects: Sequence[Subject]) -> list[asyncpg.Record]:
    """Area, perimeter and shape of each subject, in the grid of its areas."""
    shapes, srids = zip(*((one.shape, one.srid) for one in subjects), strict=True)
    measured: list[asyncpg.Record] = await snap.conn.fetch(text(SQL, "measured"), shapes, srids)
    return measured


async def read_areas(snap: Snapshot, subjects: Sequence[Subject]) -> list[asyncpg.Record]:
    """The areas alone."""
    shapes, srids = zip(*((one.shape, one.srid) for one in subjects), strict=True)
    areas: list[asyncpg.Record] = await snap.conn.fetch(text(SQL, "areas"), shapes, srids)
    return areas


async def read_held(snap: Snapshot, reading: Reading, rules: Sequence[Numbered]) -> list[tuple[Numbered, bool]]:
    """The rules, and whether their layers hold anything at all."""
    return list(zip(rules, await snap.conn.fetchval(delivered(reading, rules)), strict=True))


def _content(reading: Reading, of: Edition, one: Subject, size: asyncpg.Record, sections: list[Content]) -> Content:
    return {
        "version": VERSION,
        "release": {"number": of.number, "published": of.published_at.isoformat()},
        "rules": reading.manifest.digest,
        "view": reading.view.name,
        "subject": _subject(reading, one),
        "area": _area(reading, one, size),
        "corners": _corners(orjson.loads(size["in_grid"])),
        "geometry": orjson.loads(size["geometry"]),
        "synthetic": any(told["synthetic"] for told in statements(sections)),
        "sections": sections,
    }


def _subject(reading: Reading, one: Subject) -> Content:
    if one.parcel is None:
        return {"kind": "shape", "corners": one.corners, "grid": one.grid}
    layer, properties = reading.parcels, one.properties
    names = reading.manifest.file.parcels
    return {
        "kind": "parcel",
        "commune": properties[names.commune],
        "commune_title": _commune(reading, properties[names.commune], old=True),
        "commune_now": _commune(reading, properties.get(names.commune_now), old=False),
        "sheet": properties[names.sheet],
        "number": properties[names.number],
        "attributes": _attributes(reading, layer, properties),
        "also": [dict(zip(("commune", "sheet", "number"), key, strict=True)) for key in one.also],
        **_provenance(layer, one.parcel, properties),
    }


def _commune(reading: Reading, code: str | None, *, old: bool) -> Content | None:
    """What the commune with this code was called when it numbered sheets, or is called today."""
    eras = [place for place in reading.places.by_code(code or "") if place.level == "XA"]
    found = next((place for place in eras if (place.valid_to is not None) == old), None)
    return None if found is None else {"code": found.code, "vi": found.name_vi, "en": found.name_en}


def _area(reading: Reading, one: Subject, size: asyncpg.Record) -> Content:
    recorded = {name: one.properties.get(name) for name in reading.manifest.file.parcels.areas}
    return {
        "recorded": _attributes(reading, reading.parcels, recorded) if one.parcel is not None else [],
        "computed_m2": round(size["area_m2"], 2),
        "perimeter_m": round(size["perimeter_m"], 2),
        "grid": {"srid": one.srid, "title": reading.catalog.crs.file.grids[one.srid].title.model_dump()},
    }


def _corners(shape: Mapping[str, Any]) -> list[Content]:
    """As on a certificate: X is north, Y is east; `side_m` leads to the next corner of the same ring."""
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    found: list[Content] = []
    for ring_number, ring in enumerate(ring for part in parts for ring in part):
        for (east, north), (to_east, to_north) in pairwise(ring):
            side = ((to_east - east) ** 2 + (to_north - north) ** 2) ** 0.5
            found.append(
                {"ring": ring_number + 1, "n": len(found) + 1, "x": north, "y": east, "side_m": round(side, 2)}
            )
    return found


def _sections(reading: Reading, held: Sequence[tuple[Numbered, bool]], rows: Hits, area_m2: float) -> list[Content]:
    """Chapters of which the caller may see something, in the order of the manifest."""
    chapters: dict[str, Content] = {}
    for one, is_held in held:
        fresh = {"id": one.section.id, "title": one.section.title.model_dump(), "rules": []}
        chapter = chapters.setdefault(one.section.id, fresh)
        chapter["rules"].append(_rule(reading, one, is_held, rows.get(one.number, []), area_m2))
    return list(chapters.values())


def statements(sections: Sequence[Content]) -> Iterator[Content]:
    """Every statement of every chapter."""
    return (told for section in sections for rule in section["rules"] for told in rule["statements"])


def _rule(reading: Reading, one: Numbered, held: bool, rows: list[Hit], area_m2: float) -> Content:
    layer, rule = reading.catalog[one.rule.layer], one.rule
    tolerance = reading.manifest.tolerance_m(layer, reading.parcels)
    found: Content = {
        "layer": layer.id,
        "title": layer.file.title.model_dump(),
        "relation": rule.relation,
        "delivered": held,
        "tolerance_m": tolerance,
        "more": len(rows) == rule.most and rule.relation != "near",
    }
    if rule.reach_m:
        found["reach_m"] = rule.reach_m
    if rule.relation == "overlap":
        found |= _part("covered", rows[0]["covered_m2"] if rows else 0.0, area_m2)
    found["statements"] = [_statement(reading, one, row, area_m2, tolerance) for row in rows]
    return found


def _statement(reading: Reading, one: Numbered, row: Hit, area_m2: float, tolerance_m: float) -> Content:
    layer, properties = reading.catalog[one.rule.layer], orjson.loads(row["properties"])
    properties = {name: value for name, value in properties.items() if name not in ("nothing", CELLS_OF, GRID_OF)}
    found: Content = {"fid": row["fid"], "attributes": _attributes(reading, layer, properties)}
    if one.rule.relation == "cells":
        raster = layer.file.raster
        cells = told_by_cells(row["zones"], one.rule.classes, area_m2)
        return {**found, **cells, "unit": raster and raster.unit, **_provenance(layer, row, properties)}
    if row["area_m2"] is not None:
        found |= _part("area", row["area_m2"], area_m2)
        found["sliver"] = row["width_m"] is not None and row["width_m"] < tolerance_m
    if row["length_m"] is not None:
        found["length_m"] = round(row["length_m"], 2)
    if row["area_m2"] is None and row["length_m"] is None:
        found["distance_m"] = round(row["distance_m"], 2)
    return {**found, **_provenance(layer, row, properties)}


def _part(name: str, part_m2: float, whole_m2: float) -> Content:
    share = min(100.0, 100 * part_m2 / whole_m2)
    return {f"{name}_m2": round(part_m2, 2), "share" if name == "area" else f"{name}_share": round(share, 2)}


def _attributes(reading: Reading, layer: Layer, properties: Mapping[str, Any]) -> list[Content]:
    seen = reading.view.fields[layer.id]
    return [attribute(reading.catalog, layer, name, value) for name, value in properties.items() if name in seen]


def _provenance(layer: Layer, row: Hit, properties: Mapping[str, Any]) -> Content:
    """Where a statement comes from. `date` is when the feature came into force, if it says so; else its publication."""
    since = properties.get(layer.file.time.since) if layer.file.time else None
    return {
        "layer": layer.id,
        "release": row["born"],
        "published": row["published_at"].isoformat(),
        "date": _day(since) if since else row["published_at"].astimezone(CITY_TIME).date().isoformat(),
        "scale": layer.file.scale,
        "steward": layer.file.steward,
        "evidence": layer.file.evidence,
        "source": row["source"],
        "synthetic": row["synthetic"],
    }


def _day(since: str) -> str:
    """Moments are days of the city's calendar here."""
    return datetime.fromisoformat(since).astimezone(CITY_TIME).date().isoformat() if "T" in since else since
