"""Which grid each file of a load is really in: what a person or the file says, held against the evidence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from gis_server.catalog import Catalog, CrsBook
from gis_server.catalog.places import Places
from gis_server.errors import DeliveryUnreadable, SettingInvalid
from loaders.checks.gate import Finding
from loaders.grid import Control, GridVerdict, Hints, Reading, find_grid, parse_reading
from loaders.grid.declared import declared
from loaders.grid.national import country_of, known_grids
from loaders.grid.sample import sample_of
from loaders.grid.sentences import findings, refusal
from loaders.profiles import AUTO, FileRule, Profile
from loaders.selection import name_fits

TARGETS = 3
Tables = Callable[[], Iterable[pa.Table]]


@dataclass(frozen=True)
class Given:
    """A person's word on the grid of some files: `--crs 9210`, or `--crs '*.csv=9210-yx'`."""

    glob: str
    reading: Reading


@dataclass
class Locator:
    """Finds the grid of each layer of a delivery and remembers the verdicts."""

    catalog: Catalog
    places: Places
    control: Control | None = None
    given: tuple[Given, ...] = ()
    path: Path = Path()
    profile: Profile | None = None
    """The profile by which the file is read: it says to which layers its rows go."""
    verdicts: list[GridVerdict] = field(default_factory=list)

    def reading(self, name: str, said: str | None, how: FileRule, tables: Tables) -> Reading:
        """How the numbers of a layer are to be read; LoadRefused or DeliveryUnreadable when nobody can know."""
        verdict = self.verdict(name, said, how, tables)
        self.verdicts.append(verdict)
        if verdict.reading is None:
            raise refusal(verdict, self.catalog.crs)
        return verdict.reading

    def verdict(self, name: str, said: str | None, how: FileRule, tables: Tables) -> GridVerdict:
        """The verdict on one layer; `name` is the path inside the delivery, ` · ` and the layer's name may follow."""
        sample = sample_of(tables(), self.places)
        hints = Hints(
            self.catalog.crs,
            self.places,
            name=name,
            path="/".join([*self.path.absolute().parts[-3:], name]),
            declared=declared(said, country_of(self.catalog.crs).book),
            given=self._given(name, how),
            communes=sample.communes,
        )
        control = None if self.control is None else self.control.towards(self._targets(name))
        return find_grid(sample.points, hints, control)

    def findings(self) -> list[Finding]:
        return [one for verdict in self.verdicts for one in findings(verdict, self.catalog.crs)]

    def _targets(self, name: str) -> tuple[str, ...]:
        """The layers that rows of a file's layer may go to; where they are many, the first say enough."""
        file, _, layer = name.partition(" · ")
        rules = self.profile.layers if self.profile is not None else []
        fits = [rule for rule in rules if name_fits(file, rule.source.file)]
        return tuple(
            dict.fromkeys(rule.to for rule in fits if any(name_fits(layer, glob) for glob in rule.source.layer))
        )[:TARGETS]

    def _given(self, name: str, how: FileRule) -> Reading | None:
        file = name.partition(" · ")[0]
        said = next((one.reading for one in self.given if name_fits(file, one.glob)), None)
        if said is not None or how.crs in (None, AUTO):
            return said
        return parse_reading(how.crs or "", known_grids(self.catalog.crs))


def read_given(words: Iterable[str], book: CrsBook) -> tuple[Given, ...]:
    """The words of `--crs`; those for some files come before the one for all."""
    found = [_given_of(word, book) for word in words]
    return tuple(sorted(found, key=lambda one: one.glob == "*"))


def _given_of(word: str, book: CrsBook) -> Given:
    glob, _, reading = word.rpartition("=")
    try:
        return Given(glob or "*", parse_reading(reading, known_grids(book)))
    except ValueError as error:
        raise SettingInvalid(
            f"--crs {word}: không hiểu ({error}). Các lưới: {_known(book)}.",
            f"--crs {word}: not understood ({error}). Grids: {_known(book)}.",
        ) from error


def srid_of(said: str | None, book: CrsBook, name: str) -> int:
    """SRID of what a file says; DeliveryUnreadable where it says nothing, nothing we know, or two things at once."""
    found = declared(said, book)
    if found is None or len(found.readings) != 1 or not found.readings[0].is_plain:
        what = found.name[:120] if found is not None else "?"
        raise DeliveryUnreadable(
            f"{name}: hệ tọa độ “{what}” không rõ là lưới nào của thành phố. Chọn bằng --crs: {_known(book)}.",
            f"{name}: “{what}” is not clearly one of the city's grids. Choose with --crs: {_known(book)}.",
        )
    return found.readings[0].srid


def _known(book: CrsBook) -> str:
    return ", ".join(str(srid) for srid in sorted(book.known))
