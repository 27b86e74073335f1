"""What releases touched, for callers: by layer, as few tiles as tell it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

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
    parts: dict[str, list[Cells]] = defaultdict(list)
    for row in await snap.conn.fetch(text(SQL, "touched_since"), release):
        parts[row["layer"]].append(WORLD if row["cells"] is None else unpack(row["cells"]))
    return {layer: union(some) for layer, some in parts.items()}


def told(touches: Touches, layers: Sequence[str]) -> dict[str, Any]:
    """For JSON: of each layer `tiles` (with all above and below them) and `alone` (only those), as z, x, y."""
    return {layer: _told(touches[layer]) for layer in layers if layer in touches and len(touches[layer])}


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
