"""Pictures of maps over the wire, on one render process: WMS windows of 1024 × 768, and picture tiles.

`python -m benchmarks.images` measures the loaded installation of BANDO_STATE; pictures fall on its roads, vector tiles
are in the store after a first round.
"""

import json
import os
import statistics
import urllib.request
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.measure import CONSOLE, claim, seconds_of
from benchmarks.place import Bench, here
from benchmarks.tiles_http import service
from benchmarks.wire import free_port
from gis_server.images.frame import HALF_M, WORLD_PIXELS

MAPS = ("nen", "thoat_nuoc", "quy_hoach", "giao_thong")
ZOOMS, PLACES = (13, 15, 17), 6
WIDTH, HEIGHT = 1024, 768
PATIENCE_MS = 2_000.0
"""A person at a desktop program waits so long for a map."""


def bench(place: Bench) -> None:
    points, port = _points(place), free_port()
    with service(place, port) as process:
        timed = partial(_seconds_of, f"http://127.0.0.1:{port}")
        for map_id in MAPS:
            asked = [_window(map_id, point, zoom, "EPSG:3857") for zoom in ZOOMS for point in points]
            timed(asked)  # the store gets the vector tiles
            before = _processor_s(process.pid)
            _told(f"picture {WIDTH} × {HEIGHT} of {map_id}", timed(_moved(asked)))
            spent = (_processor_s(process.pid) - before) / len(asked) * 1000
            told = f"{spent:.0f} ms a picture" if spent > 0 else "not known, as it was replaced"
            CONSOLE.print(f"  processor time of the render process: {told}")
        _told(f"the same of {MAPS[0]} in EPSG:9210", timed([_window(MAPS[0], one, 15, "EPSG:9210") for one in points]))
        _told(f"picture tile of {MAPS[0]}, z16", timed(list(_tiles(points))))
        resident = sum(_resident_mib(child) for child in _children(process.pid))
        claim("memory of the render process", resident, 700.0, "MiB", "MiB allowed")


def _told(what: str, seconds: Sequence[float]) -> None:
    p95 = statistics.quantiles(seconds, n=20)[-1] * 1000
    median = statistics.median(seconds) * 1000
    CONSOLE.print(f"{what}: {len(seconds) / sum(seconds):.1f}/s on one process, median {median:.0f} ms")
    claim(f"{what}: p95", p95, PATIENCE_MS, "ms", "ms that a person waits")


def _seconds_of(address: str, paths: Sequence[str]) -> list[float]:
    return [seconds_of(partial(_read, address + path)) for path in paths]


def _read(address: str) -> None:
    with urllib.request.urlopen(address, timeout=60) as answer:
        answer.read()


def _window(map_id: str, point: tuple[float, float], zoom: int, crs: str) -> str:
    """About as much of the ground in any grid of metres."""
    pixel = 2 * HALF_M / WORLD_PIXELS / 2**zoom
    x, y = point
    box = (x - WIDTH / 2 * pixel, y - HEIGHT / 2 * pixel, x + WIDTH / 2 * pixel, y + HEIGHT / 2 * pixel)
    if crs != "EPSG:3857":
        return _picture(map_id, box, crs)
    return (
        f"/wms?REQUEST=GetMap&LAYERS={map_id}&CRS={crs}&BBOX={','.join(map(repr, box))}&WIDTH={WIDTH}&HEIGHT={HEIGHT}"
    )


def _picture(map_id: str, box: Sequence[float], crs: str) -> str:
    bbox = ",".join(map(repr, box))
    return f"/maps/{map_id}.png?bbox={bbox}&bbox-crs=EPSG:3857&crs={crs}&width={WIDTH}&height={HEIGHT}"


def _moved(paths: Sequence[str]) -> list[str]:
    """By day once, by night then: no picture is one that was kept."""
    return [f"{path}&STYLES=dark" for path in paths]


def _tiles(points: Sequence[tuple[float, float]]) -> Iterator[str]:
    side = 2 * HALF_M / 2**16
    for x, y in points:
        column, row = int((x + HALF_M) // side), int((HALF_M - y) // side)
        for step in range(4):
            yield f"/maps/{MAPS[0]}/light/16/{column + step % 2}/{row + step // 2}.png"


def _points(place: Bench) -> list[tuple[float, float]]:
    """Places on roads, in Web Mercator; the same every time."""
    table = place.catalog["base_transport.duong_bo"].table
    query = f"SELECT ST_AsGeoJSON(ST_Centroid(geom_3857)) FROM {table} ORDER BY fid"
    with place.database.connect("read") as conn:
        rows = conn.execute(query.encode()).fetchall()
    found = [json.loads(row[0])["coordinates"] for row in Random(7).sample(rows, PLACES)]
    return [(float(x), float(y)) for x, y in found]


def _children(parent: int) -> Iterator[int]:
    """Render processes under a process, however deep."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
            above = _above(int(folder.name))
        except OSError:
            continue
        if "gis_server.images.brush" in command and parent in above:
            yield int(folder.name)


def _above(process: int) -> set[int]:
    found: set[int] = set()
    while process > 1:
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        found.add(process)
    return found


def _processor_s(parent: int) -> float:
    """Of the render processes there are now; one that was replaced meanwhile is not counted."""
    spent = 0
    for child in _children(parent):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def _resident_mib(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


if __name__ == "__main__":
    bench(here())
