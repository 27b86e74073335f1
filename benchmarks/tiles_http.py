"""Kept tiles over the wire: against nginx with the same bytes from a file, under half the load, and memory.

Needs `wrk` and `nginx` (`apt-get install -y wrk nginx-light`). `python -m benchmarks.tiles_http` measures the loaded
installation of BANDO_STATE.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench
from benchmarks.wire import CONNECTIONS, running, wait_for, wrk
from gis_server.access.views import compile_views
from gis_server.catalog import read_catalog
from gis_server.db.database import open_database
from gis_server.settings import Settings
from gis_server.tiles.tilesets import find_tileset

PORT, NGINX_PORT = 8_461, 8_462
ROUNDS = 3
MAP, ZOOM, ROADS = "nen", 15, 60
HEADERS = ("Cache-Control", "Vary", "Bando-Release", "Content-Security-Policy", "Permissions-Policy",
           "Referrer-Policy", "X-Content-Type-Options", "Content-Encoding")  # fmt: skip
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 10000000; open_file_cache max=100; etag on;
  default_type application/vnd.mapbox-vector-tile;
  server {{ listen 127.0.0.1:{port}; root {folder}; {headers} }}
}}
"""


def bench(place: Bench) -> None:
    if not (shutil.which("wrk") and shutil.which("nginx")):
        CONSOLE.print("tiles over HTTP: wrk or nginx is missing (apt-get install -y wrk nginx-light); left out")
        return
    path = f"/tiles/{MAP}/{ZOOM}/{_middle(place)}.mvt"
    with service(place) as process, tempfile.TemporaryDirectory() as folder:
        base = f"http://127.0.0.1:{PORT}"
        headers, body = _kept(base + path)
        with _nginx(Path(folder), headers, body):
            peak = _side_by_side(base + path, headers, len(body))
        _half(base + path, peak)
        claim("memory of the worker under load", memory_mib(process.pid), 300.0, "MiB", "MiB allowed")


def _side_by_side(address: str, headers: dict[str, str], size: int) -> float:
    """Warm tiles and 304s, in turns; the peak rate of ours."""
    file = f"http://127.0.0.1:{NGINX_PORT}/tile.mvt"
    theirs, _ = _kept(file)
    rates: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        rates["file"].append(wrk(file).rate)
        rates["tile"].append(wrk(address).rate)
        rates["file 304"].append(wrk(file, f"If-None-Match: {theirs['Etag']}").rate)
        rates["tile 304"].append(wrk(address, f"If-None-Match: {headers['Etag']}").rate)
    middle = {name: statistics.median(some) for name, some in rates.items()}
    _claim_rate(f"warm tile of {size / 1024:.0f} kB, {CONNECTIONS} connections", middle["tile"], middle["file"])
    _claim_rate("304", middle["tile 304"], middle["file 304"])
    return middle["tile"]


def _claim_rate(what: str, ours: float, nginx: float) -> None:
    claim(what, ours, nginx, "/s", "/s nginx, one worker (more is better)")


def _half(address: str, peak: float) -> None:
    """wrk cannot hold a rate: few connections come near half the peak, and the rate is said."""
    load = min((wrk(address, connections=few) for few in (1, 2, 4)), key=lambda one: abs(one.rate - peak / 2))
    claim(f"p99 at {load.rate:,.0f}/s ({load.rate / peak:.0%} of the peak)", load.p99_ms, 20.0, "ms", "ms allowed")


def _middle(place: Bench) -> str:
    """x/y of a tile with a middling number of roads."""
    roads = find_tileset(place.catalog, compile_views(place.catalog)["public"], "base_transport.duong_bo")
    query = f"""
        SELECT floor((ST_XMin(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ {ZOOM})::int AS x,
               floor((0.5 - ST_YMin(geom_3857) / 40075016.6855785) * 2 ^ {ZOOM})::int AS y
        FROM {roads.layers[0].layer.table} GROUP BY 1, 2 ORDER BY abs(count(*) - {ROADS}) LIMIT 1"""
    with place.database.connect("read") as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return f"{row[0]}/{row[1]}"


def _kept(address: str) -> tuple[dict[str, str], bytes]:
    """Headers and packed body of a tile, once the store has it."""
    for _ in range(3):
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
            found = {name.title(): value for name, value in answer.headers.items()}, answer.read()
        time.sleep(0.3)
    return found


@contextmanager
def service(place: Bench, port: int = PORT, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One worker; `more` are settings by the names of their variables."""
    given = {"BANDO_STATE": str(place.settings.state_folder), "BANDO_PORT": str(port), "BANDO_WORKERS": "1"}
    with running([sys.executable, "-m", "gis_server.cli.main", "serve"], {**os.environ, **given, **more}) as process:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield process


@contextmanager
def _nginx(folder: Path, headers: dict[str, str], body: bytes) -> Iterator[None]:
    """One worker that serves the same bytes and headers from a file."""
    (folder / "tile.mvt").write_bytes(body)
    folder.chmod(0o755)
    lines = " ".join(f"add_header {name} '{headers[name]}';" for name in HEADERS if name in headers)
    lines = lines.replace("default-src 'self'", "default-src self").replace("'self'", "self")
    lines = lines.replace("'none'", "none").replace("'unsafe-inline'", "unsafe-inline")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=NGINX_PORT, headers=lines), encoding="utf-8")
    with running(["nginx", "-c", str(folder / "nginx.conf")], dict(os.environ)) as process:
        wait_for(f"http://127.0.0.1:{NGINX_PORT}/tile.mvt", process)
        yield


def memory_mib(parent: int) -> float:
    """Resident memory of the busiest child: Granian's worker."""
    return max(_status_mib(child, "VmRSS") for child in children_of(parent))


def own_mib(process: int) -> float:
    """Resident memory that is no page of a file."""
    return _status_mib(process, "RssAnon")


def children_of(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True)
    return [int(line) for line in found.stdout.split()]


def _status_mib(process: int, line: str) -> float:
    told = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(rf"^{line}:\s+(\d+) kB", told, re.M)[0]) / 1024


if __name__ == "__main__":
    settings = Settings()
    bench(Bench(settings, read_catalog(settings.layers_folder, settings.styles_folder), open_database(settings)))
