"""Kept tiles over the wire: beside nginx with the same bytes and a bare connection, at half the load; memory.

Needs `wrk` and `nginx` (`apt-get install -y wrk nginx-light`). `python -m benchmarks.tiles_http` measures the loaded
installation of BANDO_STATE.
"""

import json
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
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bare import ANSWER
from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, here
from benchmarks.wire import CONNECTIONS, SECONDS, free_port, running, wait_for, wrk
from gis_server.access.views import compile_views
from gis_server.tiles.tilesets import find_tileset

ROUNDS = 3
MAP, ZOOM, ROADS = "nen", 15, 60
HEADERS = ("Cache-Control", "Vary", "Bando-Release", "Content-Security-Policy", "Permissions-Policy",
           "Referrer-Policy", "X-Content-Type-Options", "Content-Encoding")  # fmt: skip
MADE_FOR_EACH = ("Connection", "Content-Length", "Date", "Server")
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 10000000; open_file_cache max=100; etag on;
  default_type application/vnd.mapbox-vector-tile;
  server {{ listen 127.0.0.1:{port}; root {folder}; {headers} }}
}}
"""


@dataclass(frozen=True)
class Server:
    """What answers at an address, under which tag, and the parent of its processes."""

    address: str
    tag: str
    pid: int

    def loaded(self, *headers: str) -> tuple[float, float]:
        """Answers a second, and microseconds of processor for each."""
        before = _processor_s(self.pid)
        rate = wrk(self.address, *headers).rate
        return rate, (_processor_s(self.pid) - before) / (rate * SECONDS) * 1e6


def bench(place: Bench) -> None:
    if not (shutil.which("wrk") and shutil.which("nginx")):
        CONSOLE.print("tiles over HTTP: wrk or nginx is missing (apt-get install -y wrk nginx-light); left out")
        return
    path = f"/tiles/{MAP}/{ZOOM}/{_middle(place)}.mvt"
    port = free_port()
    with service(place, port) as process, tempfile.TemporaryDirectory() as folder:
        base = f"http://127.0.0.1:{port}"
        headers, body = _kept(base + path)
        ours = Server(base + path, headers["Etag"], process.pid)
        with _nginx(Path(folder), headers, body) as nginx, _bare(Path(folder), headers, body) as bare:
            peak = _side_by_side(ours, bare, nginx, len(body))
        _half(base + path, peak)
        claim("memory of the worker under load", memory_mib(process.pid), 300.0, "MiB", "MiB allowed")


def _side_by_side(ours: Server, bare: Server, nginx: Server, size: int) -> float:
    """Warm tiles and 304s of ours, of a bare connection and of nginx, in turns; the peak rate of ours."""
    servers = {"ours": ours, "bare": bare, "nginx": nginx}
    loads: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(ROUNDS):
        for who, server in servers.items():
            loads[f"{who} tile"].append(server.loaded())
            loads[f"{who} 304"].append(server.loaded(f"If-None-Match: {server.tag}"))
    rate, spent = ({name: statistics.median(column) for name, column in _columns(loads, place)} for place in (0, 1))
    for what, told in (("tile", f"warm tile of {size / 1024:.0f} kB, {CONNECTIONS} connections"), ("304", "304")):
        mine, ceiling, theirs = (f"{who} {what}" for who in servers)
        claim(told, rate[mine], rate[theirs], "/s", "/s nginx, one worker (more is better)")
        claim(f"{told}: of a bare connection's ceiling", rate[mine], rate[ceiling], "/s", "/s, doing nothing else")
        claim(f"{told}: the ceiling itself", rate[ceiling], rate[theirs], "/s", "/s nginx")
        claim(f"{told}: processor", spent[mine], spent[ceiling], "µs", f"µs bare ({spent[theirs]:.1f} nginx)")
    return rate["ours tile"]


def _columns(loads: dict[str, list[tuple[float, float]]], place: int) -> Iterator[tuple[str, list[float]]]:
    yield from ((name, [one[place] for one in some]) for name, some in loads.items())


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
def service(place: Bench, port: int, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One worker; `more` are settings by the names of their variables."""
    given = {"BANDO_STATE": str(place.settings.state_folder), "BANDO_PORT": str(port), "BANDO_WORKERS": "1"}
    with running([sys.executable, "-m", "gis_server.cli.main", "serve"], {**os.environ, **given, **more}) as process:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield process


@contextmanager
def _nginx(folder: Path, headers: dict[str, str], body: bytes) -> Iterator[Server]:
    """One worker that serves the same bytes and headers from a file."""
    (folder / "tile.mvt").write_bytes(body)
    folder.chmod(0o755)
    lines = " ".join(f"add_header {name} '{headers[name]}';" for name in HEADERS if name in headers)
    lines = lines.replace("default-src 'self'", "default-src self").replace("'self'", "self")
    lines = lines.replace("'none'", "none").replace("'unsafe-inline'", "unsafe-inline")
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, headers=lines), encoding="utf-8")
    with running(["nginx", "-c", str(folder / "nginx.conf")], dict(os.environ)) as process:
        file = f"http://127.0.0.1:{port}/tile.mvt"
        wait_for(file, process)
        yield Server(file, _kept(file)[0]["Etag"], process.pid)


@contextmanager
def _bare(folder: Path, headers: dict[str, str], body: bytes) -> Iterator[Server]:
    """A process that answers at once with the same bytes and headers."""
    sent = {name.lower(): value for name, value in headers.items() if name not in MADE_FOR_EACH}
    (folder / "headers.json").write_text(json.dumps(sent), encoding="utf-8")
    (folder / "body").write_bytes(body)
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare", str(port)]
    with running(command, {**os.environ, ANSWER: str(folder)}) as process:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield Server(f"http://127.0.0.1:{port}/", headers["Etag"], process.pid)


def _processor_s(parent: int) -> float:
    """Seconds of processor that a process and its children have spent."""
    family = [parent, *children_of(parent)]
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in family]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def memory_mib(parent: int) -> float:
    """Resident memory of the busiest child: the worker."""
    return max(_status_mib(child, "VmRSS") for child in children_of(parent))


def own_mib(process: int) -> float:
    """Resident memory that is no page of a file."""
    return _status_mib(process, "RssAnon")


def children_of(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _status_mib(process: int, line: str) -> float:
    told = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(rf"^{line}:\s+(\d+) kB", told, re.M)[0]) / 1024


if __name__ == "__main__":
    bench(here())
