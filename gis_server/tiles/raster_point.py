"""What a raster layer says at a point: the number in its unit, or the class in words."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np

from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import text
from gis_server.errors import BadRequest
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.raster_cells import WORLD_M
from gis_server.tiles.raster_painter import MOST_SHEETS, NAME, Painter, Sheet

SQL = Path(__file__).parent / "sql"
HIGHEST_LATITUDE = 85.0


@dataclass(frozen=True)
class Spot:
    """A place in Web Mercator, metres."""

    x: float
    y: float

    async def sheets(self, snap: Snapshot, layer: Layer) -> Sequence[asyncpg.Record]:
        asked = text(SQL, "raster_at", table=layer.table)
        found: Sequence[asyncpg.Record] = await snap.conn.fetch(asked, self.x, self.y, MOST_SHEETS)
        return found


async def read_spot(lon: str, lat: str) -> Spot:
    """Degrees of WGS 84, east and north."""
    east, north = _degrees("lon", lon, 180.0), _degrees("lat", lat, HIGHEST_LATITUDE)
    return Spot(east / 360 * WORLD_M, math.asinh(math.tan(math.radians(north))) / (2 * math.pi) * WORLD_M)


async def value_at(
    painter: Painter, catalog: Catalog, layer: Layer, spot: Spot, sheets: Sequence[asyncpg.Record]
) -> dict[str, Any]:
    """The finest sheet that has data there; `value` is null where none has."""
    rule = layer.file.raster
    assert rule is not None
    place = np.array([[[spot.x, spot.y]]])
    answer: dict[str, Any] = {"layer": layer.id, "value": None, "unit": rule.unit, "datum": rule.datum}
    for row in sheets:
        if not NAME.fullmatch(row["sha256"]):
            continue
        one = [Sheet(row["sha256"], row["luoi"])]
        cells = await asyncio.to_thread(painter.cells, one, place, smooth=False)
        if cells.valid[0, 0]:
            values = [round(float(value), 6) for value in cells.values[:, 0, 0]]
            said = {"value": values[0] if len(values) == 1 else values, "sheet": row["ma"], "source": row["source"]}
            day = row["ngay"].isoformat() if row["ngay"] else None
            return {**answer, **said, **_class(catalog, layer, values[0]), "date": day, "synthetic": row["synthetic"]}
    return answer


def _class(catalog: Catalog, layer: Layer, value: float) -> dict[str, Any]:
    rule = layer.file.raster
    if rule is None or rule.domain is None:
        return {}
    word = catalog.domains[rule.domain].values.get(str(int(value)))
    return {"value": int(value), "class": None if word is None else {"vi": word.vi, "en": word.en}}


def _degrees(name: str, given: str, most: float) -> float:
    try:
        number = float(given) if given.isascii() and len(given) < 30 else math.nan
    except ValueError:
        number = math.nan
    if not -most <= number <= most:
        raise BadRequest(
            f"{name} = “{given[:20]}” không hợp lệ: cần số từ −{most:g} đến {most:g}.",
            f"{name} = “{given[:20]}” is not valid: expected a number from −{most:g} to {most:g}.",
        )
    return number
