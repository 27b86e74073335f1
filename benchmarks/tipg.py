"""Pages of parcels and their tiles beside tipg, on the same cluster (`python -m benchmarks.tipg [parcels]`).

Tiles are asked of tipg twice: of the table that we serve, with its VN-2000 shapes, and of a copy that has Web Mercator
ready and nothing else to carry.

One worker each; tipg comes from PyPI into `build/peers/tipg`, a place of its own. With BANDO_STATE it measures the
installation that is loaded there.
"""

import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import mapbox_vector_tile

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import HOME, Bench, fresh_installation, here
from benchmarks.tiles_http import service
from benchmarks.wire import free_port, running, wait_for, wrk
from gis_server.access.views import compile_views
from gis_server.db.statements import quoted, text
from gis_server.tiles.budget import count_features

PARCELS = 300_000
LAYER = "cadastre.thua_dat"
VERSIONS = ("tipg==1.6.1", "uvicorn==0.54.0")
ROUNDS, CONNECTIONS, TILES = 3, 8, 300
ZOOMS = (10, 12, 14, 15, 16, 17)
LONGEST_S = 45.0
"""Of asking for one zoom: then the median is of the tiles so far."""
SERVED, READY = "peer.served", "peer.tiles"
AS_BROWSERS_DO = {"Accept-Encoding": "gzip"}


