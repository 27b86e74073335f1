"""A hundred parcels of every kind, as rows and over HTTP."""

from collections.abc import Callable, Iterator

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.features.cql.city import Rows, rows, staged
from tests.serving import MEASURED, City, Serve, publish_rows


@pytest.fixture(scope="session")
def lots(catalog: Catalog) -> Rows:
    """The parcels as an oracle sees them."""
    return rows(catalog)


@pytest.fixture(scope="module")
def lots_database(make_database: Callable[[], Database], catalog: Catalog, lots: Rows) -> Database:
    database = make_database()
    publish_rows(database, MEASURED, [(catalog["cadastre.thua_dat"], [staged(catalog, row) for row in lots])])
    return database


@pytest.fixture(scope="module")
def city(lots_database: Database, serve: Serve) -> Iterator[City]:
    with serve(lots_database) as city:
        yield city
