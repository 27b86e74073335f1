"""Pages of parcels and their tiles beside tipg, on the same cluster (`python -m benchmarks.tipg [parcels]`).

One worker each; tipg comes from PyPI into `build/peers/tipg`, a place of its own. With BANDO_STATE it measures the
installation that is loaded there.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from benchmarks.gate import asked
from benchmarks.measure import CONSOLE, claim
from benchmarks.place import HOME, Bench, fresh_installation
from benchmarks.tiles_http import PORT, service
from benchmarks.wire import running, wait_for, wrk
from gis_server.access.views import compile_views
from gis_server.catalog import read_catalog
from gis_server.db.database import open_database
from gis_server.db.statements import quoted, text
from gis_server.settings import Settings

PARCELS = 300_000
LAYER = "cadastre.thua_dat"
PEER_PORT = 8_464
VERSIONS = ("tipg==1.6.1", "uvicorn==0.54.0")
OURS, THEIRS = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{PEER_PORT}"
ROUNDS, CONNECTIONS, TILES = 3, 8, 40


def bench(place: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="bando-tipg-") as folder, fresh_installation() as empty:
        asked(empty, "sample", "--out", folder, "--parcels", str(parcels))
        asked(empty, "load", str(Path(folder) / "ThuaDat.gpkg"), "--profile", "mau_lon")
        measure(empty)


def measure(place: Bench) -> None:
    _copy(place)
    try:
        with service(place), _tipg(place):
            for limit in (10, 100, 1000):
                _rates(f"page of {limit:,} parcels", f"items?limit={limit}")
            _rates("page of 100 parcels in a box", f"items?limit=100&bbox={_box(place)}")
            for zoom in (14, 15, 16):
                _cold(place, zoom)
            _warm(place)
    finally:
        _drop(place)


def _rates(what: str, path: str) -> None:
    """Pages a second, in turns; the median of each."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(wrk(f"{OURS}/collections/{LAYER}/{path}", connections=CONNECTIONS).rate)
        theirs.append(wrk(f"{THEIRS}/collections/peer.items/{path}", connections=CONNECTIONS).rate)
    claim(what, statistics.median(ours), statistics.median(theirs), "/s", "/s tipg (more is better)")


def _cold(place: Bench, zoom: int) -> None:
    """Tiles that nobody has asked for, one after the other: tipg keeps none, ours are left out of the store so."""
    tiles = _tiles(place, zoom)
    ours = _median_ms([f"{OURS}/tiles/{LAYER}/{zoom}/{x}/{y}.mvt" for x, y in tiles])
    theirs = _median_ms([f"{THEIRS}/collections/peer.tiles/tiles/WebMercatorQuad/{zoom}/{x}/{y}" for x, y in tiles])
    claim(f"cold tile z{zoom}, median of {len(tiles)}", ours, theirs, "ms", "ms tipg")


def _warm(place: Bench) -> None:
    """The tile that both were asked for before, again and again."""
    (x, y), *_ = _tiles(place, 16)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(wrk(f"{OURS}/tiles/{LAYER}/16/{x}/{y}.mvt").rate)
        theirs.append(wrk(f"{THEIRS}/collections/peer.tiles/tiles/WebMercatorQuad/16/{x}/{y}").rate)
    claim("warm tile z16", statistics.median(ours), statistics.median(theirs), "/s", "/s tipg (more is better)")


def _median_ms(addresses: Sequence[str]) -> float:
    times = []
    for address in addresses:
        started = time.perf_counter()
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


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
def _tipg(place: Bench) -> Iterator[None]:
    """Its own server, as its documentation starts it."""
    settings = {"DATABASE_URL": _url(place), "TIPG_DB_SCHEMAS": '["peer"]', "TIPG_CATALOG_TTL": "36000"}
    command = [str(_installed()), "-m", "uvicorn", "tipg.main:app", "--port", str(PEER_PORT), "--log-level", "warning"]
    with running(command, {**os.environ, **settings}) as process:
        wait_for(f"{THEIRS}/healthz", process)
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
