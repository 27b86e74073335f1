"""What the reading child is told about a raster: what its cells should hold, and where the result goes."""

from dataclasses import dataclass
from pathlib import Path

from gis_server.catalog import Catalog, CrsBook
from gis_server.catalog.rasters import RasterRule


@dataclass(frozen=True)
class RasterOrder:
    """Without a rule the raster is only described."""

    crs: CrsBook
    rule: RasterRule | None = None
    codes: tuple[int, ...] = ()
    """Of the code list, for classes."""
    workspace: Path | None = None
    """Folder for the COG, which is named by the SHA-256 of its content there; without one none is made."""


def order_for(catalog: Catalog, layer: str, workspace: Path | None) -> RasterOrder:
    """The order for a raster that becomes a row of a layer."""
    rule = catalog[layer].file.raster
    assert rule is not None
    codes = () if rule.domain is None else tuple(int(code) for code in catalog.domains[rule.domain].values)
    return RasterOrder(catalog.crs, rule, codes, workspace)
