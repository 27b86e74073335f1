"""What the files under `layers/` and `styles/` may say: one strict class per kind of file."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from gis_server.catalog.checks import Budget, Check
from gis_server.catalog.edits import EditRule
from gis_server.catalog.rasters import RasterRule
from gis_server.catalog.search import SearchRule
from gis_server.catalog.strict import Strict, Text
from gis_server.catalog.tile_rule import TileRule

__all__ = ["Strict", "Text"]

Access = Literal["public", "agency", "restricted"]
ACCESS_ORDER: tuple[Access, ...] = ("public", "agency", "restricted")
GeometryKind = Literal["Point", "LineString", "Polygon"]
FieldType = Literal["text", "integer", "number", "boolean", "date", "datetime", "code"]
Evidence = Literal["C1", "C1+C2", "C1+C3", "C1+C4", "C2", "C3", "C3+C4", "C4", "R", "proposal"]

RESERVED_COLUMNS = frozenset(
    {"fid", "born", "died", "source", "hash", "geom", "geom_3857", "clearance", "synthetic", "merged"}
)
"""Columns that every served table has beside its fields, and what tiles and features say beside them."""


RESERVED_GROUPS = frozenset({"meta", "history", "staging", "draft", "drawing", "public", "information_schema"})
"""Schemas of the database that are not groups of layers."""


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class FieldRule(Strict):
    """One attribute of a layer."""

    type: FieldType
    domain: str | None = None
    """Code list under `_domains/`; required for `code`, forbidden otherwise."""
    required: bool = False
    unique: bool = False
    length: int | None = Field(None, gt=0)
    """Longest text, in characters."""
    range: tuple[float, float] | None = None
    unit: str | None = None
    datum: str | None = None
    """Height datum of a height or depth, e.g. Hòn Dấu."""
    access: Access | None = None
    """Stricter than the layer's own access, never looser."""
    evidence: Evidence | None = None
    """Where it differs from the layer's."""
    help: Text | None = None

    @model_validator(mode="after")
    def _domain_goes_with_code(self) -> Self:
        if (self.type == "code") != (self.domain is not None):
            raise ValueError("`domain` is needed for type code, and for no other")
        return self

    @model_validator(mode="after")
    def _limits_fit_the_type(self) -> Self:
        if self.length is not None and self.type != "text":
            raise ValueError("`length` is only for type text")
        if self.range is not None and self.type not in ("integer", "number"):
            raise ValueError("`range` is only for types integer and number")
        return self


class Standard(Strict):
    """Where the definition comes from: the class of a regulation."""

    regulation: str
    class_name: str
    number: int | None = None
    """Running number among the 87 base layers."""


class Validity(Strict):
    """The two date fields between which a feature is in force; an empty `until` means still."""

    since: str
    until: str


class LayerFile(Strict):
    """One `layers/<group>/<layer>.yaml`."""

    title: Text
    theme: str
    geometry: Annotated[tuple[GeometryKind, ...], BeforeValidator(_as_list)]
    scale: Annotated[tuple[int, ...], BeforeValidator(_as_list)]
    steward: str
    evidence: Evidence
    access: Access
    rows: dict[Access, dict[str, list[str]]] = Field(default_factory=dict)
    """Rows stricter than the layer: who may see those in which a field has one of the codes."""
    key: list[str] = Field(min_length=1)
    label: str | None = None
    """The field that names a feature to a person."""
    time: Validity | None = None
    raster: RasterRule | None = None
    """Where the rows are footprints of rasters."""
    search: SearchRule | None = None
    """By what people find its features, beside their key."""
    fields: dict[str, FieldRule]
    tiles: TileRule
    style: str
    checks: list[Check] = Field(default_factory=list)
    budget: Budget = Budget()
    edits: EditRule | None = None
    """Without it the layer changes by deliveries alone."""
    standard: Standard | None = None
    note: Text | None = None


class DomainValue(Text):
    """One coded value."""

    color: str | None = Field(None, pattern=r"^#[0-9a-f]{6}$")
    parent: str | None = None
    since: str | None = None
    """Regulation or date from which the code is used."""
    until: str | None = None


class Domain(Strict):
    """One `layers/_domains/<name>.yaml`: code → meaning."""

    title: Text
    evidence: Evidence
    note: Text | None = None
    values: dict[str, DomainValue]


class Theme(Strict):
    """A branch of the layer tree; the order in `_themes.yaml` is the order on screen."""

    title: Text
    icon: str


class ViewRule(Strict):
    """What a kind of caller may see: every layer and field up to `level`, plus the named layers whole."""

    title: Text
    level: Access
    plus: list[str] = Field(default_factory=list)
    """Layer ids or `group.*` seen whatever their access."""


class Grid(Strict):
    """A projected grid on VN-2000: transverse Mercator, metres, x east, y north."""

    title: Text
    central_meridian: float
    scale_factor: float
    false_easting: float = 500_000
    false_northing: float = 0


class Shift(Strict):
    """The one agreed datum shift VN-2000 → WGS 84: seven parameters, position-vector signs (m, arc seconds, ppm)."""

    epsg: int
    towgs84: tuple[float, float, float, float, float, float, float]


class CrsFile(Strict):
    """`layers/_crs.yaml`."""

    stored: int
    shift: Shift
    grids: dict[int, Grid]
    extent: tuple[float, float, float, float]
    """West, south, east, north of all city data in the stored grid, metres."""


class LegendItem(Strict):
    """A legend line that the style's own expressions cannot say."""

    title: Text
    color: str
    shape: Literal["fill", "line", "circle"]


class LayerStyle(Strict):
    """One `styles/<group>/<layer>.yaml`: MapLibre style layers without id, source and source-layer.

    In any value `{domain: NAME, field: FIELD, default: COLOUR}` becomes a match over the code list's colours.
    """

    layers: list[dict[str, Any]] = Field(min_length=1)
    legend: list[LegendItem] = Field(default_factory=list)


class PortalMap(Strict):
    """One `styles/maps/<map>.yaml`: what a portal shows, lowest layer first."""

    title: Text
    description: Text
    center: tuple[float, float]
    """Longitude, latitude (WGS 84)."""
    zoom: float
    layers: list[str] = Field(min_length=1)
    hidden: list[str] = Field(default_factory=list)
    """Layers of the map that start switched off."""
    under: list[str] = Field(default_factory=list)
    """Archives of `styles/archives/` that lie beneath its layers, lowest first."""
    background: str = "#f4f1ea"
    order: int = 0
    """Place among the maps on offer; the lowest opens first."""
