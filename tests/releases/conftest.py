"""A database with manholes and pipes, and a loader's connection to it."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from gis_server.db.database import Database
from gis_server.db.tables import migrate
from tests.city import catalog_of, layer_of


@pytest.fixture
def database(make_blank_database: Callable[[], Database]) -> Database:
    database = make_blank_database()
    migrate(database, catalog_of(layer_of(), layer_of("drainage.tuyen_cong", geometry=["LineString"])))
    return database


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection]:
    with database.connect("load") as conn:
        yield conn
