"""TileJSON 3.0 of a raster layer, with its legend."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.raster_styles import raster_legend
from gis_server.db.statements import text
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.raster_cells import SIDE, WORLD_M
from gis_server.tiles.raster_looks import Look
from gis_server.tiles.tilejson import CITY
from gis_server.web.state import LayerState, attributions, joined_bounds

SQL = Path(__file__).parent / "sql"
CITY_LATITUDE = 10.8


async def finest_m(snap: Snapshot, layer: Layer) -> float | None:
    """The smallest cell that is served, metres."""
    found: float | None = await snap.conn.fetchval(text(SQL, "raster_finest", table=layer.table))
    return found


def raster_tilejson(
    catalog: Catalog, layer: Layer, look: Look, states: Mapping[str, LayerState], where: tuple[str, float | None]
) -> dict[str, Any]:
    """The document; `where` is the address template and the finest cell, from which the highest zoom follows."""
    tiles, finest = where
    low, high = raster_zooms(layer, finest)
    bounds = joined_bounds(states) or CITY
    document = {
        "tilejson": "3.0.0",
        "name": layer.file.title.vi,
        "description": (layer.file.note or layer.file.title).vi,
        "scheme": "xyz",
        "tiles": [tiles],
        "tileSize": SIDE,
        "minzoom": low,
        "maxzoom": high,
        "bounds": list(bounds),
        "attribution": " · ".join(attributions(states)),
        "bando:title": layer.file.title.model_dump(),
        "bando:synthetic": any(source["synthetic"] for state in states.values() for source in state.sources),
    }
    if look == "terrain":
        return {**document, "encoding": "mapbox"}
    return {**document, "bando:legend": raster_legend(catalog, layer) if look == "color" else []}


def raster_zooms(layer: Layer, finest: float | None) -> tuple[int, int]:
    """From the layer file, as far as cells are worth it."""
    low, high = layer.file.tiles.zoom
    return low, max(low, min(high, _zoom_of(finest)))


def _zoom_of(finest: float | None) -> int:
    """Where a pixel is about a cell; clients enlarge what lies beyond."""
    across = WORLD_M * math.cos(math.radians(CITY_LATITUDE)) / SIDE
    return math.ceil(math.log2(across / finest)) if finest else 0
