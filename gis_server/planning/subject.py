"""What a dossier is about: a parcel by its number or at a point, or a shape given by its corners."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import orjson
import shapely

from gis_server.catalog.crs import Coordinates
from gis_server.errors import UnknownLayer
from gis_server.planning.corners import polygon, read_corners
from gis_server.planning.statements import Reading, parcels, parcels_at
from gis_server.releases.snapshot import Snapshot

LONGEST_NUMBER = 20
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
    """The corners that were asked with, in one writing, and the grid that they were said to be in."""
    grid: int | None = None
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
    codes = {commune: _codes(reading, commune) for commune in {key[0] for key in keys}}
    asked = [(n, (code, *key[1:])) for n, key in enumerate(keys) if _is_named(key) for code in codes[key[0]]]
    columns = list(zip(*(key for _, key in asked), strict=True)) or [(), (), ()]
    rows = await snap.conn.fetch(parcels(reading), *map(list, columns))
    srids = {code: meridian(reading, code) for code in {str(row["commune"]) for row in rows}}
    found: list[list[Subject]] = [[] for _ in keys]
    for row in rows:
        found[asked[row["n"] - 1][0]].append(Subject(row["shape"], srids[str(row["commune"])], row))
    return [_chosen(reading, key, some) for key, some in zip(keys, found, strict=True)]


async def find_parcel(snap: Snapshot, reading: Reading, key: Key) -> Subject:
    """The parcel, or a sentence that says what to ask instead."""
    (found,) = await find_parcels(snap, reading, [key])
    if found is None:
        shown = "/".join(part[:20] for part in key)
        raise UnknownLayer(
            f"Không có thửa đất {shown} (mã xã/số tờ/số thửa), hoặc nhiều xã cũ cùng có số này: hãy dùng mã xã cũ.",
            f"There is no parcel {shown} (commune/sheet/number), or several former communes have one: use the code "
            "of the former commune.",
        )
    return found


def _is_named(key: Key) -> bool:
    """Not so what no parcel is called."""
    return all(part.isprintable() and len(part) <= LONGEST_NUMBER for part in key)


def _codes(reading: Reading, commune: str) -> list[str]:
    """The commune's own code, then the codes of those that it was formed from."""
    formed = [one.place.code for place in reading.places.by_code(commune) for one in reading.places.predecessors(place)]
    return list(dict.fromkeys([commune, *formed]))


def _chosen(reading: Reading, key: Key, found: Sequence[Subject]) -> Subject | None:
    own = [one for one in found if _numbered_by(one) == key[0]]
    inside = [one for one in found if _numbered_by(one) != key[0] and _lies_in(reading, one, key[0])]
    if not own and len(inside) != 1:
        return None
    chosen = (own or inside)[0]
    others = tuple((_numbered_by(one), key[1], key[2]) for one in inside if one is not chosen)
    return replace(chosen, also=others) if others else chosen


def _numbered_by(one: Subject) -> str:
    assert one.parcel is not None
    return str(one.parcel["commune"])


def _lies_in(reading: Reading, one: Subject, commune: str) -> bool:
    """A parcel that does not say its commune of today lies where its old one went."""
    now = one.properties.get(reading.manifest.file.parcels.commune_now)
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


async def parcels_of_points(snap: Snapshot, reading: Reading, points: Coordinates) -> list[Subject | None]:
    """The parcel that holds each of some points of the stored grid."""
    rows = await snap.conn.fetch(parcels_at(reading), [_ewkb(reading, one) for one in shapely.points(points)])
    found: list[Subject | None] = [None] * len(points)
    for row in rows:
        found[row["n"] - 1] = _of_row(reading, row)
    return found


async def subject_of_corners(snap: Snapshot, reading: Reading, text: str, grid: int | None) -> Subject:
    """A shape by its corners, or the parcel at a point when there is only one."""
    corners = read_corners(reading.catalog.crs, text, grid)
    if len(corners.points) == 1:
        return await _parcel_of_point(snap, reading, corners.points)
    shape = _ewkb(reading, polygon(corners.points))
    under = None if grid else await snap.conn.fetchrow(parcels_at(reading), [shape])
    srid = meridian(reading, str(under["commune"])) if under else corners.grid or reading.catalog.crs.stored
    return Subject(shape, srid, corners=corners.text, grid=grid)


async def _parcel_of_point(snap: Snapshot, reading: Reading, point: Coordinates) -> Subject:
    (found,) = await parcels_of_points(snap, reading, point)
    if found is None:
        raise UnknownLayer(
            "Không có thửa đất tại điểm này; hãy hỏi theo các góc của khu đất (corners=).",
            "There is no parcel at this point; ask with the corners of the site (corners=).",
        )
    return found


def _ewkb(reading: Reading, shape: shapely.Geometry) -> bytes:
    found: bytes = shapely.to_wkb(shapely.set_srid(shape, reading.catalog.crs.stored), include_srid=True)
    return found
