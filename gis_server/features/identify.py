"""What is here? One question over every visible layer, answered in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.crs import WGS84
from gis_server.db.statements import literal, text
from gis_server.releases.snapshot import Snapshot
from gis_server.web.columns import attribute, column
from gis_server.web.place import within_outline

SQL = Path(__file__).parent / "sql"
MOST_PER_LAYER = 10
DEFAULT_RADIUS_M = 10.0
MOST_RADIUS_M = 1000.0


@dataclass(frozen=True)
class Over:
    """The layers that a question goes over, as a view sees them; only features in the outline, when there is one."""

    catalog: Catalog
    view: View
    layers: Sequence[str]
    outline: bytes | None = None
    """EWKB in the stored grid."""


@dataclass(frozen=True)
class Spot:
    """A place in the stored grid, and how far around it to look."""

    east: float
    north: float
    radius_m: float


def spot_of(catalog: Catalog, longitude: float, latitude: float, radius_m: float) -> Spot | None:
    """The spot in the stored grid; None outside the city's extent, where nothing lies."""
    point = catalog.crs.transform(np.array([[longitude, latitude]]), WGS84, catalog.crs.stored)[0]
    west, south, east, north = catalog.crs.file.extent
    if west <= point[0] <= east and south <= point[1] <= north:
        return Spot(float(point[0]), float(point[1]), radius_m)
    return None


async def identify(snap: Snapshot, over: Over, spot: Spot) -> list[dict[str, Any]]:
    """Features near a spot, nearest first, and at the same distance the smallest first."""
    return await ask_layers(snap, over, "near", (spot.east, spot.north, spot.radius_m, MOST_PER_LAYER))


async def ask_layers(snap: Snapshot, over: Over, piece: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """What the statement `piece` finds in each layer.

    One statement for each view, whichever layers are asked for: planned once, and layers not asked for cost nothing.
    """
    if not over.view.layers:
        return []
    given = [*values, list(over.layers), *([over.outline] if over.outline else [])]
    within = within_outline("served.geom", f"${len(given)}") if over.outline else "true"
    asked = (_piece(over, piece, number, within) for number in range(len(over.view.layers)))
    rows = await snap.conn.fetch(text(SQL, "identify", pieces=" UNION ALL ".join(asked)), *given)
    return [_answer(over.catalog, row) for row in rows]


def layers_asked(catalog: Catalog, view: View, names: str | None) -> list[str]:
    """The layers of a comma-separated list, or all of the view."""
    if names is None:
        return list(view.layers)
    return [view.layer(catalog, name).id for name in names.split(",")]


def _piece(over: Over, piece: str, number: int, within: str) -> str:
    view, layer = over.view, over.catalog[list(over.view.layers)[number]]
    return text(
        SQL,
        piece,
        place=str(number),
        id=literal(layer.id),
        srid=str(over.catalog.crs.stored),
        columns=", ".join(column(layer, name) for name in view.layers[layer.id]),
        rows=view.rows(layer),
        born=view.since(layer),
        within=within,
    )


def _answer(catalog: Catalog, row: Mapping[str, Any]) -> dict[str, Any]:
    layer = catalog[row["layer"]]
    properties = orjson.loads(row["properties"])
    label = properties.get(layer.file.label) if layer.file.label else None
    return {
        "layer": layer.id,
        "title": layer.file.title.model_dump(),
        "fid": row["fid"],
        "label": None if label is None else _word(catalog, layer, str(layer.file.label), label),
        "distance_m": round(row["distance_m"], 3),
        "attributes": [attribute(catalog, layer, name, value) for name, value in properties.items()],
        "source": {
            "id": row["source"],
            "vi": row["title_vi"],
            "en": row["title_en"],
            "licence": row["licence"],
            "attribution": row["attribution"],
        },
        "synthetic": row["synthetic"],
        "release": row["born"],
        "published": row["published_at"].isoformat(),
        "scale": layer.file.scale,
        "evidence": layer.file.evidence,
        "steward": layer.file.steward,
        "geometry": orjson.Fragment(row["geometry"]),
    }


def _word(catalog: Catalog, layer: Layer, name: str, value: Any) -> str:
    domain = layer.fields[name].domain
    known = catalog.domains[domain].values.get(value) if domain else None
    return known.vi if known else str(value)
