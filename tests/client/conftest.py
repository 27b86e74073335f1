"""A neighbourhood in two releases, served over the wire, and clients that ask it with a key or without."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry.base import BaseGeometry

from gis_server.access.keys import KeyHolder, add_key
from gis_server.catalog import Catalog
from gis_server.client import Bando
from gis_server.db.database import Database
from tests.client.weather import Weather, weather
from tests.live import Wire
from tests.planning.conftest import PARCELS, Row, content, rows_of, south
from tests.serving import MEASURED, publish_rows

__all__ = ["south"]


@dataclass(frozen=True)
class Town:
    """A running service, its rows of parcels in both releases, and a key to it."""

    address: str
    key: str
    database: Database
    exports: Path
    first: list[Row]
    second: list[Row]

    def client(self, **more: Any) -> Bando:
        return Bando(**{"url": self.address, "key": self.key, "progress": False, **more})

    @property
    def shapes(self) -> list[BaseGeometry]:
        return [shape for _, shape in self.second]


TownMaker = Callable[[], AbstractContextManager[Town]]


@pytest.fixture(scope="package")
def open_town(
    make_database: Callable[[], Database],
    catalog: Catalog,
    south: Any,
    wire: Wire,
) -> TownMaker:
    """Opens towns: release 2 drops the first parcel and gives the second another use."""

    @contextmanager
    def opened() -> Iterator[Town]:
        database = make_database()
        rows = content(south)
        publish_rows(database, MEASURED, [rows_of(catalog, layer, given) for layer, given in rows.items()])
        fields, shape = rows[PARCELS][1]
        later = [({**fields, "loai_dat": "CLN"}, shape), *rows[PARCELS][2:]]
        publish_rows(database, MEASURED, [rows_of(catalog, PARCELS, later)])
        with wire(database) as running:
            key = add_key(running.keys, KeyHolder(view="agency", label="Sở Y"), catalog.views)
            exports = running.settings.state_folder / "exports"
            yield Town(running.address, key, database, exports, rows[PARCELS], later)

    return opened


@pytest.fixture(scope="package")
def town(open_town: TownMaker) -> Iterator[Town]:
    """Tests on it only read."""
    with open_town() as found:
        yield found


@pytest.fixture(scope="package")
def city(town: Town) -> Bando:
    return town.client()


@pytest.fixture
def sky(town: Town) -> Iterator[Weather]:
    with weather(town.address) as found:
        yield found
