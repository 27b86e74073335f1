"""Processor seconds of drawing layers ahead all anew, of who does it (`python -m benchmarks.drawn_anew [layer …]`).

In the installation of BANDO_STATE, by default every layer that is drawn ahead; in a transaction that is rolled back.
Beside it: reading the same shapes from the table, row by row.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, here
from gis_server.catalog import Layer
from gis_server.drawing.draw import draw
from gis_server.drawing.rules import rule_of
from gis_server.releases.state import served


def bench(place: Bench, *names: str) -> None:
    rows = {name: state.rows for name, state in served(place.database).items() if state.rows}
    chosen = names or [name for name in rows if rule_of(place.catalog[name])]
    with place.database.connect() as conn:
        for name in sorted(chosen, key=lambda name: -rows[name]):
            _anew(place, conn, place.catalog[name], rows[name])


def _anew(place: Bench, conn: psycopg.Connection, layer: Layer, rows: int) -> None:
    def read() -> None:
        with conn.cursor(binary=True) as cursor:
            cursor.execute(f"SELECT fid, geom_3857 FROM {layer.table}".encode()).fetchall()

    reading = sum(_spent(place, conn, read))
    started = time.perf_counter()
    own, hands, database = _spent(place, conn, lambda: draw(conn, layer, layer.table, None))
    wall = time.perf_counter() - started
    conn.rollback()
    claim(f"{layer.id}: {rows:,} drawn anew, processor", own + hands + database, reading, "s", "s reading its shapes")
    parts = f"this process {own:.2f} s, those that draw {hands:.2f} s, PostgreSQL {database:.2f} s"
    CONSOLE.print(f"    {parts}; {wall:.1f} s at load {os.getloadavg()[0]:.1f}", style="dim")


def _spent(place: Bench, conn: psycopg.Connection, call: Callable[[], object]) -> tuple[float, float, float]:
    """Processor seconds: this process, its children, PostgreSQL with its parallel workers."""

    def now() -> tuple[float, float, float]:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        database = place.database_cpu_s() + _cpu_s(conn.info.backend_pid)
        return time.process_time(), children.ru_utime + children.ru_stime, database

    before = now()
    call()
    own, hands, database = (after - before for after, before in zip(now(), before, strict=True))
    return own, hands, database


def _cpu_s(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    bench(here(), *sys.argv[1:])
