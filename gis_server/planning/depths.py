"""What the cells of rasters say of shapes: of each sheet the classes of its values, by their share of the shape."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson
import shapely

from gis_server.planning.manifest import Numbered
from gis_server.planning.statements import CELLS_OF, GRID_OF, Reading
from gis_server.planning.subject import Subject
from gis_server.rasters.zones import Zones, zones_of
from gis_server.releases.rasters import cog_path

Hit = Mapping[str, Any]
"""A row of the statement, or the same with what was read from cells."""
Hits = dict[int, list[Hit]]
"""Number of the rule → what it found."""
Asked = dict[tuple[str, int], list[tuple[dict[str, Any], Subject]]]
"""Content and grid of a sheet → the hits that it has to say something of."""


async def sound(
    reading: Reading, rules: Sequence[Numbered], subjects: Sequence[Subject], by_subject: Sequence[Hits]
) -> None:
    """Adds to every hit of a raster the zones of its cells; the sheets that say most come first.

    Each sheet is opened once, whatever the number of shapes.
    """
    for one in rules:
        if one.rule.relation != "cells":
            continue
        asked = Asked()
        for hits, subject in zip(by_subject, subjects, strict=True):
            hits[one.number] = [_asked(asked, dict(row), subject) for row in hits.get(one.number, [])]
        for sheet, pairs in asked.items():
            zones = await asyncio.to_thread(_zones, reading, sheet, [subject for _, subject in pairs], one.rule.classes)
            for (row, _), found in zip(pairs, zones, strict=True):
                row["zones"] = found
        for hits in by_subject:
            hits[one.number].sort(key=lambda row: (-row["zones"].whole, -row["zones"].known, row["fid"]))


def _asked(asked: Asked, row: dict[str, Any], subject: Subject) -> Hit:
    properties = orjson.loads(row["properties"])
    asked.setdefault((properties[CELLS_OF], properties[GRID_OF]), []).append((row, subject))
    return row


def _zones(
    reading: Reading, sheet: tuple[str, int], subjects: Sequence[Subject], breaks: Sequence[float]
) -> list[Zones]:
    """Of a file that is lost nothing is known, which is not “dry”."""
    path, crs = cog_path(reading.rasters, sheet[0]), reading.catalog.crs
    if not path.is_file():
        return [Zones((0.0,) * len(breaks), 0.0, None) for _ in subjects]
    shapes = [
        shapely.transform(shapely.from_wkb(one.shape), lambda points: crs.transform(points, crs.stored, sheet[1]))
        for one in subjects
    ]
    return zones_of(path, shapes, breaks)


def told(zones: Zones, breaks: Sequence[float], whole_m2: float) -> dict[str, Any]:
    """The zones as part of a statement; areas are shares of the legal area."""

    def part(name: str, share: float) -> dict[str, float]:
        return {
            f"{name}_m2": round(share * whole_m2, 2),
            "share" if name == "area" else f"{name}_share": _percent(share),
        }

    bounds = [*pairwise(breaks), (breaks[-1], None)]
    return {
        **part("area", zones.whole),
        **part("known", zones.known),
        "greatest": None if zones.greatest is None else round(zones.greatest, 2),
        "classes": [
            {"from": low, "to": high, **part("area", share)}
            for (low, high), share in zip(bounds, zones.classes, strict=True)
        ],
    }


def _percent(share: float) -> float:
    return round(min(100.0, 100 * share), 2)
