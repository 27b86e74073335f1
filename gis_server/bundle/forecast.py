"""How large a field bundle will be, told before it is made."""

from pathlib import Path

import asyncpg

from gis_server.bundle.order import Order
from gis_server.catalog import Catalog
from gis_server.db.pool import acquired
from gis_server.db.statements import text

SQL = Path(__file__).parent / "sql"
TWICE = 1 + 4 / 3
"""The archive lies in a bundle as it is, and again as text for the page."""
KIT = 4_800_000
"""Page, letters, icons and styles, in bytes: the same in all bundles."""
WHOLE_WORLD = (-180.0, -85.0, 180.0, 85.0)


async def bundle_size(pool: asyncpg.Pool, catalog: Catalog, order: Order, archive: int) -> int:
    """Bytes of the unpacked folder, from those of its archive; pictures of rasters are not in it."""
    return round(archive * TWICE) + KIT + await _data_size(pool, catalog, order)


async def _data_size(pool: asyncpg.Pool, catalog: Catalog, order: Order) -> int:
    """What the rows of the GeoPackage take in the database: in a file it is about the same."""
    box, stored = order.area.box or WHOLE_WORLD, str(catalog.crs.stored)
    total = 0
    async with acquired(pool) as conn:
        for name in order.data:
            rows = order.shelf.view.rows(catalog[name])
            total += await conn.fetchval(text(SQL, "size_of_rows", rows=rows, stored=stored), *box)
    return total
