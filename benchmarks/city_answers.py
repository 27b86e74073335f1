"""What a seeded city answers: tiles under load, questions of every kind, whole layers for notebooks."""

import random
import shutil
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from benchmarks import exports
from benchmarks.measure import CONSOLE, claim, ms_of, run
from benchmarks.place import Bench
from benchmarks.tiles_http import children_of, memory_mib, own_mib, service
from benchmarks.wire import CONNECTIONS, free_port, wrk
from gis_server.tiles.running import store_path
from gis_server.tiles.shelves import address_of
from gis_server.tiles.store import open_store

TILES, QUESTIONS = 2_000, 100
SEARCH_MS, DOSSIER_MS, P99_MS, WORKER_MIB, CLIENT_MIB = 30.0, 60.0, 20.0, 300.0, 4_096.0
LAYERS = ("cadastre.thua_dat", "base_settlement.nha")
ASKS_WRK = """
local paths = {{ {paths} }}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""
WHOLE_LAYER = """
import sys
from gis_server.client import Bando
layer = Bando(sys.argv[1]).layer(sys.argv[2])
if sys.argv[3] == "parquet":
    layer.to_parquet(sys.argv[4])
else:
    layer.to_geopandas()
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""


def answers(city: Bench) -> None:
    port = free_port()
    with service(city, port, BANDO_ANONYMOUS_VIEW="public") as process:
        if shutil.which("wrk"):
            _tiles(city, f"http://127.0.0.1:{port}", process.pid)
        _questions(city, f"http://127.0.0.1:{port}")
        for layer in LAYERS:
            _whole(f"http://127.0.0.1:{port}", layer)
        _claim_memory("memory of the worker after all of that", process.pid)
    exports.measure(city)


def _tiles(city: Bench, address: str, service_pid: int) -> None:
    """Seeded tiles in no order, none asked twice in a row."""
    store = open_store(store_path(city.settings, city.database), city.settings.tile_store_mb)
    paths = []
    for name, prefix in store.entered().items():
        for at in map(address_of, store.keys(prefix)):
            paths.append(f'"/tiles/{name.split()[1]}/{at.z}/{at.x}/{at.y}.mvt"')
    store.close()
    chosen = random.Random(7).sample(paths, min(TILES, len(paths)))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(ASKS_WRK.format(paths=", ".join(chosen)))
        script.flush()
        asks = partial(wrk, address, script=Path(script.name))
        peak = statistics.median(asks().rate for _ in range(3))
        half = min((asks(connections=few) for few in (1, 2, 4)), key=lambda one: abs(one.rate - peak / 2))
    CONSOLE.print(f"{len(chosen):,} seeded tiles of {len(paths):,}, {CONNECTIONS} connections: {peak:,.0f}/s")
    claim(f"p99 at {half.rate:,.0f}/s ({half.rate / peak:.0%} of the peak)", half.p99_ms, P99_MS, "ms", "ms allowed")
    _claim_memory("memory of the worker under load", service_pid)


def _claim_memory(what: str, service_pid: int) -> None:
    """Its own; pages of the tile store are the machine's file cache, whoever looks at them."""
    own = max(own_mib(child) for child in children_of(service_pid))
    claim(what, own, WORKER_MIB, "MiB", f"MiB allowed; {memory_mib(service_pid):.0f} with pages of the store")


def _questions(city: Bench, address: str) -> None:
    """Parcels by number, streets by name, dossiers."""
    with city.database.connect("read") as conn:
        keys = conn.execute(
            "SELECT ma_xa_cu, so_to, so_thua FROM cadastre.thua_dat WHERE fid %% 7919 = 11 LIMIT %s", [QUESTIONS]
        ).fetchall()
        streets = conn.execute(
            "SELECT DISTINCT ten FROM base_transport.duong_bo WHERE ten <> '' LIMIT %s", [QUESTIONS]
        ).fetchall()
    numbers = [f"/search?q={quote(f'tờ {sheet} thửa {number}')}" for _, sheet, number in keys]
    _claim_p95("search by parcel number", address, numbers, SEARCH_MS)
    _claim_p95("search by street", address, [f"/search?q={quote(name)}" for (name,) in streets], SEARCH_MS)
    dossiers = ["/planning/parcels/" + "/".join(map(quote, key)) + "/dossier?f=json" for key in keys]
    _claim_p95("dossier as JSON", address, dossiers, DOSSIER_MS)


def _claim_p95(what: str, address: str, paths: Sequence[str], limit_ms: float) -> None:
    times = sorted(ms_of(partial(_read, address + path)) for path in paths)
    p95 = times[int(len(times) * 0.95)]
    claim(f"{what}, p95 of {len(times)} (median {statistics.median(times):.1f})", p95, limit_ms, "ms", "ms limit")


def _read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def _whole(address: str, layer: str) -> None:
    """As notebooks fetch it, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bando-city-") as folder:
        path = Path(folder) / "layer.parquet"
        for way in ("parquet", "geopandas"):
            done = run([sys.executable, "-c", WHOLE_LAYER, address, layer, way, str(path)])
            CONSOLE.print(f"{layer} as {way} by the client: {done.seconds:.1f} s")
            claim("    peak memory of the notebook", int(done.said.split()[-1]) / 1024, CLIENT_MIB, "MiB", "MiB")
        CONSOLE.print(f"    {path.stat().st_size / 2**20:,.0f} MiB of GeoParquet", style="dim")
