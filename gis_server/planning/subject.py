"""What a dossier is about: a parcel by its number or at a point, or a shape given by its corners."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import numpy as np
import orjson
import shapely

from gis_server.catalog.crs import WGS84, Coordinates
from gis_server.errors import BadRequest, UnknownLayer
from gis_server.planning.statements import Reading, parcel_at, parcels
from gis_server.releases.snapshot import Snapshot
from gis_server.web.parameters import NUMBER

MOST_CORNERS = 500
MOST_AREA_M2 = 1_000_000.0
NORTH, EAST = (900_000.0, 1_300_000.0), (300_000.0, 800_000.0)
"""X and Y of a VN-2000 survey table, metres: no number is good for both, so either order is understood."""
LONGEST_NUMBER = 20
LATITUDE, LONGITUDE = (8.0, 13.0), (104.0, 110.0)
Key = tuple[str, str, str]
"""Commune, sheet, number."""


@dataclass(frozen=True)
class Subject:
    """A shape in the stored grid (EWKB), and the parcel that it is, if it is one."""

    shape: bytes
    srid: int
    """Grid in which its legal areas are computed."""
    parcel: asyncpg.Record | None = None
    corners: str | None = None
    """The corners as they were asked with."""
    also: tuple[Key, ...] = ()
    """Other parcels of the same numbers in the present commune with the code that was asked for."""

    @property
    def fid(self) -> int | None:
        return None if self.parcel is None else int(self.parcel["fid"])

    @property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = {} if self.parcel is None else orjson.loads(self.parcel["properties"])
        return found


async def find_parcels(snap: Snapshot, reading: Reading, keys: Sequence[Key]) -> list[Subject | None]:
    """Parcels by their keys, in order; None where there is none, or the key fits several.

    The commune is the one that numbered the sheet; where it has no such parcel, the commune of today with that code.
    """
    asked = [(n, (code, *key[1:])) for n, key in enumerate(keys) for code in _codes(reading, key)]
    columns = list(zip(*(key for _, key in asked), strict=True)) or [(), (), ()]
    rows = await snap.conn.fetch(parcels(reading), *map(list, columns))
    found: list[list[asyncpg.Record]] = [[] for _ in keys]
    for row in rows:
        found[asked[row["n"] - 1][0]].append(row)
    return [_chosen(reading, key, rows) for key, rows in zip(keys, found, strict=True)]


async def find_parcel(snap: Snapshot, reading: Reading, key: Key) -> Subject:
    """The parcel, or a sentence that says what to ask instead."""
    (found,) = await find_parcels(snap, reading, [key])
    if found is None:
        shown = "/".join(part[:20] for part in key)
        raise UnknownLayer(
            f"Không có thửa đất {shown} (mã xã/số tờ/số thửa), hoặc nhiều xã cũ có số này: dùng mã xã cũ.",
            f"There is no parcel {shown} (commune/sheet/number), or several old communes have it: give the old code.",
        )
    return found


def _codes(reading: Reading, key: Key) -> list[str]:
    """The commune's own code, then the codes of those that it was formed from; none for what no parcel is called."""
    commune = key[0]
    if not all(part.isprintable() and len(part) <= LONGEST_NUMBER for part in key):
        return []
    formed = [one.place.code for place in reading.places.by_code(commune) for one in reading.places.predecessors(place)]
    return list(dict.fromkeys([commune, *formed]))


def _chosen(reading: Reading, key: Key, rows: Sequence[asyncpg.Record]) -> Subject | None:
    own = [row for row in rows if row["commune"] == key[0]]
    inside = [row for row in rows if row not in own and _lies_in(reading, row, key[0])]
    if not own and len(inside) != 1:
        return None
    row = (own or inside)[0]
    others = tuple((str(one["commune"]), key[1], key[2]) for one in inside if one is not row)
    return replace(_of_row(reading, row), also=others)


def _lies_in(reading: Reading, row: asyncpg.Record, commune: str) -> bool:
    """A parcel that does not say its commune of today lies where its old one went."""
    now = orjson.loads(row["properties"]).get(reading.manifest.file.parcels.commune_now)
    return now in (None, commune)


def _of_row(reading: Reading, row: asyncpg.Record) -> Subject:
    return Subject(row["shape"], meridian(reading, str(row["commune"])), row)


def meridian(reading: Reading, commune: str) -> int:
    """The grid of the province that surveyed the commune; the stored one for a code that nobody knows."""
    eras = reading.places.by_code(commune)
    old = [place for place in eras if place.valid_to] or [
        one.place for p in eras for one in reading.places.predecessors(p)
    ]
    known = reading.manifest.file.meridians
    return next(
        (known[place.province_code] for place in old if place.province_code in known), reading.catalog.crs.stored
    )


