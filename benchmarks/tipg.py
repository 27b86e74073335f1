"""Pages of parcels and their tiles beside tipg, on the same cluster (`python -m benchmarks.tipg [parcels]`).

One worker each; tipg comes from PyPI into `build/peers/tipg`, a place of its own. With BANDO_STATE it measures the
installation that is loaded there.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from benchmarks.gate import asked
from benchmarks.measure import CONSOLE, claim
from benchmarks.place import HOME, Bench, fresh_installation
from benchmarks.tiles_http import service
from benchmarks.wire import free_port, running, wait_for, wrk
from gis_server.access.views import compile_views
from gis_server.catalog import read_catalog
from gis_server.db.database import open_database
from gis_server.db.statements import quoted, text
from gis_server.settings import Settings

PARCELS = 300_000
LAYER = "cadastre.thua_dat"
VERSIONS = ("tipg==1.6.1", "uvicorn==0.54.0")
ROUNDS, CONNECTIONS, TILES = 3, 8, 40


def bench(place: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    if not shutil.which("wrk"):
        CONSOLE.print("beside tipg: wrk is missing (apt-get install -y wrk); left out")
        return
    with tempfile.TemporaryDirectory(prefix="bando-tipg-") as folder, fresh_installation() as empty:
        asked(empty, "sample", "--out", folder, "--parcels", str(parcels))
        asked(empty, "load", str(Path(folder) / "ThuaDat.gpkg"), "--profile", "mau_lon")
        measure(empty)


def measure(place: Bench) -> None:
    _copy(place)
    place.bando("tiles", "purge")
    ours, theirs = free_port(), free_port()
    try:
        with service(place, ours), _tipg(place, theirs):
            both = Both(f"http://127.0.0.1:{ours}", f"http://127.0.0.1:{theirs}")
            for limit in (10, 100, 1000):
                both.rates(f"page of {limit:,} parcels", *_page(f"limit={limit}"))
            both.rates("page of 100 parcels in a box", *_page(f"limit=100&bbox={_box(place)}"))
            for zoom in (14, 15, 16):
                both.cold(zoom, _tiles(place, zoom))
            both.rates("warm tile z16", *_tile(16, *_tiles(place, 16)[0]))
    finally:
        _drop(place)


@dataclass(frozen=True)
class Both:
    """The two services, by their addresses."""

    ours: str
    theirs: str

    def rates(self, what: str, our_path: str, their_path: str) -> None:
        """Answers a second, in turns; the median of each."""
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(wrk(self.ours + our_path, connections=CONNECTIONS).rate)
            theirs.append(wrk(self.theirs + their_path, connections=CONNECTIONS).rate)
        claim(what, statistics.median(ours), statistics.median(theirs), "/s", "/s tipg (more is better)")

    def cold(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> None:
        """Tiles that nobody has asked for, one after the other, by each in turn."""
        paths = [_tile(zoom, x, y) for x, y in tiles]
        times = [(_ms(self.ours + our_path), _ms(self.theirs + their_path)) for our_path, their_path in paths]
        ours, theirs = (statistics.median(some) for some in zip(*times, strict=True))
        claim(f"cold tile z{zoom}, median of {len(tiles)}", ours, theirs, "ms", "ms tipg")


def _page(query: str) -> tuple[str, str]:
    return f"/collections/{LAYER}/items?{query}", f"/collections/peer.items/items?{query}"


def _tile(zoom: int, x: int, y: int) -> tuple[str, str]:
    return f"/tiles/{LAYER}/{zoom}/{x}/{y}.mvt", f"/collections/peer.tiles/tiles/WebMercatorQuad/{zoom}/{x}/{y}"


def _ms(address: str) -> float:
    started = time.perf_counter()
    asked_as_browsers_do = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked_as_browsers_do, timeout=60) as answer:
        answer.read()
    return (time.perf_counter() - started) * 1000


def _tiles(place: Bench, zoom: int) -> list[tuple[int, int]]:
    """Tiles with parcels, the same ones every time, none of them drawn ahead."""
    query = f"""
        SELECT x, y FROM (SELECT DISTINCT floor((ST_XMin(geom) / 40075016.6855785 + 0.5) * 2 ^ {zoom})::int AS x,
               floor((0.5 - ST_YMin(geom) / 40075016.6855785) * 2 ^ {zoom})::int AS y FROM peer.tiles) AS all_of_them
        ORDER BY md5(x || '/' || y) LIMIT {TILES}"""
    with place.database.connect("read") as conn:
        return [(x, y) for x, y in conn.execute(query.encode())]


def _box(place: Bench) -> str:
    """Half a kilometre around a parcel in the middle."""
    with place.database.connect("read") as conn:
        row = conn.execute(b"""
            SELECT ST_Extent(ST_Expand(geom, 0.0025)) FROM
            (SELECT geom FROM peer.items ORDER BY fid OFFSET (SELECT count(*) / 2 FROM peer.items) LIMIT 1) AS one""")
        found = row.fetchone()
    assert found is not None
    return found[0].removeprefix("BOX(").removesuffix(")").replace(" ", ",")


def _copy(place: Bench) -> None:
    layer, view = place.catalog[LAYER], compile_views(place.catalog)["public"]
    tile_fields = layer.file.tiles.fields if layer.file.tiles else ()
    parts = {
        "rows": view.rows(layer),
        "columns": ", ".join(map(quoted, view.layers[LAYER])),
        "tile_columns": ", ".join(map(quoted, tile_fields)),
    }
    with place.database.connect("owner") as conn:
        conn.execute(text(Path(__file__).parent / "sql", "peer", **parts).encode())
        conn.commit()


def _drop(place: Bench) -> None:
    with place.database.connect("owner") as conn:
        conn.execute(b"DROP SCHEMA IF EXISTS peer CASCADE")
        conn.commit()


@contextmanager
def _tipg(place: Bench, port: int) -> Iterator[None]:
    """Its own server, as its documentation starts it."""
    settings = {"DATABASE_URL": _url(place), "TIPG_DB_SCHEMAS": '["peer"]', "TIPG_CATALOG_TTL": "36000"}
    command = [str(_installed()), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"]
    with running(command, {**os.environ, **settings}) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield


def _url(place: Bench) -> str:
    """Of the cluster's socket, as pydantic reads addresses; as the owner, since tipg makes functions of its own."""
    parts = urlsplit(place.database.dsn("owner"))
    socket = dict(parse_qsl(parts.query))["host"]
    return f"postgresql://{parts.username}@{quote(socket, safe='')}:5432{parts.path}"


def _installed() -> Path:
    """The Python that has tipg."""
    folder = HOME / "build" / "peers" / "tipg"
    python = folder / "bin" / "python"
    if not python.exists():
        CONSOLE.print(f"installing {', '.join(VERSIONS)} into {folder}", style="dim")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *VERSIONS], check=True)
    return python


if __name__ == "__main__":
    given = Settings()
    if given.state is not None:
        files = read_catalog(given.layers_folder, given.styles_folder)
        measure(Bench(given, files, open_database(given)))
    else:
        with fresh_installation() as nothing:
            bench(nothing, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
