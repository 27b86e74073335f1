"""A publish that changes 0.1 % of the parcels of a seeded city: its cost, what it touches, when tiles are right."""

import json
import time
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely

from benchmarks.measure import CONSOLE, claim, seconds_of
from benchmarks.place import Bench
from benchmarks.tiles_http import service
from benchmarks.wire import free_port
from gis_server.drawing.cells import Cells, place, ranges, union, unpack
from gis_server.tiles.running import store_path
from gis_server.tiles.shelves import address_of
from gis_server.tiles.store import Store, open_store

SHARE = 0.001
MOVED_M = (0.25, 0.15)
PATIENCE_S = 3_600.0
LOADER_MIB = 1_536.0
VERIFIED = 400
PROFILE = "mau_lon"
DRAWING = "vẽ sẵn · draw ahead"
PUBLISH = "công bố · publish"
Chosen = npt.NDArray[np.int64]


@dataclass
class Delivery:
    """The parcels as they were delivered last, and how some of them differ next time."""

    file: Path
    table: pa.Table
    meta: dict[str, Any]
    chance: np.random.Generator

    @property
    def few(self) -> int:
        return max(1, round(len(self.table) * SHARE))

    def anywhere(self) -> Chosen:
        return self.chance.choice(len(self.table), self.few, replace=False)

    def in_one_ward(self) -> Chosen:
        wards = np.asarray(self.table.column("ma_xa").to_pylist())
        return np.flatnonzero(wards == wards[len(wards) // 2])[: self.few]

    def set(self, name: str, chosen: Chosen, values: Any) -> None:
        column = self.table.column(name).to_numpy(zero_copy_only=False).copy()
        column[chosen] = values(column[chosen])
        kind = self.table.schema.field(name).type
        self.table = self.table.set_column(self.table.schema.get_field_index(name), name, pa.array(column, kind))

    def move_corners(self, chosen: Chosen) -> None:
        """One corner of each chosen parcel, and so of its neighbours: their common borders stay common."""
        name = self.meta["geometry_name"]
        shapes = shapely.from_wkb(self.table.column(name).to_numpy(zero_copy_only=False))
        places, owner = shapely.get_coordinates(shapes, return_index=True)
        key = (np.round(places * 1000).astype(np.int64) * (1, 1 << 32)).sum(axis=1)
        first = np.searchsorted(owner, chosen[::_NEIGHBOURS])
        moved = np.isin(key, key[first])
        places[moved] += MOVED_M
        changed = np.unique(owner[moved])
        mine = np.isin(owner, changed)
        shapes[changed] = shapely.set_coordinates(shapes[changed], places[mine])
        wkb = pa.array(shapely.to_wkb(shapes), self.table.schema.field(name).type)
        self.table = self.table.set_column(self.table.schema.get_field_index(name), name, wkb)

    def written(self) -> Path:
        target = self.file.with_name("doi") / self.file.name
        target.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)
        geometry = self.meta["geometry_name"]
        pyogrio.write_arrow(self.table, target, geometry_name=geometry, geometry_type="Polygon", crs=self.meta["crs"])
        return target


_NEIGHBOURS = 3
"""Parcels that change with a corner, about."""


def changes(city: Bench, file: Path, seeded: str) -> None:
    """A field that tiles carry from zoom 16 on, one that all carry, shapes all over the city, shapes of one ward."""
    meta, table = pyogrio.read_arrow(file)
    meta["geometry_name"] = meta["geometry_name"] or "wkb_geometry"
    delivery = Delivery(file, table, meta, np.random.default_rng(7))
    port = free_port()
    with service(city, port):
        delivery.set("dien_tich", delivery.anywhere(), lambda was: np.round(was + 0.1, 1))
        _publish(city, delivery, "areas on paper")
        delivery.set("loai_dat", delivery.anywhere(), lambda was: np.where(was == "CLN", "SKC", "CLN"))
        _publish(city, delivery, "land uses")
        delivery.move_corners(delivery.anywhere())
        _publish(city, delivery, "shapes all over the city")
        delivery.move_corners(delivery.in_one_ward())
        _publish(city, delivery, "shapes of one ward")
    _verify(city, seeded)


def _publish(city: Bench, delivery: Delivery, what: str) -> None:
    store = open_store(store_path(city.settings, city.database), city.settings.tile_store_mb)
    before, file, at_work = _etags(store), delivery.written(), city.database_cpu_s()
    done = city.bando("load", str(file), "--profile", PROFILE, "--json")
    report = json.loads(done.said[done.said.index("{") :])
    in_step = seconds_of(lambda: _wait(lambda: store.release >= report["release"]))
    touched = _touched(city, report["release"])
    mine = {key for key in before if touched.has(key)}
    redrawn = in_step + seconds_of(lambda: _wait(lambda: not store.wanted_keys(1)))
    now = _etags(store)
    store.close()
    seconds, counts = report["seconds"], report["layers"]["cadastre.thua_dat"]
    changed = sum(counts[name] for name in ("added", "changed", "removed"))
    cpu_s = done.cpu_s + city.database_cpu_s() - at_work
    CONSOLE.print(f"0.1 % of the parcels, {what}: {changed:,} changed in {done.seconds:.1f} s, processor {cpu_s:.1f} s")
    claim("    peak memory of the loader", float(report["peak_mib"]), LOADER_MIB, "MiB", "MiB allowed")
    claim("    publish with drawing", seconds[PUBLISH] + seconds.get(DRAWING, 0), done.seconds, "s", "s the whole load")
    claim("    of it drawing tiles ahead", seconds.get(DRAWING, 0), done.seconds, "s", "s the same")
    claim("    after the command: nothing old is in the store", in_step, 5.0, "s", "s allowed")
    claim("    after the command: all touched are drawn again", redrawn, 5.0, "s", "s")
    different = sum(before[key] != now.get(key) for key in mine)
    claim("    seeded tiles touched", len(mine), len(before), "", f"seeded; {different:,} look different")
    lost = sum(before[key] != now.get(key) for key in before.keys() - mine)
    claim("    untouched tiles with another ETag", lost, 1, "", "allowed: none")


def _etags(store: Store) -> dict[bytes, bytes]:
    found = {}
    for prefix in store.entered().values():
        for key in store.keys(prefix):
            entry = store.get(key)
            if entry is not None:
                found[key] = entry.etag
    return found


@dataclass(frozen=True)
class Touched:
    """What a release touched of the parcels: first and last places on the Z-curve, by zoom."""

    runs: dict[int, tuple[list[int], list[int]]]

    def has(self, key: bytes) -> bool:
        at = address_of(key)
        firsts, lasts = self.runs[at.z]
        own = place(at.x, at.y)
        number = bisect_right(firsts, own) - 1
        return number >= 0 and own <= lasts[number]


def _touched(city: Bench, release: int) -> Touched:
    with city.database.connect("read") as conn:
        rows = conn.execute("SELECT cells FROM meta.touched WHERE release = %s", [release]).fetchall()
    cells: Cells = union([unpack(bytes(row[0])) for row in rows])
    return Touched({zoom: ranges(cells, zoom) for zoom in range(23)})


def _wait(done: Any) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)


def _verify(city: Bench, seeded: str) -> None:
    """Held against the database: tiles that were touched and others, as they come."""
    done = city.bando("tiles", "verify", "--tileset", seeded, "--sample", str(VERIFIED))
    CONSOLE.print(f"{done.said.strip()} ({VERIFIED} drawn anew and compared: none differs)")