async def parcel_of_point(snap: Snapshot, reading: Reading, point: Coordinates) -> Subject:
    """The parcel that holds a point of the stored grid."""
    row = await snap.conn.fetchrow(parcel_at(reading), _ewkb(reading, shapely.Point(point)))
    if row is None:
        raise UnknownLayer(
            "Không có thửa đất tại điểm này; hỏi theo các góc của khu đất (corners=).",
            "There is no parcel at this point; ask with the corners of the ground (corners=).",
        )
    return _of_row(reading, row)


async def subject_of_corners(snap: Snapshot, reading: Reading, text: str, grid: int | None) -> Subject:
    """A shape by its corners, or the parcel at a point when there is only one."""
    points = stored_points(reading, text, grid)
    if len(points) == 1:
        return await parcel_of_point(snap, reading, points[0])
    shape = _ewkb(reading, polygon(points))
    under = None if grid else await snap.conn.fetchrow(parcel_at(reading), shape)
    srid = meridian(reading, str(under["commune"])) if under else grid or reading.catalog.crs.stored
    return Subject(shape, srid, corners=text)


def stored_points(reading: Reading, text: str, grid: int | None) -> Coordinates:
    """Corners in the stored grid, to the millimetre, from metres of a VN-2000 grid or degrees of WGS 84."""
    pairs = [_pair(line) for line in re.split(r"[;\n]+", text.strip("; \n")) if line.strip()]
    kinds = {kind for kind, _ in pairs}
    if len(kinds) != 1 or not 1 <= len(pairs) <= MOST_CORNERS or len(pairs) == 2:
        raise _bad_corners()
    crs = reading.catalog.crs
    source = WGS84 if kinds == {"degrees"} else grid or crs.stored
    points = np.round(crs.transform(np.array([pair for _, pair in pairs]), source, crs.stored), 3)
    west, south, east, north = crs.file.extent
    if not ((points >= (west, south)) & (points <= (east, north))).all():
        raise BadRequest(
            "corners: có góc nằm ngoài thành phố; kiểm tra thứ tự X, Y và kinh tuyến trục (grid=).",
            "corners: some lie outside of the city; check the order of X and Y, and the meridian (grid=).",
        )
    return points


def _pair(line: str) -> tuple[str, tuple[float, float]]:
    """East and north of one line: two numbers, as in a table on a certificate with number and side, too."""
    words = re.split(r"[\s|]+", line.strip())
    words = words[0].split(",") if len(words) == 1 else [word.rstrip(",").replace(",", ".") for word in words]
    numbers = [float(word) for word in words if NUMBER.fullmatch(word)]
    for kind, x, y in (("metres", EAST, NORTH), ("degrees", LONGITUDE, LATITUDE)):
        east, north = ([one for one in numbers if low <= one <= high] for low, high in (x, y))
        if len(east) == len(north) == 1 or (kind == "degrees" and len(numbers) == 2 and east and north):
            return kind, (east[0], north[0])
    raise _bad_corners()


def polygon(points: Coordinates) -> shapely.Polygon:
    """The shape inside the corners; a sentence when its sides cross or it is too large."""
    shape = shapely.Polygon(points)
    if not shape.is_valid or not shape.area:
        where = shapely.is_valid_reason(shape)[:80]
        raise BadRequest(
            f"corners: các cạnh cắt nhau hoặc thẳng hàng ({where}); sắp lại thứ tự góc.",
            f"corners: sides cross, or all corners lie on a line ({where}); order them anew.",
        )
    if shape.area > MOST_AREA_M2:
        raise BadRequest(
            f"corners: khu đất rộng {shape.area / 10_000:.0f} ha; nhiều nhất {MOST_AREA_M2 / 10_000:.0f} ha.",
            f"corners: the ground is {shape.area / 10_000:.0f} ha; at most {MOST_AREA_M2 / 10_000:.0f} ha.",
        )
    return shape


def _ewkb(reading: Reading, shape: shapely.Geometry) -> bytes:
    found: bytes = shapely.to_wkb(shapely.set_srid(shape, reading.catalog.crs.stored), include_srid=True)
    return found


def _bad_corners() -> BadRequest:
    return BadRequest(
        f"corners: cần 1 điểm hoặc 3 đến {MOST_CORNERS} góc; mỗi góc là X Y (VN-2000, mét) hoặc kinh độ vĩ độ; "
        "giữa hai góc là dấu “;”.",
        f"corners: one point or 3 to {MOST_CORNERS} corners, each X Y (VN-2000, metres) or longitude and latitude; "
        "with “;” between them.",
    )
