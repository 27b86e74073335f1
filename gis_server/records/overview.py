"""The changes as people read them: the newest releases first, what each did to the layers they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import text
from gis_server.records.changes import SQL, Feed, changes_query, outlined
from gis_server.records.drawing import Drawing, draw
from gis_server.releases.snapshot import Snapshot

RELEASES_OF_A_PAGE = 10
ENOUGH_STEPS = 60
"""Layers of releases after which a page ends, so that its time is bounded; one release is always shown whole."""
MOST_FEATURES = 100
"""Features of a layer and release that are listed and drawn; also counted so far where not all rows are seen."""
KINDS = ("added", "changed", "removed")


@dataclass(frozen=True)
class Sight:
    """What is told of: the layers of a view, and of them what lies in an outline, if there is one."""

    catalog: Catalog
    view: View
    outline: Sequence[bytes]


@dataclass(frozen=True)
class Step:
    """What a release did to one layer."""

    layer: Layer
    fids: Mapping[str, list[int]]
    counts: Mapping[str, int]
    more: bool
    """Whether there is more than is counted: told so, instead of counting what the caller may not see."""


@dataclass(frozen=True)
class Told:
    """One release."""

    number: int
    published_at: datetime
    steps: Sequence[Step]
    drawing: Drawing | None


@dataclass(frozen=True)
class Overview:
    """A page of releases; `older` is the newest release of the page that follows."""

    releases: list[Told]
    older: int | None


async def overview(snap: Snapshot, catalog: Catalog, view: View, feed: Feed) -> Overview:
    """The releases up to `until` that changed something for this caller."""
    until = min(feed.until, snap.release)
    first = max(feed.since, until - RELEASES_OF_A_PAGE)
    rows = await snap.conn.fetch(text(SQL, "steps"), first, until, list(feed.layers))
    told: list[Told] = []
    steps, outline = 0, await outlined(snap, feed)
    for number, of_release in groupby(rows, key=lambda row: int(row["release"])):
        mine = list(of_release)
        if steps and steps + len(mine) > ENOUGH_STEPS:
            first = number
            break
        steps += len(mine)
        told += [release] if (release := await _told(snap, Sight(catalog, view, outline), mine)) else []
    return Overview(told, first if first > feed.since else None)


async def _told(snap: Snapshot, sight: Sight, rows: Sequence[Mapping[str, Any]]) -> Told | None:
    """A release from its layers; None where the caller sees nothing of it."""
    found = [await _step(snap, sight, row) for row in rows]
    steps = [step for step in found if step is not None]
    if not steps:
        return None
    number = rows[0]["release"]
    shapes = [shape for step in steps for shape in await _shapes(snap, sight.view, step, number)]
    return Told(number, rows[0]["published_at"], steps, draw(shapes))


async def _step(snap: Snapshot, sight: Sight, row: Mapping[str, Any]) -> Step | None:
    """None where nothing changed that the caller sees."""
    view, layer = sight.view, sight.catalog[row["layer"]]
    query = changes_query(layer, view, is_placed=bool(sight.outline))
    found = await snap.conn.fetch(query, row["release"], 0, MOST_FEATURES + 1, *sight.outline)
    fids = {kind: [one["fid"] for one in found[:MOST_FEATURES] if one["kind"] == kind] for kind in KINDS}
    if not found:
        return None
    if not sight.outline and layer.id not in view.conditions and len(view.layers[layer.id]) == len(layer.fields):
        return Step(layer, fids, {kind: row[kind] for kind in KINDS}, more=False)
    counts = {kind: len(listed) for kind, listed in fids.items()}
    return Step(layer, fids, counts, more=len(found) > MOST_FEATURES)


async def _shapes(snap: Snapshot, view: View, step: Step, release: int) -> Sequence[tuple[str, dict[str, Any]]]:
    """Kind and geometry in degrees; what was removed as it was before."""
    query = text(SQL, "shapes_as_of", rows=view.rows(step.layer), ended=view.ended(step.layer))
    shapes = []
    for kind, listed in step.fids.items():
        if listed:
            rows = await snap.conn.fetch(query, release - (kind == "removed"), listed)
            shapes += [(kind, orjson.loads(row["shape"])) for row in rows if row["shape"]]
    return shapes
