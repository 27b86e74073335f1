"""The whole city at its real size: loaded, its tiles weighed and seeded, 0.1 % of it changed, everything asked for.

`python -m benchmarks.city [parcels]` (2,000,000 are the city, with 1.5 million houses); with BANDO_STATE it measures
the installation there, into which `bando load FOLDER` brought a set: `python -m benchmarks.city FOLDER [step …]`.
"""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.city_answers import answers
from benchmarks.city_changes import LOADER_MIB, changes
from benchmarks.measure import CONSOLE, claim, seconds_of
from benchmarks.place import OSM, Bench, fresh_installation, here
from gis_server.access.views import compile_views
from gis_server.releases.state import served
from gis_server.tiles.budget import MOST_FEATURES, Weight, weights
from gis_server.tiles.running import store_path
from gis_server.tiles.statement import MANNERS, MOST_BYTES
from gis_server.tiles.tilesets import find_tileset

PARCELS = 200_000
MAPS = ("quy_hoach", "thoat_nuoc", "giao_thong")
ZOOMS = "0-16"
STEPS = ("weigh", "seed", "answers", "changes")
DRAWING = "vẽ sẵn · draw ahead"


def bench(_: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="bando-city-") as folder, fresh_installation() as city:
        _make(city, Path(folder), parcels)
        if OSM.exists():
            _load(city, "OSM city of 2018", str(OSM), "--profile", "osm")
        _load(city, f"{parcels:,} parcels and what is around them", folder)
        measure(city, Path(folder))


def measure(city: Bench, folder: Path, steps: Sequence[str] = STEPS) -> None:
    """Everything after loading; the folder holds what was loaded."""
    for step in steps:
        _tell_load()
        if step == "weigh":
            _weigh(city)
        elif step == "seed":
            for name in MAPS:
                _seed(city, name)
        elif step == "answers":
            answers(city)
        elif step == "changes":
            changes(city, folder / "ThuaDat.gpkg", MAPS[0])
    _tell_load()


def _make(city: Bench, folder: Path, parcels: int) -> None:
    took = seconds_of(lambda: city.asked("sample", "--out", str(folder), "--parcels", str(parcels)))
    CONSOLE.print(f"{parcels:,} parcels made in {took:.1f} s")


def _load(city: Bench, what: str, *words: str) -> None:
    before = city.database_cpu_s()
    done = city.bando("load", *words, "--json")
    report: dict[str, Any] = json.loads(done.said[done.said.index("{") :])
    rows = sum(int(layer["rows"]) for layer in report["layers"].values())
    database_s = city.database_cpu_s() - before
    CONSOLE.print(
        f"{what}: {rows:,} features loaded in {done.seconds:.1f} s; "
        f"processor {done.cpu_s:.1f} s of the loader, {database_s:.1f} s of PostgreSQL"
    )
    for step, seconds in report["seconds"].items():
        CONSOLE.print(f"    {step:<24} {seconds:>7.1f} s, {seconds / done.seconds:.0%}", style="dim")
    claim(f"{what}: drawing tiles ahead", report["seconds"].get(DRAWING, 0.0), done.seconds, "s", "s the whole load")
    claim(f"{what}: peak memory of the loader", float(report["peak_mib"]), LOADER_MIB, "MiB", "MiB allowed")


def _weigh(city: Bench) -> None:
    """The heaviest tiles of every layer and map as those see them who see everything."""
    view, heaviest = compile_views(city.catalog)["full"], {}
    layers = [layer for layer, state in served(city.database).items() if state.rows and layer in view.layers]
    maps = [name for name, portal in city.catalog.maps.items() if set(portal.layers) & set(layers)]
    with city.database.connect() as conn:
        for name in (*layers, *maps):
            heaviest[name] = list(weights(conn, find_tileset(city.catalog, view, name)))
    for name in maps:
        _claim_weight(f"heaviest tile of the map {name}", max(heaviest[name], key=lambda one: one.size))
    every = [(name, one) for name, some in heaviest.items() for one in some]
    name, one = max(every, key=lambda pair: pair[1].size)
    _claim_weight(f"heaviest of all, {name}", one)
    name, one = max(every, key=lambda pair: pair[1].features)
    claim(f"most features, {name} z{one.zoom}", one.features, MOST_FEATURES, "", "allowed")
    for name, one in every:
        if one.manner != MANNERS[0]:
            CONSOLE.print(f"    drawn coarser: {name} {one.zoom}/{one.x}/{one.y}, {one.manner}")
        if one.is_over:
            CONSOLE.print(f"    over: {name} {one.zoom}/{one.x}/{one.y}, {one.size:,} bytes, {one.features:,} features")


def _claim_weight(what: str, one: Weight) -> None:
    claim(f"{what}, z{one.zoom}", one.size / 1000, MOST_BYTES / 1000, "kB", "kB allowed")


def _seed(city: Bench, name: str) -> None:
    before = city.database_cpu_s()
    done = city.bando("tiles", "seed", "--tileset", name, "--zoom", ZOOMS)
    tiles = int(done.said.rpartition(": ")[2].split()[0].replace(".", ""))
    cpu_s = done.cpu_s + city.database_cpu_s() - before
    size = os.stat(store_path(city.settings, city.database)).st_blocks * 512
    CONSOLE.print(
        f"map {name} seeded z{ZOOMS}: {tiles:,} tiles in {done.seconds:.1f} s; processor {cpu_s:.1f} s, "
        f"{cpu_s / tiles * 1000:.1f} ms a tile ({done.cpu_s / tiles * 1000:.1f} ms of them packing and keeping); "
        f"command {done.peak_mib:.0f} MiB; store now {size / 2**20:,.0f} MiB"
    )


def _tell_load() -> None:
    CONSOLE.print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", style="dim")


def main() -> None:
    given = sys.argv[1:]
    if "BANDO_STATE" in os.environ:
        measure(here(), Path(given[0]), given[1:] or STEPS)
        return
    with fresh_installation() as nowhere:
        bench(nowhere, int(given[0]) if given else PARCELS)


if __name__ == "__main__":
    main()
