"""Reverse geocoding: where is this point? Units of both eras, parcel, address, road, and what has a name around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_server.catalog.places import Place
from gis_server.finding.sight import Sight
from gis_server.releases.snapshot import Snapshot

RADIUS_M, MOST_RADIUS_M = 100.0, 1_000.0
FIRST = ("parcel", "address", "road")
"""Kinds of which only the nearest is told, each under its own name; all others are told as a list."""


@dataclass(frozen=True)
class Here:
    """A point in degrees and in the stored grid, and how far around it to look."""

    lon: float
    lat: float
    east: float
    north: float
    radius_m: float
    is_inside: bool
    """Whether it lies where the city may have data."""


async def reverse(snap: Snapshot, sight: Sight, here: Here) -> dict[str, Any]:
    """What a person would say about a place."""
    is_asked = sight.around is not None and here.is_inside
    rows = await snap.conn.fetch(sight.around, here.east, here.north, here.radius_m) if is_asked else []
    named = [_named(sight, row) for row in rows]
    singles = {kind: next((one for one in named if one["kind"] == kind), None) for kind in FIRST}
    return {
        "lon": here.lon, "lat": here.lat, "radius_m": here.radius_m, "release": snap.release,
        "grid": _grid(sight, here) if here.is_inside else None,
        **await _units(snap, sight, here),
        **singles,
        "around": [one for one in named if one["kind"] not in FIRST],
    }  # fmt: skip


def _grid(sight: Sight, here: Here) -> dict[str, float]:
    return {"srid": sight.catalog.crs.stored, "east": round(here.east, 3), "north": round(here.north, 3)}


async def _units(snap: Snapshot, sight: Sight, here: Here) -> dict[str, Any]:
    is_asked = sight.units_here is not None and here.is_inside
    rows = await snap.conn.fetch(sight.units_here, here.east, here.north) if is_asked else []
    found = [place for row in rows if (place := _place(sight, row)) is not None]
    now = next((place for place in found if place.valid_to is None and place.level == "XA"), None)
    before = sight.places.predecessors(now) if now else []
    return {
        "unit": _unit(now) if now else None,
        "formed_from": [{**_unit(one.place), "split": one.split} for one in before],
        "former_units": [_unit(place) for place in found if place.valid_to is not None],
    }


def _place(sight: Sight, row: Mapping[str, Any]) -> Place | None:
    units: Sequence[Place] = sight.places.by_code(row["code"] or "")
    return next((place for place in units if (place.valid_to is not None) is row["is_past"]), None)


def _unit(place: Place) -> dict[str, Any]:
    title = {"vi": place.name_vi, "en": place.name_en}
    return {"code": place.code, "level": place.level, "title": title, "valid_from": place.valid_from,
            "valid_to": place.valid_to}  # fmt: skip


def _named(sight: Sight, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": row["kind"], "name": row["name"], "distance_m": round(row["distance_m"], 2), "layer": row["layer"],
        "title": sight.catalog[row["layer"]].file.title.model_dump(), "fid": row["fid"],
        "source": {"id": row["source"], "vi": row["title_vi"], "en": row["title_en"]}, "synthetic": row["synthetic"],
    }  # fmt: skip
