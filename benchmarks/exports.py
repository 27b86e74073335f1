"""A city of parcels as Arrow beside PostgreSQL's own binary COPY (`python -m benchmarks.exports [parcels]`);
items at depth, sorted and filtered. With BANDO_STATE it measures the installation that is loaded there."""

import os
import socket
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from functools import partial
from pathlib import Path

from benchmarks.measure import CONSOLE, claim, median_ms, medians_ms
from benchmarks.place import Bench, fresh_installation, here
from benchmarks.tiles_http import memory_mib, service
from benchmarks.wire import free_port
from gis_server.access.views import compile_views

PARCELS = 1_200_000
LAYER = "cadastre.thua_dat"
GRID = "http://www.opengis.net/def/crs/EPSG/0/9210"
ROUNDS = 3
UNREAD, UNREAD_S = 100, 20
MORE = 2_000_000_000
"""A limit that leaves nothing out; another number is another question, whose file is made anew."""
ASKED = {
    "sorted by area, 100": {"sortby": "-dien_tich"},
    "letters folded over every row": {"filter": "CASEI(ACCENTI(so_thua)) LIKE 'x%'"},
    "equality on an indexed key": {"filter": "ma_xa_cu = '26734' AND so_to = '1' AND so_thua = '1'"},
}


def bench(place: Bench, parcels: int = PARCELS) -> None:
    """Prints ratios, in an installation of their own."""
    with tempfile.TemporaryDirectory(prefix="bando-exports-") as folder, fresh_installation() as empty:
        empty.asked("sample", "--out", folder, "--parcels", str(parcels))
        empty.asked("load", str(Path(folder) / "ThuaDat.gpkg"), "--profile", "mau_lon")
        measure(empty)


def measure(place: Bench) -> None:
    """The public view hides some parcels: COPY is asked for the rows that are seen, and for the table."""
    seen = compile_views(place.catalog)["public"].rows(place.catalog[LAYER])
    port = free_port()
    with service(place, port) as process:
        copies, whole, streams = [], [], []
        for number in range(ROUNDS):  # in turns; another limit is another question, whose file is made anew
            copies.append(_copy(place, f"{seen} AS seen"))
            streams.append(_drained(port, f="arrow", crs=GRID, limit=str(MORE + number)))
            whole.append(_copy(place, LAYER))
        copy, beside = min(copies), "s COPY of rows seen"
        claim("Arrow of the parcels, made and fetched, best of 3", min(streams), copy, "s", beside)
        claim("the same", min(streams), min(whole), "s", "s COPY of the table, unfiltered")
        kept = _drained(port, f="arrow", crs=GRID, limit=str(MORE))
        claim("the same again, kept", kept, copy, "s", beside)
        anew = str(MORE + int(time.time()) % 100_000_000)
        for form in ("parquet", "gpkg", "csv"):
            claim(f"{form}, made and fetched", _drained(port, f=form, crs=GRID, limit=anew), copy, "s", beside)
        _pages(place, port)
        _unread(port, process.pid)


def _pages(place: Bench, port: int) -> None:
    with place.database.connect("read") as conn:
        row = conn.execute("SELECT fid FROM cadastre.thua_dat ORDER BY fid DESC OFFSET 1500 LIMIT 1").fetchone()
    assert row is not None
    deepest = partial(_drained, port, limit="1000", after=str(row[0]))
    first, deep = medians_ms([partial(_drained, port, limit="1000"), deepest], 15)
    claim("items, 1,000 parcels, deepest page", deep, first, "ms", "ms first page")
    for what, query in ASKED.items():
        took = median_ms(partial(_drained, port, limit="100", **query), 3)
        claim(f"items, {what}", took, first, "ms", "ms first page")


def _unread(port: int, service_pid: int) -> None:
    """Callers who ask for the whole table and read nothing of it."""
    before = memory_mib(service_pid)
    lines = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(UNREAD)]
    for line in lines:
        line.sendall(f"GET /collections/{LAYER}/items?f=csv HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    time.sleep(UNREAD_S)
    claim(f"memory of the worker, {UNREAD} who read nothing", memory_mib(service_pid), before, "MiB", "MiB before")
    for line in lines:
        line.close()


def _copy(place: Bench, rows: str) -> float:
    started = time.perf_counter()
    statement = f"COPY (SELECT * FROM {rows}) TO STDOUT (FORMAT BINARY)".encode()
    with place.database.connect("read") as conn, conn.cursor() as cursor, cursor.copy(statement) as copy:
        for _ in copy:
            pass
    return time.perf_counter() - started


def _drained(port: int, **query: str) -> float:
    address = f"http://127.0.0.1:{port}/collections/{LAYER}/items?{urllib.parse.urlencode(query)}"
    started = time.perf_counter()
    with urllib.request.urlopen(address) as answer:
        while answer.read(1_000_000):
            pass
    return time.perf_counter() - started


def main() -> None:
    if "BANDO_STATE" not in os.environ:
        with fresh_installation() as place:
            bench(place, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
        return
    measure(here())
    CONSOLE.print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
