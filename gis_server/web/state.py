"""What is served of a layer now: how many rows, since which release, from which sources, where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.db.statements import text
from gis_server.releases.snapshot import Snapshot
from gis_server.web.when import PastView

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


class LayerStates:
    """The state of layers as one view sees them.

    Publishes keep the books of whole layers. Where a view does not see all rows they are counted, once per release.
    """

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], tuple[int, LayerState | None]] = {}

    async def of(self, snap: Snapshot, view: View, layers: Sequence[Layer]) -> dict[str, LayerState]:
        """Of each layer that has rows."""
        rows = await _books(snap, view, [layer.id for layer in layers])
        states = {row["layer"]: _state(row) for row in rows}
        for layer in layers:
            if layer.id in view.conditions and layer.id in states:
                seen = await self._seen(snap, view, layer, states.pop(layer.id).release)
                states |= {layer.id: seen} if seen else {}
        return states

    async def _seen(self, snap: Snapshot, view: View, layer: Layer, release: int) -> LayerState | None:
        if isinstance(view, PastView):
            return await _counted(snap, view, layer)
        of_what = layer.id, view.conditions[layer.id]
        counted = self._counted.get(of_what)
        if counted is None or counted[0] != release:
            counted = self._counted[of_what] = (release, await _counted(snap, view, layer))
        return counted[1]


async def _books(snap: Snapshot, view: View, layers: list[str]) -> Sequence[Mapping[str, Any]]:
    """What publishes wrote of whole layers, until now or until a release of the past."""
    if isinstance(view, PastView):
        then: Sequence[Mapping[str, Any]] = await snap.conn.fetch(text(SQL, "layer_then"), layers, view.release)
        return then
    now: Sequence[Mapping[str, Any]] = await snap.conn.fetch(text(SQL, "layer_state"), layers)
    return now


async def _counted(snap: Snapshot, view: View, layer: Layer) -> LayerState | None:
    row = await snap.conn.fetchrow(text(SQL, "layer_seen", rows=view.rows(layer), ended=view.ended(layer)), layer.id)
    return row and _state(row)


async def _layer_states(request: Request) -> LayerStates:
    states: LayerStates = request.app.state.layer_states
    return states


LayerStatesDep = Annotated[LayerStates, Depends(_layer_states)]


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
