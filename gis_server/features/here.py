"""The collection that a request is about, as its caller sees it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.web.asking import Caller, CatalogDep


async def _layer(catalog: CatalogDep, view: Caller, collectionId: str) -> Layer:
    return view.layer(catalog, collectionId)


LayerDep = Annotated[Layer, Depends(_layer)]


@dataclass(frozen=True)
class Here:
    """A layer, the view it is seen through, and the catalog it stands in."""

    catalog: Catalog
    view: View
    layer: Layer

    @property
    def stored(self) -> int:
        """SRID of stored geometries."""
        return self.catalog.crs.stored


async def _here(catalog: CatalogDep, view: Caller, layer: LayerDep) -> Here:
    return Here(catalog, view, layer)


HereDep = Annotated[Here, Depends(_here)]
