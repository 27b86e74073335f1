"""Administrative units of the city in every era, and which became which: the plain files of `layers/_places/`."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar, cast

from gis_server.catalog.names import bare, toned
from gis_server.errors import CatalogInvalid

Level = Literal["TINH", "HUYEN", "XA"]
Row = TypeVar("Row")

KIND_WORDS = ("Thành phố", "Đặc khu", "Thị trấn", "Thị xã", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


@dataclass(frozen=True)
class Place:
    """One unit in one era. A bare code names several: 26740 was Phường Bến Nghé and is Phường Sài Gòn."""

    code: str
    valid_from: date | None
    """Nothing when the unit is older than the sources tell."""
    valid_to: date | None
    """The last day in force; nothing while it still is."""
    level: Level
    kind: str
    name_vi: str
    name_en: str
    parent_code: str
    province_code: str
    formed_from: str
    evidence: str

    @property
    def short_name(self) -> str:
        """The name without Phường, Quận, Tỉnh…"""
        kind = next((word for word in KIND_WORDS if self.name_vi.startswith(f"{word} ")), "")
        return self.name_vi[len(kind) :].strip()

    def in_force(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True)
class Link:
    """An old unit gave all or, when `split` is above one, part of its area to a new unit."""

    new_code: str
    old_code: str
    old_level: Level
    split: int
    """Among how many new units the old one was divided."""
    matched_by: str

    @property
    def new_level(self) -> Level:
        """Districts ended, so their area belongs to communes now."""
        return "TINH" if self.old_level == "TINH" else "XA"


@dataclass(frozen=True)
class Relative:
    """The other end of a link."""

    place: Place
    split: int


@dataclass(frozen=True)
class Places:
    """All units and links, with lookups that never mistake one era for another."""

    units: tuple[Place, ...]
    links: tuple[Link, ...]

    def find(self, query: str, day: date | None = None) -> list[Place]:
        """Units with that code or name, newest era first; on one day only when `day` is given."""
        found = self.by_code(query) or self.by_name(query)
        return [place for place in found if day is None or place.in_force(day)]

    def by_code(self, code: str) -> list[Place]:
        """Every unit that ever had this code, the one in force first."""
        return sorted(self._by_code.get(code.strip(), []), key=_newest_first)

    def by_name(self, name: str) -> list[Place]:
        """Units of that name, with or without Phường, Xã…; names with tone marks must agree in them, if any does.

        These are candidates for a person: Thạnh An and Thanh An are both communes of the city, so joins need the code.
        """
        exact = self._named(toned, name)
        found = exact if exact and bare(name) != toned(name) else self._named(bare, name)
        return sorted(found, key=lambda place: (place not in exact, _newest_first(place)))

    def parent(self, place: Place) -> Place | None:
        """The unit above in the same era."""
        level: Level = "TINH" if place.level == "HUYEN" or len(place.parent_code) == 2 else "HUYEN"
        return self._unit(place.parent_code, level, old=place.valid_to is not None) if place.parent_code else None

    def successors(self, place: Place) -> list[Relative]:
        """What an old unit became (a district: its communes); several when divided, nothing for a unit in force."""
        if place.valid_to is None:
            return []
        links = [link for link in self.links if (link.old_code, link.old_level) == (place.code, place.level)]
        if not links and place.level == "HUYEN":
            links = self._links_of_district(place)
        return [Relative(self._unit(link.new_code, link.new_level, old=False), link.split) for link in links]

    def predecessors(self, place: Place) -> list[Relative]:
        """The old units a new one was formed from; `split` above one says that only a part came."""
        if place.valid_to is not None:
            return []
        links = [link for link in self.links if (link.new_code, link.new_level) == (place.code, place.level)]
        return [Relative(self._unit(link.old_code, link.old_level, old=True), link.split) for link in links]

    def _links_of_district(self, district: Place) -> list[Link]:
        communes = {place.code for place in self.units if place.valid_to and place.parent_code == district.code}
        links = [link for link in self.links if link.old_level == "XA" and link.old_code in communes]
        targets = {link.new_code: link for link in links}
        return [replace(link, split=len(targets)) for link in targets.values()]

    @cached_property
    def _by_code(self) -> dict[str, list[Place]]:
        table: dict[str, list[Place]] = {}
        for place in self.units:
            table.setdefault(place.code, []).append(place)
        return table

    def _named(self, fold: Callable[[str], str], name: str) -> list[Place]:
        wanted = fold(name)
        return [place for place in self.units if wanted in (fold(place.name_vi), fold(place.short_name))]

    def _unit(self, code: str, level: Level, *, old: bool) -> Place:
        for place in self._by_code.get(code, []):
            if place.level == level and (place.valid_to is not None) == old:
                return place
        raise KeyError(f"{code} {level}")


def read_places(layers_folder: Path) -> Places:
    """Units and crosswalk, or CatalogInvalid naming file and line; links must name units that exist."""
    folder = layers_folder / "_places"
    places = Places(tuple(_rows(folder / "units.csv", _place)), tuple(_rows(folder / "crosswalk.csv", _link)))
    ends = [(link, code, level, old) for link in places.links for code, level, old in _ends(link)]
    for link, code, level, old in ends:
        try:
            places._unit(code, level, old=old)
        except KeyError:
            raise _invalid(folder / "crosswalk.csv", f"{link.old_code} → {link.new_code}: {code}?") from None
    return places


def _ends(link: Link) -> Sequence[tuple[str, Level, bool]]:
    return ((link.new_code, link.new_level, False), (link.old_code, link.old_level, True))


def _rows(path: Path, build: Callable[[dict[str, str]], Row]) -> Iterable[Row]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file, strict=True))
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise _invalid(path, str(error)) from error
    for number, line in enumerate(lines, start=2):
        try:
            yield build(line)
        except (KeyError, TypeError, ValueError) as error:
            raise _invalid(path, f"{number}: {error}") from error


def _place(line: dict[str, str]) -> Place:
    texts = {key: line[key] for key in ("code", "kind", "name_vi", "name_en", "parent_code", "province_code")}
    return Place(
        **texts,
        valid_from=_day(line["valid_from"]),
        valid_to=_day(line["valid_to"]),
        level=_level(line["level"]),
        formed_from=line["formed_from"],
        evidence=line["evidence"],
    )


def _link(line: dict[str, str]) -> Link:
    return Link(line["new_code"], line["old_code"], _level(line["old_level"]), int(line["split"]), line["matched_by"])


def _level(text: str) -> Level:
    if text not in ("TINH", "HUYEN", "XA"):
        raise ValueError(f"level “{text}”")
    return cast(Level, text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _newest_first(place: Place) -> tuple[int, str]:
    return (-(place.valid_to or date.max).toordinal(), place.code)


def _invalid(path: Path, problem: str) -> CatalogInvalid:
    where = f"layers/_places/{path.name}"
    return CatalogInvalid(f"Không đọc được tệp {where}: {problem}", f"{where} cannot be read: {problem}")
