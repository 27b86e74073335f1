"""What a layer file may say about rasters: its rows are footprints of Cloud-Optimised GeoTIFFs."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gis_server.catalog.strict import Strict

RasterKind = Literal["continuous", "classes", "imagery"]

MOST_CODE = 255
"""Greatest class code."""
FACTS: Mapping[str, str] = {
    "ma": "text",
    "sha256": "text",
    "luoi": "integer",
    "do_phan_giai": "number",
    "so_cot": "integer",
    "so_hang": "integer",
    "so_kenh": "integer",
    "kieu_so": "text",
    "gia_tri_trong": "text",
    "nho_nhat": "number",
    "lon_nhat": "number",
    "trung_binh": "number",
    "ty_le_co_so_lieu": "number",
    "dung_luong": "integer",
    "ngay": "date",
}
"""Fields that every raster layer has, and their types: the reader measures them, no profile needs to name them."""


class RasterRule(Strict):
    """`raster:` of a layer file: what a cell holds."""

    kind: RasterKind
    """`continuous`: measured numbers · `classes`: codes of a list · `imagery`: one, three or four bands of colour."""
    unit: str | None = None
    datum: str | None = None
    """Height datum of a height, e.g. Hòn Dấu."""
    range: tuple[float, float] | None = None
    """Least and greatest value that can be true, in `unit`."""
    domain: str | None = None
    """Code list under `_domains/` whose codes are whole numbers."""
    colors: list[tuple[float, Annotated[str, Field(pattern=r"^#[0-9a-f]{6}([0-9a-f]{2})?$")]]] = Field(
        default_factory=list
    )
    """Value → colour (`#rrggbb` or, with transparency, `#rrggbbaa`), rising; between two stops they are mixed."""

    @property
    def ramp(self) -> list[tuple[float, str]]:
        """The colours, or black to white over the range."""
        low, high = self.range or (0.0, 1.0)
        return self.colors or [(low, "#000000"), (high, "#ffffff")]

    @model_validator(mode="after")
    def _words_fit_the_kind(self) -> Self:
        numbers = self.kind == "continuous"
        if numbers != (self.range is not None) or numbers != (self.unit is not None):
            raise ValueError("`range` and `unit` are needed for kind continuous, and for no other")
        if (self.kind == "classes") != (self.domain is not None):
            raise ValueError("`domain` is needed for kind classes, and for no other")
        if self.colors and not numbers:
            raise ValueError("`colors` is only for kind continuous; classes take the colours of their code list")
        if [value for value, _ in self.colors] != sorted({value for value, _ in self.colors}):
            raise ValueError("`colors` rise from the lowest value to the highest")
        return self
