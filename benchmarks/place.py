"""Where benchmarks run: a state folder of their own, never the one that serves."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measured, run
from gis_server.catalog import Catalog, read_catalog
from gis_server.db.cluster import embedded_cluster
from gis_server.db.database import Database, open_database
from gis_server.db.place import choose_place
from gis_server.db.tables import migrate
from gis_server.settings import Settings

HOME = Path(__file__).parent.parent
SHARED = HOME.parent / "shared" / "data"
REFUSED = 3
OSM = SHARED / "osm_hcmc_2018" / "hcm_2018.osm.pbf"


@dataclass(frozen=True)
class Bench:
    """An empty, migrated installation that is thrown away at the end."""

    settings: Settings
    catalog: Catalog
    database: Database

    def bando(self, *words: str) -> Measured:
        """Runs a command of ours in this installation."""
        command = [str(Path(sys.executable).parent / "bando"), *words]
        return run(command, BANDO_STATE=str(self.settings.state_folder))

    def asked(self, *words: str) -> str:
        """What a command of this very source tree prints; a refusal (3) is a result like any other."""
        command = [sys.executable, "-m", "gis_server.cli.main", *words]
        environment = {**os.environ, "BANDO_STATE": str(self.settings.state_folder)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in (0, REFUSED):
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def database_cpu_s(self) -> float:
        """Processor seconds of PostgreSQL: of connections that have ended, and of the server itself."""
        pid = (choose_place(self.settings.state_folder).data / "postmaster.pid").read_text().split()[0]
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def here() -> Bench:
    """The loaded installation of BANDO_STATE."""
    settings = Settings()
    return Bench(settings, read_catalog(settings.layers_folder, settings.styles_folder), open_database(settings))


@contextmanager
def fresh_installation() -> Iterator[Bench]:
    """A cluster in a temporary folder, stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bando-bench-"))
    folder.chmod(0o755)
    settings = Settings(state=folder)
    catalog = read_catalog(settings.layers_folder, settings.styles_folder)
    try:
        database = open_database(settings)
        migrate(database, catalog)
        yield Bench(settings, catalog, database)
    finally:
        embedded_cluster(settings).reset()
        shutil.rmtree(folder, ignore_errors=True)
