"""What a profile may say: a supplier's schema → our layers, one strict class per part of the YAML."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from gis_server.catalog.edits import SourceRule
from gis_server.catalog.model import GeometryKind, Strict, Text
from loaders.conditions import Condition, Conditions, Scalar, any_of, columns_of
from loaders.families import Family
from loaders.text import Letters

Reader = Literal["osm", "overpass", "vector", "table", "json", "parquet", "gtfs", "raster"]


AUTO = "auto"
"""`crs:` of a profile that leaves the grid to the file and the evidence; the same as saying nothing."""


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


class Turned(Strict):
    """Lines drawn against the way they run, where the conditions hold (`oneway: "-1"`): they are turned, and told."""

    reverse_where: Annotated[list[Conditions], BeforeValidator(any_of)]


class LayerRule(Strict):
    """Rows of a delivery that become features of one of our layers."""

    source: FromRule = Field(FromRule(), alias="from")
    to: str
    geometry: Literal["as_is", "boundary", "centre", "surface"] | Width | Turned = "as_is"
    fields: dict[str, FieldRule] = Field(default_factory=dict)

    @property
    def geometry_columns(self) -> set[str]:
        """Columns that the drawing depends on."""
        match self.geometry:
            case Width(width=str(name)):
                return {name}
            case Turned(reverse_where=conditions):
                return columns_of(conditions)
            case _:
                return set()


class SkipRule(Strict):
    """Rows that are left out, and why."""

    source: FromRule = Field(FromRule(), alias="from")
    reason: Text


class TallyRule(Strict):
    """Rows that are counted under a name of their own, to hold the account against figures known beforehand."""

    name: Text
    source: FromRule = Field(FromRule(), alias="from")


class ClassesRule(Strict):
    """Classes of the base-data model, each to the layer of ours that is defined by it, columns by their names."""

    layers: str
    """Glob over our layers, `base_*`."""
    family: Family
    file: str = "*"
    split: dict[str, str] = Field(default_factory=dict)
    """Class → glob over the layers that today's model splits it into, by feature type code."""
    renamed: dict[str, list[str]] = Field(default_factory=dict)
    """Field of ours → what the column is called in this generation."""
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Field of ours → this generation's codes as ours."""
    same_codes: list[str] = Field(default_factory=list)
    """Fields whose numbers are the same in both generations."""

    @property
    def numbers_differ(self) -> bool:
        return self.family == "pre-2019"


class FileRule(Strict):
    """How to read the files that fit a glob."""

    file: str = "*"
    reader: Reader | None = None
    crs: int | str | None = None
    encoding: Letters | None = None
    east: str | None = None
    north: str | None = None
    to_east: str | None = None
    """With `to_north`, `east` and `north`: the other end of a straight line."""
    to_north: str | None = None
    wkt: str | None = None
    separator: str | None = Field(None, min_length=1, max_length=1)
    decimal: Literal[".", ","] | None = None
    sheet: Annotated[list[str] | None, BeforeValidator(lambda said: said if said is None else any_of(said))] = None
    """Globs over the sheets of a workbook."""
    header: int | None = Field(None, ge=1, le=50)
    """The row of a table that has the headings, where a title stands above; 1 is the first."""
    header_rows: int | None = Field(None, ge=1, le=2)
    """2 where a heading spans several columns, and the names of these stand below it."""
    nodata: float | None = None
    """Value of a raster's cells without data, where the file does not say it, or says another."""

    @property
    def place_columns(self) -> list[str]:
        """Columns that become the geometry."""
        return [name for name in (self.east, self.north, self.to_east, self.to_north, self.wkt) if name is not None]


class CodesFile(Strict):
    """A table of codes that the delivery itself brings: two columns of one of its files."""

    file: str
    key: str
    value: str
    extract: str | None = None
    """What of the value counts; RE2, the group or the whole match."""


CodesTable = Annotated[CodesFile | dict[str, str], Field(union_mode="left_to_right")]


class Profile(Strict):
    """One `loaders/profiles/<name>.yaml`."""

    title: Text
    source: SourceRule
    reader: Reader | None = None
    crs: int | str | None = None
    encoding: Letters | None = None
    rejects: float = Field(0.0, ge=0, le=1)
    repair: float | None = Field(None, gt=0, le=0.1)
    files: list[FileRule] = Field(default_factory=list)
    areas: dict[str, Condition] = Field(default_factory=dict)
    codes: dict[str, CodesTable] = Field(default_factory=dict)
    fields: dict[str, FieldRule] = Field(default_factory=dict)
    layers: list[LayerRule] = Field(default_factory=list)
    classes: list[ClassesRule] = Field(default_factory=list)
    skip: list[SkipRule] = Field(default_factory=list)
    tally: list[TallyRule] = Field(default_factory=list)

    def codes_of(self, rule: FieldRule) -> dict[str, str] | None:
        """The table of a field rule; empty while it waits in a file of the delivery."""
        codes = self.codes[rule.codes] if isinstance(rule.codes, str) else rule.codes
        return {} if isinstance(codes, CodesFile) else codes

    def fields_of(self, rule: LayerRule, fields_of_layer: set[str]) -> dict[str, FieldRule]:
        """The rule's own fields and those said once for the whole profile."""
        common = {name: field for name, field in self.fields.items() if name in fields_of_layer}
        return {**common, **rule.fields}
