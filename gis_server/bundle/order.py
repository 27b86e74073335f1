"""What a field bundle is to hold, and the house that it is packed from."""

from dataclasses import dataclass

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.settings import Settings
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.walk import Area


@dataclass(frozen=True)
class Order:
    """One bundle: which map as which view sees it, where, and which layers besides as data."""

    shelf: Shelf
    area: Area
    place: tuple[str, str] | None
    """The name of the area in Vietnamese and English, when it has one."""
    data: tuple[str, ...]
    """Layers of the GeoPackage."""


@dataclass(frozen=True)
class House:
    """Where everything in a bundle comes from."""

    settings: Settings
    catalog: Catalog
    database: Database
