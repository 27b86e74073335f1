"""Asks for a page of features, or for one, and writes GeoJSON: the database writes each feature, we write the frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from asyncpg import Record

from gis_server.errors import UnknownLayer
from gis_server.features.asked import Asked
from gis_server.features.cost import refuse_dear, surer, worded_failures
from gis_server.features.cursor import Cursor, bad_cursor
from gis_server.features.question import BEYOND, Conditions, Question
from gis_server.features.sorting import Order, after_sql, written
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


async def read_page(snap: Snapshot, asked: Asked, limit: int, stored: int, most_cost: float) -> Page:
    """The features after the cursor, in its release; without a cursor, of the release that is asked for."""
    release = await release_asked(snap, asked)
    if asked.question.is_a_box and release == snap.release:
        page = await _near(snap, asked, limit, stored)
        if page.features:
            return page
    question, cursor = asked.question, asked.cursor
    conditions = question.conditions.copy()
    after = _after(question.order, cursor, conditions)
    values = (cursor.after if cursor else -1, limit + 1, *conditions.values)
    where = (stored, None if release == snap.release else release, after)
    text = question.sql(*where)
    if conditions.texts or question.order:  # pages in order of fid have one plan, and a small price
        # A plan for the values at hand: what is best for a house block is wrong for the whole city.
        await snap.conn.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
        cost = await refuse_dear(snap.conn, text, values, most_cost)
        if not question.order:
            text = await surer(snap.conn, (text, cost), question.gathering_sql(*where), values)
    with worded_failures():
        return await _page(snap, question, release, (text, values, limit))


async def _near(snap: Snapshot, asked: Asked, limit: int, stored: int) -> Page:
    """The same of a box of few features, by one plan; nothing where they are too many, or none."""
    question, after = asked.question, asked.cursor.after if asked.cursor else -1
    values = (after, limit + 1, *question.conditions.values)
    return await _page(snap, question, snap.release, (question.near_sql(stored), values, limit))


async def release_asked(snap: Snapshot, asked: Asked) -> int:
    """The release of the walk that the cursor belongs to, or the one that is asked for."""
    cursor = asked.cursor
    if cursor and asked.when.number not in (None, cursor.release):
        raise bad_cursor()
    return await release_at(snap, [asked.question.layer], When(cursor.release) if cursor else asked.when)


def _after(order: Order, cursor: Cursor | None, conditions: Conditions) -> str:
    try:
        return after_sql(order, cursor.values, conditions.bind) if cursor else BEYOND
    except (ValueError, TypeError) as error:
        raise bad_cursor() from error


async def _page(snap: Snapshot, question: Question, release: int, asked: tuple[str, tuple[Any, ...], int]) -> Page:
    text, values, limit = asked
    rows: list[Record] = []
    size = 0
    async for row in snap.conn.cursor(text, *values, prefetch=min(BATCH, limit + 1)):
        if len(rows) == limit or size > PAGE_BYTES:
            return Page(release, [one["feature"] for one in rows], _next(question, release, rows[-1]))
        rows.append(row)
        size += len(row["feature"])
    return Page(release, [one["feature"] for one in rows], None)


def _next(question: Question, release: int, last: Record) -> Cursor:
    if not question.order:
        return Cursor(question.layer.id, release, last["fid"])
    values = tuple(orjson.loads(last["sorted"]))
    return Cursor(question.layer.id, release, last["fid"], tuple(written(question.order)), values)


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


def collection_head(page: Page, links: Sequence[Mapping[str, str]], matched: int | None) -> dict[str, Any]:
    """What a collection says beside its features; `matched` where it is known without counting."""
    return {
        "type": "FeatureCollection",
        **({} if matched is None else {"numberMatched": matched}),
        "numberReturned": len(page.features),
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "links": list(links),
    }


def collection_json(
    question: Question, page: Page, links: Sequence[Mapping[str, str]], matched: int | None = None
) -> bytes:
    """A GeoJSON FeatureCollection, as the database wrote its features."""
    frame = orjson.dumps(collection_head(page, links, matched))[:-1]
    return frame + b',"features":[' + ",".join(page.features).encode() + b"]}"


def item_json(
    feature: str, links: Sequence[Mapping[str, str]], findings: Sequence[Mapping[str, Any]] | None = None
) -> bytes:
    """A GeoJSON Feature with its links, and after an edit with what the gate remarked."""
    told = b"" if findings is None else b',"findings":' + orjson.dumps(list(findings))
    return feature.encode()[:-1] + b',"links":' + orjson.dumps(list(links)) + told + b"}"


def as_data(feature: str) -> dict[str, Any]:
    """A feature for a page that people read, who write 8 and not 8,0."""
    found: dict[str, Any] = orjson.loads(feature)
    properties = found["properties"].items()
    plain = {name: int(one) for name, one in properties if isinstance(one, float) and one.is_integer()}
    return {**found, "properties": {**found["properties"], **plain}}
