"""Administrative units of every era by what people type, held in memory: there are a few hundred."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gis_server.catalog.names import bare, toned
from gis_server.catalog.places import Place, Places
from gis_server.finding.words import Typed

LIKE = 0.55
"""Share of common trigrams from which a name is taken for another with a typing error."""
MOST = 6
PAST = "-"
"""Ends the code of a unit that is no more: most of these codes are used again."""


@dataclass(frozen=True)
class Unit:
    """A unit with its names as they are compared: whole, short, and both within the unit above."""

    place: Place
    names: tuple[str, ...]
    text: str
    toned: str

    @cached_property
    def grams(self) -> frozenset[str]:
        return _grams(self.names[0])


@dataclass(frozen=True)
class UnitBook:
    """All units, ready to be looked through."""

    places: Places

    @cached_property
    def units(self) -> list[Unit]:
        return [self._unit(place) for place in self.places.units]

    def find(self, typed: Typed) -> list[tuple[int, Place]]:
        """Units by name or code, with their tier (0 exact, 1 begins so, 2 has the words); those in force first."""
        found = [(tier, unit.place) for unit in self.units if (tier := _tier(unit, typed)) is not None]
        return sorted(found, key=_best_first)[:MOST]

    def similar(self, typed: Typed) -> list[tuple[int, Place]]:
        """Units whose names differ by little."""
        wanted = _grams(typed.folded)
        likeness = [(len(wanted & unit.grams) / len(wanted | unit.grams), unit.place) for unit in self.units]
        found = sorted(
            (one for one in likeness if one[0] >= LIKE), key=lambda one: (-one[0], one[1].valid_to is not None)
        )
        return [(3, place) for _, place in found[:MOST]]

    def named(self, words: str) -> list[Place]:
        """Units that are called just so, or have that code; the commune within its district: “Phường 1, Quận 3”."""
        if not words:
            return []
        typed = Typed(words)
        return [unit.place for unit in self.units if _tier(unit, typed) == 0]

    def ground(self, places: list[Place]) -> frozenset[str]:
        """What covers the units: themselves, or the communes of today on their area; past codes end in a dash."""
        own = (place.code + (PAST if place.valid_to is not None else "") for place in places)
        return frozenset([*own, *self.present(places)])

    def present(self, places: list[Place]) -> list[str]:
        """Codes of the communes of today in the area of the units."""
        return list(dict.fromkeys(code for place in places for code in self._present(place)))

    def numbered(self, places: list[Place]) -> list[str]:
        """Codes of the communes that may have numbered sheets in the area of the units."""
        return list(dict.fromkeys(code for place in places for code in self._numbered(place)))

    def about(self, place: Place) -> dict[str, Any]:
        """What a unit is today, or was made of, in words."""
        if place.valid_to is not None:
            names = [one.place.name_vi for one in self.places.successors(place)]
            vi, en = f"đến {place.valid_to:%d/%m/%Y}; nay là", f"until {place.valid_to}; now"
        else:
            names = [one.place.name_vi for one in self.places.predecessors(place)]
            vi, en = f"từ {place.valid_from:%d/%m/%Y}; gồm", f"since {place.valid_from}; from"
        parent = self.places.parent(place)
        above = [parent.name_vi] if parent else []
        return {
            "vi": ", ".join([*above, f"{vi} {_listed(names)}"] if names else above),
            "en": ", ".join([*above, f"{en} {_listed(names)}"] if names else above),
        }

    def _present(self, place: Place) -> Iterator[str]:
        if place.valid_to is not None:
            yield from (one.place.code for one in self.places.successors(place))
        elif place.level == "XA":
            yield place.code

    def _numbered(self, place: Place) -> Iterator[str]:
        if place.level == "XA":
            yield place.code
        if place.level == "HUYEN":
            yield from (one.code for one in self.places.units if one.parent_code == place.code and one.valid_to)
        yield from (one.place.code for one in self.places.predecessors(place) if one.place.level == "XA")

    def _unit(self, place: Place) -> Unit:
        parent = self.places.parent(place)
        above = parent.name_vi if parent else ""
        name, short, around = bare(place.name_vi), bare(place.short_name), bare(above)
        within = (f"{name} {around}", f"{short} {around}") if above else ()
        return Unit(place, (name, short, *within), f" {name} {around}", toned(f"{place.name_vi} {above}"))


def _tier(unit: Unit, typed: Typed) -> int | None:
    wanted = typed.folded[1:]
    if wanted == unit.place.code:
        return 0
    if not typed.bare or not all(f" {word}" in unit.text for word in typed.bare) or not typed.agrees(unit.toned):
        return None
    if wanted in unit.names:
        return 0
    if any(name.startswith(wanted) for name in unit.names):
        return 1
    return 2 if any(f" {word}" in f" {unit.names[1]}" for word in typed.bare) else None


def _best_first(found: tuple[int, Place]) -> tuple[int, bool, int, str]:
    tier, place = found
    return tier, place.valid_to is not None, len(place.name_vi), place.code


def _grams(text: str) -> frozenset[str]:
    return frozenset(f"  {word} "[at : at + 3] for word in text.split() for at in range(len(word) + 1))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
