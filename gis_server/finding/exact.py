"""Finds what is numbered: parcels, codes of any layer, administrative units and points; no names."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from gis_server.catalog.crs import WGS84
from gis_server.catalog.places import Place
from gis_server.finding.coordinates import Point
from gis_server.finding.hits import Box, Hit, around, box_of
from gis_server.finding.numbers import AFTER_ALL, ParcelNumber
from gis_server.finding.sight import RANK, Sight
from gis_server.finding.units import UnitBook
from gis_server.releases.snapshot import Snapshot

MOST_PARCELS = 20
MOST_CODES = 8
CODE_OF_COMMUNE = re.compile(r"[0-9]{5}", re.ASCII)
"""Also one that no list of units has, as in the sample city: its parcels say it themselves."""
CODE = re.compile(r"(?=.*\d)[^\s,;]{2,60}")


def points(sight: Sight, found: Sequence[Point]) -> Iterator[Hit]:
    """Coordinates, as hits without a layer."""
    crs = sight.catalog.crs
    for point in found:
        east, north = crs.transform(np.array([[point.lon, point.lat]]), WGS84, crs.stored)[0]
        title = f"{point.lat:.6f}, {point.lon:.6f}"
        if point.grid:
            title = f"E {point.grid[0]:.3f}  N {point.grid[1]:.3f}"
        words = crs.file.grids[point.srid].title.model_dump() if point.srid else {"vi": "WGS 84", "en": "WGS 84"}
        box = (float(east), float(north), float(east), float(north))
        extra = {"detail": words, "srid": point.srid or WGS84}
        yield Hit("coordinate", 0, 0, title, box=box, extra=extra)


async def find_parcels(snap: Snapshot, sight: Sight, book: UnitBook, number: ParcelNumber) -> list[Hit]:
    """Parcels of that sheet and number, in the commune that has that name or code in any era, or in all communes."""
    named = book.named(number.commune)
    unlisted = [number.commune] if not named and CODE_OF_COMMUNE.fullmatch(number.commune) else []
    if sight.parcels is None or (number.commune and not named and not unlisted):
        return []
    communes = book.numbered(named) or unlisted or [row["code"] for row in await snap.conn.fetch(sight.communes)]
    # Of a unit of today the parcels that lie in it now; an old one is where the sheet was numbered, wherever that lies.
    present = [place.code for place in named] if named and all(one.valid_to is None for one in named) else None
    values = (communes, number.sheets, number.parcels, present, MOST_PARCELS)
    return [
        Hit("parcel", 0, RANK["parcel"], f"Tờ {row['sheet']}, thửa {row['number']}", row["layer"], row["fid"],
            extra={"parcel": {"commune": row["commune"], "sheet": row["sheet"], "number": row["number"]}})
        for row in await snap.conn.fetch(sight.parcels, *values)
    ]  # fmt: skip


async def find_codes(snap: Snapshot, sight: Sight, typed: str) -> list[Hit]:
    """Features of any layer whose key is or begins with what was typed, as typed or in capitals."""
    if sight.codes is None or not CODE.fullmatch(typed):
        return []
    hits: dict[tuple[str, int], Hit] = {}
    for code in dict.fromkeys([typed, typed.upper()]):
        for row in await snap.conn.fetch(sight.codes, code, code + AFTER_ALL, MOST_CODES):
            tier = 0 if row["code"] == code else 1
            hits[row["layer"], row["fid"]] = Hit("asset", tier, RANK["asset"], row["code"], row["layer"], row["fid"])
    return list(hits.values())


async def find_units(snap: Snapshot, sight: Sight, book: UnitBook, found: Sequence[tuple[int, Place]]) -> list[Hit]:
    """Units of any era where they lie, or where what became of them lies."""
    heirs = {place: book.present([place]) for _, place in found}
    codes = [code for place, some in heirs.items() for code in (place.code, *some)]
    boxes: dict[tuple[str, bool], tuple[Box, str, int]] = {}
    if sight.unit_boxes is not None and codes:
        for row in await snap.conn.fetch(sight.unit_boxes, codes):
            if box := box_of(row):
                boxes[row["code"], row["is_past"]] = (box, row["layer"], row["fid"])
    return [_unit(book, tier, place, boxes, heirs[place]) for tier, place in found]


def _unit(
    book: UnitBook, tier: int, place: Place, boxes: dict[tuple[str, bool], tuple[Box, str, int]], heirs: list[str]
) -> Hit:
    own = boxes.get((place.code, place.valid_to is not None))
    others = [boxes[code, False][0] for code in heirs if (code, False) in boxes]
    box = own[0] if own else around(others) if others else None
    unit = {
        "code": place.code, "level": place.level, "valid_from": place.valid_from, "valid_to": place.valid_to,
        "present": heirs, "outline": "own" if own else "successors" if others else None,
    }  # fmt: skip
    layer, fid = own[1:] if own else (None, None)
    extra = {"detail": book.about(place), "place": unit, "ground": book.ground([place])}
    return Hit("unit", tier, RANK["unit"], place.name_vi, layer, fid, box, extra=extra)
