"""What releases touched, for callers: by layer, as few tiles as tell it."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gis_server.access.views import View
from gis_server.db.rows import way_name
from gis_server.db.statements import text
from gis_server.drawing.cells import WORLD, Cells, tiles, union, unpack, zooms
from gis_server.releases.snapshot import Snapshot

SQL = Path(__file__).parent / "sql"
MOST_BEHIND = 500
"""Releases that are told of together; whoever is further behind begins anew."""
MOST_TOLD = 1_000
"""Tiles of one layer; of more their common parents are told."""
Touches = Mapping[str, Cells]
"""Layer id → what was touched of it."""


async def touched_since(snap: Snapshot, release: int) -> Touches | None:
    """By layer; None when that is too long ago. A release that recorded nothing of a layer touched all of it."""
    if not 0 <= snap.release - release <= MOST_BEHIND:
        return None
    rows = await snap.conn.fetch(text(SQL, "touched_since"), release)
    return await asyncio.to_thread(_joined, rows)  # of hundreds of large releases that takes a while


async def touched_for(snap: Snapshot, release: int, view: View) -> Touches | None:
    """The same as a view may hear of it: its layers, and of them only what it sees change."""
    whole = await touched_since(snap, release)
    if whole is None:
        return None
    ways = {layer: way_name(condition) for layer, condition in view.conditions.items()}
    rows = await snap.conn.fetch(text(SQL, "touched_seen_since"), release, [*ways], [*ways.values()])
    seen = {layer: cells for layer, cells in whole.items() if layer in view.layers and layer not in ways}
    return {**seen, **await asyncio.to_thread(_joined, rows)}


def _joined(rows: Sequence[Mapping[str, Any]]) -> Touches:
    """Where nothing was recorded everything is touched."""
    parts: dict[str, list[Cells]] = defaultdict(list)
    for row in rows:
        parts[row["layer"]].append(WORLD if row["cells"] is None else unpack(row["cells"]))
    return {layer: union(some) for layer, some in parts.items()}


def told(touches: Touches) -> dict[str, Any]:
    """For JSON: of each layer `tiles` (with all above and below them) and `alone` (only those), as z, x, y."""
    return {layer: _told(touches[layer]) for layer in sorted(touches) if len(touches[layer])}


def _told(cells: Cells) -> dict[str, Any]:
    few = coarser(cells)
    return {"tiles": list(tiles(few[few > 0])), "alone": list(tiles(few[few < 0]))}


def coarser(cells: Cells) -> Cells:
    """At most `MOST_TOLD` cells that touch everything these touch."""
    while len(cells) > MOST_TOLD:
        at, bare = zooms(cells), np.abs(cells)
        highest = int(at.max()) - 1
        cells = union([bare >> 2 * np.maximum(at - highest, 0)])
    return cells
