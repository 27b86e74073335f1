"""One process that serves, begun by `bando serve` (`gis_server/cli/workers.py`), which gives it a listening socket."""

import logging
import socket
import sys
from contextlib import suppress

from gis_server.app import create_service
from gis_server.catalog import Catalog, read_catalog
from gis_server.db.database import open_database
from gis_server.releases.edits import Editor
from gis_server.settings import Settings
from gis_server.web.service import Service
from gis_server.web.worker import Worker


def create_worker_service() -> Service:
    """Its settings come from the environment."""
    settings = Settings()
    return create_service(settings, open_editor(settings) if settings.edits else None)


def open_editor(settings: Settings, catalog: Catalog | None = None) -> Editor:
    """Who checks and publishes edits, with rights to write; loading is read only where it is needed."""
    from loaders.edits.editor import GateEditor

    files = catalog or read_catalog(settings.layers_folder, settings.styles_folder)
    return GateEditor(files, open_database(settings))


def main() -> None:
    """Serve on the listening socket whose number is given, as long as the process of the other number lives."""
    number, parent = map(int, sys.argv[1:])
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # it warns of every odd caller
    listener = socket.socket(fileno=number)
    with suppress(KeyboardInterrupt):  # Ctrl-C reaches the parent, too
        Worker(create_worker_service, parent).run([listener])


if __name__ == "__main__":
    main()
