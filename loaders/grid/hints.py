"""What is known about a file beside its numbers: what it says, the commune codes of its rows, the names in its path."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gis_server.catalog import CrsBook
from gis_server.catalog.places import Place, Places
from loaders.grid.declared import Declared
from loaders.grid.national import Country, country_of
from loaders.grid.reading import Reading

ALMOST_ALL = 0.9
DIGITS = 5
TELLING = ("xa", "phuong", "dvhc", "hanhchinh", "code", "commune", "ward")
"""Letters in a column's name that make one and the same code in every row credible."""


@dataclass(frozen=True)
class Hints:
    """Everything `find_grid` may use beside the numbers and the control."""

    book: CrsBook
    places: Places
    name: str = ""
    """The file, in sentences."""
    path: str = ""
    """Folder and file names, which may name a province."""
    declared: Declared | None = None
    given: Reading | None = None
    """A person's own word: `--crs`, or the profile."""
    communes: tuple[str | None, ...] = field(default=())
    """The commune code of each point, where the rows have one."""
    features: int | None = None
    """How many features the points are of; None where each point is one."""

    def codes(self) -> Counter[str]:
        return Counter(code for code in self.communes if code is not None)

    def provinces(self) -> frozenset[str]:
        """The provinces (until 2025) that the codes in the rows belong to, in any era; few strays do not count."""
        codes = self.codes()
        counts: Counter[str] = Counter()
        for code, rows in codes.items():
            counts.update(dict.fromkeys(homes(code, self.places) or country_of(self.book).of_commune(code), rows))
        return frozenset(home for home, rows in counts.items() if rows >= 0.02 * codes.total())


def homes(code: str, places: Places) -> frozenset[str]:
    """Old provinces a commune code belongs to: its own, or those of the old units it was formed from."""
    found: set[str] = set()
    for place in places.by_code(code):
        found |= {place.province_code} if place.valid_to else _origins(place, places)
    return frozenset(found)


def areas(code: str, places: Places) -> frozenset[str]:
    """Codes whose area may hold a row of this code, in whatever era the row and the map were made."""
    found = {code}
    for place in places.by_code(code):
        found |= {one.place.code for one in [*places.successors(place), *places.predecessors(place)]}
    return frozenset(found)


def commune_codes(
    columns: Iterable[tuple[str, Sequence[object]]], places: Places, country: Country
) -> tuple[str | None, ...]:
    """The codes of the first column that holds commune codes nearly everywhere it holds anything; () when none does."""
    for name, values in columns:
        codes = tuple(_code(value, name, places, country) for value in values)
        filled = sum(_is_filled(value) for value in values)
        found = [code for code in codes if code is not None]
        if filled and len(found) >= ALMOST_ALL * filled and len(found) >= len(codes) / 2 and _credible(name, found):
            return codes
    return ()


def has_codes(values: Sequence[object]) -> bool:
    """Whether the first value that is there looks like a commune code: most columns are done with that."""
    first = next((value for value in values if _is_filled(value)), "")
    return len(_plain(first)) == DIGITS and _plain(first).isdigit()


def _is_filled(value: object) -> bool:
    return value is not None and str(value).strip() != ""


def _credible(name: str, found: Sequence[str]) -> bool:
    return len(set(found)) > 1 or _tells(name)


def _tells(name: str) -> bool:
    letters = "".join(sign for sign in name.lower() if sign.isalpha())
    return any(word in letters for word in TELLING)


def _code(value: object, name: str, places: Places, country: Country) -> str | None:
    """A value as a commune code; those of neighbours are only known by their range, so the column must tell too."""
    text = _plain(value)
    if len(text) != DIGITS:
        return None
    known = any(place.level == "XA" for place in places.by_code(text))
    return text if known or (_tells(name) and country.of_commune(text)) else None


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _origins(place: Place, places: Places) -> set[str]:
    return {one.place.province_code for one in places.predecessors(place)} or {place.province_code}
