"""What touches a drawn shape, or lies within so many metres of it, over several layers at once."""

from typing import Any

import shapely

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.features.drawn import Drawn
from gis_server.features.identify import ask_layers
from gis_server.releases.snapshot import Snapshot

DEFAULT_LIMIT = 100
MOST = 1_000
"""Of each layer."""


async def around(
    snap: Snapshot, catalog: Catalog, view: View, layers: list[str], drawn: tuple[Drawn, int]
) -> list[dict[str, Any]]:
    """Features of the named layers, nearest first, as identify gives them; at most so many of each layer."""
    asked, limit = drawn
    values = (shapely.to_wkb(asked.shape), asked.within_m, limit, layers)
    return await ask_layers(snap, catalog, view, "near_shape", values)
