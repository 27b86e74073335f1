"""What tests of tiles share."""

import pytest

from gis_server.catalog import Catalog
from gis_server.tiles.grids import TileGrid, grids_of


@pytest.fixture(scope="session")
def grids(catalog: Catalog) -> dict[str, TileGrid]:
    return dict(grids_of(catalog.crs))
