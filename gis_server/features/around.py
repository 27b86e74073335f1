"""What touches a drawn shape, or lies within so many metres of it, over several layers at once."""

from typing import Any

import shapely

from gis_server.features.drawn import Drawn
from gis_server.features.identify import Over, ask_layers
from gis_server.releases.snapshot import Snapshot

DEFAULT_LIMIT = 100
MOST = 1_000
"""Of each layer."""
MOST_TOGETHER = 20_000
"""Of all layers that are asked for at once."""


async def around(snap: Snapshot, over: Over, drawn: Drawn, limit: int) -> list[dict[str, Any]]:
    """Features nearest first, as identify gives them; at most so many of each layer."""
    return await ask_layers(snap, over, "near_shape", (shapely.to_wkb(drawn.shape), drawn.within_m, limit))
