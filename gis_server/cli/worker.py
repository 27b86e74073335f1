"""What a Granian worker runs: the service, and where edits are switched on, the gate that checks them."""

from gis_server.app import create_service
from gis_server.catalog import Catalog, read_catalog
from gis_server.db.database import open_database
from gis_server.releases.edits import Editor
from gis_server.settings import Settings
from gis_server.web.rsgi import Service


def create_worker_service() -> Service:
    """Its settings come from the environment."""
    settings = Settings()
    return create_service(settings, open_editor(settings) if settings.edits else None)


def open_editor(settings: Settings, catalog: Catalog | None = None) -> Editor:
    """Who checks and publishes edits, with rights to write; loading is read only where it is needed."""
    from loaders.edits.editor import GateEditor

    files = catalog or read_catalog(settings.layers_folder, settings.styles_folder)
    return GateEditor(files, open_database(settings))
