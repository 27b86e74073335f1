"""Describes collections: title, extent in space and time, coordinate systems, links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import quoted, text
from gis_server.features.crs import CRS84, offered, storage_uri
from gis_server.releases.snapshot import Snapshot
from gis_server.web.answers import HTML, JSON, Link, address, link
from gis_server.web.state import LayerState, LayerStates

SQL = Path(__file__).parent / "sql"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
Span = tuple[str | None, str | None]


class TimeExtents:
    """First and last moment of each layer; found once per release, since a layer without new rows does not change."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Span]] = {}

    async def of(self, snap: Snapshot, layer: Layer, rows: str, release: int) -> Span:
        """`rows` are those that the caller may see: a hidden one must not stretch the time."""
        known = self._known.get(rows)
        if known is None or known[0] != release:
            known = self._known[rows] = (release, await _span(snap, layer, rows))
        return known[1]


@dataclass(frozen=True)
class Known:
    """What was found out about layers before."""

    states: LayerStates
    times: TimeExtents


@dataclass(frozen=True)
class Described:
    """A layer with what is served of it."""

    layer: Layer
    state: LayerState | None
    span: Span | None


async def describe(snap: Snapshot, view: View, layers: list[Layer], known: Known) -> list[Described]:
    """State and extents of layers; times only where the caller may see the dates."""
    states = await known.states.of(snap, view, layers)
    found = []
    for layer in layers:
        state = states.get(layer.id)
        timed = state if has_time(layer, view) else None
        span = await known.times.of(snap, layer, view.rows(layer), timed.release) if timed else None
        found.append(Described(layer, state, span))
    return found


def has_time(layer: Layer, view: View) -> bool:
    """Whether the caller may ask by date: a hidden date must not be found out by asking."""
    time = layer.file.time
    return time is not None and {time.since, time.until} <= view.fields[layer.id]


def collection(request: Request, catalog: Catalog, described: Described) -> dict[str, Any]:
    """One entry of `/collections`, the same that stands alone at `/collections/{id}`."""
    layer, stored = described.layer, catalog.crs.stored
    note = layer.file.note or layer.file.title
    return {
        "id": layer.id,
        "title": layer.file.title.vi,
        "description": f"{note.vi} · {note.en}",
        "bando:title": layer.file.title.model_dump(),
        "itemType": "feature",
        "extent": _extent(described),
        "crs": list(offered(stored)),
        "storageCrs": storage_uri(stored),
        "attribution": " · ".join(
            source["attribution"] for source in (described.state.sources if described.state else ())
        ),
        "links": _links(request, layer),
    }


def _extent(described: Described) -> dict[str, Any]:
    extent: dict[str, Any] = {}
    if described.state and described.state.bounds:
        extent["spatial"] = {"bbox": [list(described.state.bounds)], "crs": CRS84}
    if described.span:
        extent["temporal"] = {"interval": [list(described.span)], "trs": GREGORIAN}
    return extent


def _links(request: Request, layer: Layer) -> list[Link]:
    here = f"/collections/{layer.id}"
    title = f"{layer.file.title.vi} · {layer.file.title.en}"
    return [
        link(address(request, here, f="json"), "self", JSON, title),
        link(address(request, here, f="html"), "alternate", HTML, title),
        link(address(request, f"{here}/items", f="json"), "items", GEOJSON, title),
        link(address(request, f"{here}/items", f="html"), "items", HTML, title),
        link(address(request, f"{here}/schema/geojson"), "describedby", SCHEMA, "JSON Schema (GeoJSON)"),
        link(address(request, f"{here}/schema"), f"{REL}/schema", SCHEMA),
        link(address(request, f"{here}/queryables"), f"{REL}/queryables", SCHEMA),
        link(address(request, f"{here}/sortables"), f"{REL}/sortables", SCHEMA),
        link(address(request, f"{here}/tiles", f="json"), f"{REL}/tilesets-vector", JSON, "OGC API Tiles"),
        link(address(request, f"/tiles/{layer.id}"), "related", JSON, "TileJSON"),
    ]


async def _span(snap: Snapshot, layer: Layer, rows: str) -> Span:
    time = layer.file.time
    assert time is not None
    names = {"since": quoted(time.since), "until": quoted(time.until), "rows": rows}
    row: Mapping[str, Any] = await snap.conn.fetchrow(text(SQL, "time_extent", **names))
    return _moment(row["since"]), _moment(row["until"])


def _moment(value: date | datetime | None) -> str | None:
    if value is None:
        return None
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else f"{value.isoformat()}T00:00:00Z"
