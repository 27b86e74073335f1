"""All parcels laid over all planning blocks, four ways (`python -m benchmarks.overlay [parcels]`).

The dossiers' table, the client in a notebook, plain SQL in PostGIS, GeoPandas on the delivered files: one area.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation
from benchmarks.tiles_http import service
from benchmarks.wire import free_port
from gis_server.client import Bando
from gis_server.db.statements import text

PARCELS = 300_000
PLACES = 1e-6
"""Relative difference up to which two ways found the same."""
Found = tuple[float, float]
"""Seconds, and square metres."""


def bench(place: Bench, parcels: int = PARCELS) -> None:
    with tempfile.TemporaryDirectory(prefix="bando-overlay-") as folder, fresh_installation() as city:
        place.asked("sample", "--out", folder, "--parcels", str(parcels))
        for file in ("ThuaDat.gpkg", "OPho.gpkg"):
            city.asked("load", str(Path(folder) / file), "--profile", "mau_lon")
        _measure(city, Path(folder))


def _measure(city: Bench, folder: Path) -> None:
    port = free_port()
    with service(city, port, BANDO_ANONYMOUS_VIEW="full"):  # SQL sees every parcel, too
        client = Bando(f"http://127.0.0.1:{port}", progress=False)
        parcels = client.layer("cadastre.thua_dat").count()
        plain = _timed(lambda: _in_sql(city))
        notebook = _timed(lambda: _in_notebook(client))
        table = _timed(lambda: _as_table(client))
    files = _timed(lambda: _in_geopandas(folder))
    ways = {"client: two layers as Arrow, overlay in GeoPandas": notebook, "table of dossiers, chapter o_pho": table,
            "GeoPandas on the delivered files": files}  # fmt: skip
    CONSOLE.print(
        f"    {parcels:,} parcels, {plain[1] / 10_000:,.1f} ha under blocks; SQL by hand {plain[0]:.1f} s", style="dim"
    )
    for what, (seconds, area) in ways.items():
        assert abs(area - plain[1]) < PLACES * plain[1], (what, area, plain[1])
        claim(f"overlay, {what}", seconds, plain[0], "s", "s plain SQL")


def _timed(way: Callable[[], float]) -> Found:
    started = time.perf_counter()
    area = way()
    return time.perf_counter() - started, area


def _in_sql(city: Bench) -> float:
    """A row for each part, fetched."""
    query = text(Path(__file__).parent / "sql", "overlay", parcels="ALL")
    with city.database.connect("read") as conn:
        return sum(float(row[2]) for row in conn.execute(query.encode()))


def _in_notebook(client: Bando) -> float:
    """As `notebooks/quy_hoach_va_hien_trang.py` does it."""
    parcels = client.layer("cadastre.thua_dat").select("so_thua").to_geopandas()
    return _overlaid(parcels, client.layer("planning.o_pho").select("ma").to_geopandas())


def _as_table(client: Bando) -> float:
    """With identity, shares, fields and slivers of each parcel."""
    keys = client.layer("cadastre.thua_dat").select("ma_xa_cu", "so_to", "so_thua").to_arrow()
    asked_for = list(zip(*(keys[name].to_pylist() for name in ("ma_xa_cu", "so_to", "so_thua")), strict=True))
    return float(sum(client.dossiers(asked_for, sections=["o_pho"])["planning.o_pho.overlap.m2"].to_pylist()))


def _in_geopandas(folder: Path) -> float:
    return _overlaid(geopandas.read_file(folder / "ThuaDat.gpkg"), geopandas.read_file(folder / "OPho.gpkg"))


def _overlaid(parcels: Any, blocks: Any) -> float:
    parts = geopandas.overlay(parcels, blocks, how="intersection", keep_geom_type=True)
    return float(parts.area.sum())


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
