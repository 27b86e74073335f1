"""Which grid each file of a delivery is really in: what a person or the file says, held against the evidence."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from gis_server.catalog import Catalog, CrsBook
from gis_server.catalog.model import Text
from gis_server.catalog.places import Places
from gis_server.errors import DeliveryUnreadable, SettingInvalid
from loaders.checks.finding import Finding
from loaders.grid import Control, GridVerdict, Hints, Reading, find_grid, parse_reading
from loaders.grid.declared import Declared, declared
from loaders.grid.move import in_stored_grid
from loaders.grid.national import country_of, known_grids
from loaders.grid.sample import Points, peek, sample_of
from loaders.grid.sentences import findings, refusal, why_refused
from loaders.profiles import AUTO, FileRule, Profile
from loaders.readers.stream import Stream
from loaders.selection import name_fits

TARGETS = 3
ALIKE = 3
"""So many files of one folder that say the same and are right speak for the others: these are held against less."""
ALWAYS_DEGREES = frozenset({".geojson", ".json", ".geojsonl", ".geojsonseq", ".geojsons", ".jsonl", ".ndjson"})
"""Formats that are said to be in degrees when they say nothing."""
MOST_DEGREES = 360.0


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
    verdicts: list[GridVerdict] = field(default_factory=list)
    judging: bool = False
    """Files beside one that cannot be placed are still wanted."""
    verified: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    """How often what the files of a folder say was found right."""

    def locate(self, stream: Stream, how: FileRule, profile: Profile | None = None) -> bool:
        """Puts a stream into a grid of the city; False where nobody can know which, until `refuse` says so.

        `profile` says to which layers the rows go: what these hold already is control.
        """
        if stream.srid is not None or not stream.placed:
            return True
        if peek(stream) is None:  # without rows any grid will do
            stream.srid = self.catalog.crs.stored
            return True
        verdict = self.verdict(stream, how, profile)
        self.verdicts.append(verdict)
        if verdict.reading is not None:
            in_stored_grid(stream, verdict.reading, self.catalog.crs)
        return verdict.reading is not None

    def verdict(self, stream: Stream, how: FileRule, profile: Profile | None = None) -> GridVerdict:
        """The verdict on one layer of a file."""
        sample = sample_of(peek(stream), self.places, country_of(self.catalog.crs))
        name = f"{stream.file} · {stream.layer}"
        hints = Hints(
            self.catalog.crs,
            self.places,
            name=stream.file if stream.name == PurePosixPath(stream.file).name else name,
            path="/".join([*self.path.absolute().parts[-3:], name]),
            declared=self._declared(stream, sample.points),
            given=self._given(stream.file, how),
            communes=sample.communes,
            features=sample.features,
        )
        alike = (str(PurePosixPath(stream.file).parent), stream.said)
        targets = _targets(stream, profile) if self.verified[alike] < ALIKE else ()
        control = None if self.control is None else self.control.towards(targets)
        verdict = find_grid(sample.points, hints, control)
        self.verified[alike] += verdict.state == "verified"
        return verdict

    @property
    def hopeless(self) -> bool:
        """No more need be read: the load is refused."""
        return not self.judging and bool(self.refused)

    @property
    def refused(self) -> list[GridVerdict]:
        return [verdict for verdict in self.verdicts if verdict.refused]

    def refuse(self) -> None:
        """Raises one error for all files whose grid cannot be known, unless only a verdict is wanted."""
        if self.hopeless:
            raise refusal(self.refused, self.catalog.crs)

    def refusals(self) -> list[Text]:
        """Why they are refused, one sentence a file."""
        errors = [why_refused(verdict, self.catalog.crs) for verdict in self.refused]
        return [Text(vi=one.vi, en=one.en) for one in errors]

    def findings(self) -> list[Finding]:
        return [one for verdict in self.verdicts for one in findings(verdict, self.catalog.crs)]

    def _declared(self, stream: Stream, points: Points) -> Declared | None:
        """What the file says; GeoJSON in metres says nothing, it is only taken for degrees by its format."""
        by_format = stream.said == "EPSG:4326" and PurePosixPath(stream.file).suffix.lower() in ALWAYS_DEGREES
        if by_format and len(points) and np.nanmedian(np.abs(points)) > MOST_DEGREES:
            return None
        return declared(stream.said, country_of(self.catalog.crs).book)

    def _given(self, file: str, how: FileRule) -> Reading | None:
        said = next((one.reading for one in self.given if name_fits(file, one.glob)), None)
        if said is not None or how.crs in (None, AUTO):
            return said
        return parse_reading(how.crs or "", known_grids(self.catalog.crs))


def read_given(words: Iterable[str], book: CrsBook) -> tuple[Given, ...]:
    """The words of `--crs`; those for some files come before the one for all."""
    found = [_given_of(word, book) for word in words]
    return tuple(sorted(found, key=lambda one: one.glob == "*"))


def srid_of(said: str | None, book: CrsBook, name: str, given: int | str | None = None) -> int:
    """SRID of what can only be in a plain grid (a raster): by a person's word, else by what the file says.

    DeliveryUnreadable where that is nothing, nothing we know, or two things at once.
    """
    found = declared(said, book)
    readings = [_given_of(str(given), book).reading] if given not in (None, AUTO) else found.readings if found else ()
    if len(readings) != 1 or not readings[0].is_plain or readings[0].srid not in book.known:
        what = str(given) if given not in (None, AUTO) else found.name[:120] if found else "?"
        raise DeliveryUnreadable(
            f"{name}: không rõ hệ tọa độ “{what}” là lưới nào của thành phố. Hãy ghi `crs:` trong hồ sơ nạp, "
            f"chọn một trong: {_known(book)}.",
            f"{name}: “{what}” is not clearly one of the city's grids. Say `crs:` in the profile, "
            f"one of: {_known(book)}.",
        )
    return readings[0].srid


def _known(book: CrsBook) -> str:
    return ", ".join(str(srid) for srid in sorted(book.known))


def _given_of(word: str, book: CrsBook) -> Given:
    glob, _, reading = word.rpartition("=")
    try:
        return Given(glob or "*", parse_reading(reading, known_grids(book)))
    except ValueError as error:
        raise SettingInvalid(
            f"--crs {word}: không hợp lệ ({error}). Các lưới: {_known(book)}.",
            f"--crs {word}: not understood ({error}). Grids: {_known(book)}.",
        ) from error


def _targets(stream: Stream, profile: Profile | None) -> tuple[str, ...]:
    """The layers that rows of a stream may go to; where they are many, the first say enough."""
    rules = profile.layers if profile is not None else []
    fits = [rule for rule in rules if name_fits(stream.file, rule.source.file)]
    names = [rule.to for rule in fits if any(name_fits(stream.layer, glob) for glob in rule.source.layer)]
    return tuple(dict.fromkeys(names))[:TARGETS]
