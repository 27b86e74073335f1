"""What a raster layer says at a point: the number in its unit, or the class in words."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import numpy as np

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import text
from gis_server.errors import BadRequest
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.raster_cells import WORLD_M
from gis_server.tiles.raster_painter import MOST_SHEETS, NAME, Painter, Sheet

SQL = Path(__file__).parent / "sql"
HIGHEST_LATITUDE = 85.0
VALUE: Final = {"vi": "Giá trị", "en": "Value"}
SHEET: Final = {"vi": "Mảnh", "en": "Sheet"}
DAY: Final = {"vi": "Ngày", "en": "Date"}
DATUM: Final = {"name": "datum", "title": {"vi": "Hệ độ cao", "en": "Datum"}}


@dataclass(frozen=True)
class Spot:
    """A place in Web Mercator, metres."""

    x: float
    y: float

    async def sheets(self, snap: Snapshot, view: View, layer: Layer) -> Sequence[asyncpg.Record]:
        """The rasters there that the view sees, the finest first."""
        asked = text(SQL, "raster_at", rows=view.rows(layer))
        found: Sequence[asyncpg.Record] = await snap.conn.fetch(asked, self.x, self.y, MOST_SHEETS)
        return found


async def read_spot(lon: str, lat: str) -> Spot:
    """Degrees of WGS 84, east and north."""
    return spot_of(_degrees("lon", lon, 180.0), _degrees("lat", lat, HIGHEST_LATITUDE))


def spot_of(east: float, north: float) -> Spot:
    return Spot(east / 360 * WORLD_M, math.asinh(math.tan(math.radians(north))) / (2 * math.pi) * WORLD_M)


class Reading(NamedTuple):
    """What the finest sheet that has data at a place says there."""

    sheet: asyncpg.Record
    values: list[float]
    """One for each band."""

    @property
    def value(self) -> float | list[float]:
        return self.values[0] if len(self.values) == 1 else self.values

    @property
    def day(self) -> str | None:
        return self.sheet["ngay"].isoformat() if self.sheet["ngay"] else None


async def read_at(painter: Painter, spot: Spot, sheets: Sequence[asyncpg.Record]) -> Reading | None:
    """None where no sheet has data."""
    place = np.array([[[spot.x, spot.y]]])
    for row in sheets:
        if not NAME.fullmatch(row["sha256"]):
            continue
        one = [Sheet(row["sha256"], row["luoi"])]
        cells = await asyncio.to_thread(painter.cells, one, place, smooth=False)
        if cells.valid[0, 0]:
            return Reading(row, [round(float(value), 6) for value in cells.values[:, 0, 0]])
    return None


def told_value(catalog: Catalog, layer: Layer, found: Reading | None) -> dict[str, Any]:
    """For programs; `value` is null where no sheet has data."""
    rule = layer.file.raster
    assert rule is not None
    answer: dict[str, Any] = {"layer": layer.id, "value": None, "unit": rule.unit, "datum": rule.datum}
    if found is None:
        return answer
    row = found.sheet
    said = {"value": found.value, "sheet": row["ma"], "source": row["source"]}
    kind = _class(catalog, layer, found.values[0])
    return {**answer, **said, **kind, "date": found.day, "synthetic": row["synthetic"]}


def told_feature(catalog: Catalog, layer: Layer, place: tuple[float, float], found: Reading) -> dict[str, Any]:
    """For people, as a feature at a longitude and latitude: in the form of those that lie under a click."""
    rule, row = layer.file.raster, found.sheet
    assert rule is not None
    kind = _class(catalog, layer, found.values[0])
    value = {"name": "value", "title": VALUE, "value": found.value, "unit": rule.unit} | (
        {"value": kind["value"], "code": kind["value"], "word": kind["class"]} if kind else {}
    )
    sheet = {"name": "sheet", "title": SHEET, "value": row["ma"]}
    day = {"name": "date", "title": DAY, "value": found.day}
    return {
        "layer": layer.id,
        "title": layer.file.title.model_dump(),
        "fid": row["fid"],
        "label": None,
        "attributes": [value, *([] if rule.datum is None else [{**DATUM, "value": rule.datum}]), sheet, day],
        "source": {"attribution": row["attribution"]},
        "synthetic": row["synthetic"],
        "release": row["born"],
        "geometry": {"type": "Point", "coordinates": [round(one, 7) for one in place]},
    }


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
