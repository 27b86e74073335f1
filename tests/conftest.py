"""Fixtures on real PostGIS: one private cluster for the session, and clean databases copied from templates."""

import os
import random
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import psycopg
import pyogrio
import pyproj
import pytest
import pytest_asyncio
import shapely

from gis_server.catalog import Catalog, read_catalog
from gis_server.catalog.places import Places, read_places
from gis_server.db.binaries import installations
from gis_server.db.cluster import embedded_cluster
from gis_server.db.database import Database, open_database
from gis_server.db.pool import open_pool
from gis_server.db.provision import create_database, provision
from gis_server.db.tables import migrate
from gis_server.settings import HOME, Settings
from loaders.pipeline import Desk
from loaders.progress import Steps

pytest_plugins = ["tests.serving", "tests.live"]

FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "256MB"}
"""Tests may lose their data when the machine goes down."""
PORTS = range(20_000, 26_000)
"""What tests listen on."""
SHARED_DATA = "BANDO_SHARED_DATA"
DatabaseMaker = Callable[[], Database]


def pytest_configure() -> None:
    """The developer's own installation must not leak into tests."""
    for name in [name for name in os.environ if name.startswith("BANDO_") and name != SHARED_DATA]:
        del os.environ[name]


def pytest_report_header() -> list[str]:
    servers = [
        f"PostgreSQL {one.major} + PostGIS {'.'.join(map(str, one.postgis)) or 'missing'}" for one in installations()
    ]
    geos, proj, gdal = shapely.geos_version_string, pyproj.proj_version_str, pyogrio.__gdal_version_string__
    return [f"{', '.join(servers) or 'PostgreSQL missing'}; in Python: GEOS {geos}, PROJ {proj}, GDAL {gdal}"]


@pytest.fixture(scope="session")
def state_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can reach; pytest's own temporary folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="bando-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(state_folder: Path) -> Iterator[Settings]:
    """Settings of an installation whose embedded cluster is up."""
    settings = Settings(state=state_folder, port=free_port(), workers=1)
    cluster = embedded_cluster(settings, FAST)
    cluster.start()
    yield settings
    cluster.stop()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The real one: `layers/` and `styles/` of this repository."""
    return read_catalog(HOME / "layers", HOME / "styles")


@pytest.fixture(scope="session")
def places() -> Places:
    """Communes of every era, by which codes in rows are known."""
    return read_places(HOME / "layers")


@pytest.fixture(scope="session")
def desk_at(catalog: Catalog, places: Places, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Desk]:
    """Makes the desk at which a database is loaded; what it keeps lies in a folder of the session."""
    folder = tmp_path_factory.mktemp("state")

    def made(
        database: Database, files: Catalog = catalog, state: Path = folder, rasters: Path = folder / "rasters"
    ) -> Desk:
        return Desk(files, database, Steps(quiet=True), places, state, rasters)

    return made


@pytest.fixture(scope="session")
def blank_template(settings: Settings) -> Database:
    """Provisioned, without layers; to be copied, never changed."""
    cluster = embedded_cluster(settings)
    create_database(cluster.url("postgres"), "blank")
    provision(cluster.url("blank"), embedded=True)
    return Database(cluster.url("blank"), embedded=True)


@pytest.fixture(scope="session")
def template(blank_template: Database, catalog: Catalog) -> Database:
    """With the tables of the whole catalog; to be copied, never changed."""
    database = copied(blank_template, "template")
    migrate(database, catalog)
    return database


@pytest.fixture(scope="session")
def make_blank_database(blank_template: Database) -> DatabaseMaker:
    """Makes databases without layers, for tests that bring a catalog of their own."""
    numbers = count(1)
    return lambda: copied(blank_template, f"blank_{next(numbers)}")


@pytest.fixture(scope="session")
def make_database(template: Database) -> DatabaseMaker:
    """Makes clean databases with the tables of the whole catalog."""
    numbers = count(1)
    return lambda: copied(template, f"fresh_{next(numbers)}")


@pytest.fixture(scope="session")
def database(settings: Settings, catalog: Catalog) -> Database:
    """The installation's own database, shared by the session: for tests that only read, or load layers of their own."""
    database = open_database(settings)
    migrate(database, catalog)
    return database


@pytest.fixture(scope="module")
def fresh_database(make_database: DatabaseMaker) -> Database:
    """A clean database for one module."""
    return make_database()


@pytest.fixture(scope="module")
def fresh_settings(settings: Settings, fresh_database: Database) -> Settings:
    """Settings whose database is `fresh_database`, for `create_app` and command lines."""
    return settings.model_copy(update={"database_url": fresh_database.url})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool(database: Database, settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(database, settings) as pool:
        yield pool


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the repository; tests on it are skipped where it is not."""
    folder = Path(os.environ.get(SHARED_DATA, HOME.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set {SHARED_DATA}")
    return folder


def copied(origin: Database, name: str) -> Database:
    """A copy under another name; nobody may be connected to the origin."""
    with psycopg.connect(origin.named("postgres").url, autocommit=True) as conn:
        conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{origin.name}" STRATEGY FILE_COPY'.encode())
    copy = origin.named(name)
    provision(copy.url, embedded=True)
    return copy


def free_port() -> int:
    """A port of this process alone until it ends: who holds its twin, so many ports higher, may use it.

    Two sessions that drew the same would stand in each other's way.
    The kernel never gives these away: they lie below those of outgoing connections.
    """
    for port in random.sample(PORTS, len(PORTS)):
        twin = socket.socket()
        try:
            twin.bind(("127.0.0.1", port + len(PORTS)))
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", port))
        except OSError:
            twin.close()
            continue
        twin.detach()  # open until the process ends
        return port
    raise AssertionError("no port is free")
