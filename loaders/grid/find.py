"""The grid of a file from its numbers, hints and control; a verdict with the evidence, never a guess."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog.model import Text
from loaders.grid.control import Control
from loaders.grid.hints import Hints
from loaders.grid.national import Country, country_of
from loaders.grid.reading import Reading
from loaders.grid.readings import NEARLY_ALL, Placed, placed, readings
from loaders.grid.spread import coded, in_places
from loaders.grid.verdict import Candidate, GridVerdict, Residual, State
from loaders.grid.weigh import Scales, weigh
from loaders.grid.word import HARDLY_ANY, fits_its_word, lies_in_place

Points = NDArray[np.float64]
FARTHEST = 1e12
"""Numbers beyond it are coordinates in no unit."""


@dataclass(frozen=True)
class Field:
    """The candidates of one file, weighed."""

    hints: Hints
    country: Country
    candidates: list[tuple[Placed, Candidate]]
    scales: Scales

    @property
    def winner(self) -> tuple[Placed, Candidate] | None:
        """The one candidate that the control decides for; none when it decides for several, or for none."""
        decided = [one for one in self.candidates if one[1].decided]
        return decided[0] if len(decided) == 1 else None

    def is_winner(self, reading: Reading) -> bool:
        winner = self.winner
        return winner is not None and self.placed(reading).same(winner[0])

    def placed(self, reading: Reading) -> Placed:
        """Where a reading puts the sample; what was merged into another candidate is placed anew."""
        found = next((one for one, _ in self.candidates if one.reading == reading), None)
        return found or placed(reading, self.scales.points, self.country)


def find_grid(sample_points: Points, hints: Hints, control: Control | None = None) -> GridVerdict:
    """How the numbers of a file are to be read.

    `sample_points`: shape (n, 2), the numbers as the file gives them, first then second, from all over the file.
    """
    country = country_of(hints.book)
    points = np.asarray(sample_points, dtype=np.float64).reshape(-1, 2)
    points = np.where(np.abs(points) < FARTHEST, points, np.nan)
    scales = Scales(in_places(points), coded(points, hints.communes), hints, country, control)
    return _at_its_word(scales) or _weighed(scales)


def _at_its_word(scales: Scales) -> GridVerdict | None:
    """The verdict on a file of which one plain thing is said and nothing speaks against it; else None."""
    hints = scales.hints
    declared = hints.declared.readings if hints.declared is not None else ()
    said = hints.given or (declared[0] if len(declared) == 1 else None)
    if said is None or not scales.homes <= scales.country.city:
        return None
    if not lies_in_place(placed(said, scales.points, scales.country), scales):
        return None
    looked = fits_its_word(said, scales)
    if looked is None:
        return None
    fits, residual = looked
    state: State = "given" if hints.given is not None else "verified" if fits else "declared"
    candidate = Candidate(said, (), residual, 1.0 if fits else 0.5, fits)
    notes = hints.declared.notes if hints.declared is not None else ()
    return GridVerdict(hints.name, state, said, said, (candidate,), residual, residual, (), notes)


def _weighed(scales: Scales) -> GridVerdict:
    """The verdict after weighing every reading that is possible."""
    hints, points, country = scales.hints, scales.points, scales.country
    possible = readings(points, hints, country, mistakes=scales.control is not None) if len(points) else []
    weighed = weigh(possible, scales)
    weighed.sort(key=lambda one: (-one[1].decided, -one[1].score))
    field = Field(hints, country, weighed, scales)
    state, reading = _judge(field)
    return _verdict(field, state, reading)


def _judge(field: Field) -> tuple[State, Reading | None]:
    """What follows from what is said and what the evidence shows."""
    hints, winner = field.hints, field.winner
    if hints.given is not None:
        return "given", hints.given
    said = hints.declared.readings if hints.declared is not None else ()
    if not said:
        if hints.declared is not None:
            return "unknown", None
        if winner is not None:
            return "found", winner[1].reading
        official = _official(field)
        return ("unknown", None) if official is None else ("official", official)
    if winner is not None:
        agreed = next((one for one in said if field.is_winner(one)), None)
        return ("contradicted", None) if agreed is None else ("verified", agreed)
    if len(said) > 1:
        return "unknown", None
    return ("contradicted", None) if _lies_elsewhere(field, said[0]) else ("declared", said[0])


def _official(field: Field) -> Reading | None:
    """The official grid of a neighbouring province that the codes or the path name, where no control can be near.

    Each province works in one grid by law; that is taken for a file beyond the served map, and said in the report.
    """
    country, scales = field.country, field.scales
    provinces = scales.hints.provinces() or scales.named
    grids = {country.provinces[code].srid for code in provinces}
    if provinces & country.city or len(grids) != 1:
        return None
    reading = Reading(grids.pop())
    found = next((pair for pair in field.candidates if pair[0].reading == reading), None)
    if found is None or found[1].residual is not None:
        return None
    degrees = found[0].degrees
    lies_there = country.within(degrees, provinces).mean() >= NEARLY_ALL
    return reading if lies_there and country.within(degrees, country.city).mean() <= HARDLY_ANY else None


def _lies_elsewhere(field: Field, said: Reading) -> bool:
    """Whether what the file says puts it outside of where it belongs, while another plain reading puts it inside."""
    homes = field.scales.homes | field.scales.named
    if field.country.within(field.placed(said).degrees, homes).mean() > HARDLY_ANY:
        return False
    plain = [one for one, _ in field.candidates if one.reading.mistaken is None and not one.reading.unshifted]
    return any(field.country.within(one.degrees, homes).mean() >= NEARLY_ALL for one in plain)


def _verdict(field: Field, state: State, reading: Reading | None) -> GridVerdict:
    hints, scales = field.hints, field.scales
    said = hints.given or next(iter(hints.declared.readings if hints.declared else ()), None)
    winner = field.winner
    shown = reading or (winner[1].reading if winner else None)
    control = winner[1].residual.control if winner and winner[1].residual else None
    before = _residual(field, said or Reading(hints.book.stored), control)
    return GridVerdict(
        name=hints.name,
        state=state,
        reading=reading,
        said=said,
        candidates=tuple(candidate for _, candidate in field.candidates),
        before=before,
        after=None if shown is None else _residual(field, shown, control),
        outside=_outside(field, reading or said),
        notes=hints.declared.notes if hints.declared is not None and scales.points.size else (),
    )


def _residual(field: Field, reading: Reading, control: str | None) -> Residual | None:
    """The residual of any reading on the control that decides, or else on the one it fits best."""
    return field.scales.residual(field.placed(reading).points, control) if len(field.scales.points) else None


def _outside(field: Field, reading: Reading | None) -> tuple[Text, ...]:
    """The neighbours a file lies in, when it does not lie in the city."""
    if reading is None or not len(field.scales.points):
        return ()
    degrees = field.placed(reading).degrees
    if field.country.within(degrees, field.country.city).mean() > HARDLY_ANY:
        return ()
    named = tuple(province.name for province in field.country.where(degrees))
    return named or (Text(vi="ngoài các tỉnh lân cận", en="beyond the neighbouring provinces"),)
