"""Whether a caller may have a raster's file: some layer that he sees names it, and he may see its name there."""

from pathlib import Path

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.db.statements import text
from gis_server.releases.snapshot import Snapshot

SQL = Path(__file__).parent / "sql"


async def is_named(snap: Snapshot, catalog: Catalog, view: View, sha256: str) -> bool:
    for layer in catalog:
        if layer.file.raster is not None and "sha256" in view.layers.get(layer.id, ()):
            asked = text(SQL, "raster_named", table=layer.table, history=layer.history)
            if await snap.conn.fetchval(asked, sha256):
                return True
    return False
