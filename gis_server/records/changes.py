"""The change feed: which features each release added, changed and removed, as far as the caller may see them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import quoted, text
from gis_server.errors import BadRequest
from gis_server.releases.snapshot import Snapshot
from gis_server.web.place import Area, outline_of, within_outline

SQL = Path(__file__).parent / "sql"
DEFAULT_LIMIT, MOST = 1_000, 10_000
MOST_STEPS = 50
"""Layers of releases that one page looks into, so that its time is bounded whatever is hidden from the caller."""
Span = tuple[str | None, str | None]
NEWEST = 2**31 - 1
"""Later than any release."""
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
CURSOR = re.compile(r"([0-9]{1,9}):([a-z0-9_.]{1,130}):([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """The page before ended after this feature of this layer in this release."""

    release: int
    layer: str
    fid: int

    def __str__(self) -> str:
        return f"{self.release}:{self.layer}:{self.fid}"


@dataclass(frozen=True)
class Feed:
    """What is asked for."""

    layers: Sequence[str]
    since: int
    until: int
    limit: int
    cursor: Cursor | None
    area: Area | None = None
    """Only features that lie in it, or did before."""


def read_feed(layers: Sequence[str], span: Span, page: Span, area: Area | None) -> Feed:
    """`span` is since and until, `page` limit and cursor, as they were written."""
    return Feed(
        layers,
        _number("since", span[0], 0),
        _number("until", span[1], NEWEST),
        min(max(1, _number("limit", page[0], DEFAULT_LIMIT)), MOST),
        _cursor(page[1]),
        area,
    )


async def changes(
    snap: Snapshot, catalog: Catalog, view: View, feed: Feed
) -> tuple[list[dict[str, Any]], Cursor | None]:
    """Releases in order with the features of each layer, and where the next page begins."""
    start = feed.cursor or Cursor(feed.since + 1, "", 0)
    since = max(feed.since, start.release - 1)
    values = (since, start.release, start.layer, list(feed.layers), MOST_STEPS + 1, feed.until)
    steps = await snap.conn.fetch(text(SQL, "changed_layers"), *values)
    found: list[dict[str, Any]] = []
    left, outline = feed.limit, await outlined(snap, feed)
    for step in steps[:MOST_STEPS]:
        is_start = (step["release"], step["layer"]) == (start.release, start.layer)
        query = changes_query(catalog[step["layer"]], view, is_placed=bool(outline))
        rows = await snap.conn.fetch(query, step["release"], start.fid if is_start else 0, left + 1, *outline)
        _note(found, step, rows[:left])
        if len(rows) > left:
            return found, Cursor(
                step["release"], step["layer"], rows[left - 1]["fid"] if left else start.fid * is_start
            )
        left -= len(rows)
    if len(steps) > MOST_STEPS:
        return found, Cursor(steps[MOST_STEPS]["release"], steps[MOST_STEPS]["layer"], 0)
    return found, None


def _note(found: list[dict[str, Any]], step: Any, rows: Sequence[Any]) -> None:
    """Enter a layer's features under its release; what has none to see is not mentioned."""
    if not rows:
        return
    if not found or found[-1]["release"] != step["release"]:
        found.append({"release": step["release"], "published": step["published_at"].isoformat(), "layers": []})
    kinds: dict[str, Any] = {"layer": step["layer"], "added": [], "changed": [], "removed": []}
    for row in rows:
        kinds[row["kind"]].append(row["fid"])
    found[-1]["layers"].append(kinds)


async def outlined(snap: Snapshot, feed: Feed) -> list[bytes]:
    """What the statement takes besides, when the feed is of a place."""
    return [await outline_of(snap, feed.area)] if feed.area else []


def changes_query(layer: Layer, view: View, *, is_placed: bool) -> str:
    """A change in hidden fields only is none for this caller. What moved into a place or out of it, changed there."""
    within = [within_outline(f"{one}.geom", "$4") for one in ("began", "ended")] if is_placed else ["true"]
    names = [*view.layers[layer.id], "source", "geom"]
    return text(
        SQL,
        "changes",
        served=view.rows(layer),
        history=view.ended(layer),
        columns=", ".join(quoted(name) for name in names),
        began=", ".join(f"began.{quoted(name)}" for name in names),
        ended=", ".join(f"ended.{quoted(name)}" for name in names),
        within=" OR ".join(within),
    )


def _number(name: str, given: str | None, default: int) -> int:
    if given is None:
        return default
    if not NUMBER.fullmatch(given):
        raise _refused(name, given)
    return int(given)


def _cursor(given: str | None) -> Cursor | None:
    if given is None:
        return None
    parts = CURSOR.fullmatch(given)
    if parts is None:
        raise _refused("cursor", given)
    return Cursor(int(parts[1]), parts[2], int(parts[3]))


def _refused(name: str, given: str) -> BadRequest:
    return BadRequest(
        f"{name} = “{given[:60]}” không hợp lệ; since, until, limit là số nguyên, cursor lấy từ liên kết “next”.",
        f"{name} = “{given[:60]}” is not valid; since, until and limit are whole numbers, "
        "cursor comes from the “next” link.",
    )
