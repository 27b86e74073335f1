"""Administrative units of every era with one code, and what became of them."""

from datetime import date
from typing import Any

from gis_server.catalog.places import Place, Places, Relative
from gis_server.errors import UnknownLayer


def units_of(places: Places, code: str, day: date | None) -> list[dict[str, Any]]:
    """Every unit that had the code, newest era first; on one day only when `day` is given."""
    found = [place for place in places.by_code(code) if day is None or place.in_force(day)]
    if not found:
        raise UnknownLayer(
            f"Không có đơn vị hành chính nào mang mã “{code[:20]}”" + (f" vào ngày {day:%d/%m/%Y}." if day else "."),
            f"There is no administrative unit with the code “{code[:20]}”" + (f" on {day}." if day else "."),
        )
    return [_unit(places, place) for place in found]


def _unit(places: Places, place: Place) -> dict[str, Any]:
    parent = places.parent(place)
    return {
        **_named(place),
        "kind": place.kind,
        "evidence": place.evidence,
        "parent": _named(parent) if parent else None,
        "successors": [_relative(one) for one in places.successors(place)],
        "predecessors": [_relative(one) for one in places.predecessors(place)],
    }


def _named(place: Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "level": place.level,
        "title": {"vi": place.name_vi, "en": place.name_en},
        "valid_from": place.valid_from,
        "valid_to": place.valid_to,
    }


def _relative(relative: Relative) -> dict[str, Any]:
    """`split` above one: the old unit was divided among that many new ones."""
    return {**_named(relative.place), "split": relative.split}
