"""What is served of a layer now: how many rows, since which release, from which sources, where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from gis_server.db.statements import text
from gis_server.releases.snapshot import Snapshot

SQL = Path(__file__).parent / "sql"
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class LayerState:
    """The served state of one layer."""

    rows: int
    release: int
    published_at: datetime
    sources: tuple[Mapping[str, Any], ...]
    bounds: Bounds | None
    """West, south, east, north in degrees (WGS 84)."""


async def layer_states(snap: Snapshot, layers: Sequence[str]) -> dict[str, LayerState]:
    """The state of each layer that has rows."""
    found = await snap.conn.fetch(text(SQL, "layer_state"), list(layers))
    return {row["layer"]: _state(row) for row in found}


def _state(row: Mapping[str, Any]) -> LayerState:
    sources = row["sources"] if isinstance(row["sources"], list) else orjson.loads(row["sources"])
    bounds = None if row["bounds"] is None else tuple(round(number, 7) for number in row["bounds"])
    return LayerState(row["rows"], row["release"], row["published_at"], tuple(sources), bounds)


def joined_bounds(states: Mapping[str, LayerState]) -> Bounds | None:
    """The box around everything."""
    boxes = [state.bounds for state in states.values() if state.bounds]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def attributions(states: Mapping[str, LayerState]) -> list[str]:
    """Whom to thank, each once, whoever brought most first."""
    sources = [source for state in states.values() for source in state.sources]
    return list(dict.fromkeys(source["attribution"] for source in sorted(sources, key=lambda one: -int(one["rows"]))))
