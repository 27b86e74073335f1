"""Asks for a page of features, or for one, and writes GeoJSON: the database writes each feature, we write the frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from gis_server.errors import UnknownLayer
from gis_server.features.asked import Asked
from gis_server.features.cursor import Cursor, bad_cursor
from gis_server.features.question import Conditions, Question
from gis_server.releases.snapshot import Snapshot
from gis_server.web.when import When, release_at

PAGE_BYTES = 16_000_000
"""A page ends here even when more was asked for; the next one goes on."""
BATCH = 500


@dataclass(frozen=True)
class Page:
    """Features as JSON texts, the release they show, and where the next page begins."""

    release: int
    features: Sequence[str]
    next: Cursor | None


async def read_page(snap: Snapshot, asked: Asked, limit: int, stored: int) -> Page:
    """The features after the cursor, in its release; without a cursor, of the release that is asked for."""
    question, cursor = asked.question, asked.cursor
    if cursor and asked.when.number not in (None, cursor.release):
        raise bad_cursor()
    release = await release_at(snap, [question.layer], When(cursor.release) if cursor else asked.when)
    text = question.sql(stored, None if release == snap.release else release)
    values = (cursor.after if cursor else -1, limit + 1, *question.conditions.values)
    # A plan for the values at hand: what is best for a house block is wrong for the whole city.
    await snap.conn.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
    rows: list[tuple[int, str]] = []
    size = 0
    async for row in snap.conn.cursor(text, *values, prefetch=min(BATCH, limit + 1)):
        if len(rows) == limit or size > PAGE_BYTES:
            return Page(release, [text for _, text in rows], Cursor(question.layer.id, release, rows[-1][0]))
        rows.append((row["fid"], row["feature"]))
        size += len(row["feature"])
    return Page(release, [text for _, text in rows], None)


async def read_item(snap: Snapshot, question: Question, fid: str, release: int, stored: int) -> str:
    """One feature as it was in a release; UnknownLayer when there is none of that number."""
    number = int(fid) if fid.isascii() and fid.isdecimal() and len(fid) <= 18 else -1
    conditions = Conditions()
    conditions.add(f"served.fid = {conditions.bind(number)}")
    row = await snap.conn.fetchrow(
        replace(question, conditions=conditions).sql(stored, None if release == snap.release else release),
        number - 1,
        1,
        *conditions.values,
    )
    if number < 0 or row is None:
        raise UnknownLayer(
            f"Lớp {question.layer.id} không có đối tượng “{fid[:30]}”.",
            f"Layer {question.layer.id} has no feature “{fid[:30]}”.",
        )
    feature: str = row["feature"]
    return feature


def collection_json(page: Page, links: Sequence[Mapping[str, str]]) -> bytes:
    """A GeoJSON FeatureCollection."""
    head = {
        "type": "FeatureCollection",
        "numberReturned": len(page.features),
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "links": list(links),
    }
    frame = orjson.dumps(head)[:-1]
    return frame + b',"features":[' + ",".join(page.features).encode() + b"]}"


def item_json(feature: str, links: Sequence[Mapping[str, str]]) -> bytes:
    """A GeoJSON Feature with its links."""
    return feature.encode()[:-1] + b',"links":' + orjson.dumps(list(links)) + b"}"


def as_data(feature: str) -> dict[str, Any]:
    """A feature for a page that people read."""
    found: dict[str, Any] = orjson.loads(feature)
    return found
