"""Opens the office of exports when the service starts, and closes its connections when it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gis_server.db.database import Database
from gis_server.features.exports.office import Office
from gis_server.features.exports.reading import Reader
from gis_server.features.exports.shelf import Shelf
from gis_server.settings import Settings


@asynccontextmanager
async def exports_open(database: Database, settings: Settings) -> AsyncIterator[Office]:
    reader = Reader(database.dsn("read"), settings.statement_timeout_ms)
    shelf = Shelf(settings.state_folder / "exports", settings.exports_mb * 2**20)
    try:
        yield Office(reader, shelf)
    finally:
        reader.close()