def bench(place: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    if not shutil.which("wrk"):
        CONSOLE.print("beside tipg: wrk is missing (apt-get install -y wrk); left out")
        return
    with tempfile.TemporaryDirectory(prefix="bando-tipg-") as folder, fresh_installation() as empty:
        empty.asked("sample", "--out", folder, "--parcels", str(parcels))
        empty.asked("load", str(Path(folder) / "ThuaDat.gpkg"), "--profile", "mau_lon")
        measure(empty)


def measure(place: Bench) -> None:
    _copy(place)
    place.bando("tiles", "purge")
    ours, theirs = free_port(), free_port()
    try:
        with service(place, ours) as our_process, _tipg(place, theirs) as their_process:
            costs = Cost(place, our_process.pid, "bando_read"), Cost(place, their_process.pid, "bando_owner")
            both = Both(f"http://127.0.0.1:{ours}", f"http://127.0.0.1:{theirs}", costs)
            for limit in (10, 100, 1000):
                both.rates(f"page of {limit:,} parcels", *_page(f"limit={limit}"))
            both.rates("page of 100 parcels in a box", *_page(f"limit=100&bbox={_box(place)}"))
            for zoom in ZOOMS:
                both.cold(zoom, _tiles(place, zoom))
            at = _tiles(place, 16)[0]
            both.rates("warm tile z16", _our_tile(16, *at), _their_tile(READY, 16, *at))
    finally:
        _drop(place)


@dataclass(frozen=True)
class Both:
    """The two services, by their addresses."""

    ours: str
    theirs: str
    costs: "tuple[Cost, Cost]"

    def rates(self, what: str, our_path: str, their_path: str) -> None:
        """Answers a second, in turns; the median of each."""
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(wrk(self.ours + our_path, connections=CONNECTIONS).rate)
            theirs.append(wrk(self.theirs + their_path, connections=CONNECTIONS).rate)
        claim(what, statistics.median(ours), statistics.median(theirs), "/s", "/s tipg (more is better)")

    def cold(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> None:
        """Tiles that nobody has asked for, one after the other, by each in turn."""
        times: list[list[float]] = []
        counts = Counter[str]()
        started = time.perf_counter()
        for x, y in tiles:
            paths = {"ours": self.ours + _our_tile(zoom, x, y)}
            paths |= {table: self.theirs + _their_tile(table, zoom, x, y) for table in (SERVED, READY)}
            answers = {who: _timed(path) for who, path in paths.items()}
            times.append([ms for ms, _ in answers.values()])
            counts += Counter({who: _shown(tile, zoom) for who, (_, tile) in answers.items()})
            if time.perf_counter() - started > LONGEST_S:
                break
        ours, served, ready = (statistics.median(some) for some in zip(*times, strict=True))
        what = f"cold tile z{zoom}, median of {len(times)}"
        claim(f"{what}, the same table", ours, served, "ms", "ms tipg, VN-2000 shapes")
        claim(f"{what}, a table of its own", ours, ready, "ms", "ms tipg, Web Mercator ready")
        told = f"{counts['ours']:,}; tipg {counts[SERVED]:,} and {counts[READY]:,}"
        CONSOLE.print(f"    features told of: {told}", style="dim")
        self._processor_time(zoom, tiles[: len(times)])

    def _processor_time(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> None:
        """The same tiles again, none kept: what other people's programs do meanwhile hardly counts here."""
        self.costs[0].place.bando("tiles", "purge")
        ours = self.costs[0].of([self.ours + _our_tile(zoom, x, y) for x, y in tiles])
        for table in (SERVED, READY):
            theirs = self.costs[1].of([self.theirs + _their_tile(table, zoom, x, y) for x, y in tiles])
            claim(f"    processor time of a tile z{zoom}", ours, theirs, "ms", f"ms tipg, {table}")


@dataclass(frozen=True)
class Cost:
    """Processor time of a service and of its connections to PostgreSQL, which are those of one user."""

    place: Bench
    pid: int
    user: str

    def of(self, addresses: Sequence[str]) -> float:
        """Milliseconds of one answer."""
        before = self._spent_ms()
        for address in addresses:
            _timed(address)
        time.sleep(1)  # ours goes on to keep the tiles
        return (self._spent_ms() - before) / len(addresses)

    def _spent_ms(self) -> float:
        with self.place.database.connect("owner") as conn:
            query = b"SELECT pid FROM pg_stat_activity WHERE usename = %s AND pid <> pg_backend_pid()"
            backends = {pid for (pid,) in conn.execute(query, [self.user])}
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(stat.parent.name) in backends | {self.pid} or int(fields[1]) == self.pid:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _shown(tile: bytes, zoom: int) -> int:
    """Features that a tile shows, each of those that are drawn as one counted."""
    if zoom > 14:
        return count_features(tile)
    layers = mapbox_vector_tile.decode(tile).values()
    return sum(one["properties"].get("merged", 1) for layer in layers for one in layer["features"])


def _page(query: str) -> tuple[str, str]:
    return f"/collections/{LAYER}/items?{query}", f"/collections/peer.items/items?{query}"


def _our_tile(zoom: int, x: int, y: int) -> str:
    return f"/tiles/{LAYER}/{zoom}/{x}/{y}.mvt"


def _their_tile(table: str, zoom: int, x: int, y: int) -> str:
    return f"/collections/{table}/tiles/WebMercatorQuad/{zoom}/{x}/{y}"


def _timed(address: str) -> tuple[float, bytes]:
    """Milliseconds until all of it is here, over a connection that stays and packed as browsers ask; and the tile."""
    place = urlsplit(address)
    connection = _connected(place.netloc)
    try:
        return _answer(connection, place.path)
    except RemoteDisconnected:  # nobody asked for a while
        connection.close()
        return _answer(connection, place.path)


def _answer(connection: HTTPConnection, path: str) -> tuple[float, bytes]:
    started = time.perf_counter()
    connection.request("GET", path, headers=AS_BROWSERS_DO)
    answer = connection.getresponse()
    body, coding = answer.read(), answer.headers["Content-Encoding"]
    took = (time.perf_counter() - started) * 1000
    assert answer.status in (200, 204), f"{path}: {answer.status}"
    return took, gzip.decompress(body) if coding == "gzip" else body


@cache
def _connected(place: str) -> HTTPConnection:
    return HTTPConnection(place, timeout=120)


def _tiles(place: Bench, zoom: int) -> list[tuple[int, int]]:
    """Tiles with parcels, the same ones every time."""
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
def _tipg(place: Bench, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Its own server, as its documentation starts it."""
    settings = {"DATABASE_URL": _url(place), "TIPG_DB_SCHEMAS": '["peer"]', "TIPG_CATALOG_TTL": "36000",
                "TIPG_MAX_FEATURES_PER_TILE": "1000000"}  # fmt: skip
    command = [str(_installed()), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"]
    with running(command, {**os.environ, **settings}) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield process


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
    if "BANDO_STATE" in os.environ:
        measure(here())
    else:
        with fresh_installation() as nothing:
            bench(nothing, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
