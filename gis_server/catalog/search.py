"""What a layer file may say about search: by which fields people find its features, and as what."""

from typing import Literal

from pydantic import Field

from gis_server.catalog.strict import Strict

SearchKind = Literal["unit", "road", "place", "facility", "address", "water", "parcel", "plan", "asset"]


class ParcelRule(Strict):
    """The fields of a cadastral number; the first three are the layer's key, in this order."""

    commune: str
    """Code of the commune that numbered the sheet."""
    sheet: str
    number: str
    present: str | None = None
    """Code of the commune in which the parcel lies today."""


class SearchRule(Strict):
    """`search:` of a layer file. Every layer is found by its key as well, without saying so."""

    kind: SearchKind
    names: list[str] = Field(default_factory=list)
    """Fields of names, of type text."""
    address: str | None = None
    """Field of an address: the house number, then the street, then whatever follows a comma."""
    parcel: ParcelRule | None = None
    unit: str | None = None
    """Field of the code, where the features are administrative units: old and new ones answer for their area."""

    @property
    def fields(self) -> list[str]:
        """Every field that is named."""
        parcel = self.parcel.model_dump(exclude_none=True).values() if self.parcel else ()
        return [*self.names, *parcel, *filter(None, (self.address, self.unit))]
