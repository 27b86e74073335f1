"""What a profile may say: a supplier's schema → our layers, one strict class per part of the YAML."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from gis_server.catalog.model import GeometryKind, Strict, Text
from loaders.conditions import Condition, Conditions, Scalar, any_of
from loaders.text import Letters

Reader = Literal["osm", "overpass", "vector", "table", "json", "parquet", "raster"]


class SourceRule(Strict):
    """The office a delivery comes from; its rows are replaced by its next delivery, and by no one else's."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: Text
    licence: str = Field(min_length=1)
    attribution: str = Field(min_length=1)
    synthetic: bool = False


class FieldRule(Strict):
    """How one field of ours is made from the columns of a delivery; `value: ~` leaves it empty."""

    column: str | None = None
    value: Scalar | None = None
    template: str | None = None
    first: list["FieldRule"] | None = None
    join: list[str] | None = None
    measure: Literal["length", "area"] | None = None
    by: str = " "
    codes: dict[str, str] | str | None = None
    default: str | None = None
    extract: str | None = None
    scale: float | None = None
    date: str | None = None
    decimal: Literal[".", ","] = "."
    optional: bool = False

    @model_validator(mode="before")
    @classmethod
    def _name_is_a_column(cls, content: Any) -> Any:
        return {"column": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _one_way(self) -> "FieldRule":
        ways = [name for name in ("column", "value", "template", "first", "join", "measure") if name in self.given]
        if len(ways) != 1:
            raise ValueError("needs exactly one of column, value, template, first, join, measure")
        extras = self.given & {"codes", "default", "extract", "scale", "date", "decimal", "optional"}
        if ways != ["column"] and extras:
            raise ValueError(f"{', '.join(sorted(extras))} only goes with `column`")
        return self

    @property
    def given(self) -> set[str]:
        return self.model_fields_set


def _all_kinds() -> list[GeometryKind]:
    return ["Point", "LineString", "Polygon"]


def _no_condition() -> list[Conditions]:
    return [{}]


class FromRule(Strict):
    """Which rows of which files a rule is for."""

    file: str = "*"
    layer: Annotated[list[str], BeforeValidator(any_of)] = Field(default_factory=lambda: ["*"])
    kind: Annotated[list[GeometryKind], BeforeValidator(any_of)] = Field(default_factory=_all_kinds)
    where: Annotated[list[Conditions], BeforeValidator(any_of)] = Field(default_factory=_no_condition)


class Width(Strict):
    """A line drawn as a surface as wide as a column says, or so many metres."""

    width: str | float


class LayerRule(Strict):
    """Rows of a delivery that become features of one of our layers."""

    source: FromRule = Field(FromRule(), alias="from")
    to: str
    geometry: Literal["as_is", "boundary", "centre", "surface"] | Width = "as_is"
    fields: dict[str, FieldRule] = Field(default_factory=dict)


class SkipRule(Strict):
    """Rows that are left out, and why."""

    source: FromRule = Field(FromRule(), alias="from")
    reason: Text


class TallyRule(Strict):
    """Rows that are counted under a name of their own, to hold the account against figures known beforehand."""

    name: Text
    source: FromRule = Field(FromRule(), alias="from")


class FileRule(Strict):
    """How to read the files that fit a glob."""

    file: str = "*"
    reader: Reader | None = None
    crs: int | None = None
    encoding: Letters | None = None
    east: str | None = None
    north: str | None = None
    to_east: str | None = None
    """With `to_north`, `east` and `north`: the other end of a straight line."""
    to_north: str | None = None
    wkt: str | None = None
    separator: str | None = Field(None, min_length=1, max_length=1)
    decimal: Literal[".", ","] | None = None
    sheet: str | None = None
    nodata: float | None = None
    """Value of a raster's cells without data, where the file does not say it, or says another."""


class Profile(Strict):
    """One `loaders/profiles/<name>.yaml`."""

    title: Text
    source: SourceRule
    reader: Reader | None = None
    crs: int | None = None
    encoding: Letters | None = None
    rejects: float = Field(0.0, ge=0, le=1)
    repair: float | None = Field(None, gt=0, le=0.1)
    files: list[FileRule] = Field(default_factory=list)
    areas: dict[str, Condition] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    fields: dict[str, FieldRule] = Field(default_factory=dict)
    layers: list[LayerRule] = Field(default_factory=list)
    skip: list[SkipRule] = Field(default_factory=list)
    tally: list[TallyRule] = Field(default_factory=list)

    def codes_of(self, rule: FieldRule) -> dict[str, str] | None:
        return self.codes[rule.codes] if isinstance(rule.codes, str) else rule.codes

    def fields_of(self, rule: LayerRule, fields_of_layer: set[str]) -> dict[str, FieldRule]:
        """The rule's own fields and those said once for the whole profile."""
        common = {name: field for name, field in self.fields.items() if name in fields_of_layer}
        return {**common, **rule.fields}
