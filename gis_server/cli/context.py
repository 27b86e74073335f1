"""What most commands need first: settings, the catalog, and a database that is up and shaped like the catalog."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress

from gis_server.catalog import Catalog
from gis_server.catalog.places import Places, read_places
from gis_server.cli.kept_catalog import kept_catalog
from gis_server.db.cluster import embedded_cluster
from gis_server.db.database import Database, open_database
from gis_server.db.places import write_places
from gis_server.db.tables import migrate
from gis_server.naming.record import settle_names
from gis_server.releases.redraw import outdated, redraw
from gis_server.settings import Settings

MANY = {
    re.compile(r"^CRS \d+$"): "lưới tọa độ · coordinate systems",
    re.compile(r"^\+ [\w.]+$"): "lớp có bảng mới · layers with new tables",
    re.compile(r"^[\w.]+: hash$"): "lớp được tính lại mã băm từng dòng · layers whose rows are hashed anew",
}


@dataclass(frozen=True)
class Ready:
    """A machine ready to load and to serve."""

    settings: Settings
    catalog: Catalog
    database: Database
    places: Places


def read_settings_and_catalog() -> tuple[Settings, Catalog]:
    settings = Settings()
    return settings, kept_catalog(settings)


def running_database(settings: Settings) -> Database | None:
    """The database of this installation where it runs already; nothing is started or made."""
    if settings.database_url is not None:
        return Database(settings.database_url, embedded=False)
    cluster = embedded_cluster(settings)
    return Database(cluster.url(), embedded=True) if cluster.is_ready() else None


def ready() -> Ready:
    """Reads the catalog, starts the database when it is down, and brings its tables up to the layer files."""
    settings, catalog = read_settings_and_catalog()
    database = open_database(settings)
    for change in in_brief(migrate(database, catalog)):
        Console(stderr=True).print(f"[dim]{change}[/]", highlight=False)
    draw_outdated(database, catalog)
    places = read_places(settings.layers_folder)
    write_places(database, places)
    if settled := settle_names(database, catalog):
        Console(stderr=True).print(f"[dim]tên để tìm kiếm · names for search: {len(settled)} lớp · layers[/]")
    return Ready(settings, catalog, database, places)


def in_brief(changes: list[str]) -> Iterator[str]:
    """Changes of tables of which there are as many as layers, as one line a kind; all others as they are."""
    for kind, words in MANY.items():
        found = [change for change in changes if kind.search(change)]
        if found:
            yield f"{len(found)} {words}"
    yield from (change for change in changes if not any(kind.search(change) for kind in MANY))


def draw_outdated(database: Database, catalog: Catalog) -> list[str]:
    """Draw ahead the layers whose rule, or this program, has changed; their ids."""
    with database.connect("read") as conn:
        layers = outdated(conn, catalog)
    if not layers:
        return []
    console = Console(stderr=True)
    words = f"vẽ sẵn {len(layers)} lớp · drawing {len(layers)} layers ahead"
    with database.connect() as conn, Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        for layer in bar.track(layers, description=words):
            redraw(conn, [layer])
    return [layer.id for layer in layers]
