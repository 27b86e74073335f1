"""The grid of a file from its numbers, hints and control; a verdict with the evidence, never a guess."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog.model import Text
from loaders.grid.control import Control
from loaders.grid.hints import Hints
from loaders.grid.national import Country, country_of
from loaders.grid.reading import Reading
from loaders.grid.readings import NEARLY_ALL, Placed, placed, readings
from loaders.grid.verdict import Candidate, GridVerdict, Residual, State
from loaders.grid.weigh import Scales, weigh

Points = NDArray[np.float64]

SAMPLE = 320
"""Points that are measured: enough for a median to a tenth of its spread."""
HARDLY_ANY = 0.2


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
    points, hints = _thinned(np.asarray(sample_points, dtype=np.float64), hints)
    possible = readings(points, hints, country, mistakes=control is not None) if len(points) else []
    scales = Scales(points, hints, country, control)
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
        if winner is None or hints.declared is not None:
            return "unknown", None
        return "found", winner[1].reading
    if winner is not None:
        agreed = next((one for one in said if field.is_winner(one)), None)
        return ("contradicted", None) if agreed is None else ("verified", agreed)
    if len(said) > 1:
        return "unknown", None
    return ("contradicted", None) if _lies_elsewhere(field, said[0]) else ("declared", said[0])


def _lies_elsewhere(field: Field, said: Reading) -> bool:
    """Whether what the file says puts it outside of where it belongs, while another plain reading puts it inside."""
    homes = field.scales.homes
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


def _thinned(points: Points, hints: Hints) -> tuple[Points, Hints]:
    """Evenly spread places of the sample, with their codes; what is no number is left out."""
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    kept = known[np.unique(np.linspace(0, len(known) - 1, SAMPLE).astype(int))] if len(known) else known
    communes: Sequence[str | None] = [hints.communes[place] for place in kept] if hints.communes else ()
    return points[kept], replace(hints, communes=tuple(communes))
