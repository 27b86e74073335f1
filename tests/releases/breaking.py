"""An installation to break: two layers delivered in versions that differ, a loader process, and what must hold."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psycopg
import pyogrio
import shapely

from gis_server.catalog import Catalog, read_catalog
from gis_server.catalog.places import read_places
from gis_server.cli.context import Ready
from gis_server.cli.desk import desk_of
from gis_server.db.database import Database, open_database
from gis_server.errors import DatabaseMissing
from gis_server.releases.drafts import drafts
from gis_server.settings import HOME, Settings
from loaders.pipeline import Order, load
from loaders.progress import Steps
from loaders.report import Report
from tests.city import DRAINAGE_CENTRE

LAYERS = ("drainage.ho_ga", "drainage.tuyen_cong")
PROFILE = {
    "title": {"vi": "Thoát nước", "en": "Drainage"},
    "source": DRAINAGE_CENTRE,
    "crs": 9210,
    "layers": [
        {
            "from": {"file": f"{layer.partition('.')[2]}.gpkg"},
            "to": layer,
            "fields": {"ma": "ma", "tuyen_duong": "duong"},
        }
        for layer in LAYERS
    ],
}
PATIENCE_S = 60.0
LITTER = """
SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind = 'r' AND (nspname IN ('staging') OR relname LIKE 'filling%' OR nspname = 'draft' AND relname <> 'book')
"""


@dataclass
class Installation:
    """One embedded cluster as careful as a real one, deliveries for it, and what each release must hold."""

    settings: Settings
    folder: Path
    rows: int
    catalog: Catalog = field(default_factory=lambda: read_catalog(HOME / "layers", HOME / "styles"))
    releases: dict[int, int] = field(default_factory=dict)
    """Release → version delivered."""
    tried: int = 0
    """The version that was delivered last."""
    packed: bool = True
    """Whether deliveries are zips, which must be unpacked."""
    hoped: int = 0
    """The version that a new release must hold."""

    @property
    def profile(self) -> Path:
        return self.folder / "profile.yaml"

    def database(self) -> Database:
        """As the next command finds it; a server that still recovers is waited for."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                database = open_database(self.settings)
                database.connect("read").close()
                return database
            except (psycopg.OperationalError, DatabaseMissing):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def deliver_next(self) -> Path:
        """The next version of both layers: some rows are new, some changed, some gone."""
        self.tried = self.hoped = self.tried + 1
        if not self.profile.exists():  # a loader may just be reading it
            self.profile.write_text(json.dumps(PROFILE))
        folder = self.folder / f"giao_{self.tried % 2}"
        folder.mkdir(exist_ok=True)
        for layer in LAYERS:
            _write(folder / f"{layer.partition('.')[2]}.gpkg", layer, rows_of(layer, self.tried, self.rows))
        return Path(shutil.make_archive(str(folder), "zip", folder)) if self.packed else folder

    def bando(self, *words: str) -> "subprocess.Popen[bytes]":
        """A command, in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "gis_server.cli.main", *words],
            cwd=HOME,
            env={**os.environ, "BANDO_STATE": str(self.settings.state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_hear_the_terminal,
        )

    def loader(self, *options: str) -> "subprocess.Popen[bytes]":
        """`bando load` of the next version."""
        return self.bando("load", str(self.deliver_next()), "--profile", str(self.profile), *options)

    def load(self, *, hold: bool = False) -> Report:
        """The next version, undisturbed; it must become a release, or a draft."""
        order = Order(self.deliver_next(), str(self.profile), hold=hold)
        place = Ready(self.settings, self.catalog, self.database(), read_places(self.settings.layers_folder))
        report = load(order, desk_of(place, Steps(quiet=True)))
        if hold:
            assert report.draft is not None
        else:
            assert report.release is not None
            self.releases[report.release.number] = self.tried
        return report

    def check(self) -> bool:
        """The old or the new release serves whole; answers whether it is the new one."""
        with self.database().connect("read") as conn:
            (newest,) = conn.execute("SELECT coalesce(max(release), 0) FROM meta.release").fetchone() or (0,)
            is_new = newest not in self.releases
            if is_new and newest:
                self.releases[newest] = self.hoped
            assert newest == max(self.releases, default=0)
            assert sorted(self.releases) == list(range(1, newest + 1)), "release numbers have a gap"
            for layer in LAYERS:
                self._check_served(conn, layer, newest)
                for release in {newest, newest - 1, random.randint(1, max(1, newest))} & self.releases.keys():
                    self._check_as_of(conn, layer, release)
        return is_new

    def check_no_litter(self) -> None:
        with psycopg.connect(self.database().url) as conn:
            assert conn.execute(LITTER).fetchall() == []
        assert list((self.settings.state_folder / "unpacked").iterdir()) == []

    def check_drafts(self) -> list[int]:
        """Drafts are there whole, or not at all; answers their numbers."""
        with self.database().connect() as conn:
            found = drafts(conn)
            for staged in (staged for draft in found for staged in draft.staged(self.catalog)):
                rows = conn.execute(f"SELECT ma, tuyen_duong FROM {staged.table}").fetchall()
                wanted = rows_of(staged.layer.id, self.tried, self.rows)
                assert sorted(rows) == sorted((key, street) for key, (street, _) in wanted.items())
        return [draft.draft for draft in found]

    def _check_served(self, conn: psycopg.Connection, layer: str, newest: int) -> None:
        version = self.releases.get(newest)
        wanted = rows_of(layer, version, self.rows) if version is not None else {}
        found = conn.execute(
            f"SELECT ma, tuyen_duong, round(ST_XMin(geom)::numeric, 3)::float8 FROM {layer}"
        ).fetchall()
        assert {row[0]: (row[1], row[2]) for row in found} == wanted
        assert len(found) == len(wanted)
        state = conn.execute("SELECT coalesce(sum(rows), 0) FROM meta.layer_state WHERE layer = %s", [layer]).fetchone()
        assert state == (len(wanted),)
        world = "ST_MakeEnvelope(-2e7, -2e7, 2e7, 2e7, {})"
        conn.execute("SET LOCAL enable_seqscan = off")
        for where in (f"geom && {world.format(9210)}", f"geom_3857 && {world.format(3857)}", "ma >= ''", "fid > 0"):
            assert conn.execute(f"SELECT count(*) FROM {layer} WHERE {where}").fetchone() == (len(wanted),), where
        conn.execute("SET LOCAL enable_seqscan = on")
        moved = f"SELECT count(*) FROM {layer} WHERE NOT ST_DWithin(ST_Transform(geom, 3857), geom_3857, 0.01)"
        assert conn.execute(moved).fetchone() == (0,)

    def _check_as_of(self, conn: psycopg.Connection, layer: str, release: int) -> None:
        history = f"history.{layer.replace('.', '__')}"
        found = conn.execute(
            f"SELECT ma, tuyen_duong FROM {layer} WHERE born <= %(r)s UNION ALL "
            f"SELECT ma, tuyen_duong FROM {history} WHERE born <= %(r)s AND died > %(r)s",
            {"r": release},
        ).fetchall()
        wanted = rows_of(layer, self.releases[release], self.rows)
        assert sorted(found) == sorted((key, street) for key, (street, _) in wanted.items())


def rows_of(layer: str, version: int, rows: int) -> dict[str, tuple[str, float]]:
    """Key → street and easting. From version to version a tenth is gone, a tenth is new, a third changes."""
    first = version % 7 * rows // 10
    prefix = layer[-2:]
    return {
        f"{prefix}{n}": (f"Đường {n % 50 if n % 3 else version}", 600_000.0 + n % 70 * 10)
        for n in range(first, first + rows)
    }


def _hear_the_terminal() -> None:
    """Under nohup the tests ignore hang-ups, and the loader would inherit that."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _write(path: Path, layer: str, rows: dict[str, tuple[str, float]]) -> None:
    east = np.array([x for _, x in rows.values()])
    north = 1_190_000 + np.arange(len(east)) // 70 * 10.0
    shapes = shapely.points(east, north)
    if layer.endswith("cong"):
        ends = np.stack([np.stack([east, north], 1), np.stack([east + 5, north + 5], 1)], 1)
        shapes = shapely.linestrings(ends)
    path.unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapes),
            field_data=[np.array(list(rows), dtype=object), np.array([one for one, _ in rows.values()], dtype=object)],
            fields=["ma", "duong"],
            geometry_type="LineString" if layer.endswith("cong") else "Point",
            driver="GPKG",
            crs=None,
        )
