"""What a layer file may ask of its features beyond fields and kinds: `checks`, `budget`, and the waivers beside it."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from gis_server.catalog.strict import Strict


class Near(Strict):
    """Every feature lies within `within_m` metres of a feature of `layer`."""

    layer: str
    within_m: float = Field(gt=0)


class InsideCheck(Strict):
    """Every feature lies inside a feature of the named layer."""

    inside: str


class NearCheck(Strict):
    """Every feature lies near a feature of another layer."""

    near: Near


class Corridor(Strict):
    """Every feature lies within half the width (a field, metres) of a line of `layer`, and `slack_m` more.

    `also`: or near a feature of a layer of ways whose width nobody has fixed, such as alleys.
    """

    layer: str
    width: str
    slack_m: float = Field(0.0, ge=0)
    also: Near | None = None


class CorridorCheck(Strict):
    """Every feature lies in the corridor of a road."""

    corridor: Corridor


class Within(Strict):
    """A surface that meets surfaces of `layer` has at least this share of its area in one of them."""

    layer: str
    share: float = Field(0.9, gt=0, le=1)


class WithinCheck(Strict):
    """No surface straddles the borders of another layer: a house and its parcel."""

    within: Within


class Ends(Strict):
    """Both ends of every line have a feature of one of these layers within `within_m` metres."""

    on: list[str] = Field(min_length=1)
    within_m: float = Field(gt=0)


class EndsCheck(Strict):
    """No line of a network ends in the open."""

    ends: Ends


class Snapped(Strict):
    """No end of a line stops short of another line of the layer by less than `within_m` metres."""

    within_m: float = Field(gt=0)


class SnappedCheck(Strict):
    """Lines that should meet do meet."""

    snapped: Snapped


class Falls(Strict):
    """The invert level at the last node is not above that at the first, but for `tolerance_m`."""

    first: str
    last: str
    tolerance_m: float = Field(0.01, ge=0)


class FallsCheck(Strict):
    """Pipes fall downstream."""

    falls: Falls


class Area(Strict):
    """The recorded area (a field, in units of `unit_m2` m²) is that of the drawing, within a share and `least_m2`."""

    field: str
    unit_m2: float = Field(1.0, gt=0)
    share: float = Field(0.05, gt=0, le=1)
    least_m2: float = Field(1.0, ge=0)


class AreaCheck(Strict):
    """Areas are those that are recorded."""

    area: Area


class Coverage(Strict):
    """Surfaces side by side: none lies over another, no gap narrower than `gap_m` between them.

    `by`: fields that keep coverages of different levels or times apart. `others`: layers of the same coverage.
    """

    by: list[str] = Field(default_factory=list)
    others: list[str] = Field(default_factory=list)
    gap_m: float = Field(0.2, gt=0, le=5)
    overlap_m2: float = Field(0.05, gt=0)


class CoverageCheck(Strict):
    """The layer is a coverage: parcels, wards, land cover."""

    coverage: Coverage


class DistinctCheck(Strict):
    """No two features are drawn exactly alike."""

    distinct: bool

    @model_validator(mode="after")
    def _is_asked_for(self) -> Self:
        if not self.distinct:
            raise ValueError("`distinct: true`, or leave the check out")
        return self


Check = (
    InsideCheck
    | NearCheck
    | CorridorCheck
    | WithinCheck
    | EndsCheck
    | SnappedCheck
    | FallsCheck
    | AreaCheck
    | CoverageCheck
    | DistinctCheck
)


def layers_of(check: Check) -> list[str]:
    """The other layers that a check asks."""
    match check:
        case InsideCheck():
            return [check.inside]
        case NearCheck():
            return [check.near.layer]
        case CorridorCheck():
            also = check.corridor.also
            return [check.corridor.layer, *([also.layer] if also else [])]
        case WithinCheck():
            return [check.within.layer]
        case EndsCheck():
            return check.ends.on
        case CoverageCheck():
            return check.coverage.others
        case _:
            return []


def fields_of(check: Check) -> list[str]:
    """The layer's own fields that a check reads."""
    match check:
        case FallsCheck():
            return [check.falls.first, check.falls.last]
        case AreaCheck():
            return [check.area.field]
        case CoverageCheck():
            return check.coverage.by
        case _:
            return []


class Budget(Strict):
    """The share of a layer's rows that may have unwaived errors or warnings before a load is refused."""

    errors: float | None = Field(None, ge=0, le=1)
    warnings: float | None = Field(None, ge=0, le=1)


class Waiver(Strict):
    """Findings that someone answers for until a day: of the named objects (`keys`), or up to a `count`."""

    code: str
    keys: list[str] | None = Field(None, min_length=1)
    """Keys as the report shows them; several key fields are joined by a comma and a space."""
    count: int | None = Field(None, gt=0)
    who: str = Field(min_length=1)
    why: str = Field(min_length=1)
    until: date

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.keys is None) == (self.count is None):
            raise ValueError("needs exactly one of keys, count")
        return self


class WaiverFile(Strict):
    """One `layers/<group>/<layer>.waivers.yaml`."""

    waivers: list[Waiver]
