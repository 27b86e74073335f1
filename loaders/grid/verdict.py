"""What was found out about a file's grid, as data: candidates, the evidence for each, and the verdict."""

from dataclasses import dataclass, field
from typing import Any, Literal

from gis_server.catalog.model import Text
from gis_server.figures import vietnamese
from loaders.grid.reading import Reading

State = Literal["found", "official", "verified", "declared", "given", "contradicted", "unknown"]
"""found: the file says nothing, the evidence decides · official: the file says nothing and lies beyond every control,
in the official grid of the province that its codes or its path name · verified: the evidence agrees with what the
file says · declared: the file says it, nothing to hold it against · given: a person said so (--crs or the profile) ·
contradicted: the file says one grid and the evidence another · unknown: the evidence cannot tell."""


@dataclass(frozen=True)
class Residual:
    """Distances from the file's points to a control layer, metres."""

    control: str
    median_m: float
    p95_m: float
    elsewhere_m: float
    """The smallest median when the points are moved some hundred metres away: what chance alone gives; looked for no
    further than it takes to tell."""
    points: int

    def __str__(self) -> str:
        return f"{self.median_m:,.1f} / {self.p95_m:,.1f} m"

    @property
    def vi(self) -> str:
        """The same as Vietnamese write numbers."""
        return f"{vietnamese(self.median_m, 1)} / {vietnamese(self.p95_m, 1)} m"


@dataclass(frozen=True)
class Evidence:
    """One reason for or against a candidate."""

    kind: Literal["declared", "given", "place", "communes", "name", "control"]
    holds: bool
    """Whether it speaks for the candidate."""
    text: Text


@dataclass(frozen=True)
class Candidate:
    """A reading of the numbers, with what speaks for and against it."""

    reading: Reading
    evidence: tuple[Evidence, ...]
    residual: Residual | None
    """The best fit to a control layer; None where there is no control near."""
    score: float
    """0…1: share of the points in the place expected, and how much better they fit than by chance."""
    decided: bool = False
    """A control layer fits it, and fits it far better than it would by chance."""

    @property
    def srid(self) -> int:
        return self.reading.srid


@dataclass(frozen=True)
class GridVerdict:
    """The verdict on one file."""

    name: str
    state: State
    reading: Reading | None
    """How the file is to be read; None where that cannot be told."""
    said: Reading | None
    """What the file, the profile or a person says."""
    candidates: tuple[Candidate, ...]
    before: Residual | None
    """Fit of the file as it says it is; where it says nothing, read as the stored grid."""
    after: Residual | None
    """Fit of the reading that is used, or would be."""
    outside: tuple[Text, ...] = field(default=())
    """Neighbouring provinces the file lies in, when it lies outside the city."""
    notes: tuple[Text, ...] = field(default=())

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def refused(self) -> bool:
        return self.state in ("contradicted", "unknown")


def as_data(verdict: GridVerdict) -> dict[str, Any]:
    """The verdict as plain data, for reports."""
    return {
        "file": verdict.name,
        "state": verdict.state,
        "crs": None if verdict.reading is None else str(verdict.reading),
        "said": None if verdict.said is None else str(verdict.said),
        "before": _residual(verdict.before),
        "after": _residual(verdict.after),
        "outside": [one.en for one in verdict.outside],
        "candidates": [
            {
                "crs": str(one.reading),
                "score": round(one.score, 3),
                "residual": _residual(one.residual),
                "decided": one.decided,
                "evidence": [
                    {"kind": each.kind, "holds": each.holds, "vi": each.text.vi, "en": each.text.en}
                    for each in one.evidence
                ],
            }
            for one in verdict.candidates
        ],
    }


def _residual(residual: Residual | None) -> dict[str, Any] | None:
    if residual is None:
        return None
    return {
        "control": residual.control,
        "median_m": round(residual.median_m, 2),
        "p95_m": round(residual.p95_m, 2),
        "elsewhere_m": round(residual.elsewhere_m, 2),
        "points": residual.points,
    }
