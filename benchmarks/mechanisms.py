"""What each mechanism of a tile is worth, added one after the other (`python -m benchmarks.mechanisms [parcels]`).

First the plain way: a table as it was delivered, VN-2000 shapes in no order, every field. Then Web Mercator is stored,
rows lie in Hilbert order, tiles carry only the fields that portals need; then our own statement, with what is
generalised and drawn ahead; over the wire the store, and the front before the application.
"""

import asyncio
import gzip
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import CONSOLE, claim, median_ms, ms_of
from benchmarks.place import Bench, fresh_installation
from benchmarks.tiles import draw_all
from benchmarks.tiles_http import service
from benchmarks.wire import free_port, wrk
from gis_server.access.views import compile_views
from gis_server.db.pool import acquired, open_pool
from gis_server.db.statements import quoted, text
from gis_server.tiles.entry import GZIP_LEVEL, entry_of
from gis_server.tiles.statement import tile_statements
from gis_server.tiles.tilesets import find_tileset

PARCELS = 300_000
LAYER = "cadastre.thua_dat"
ZOOMS, TILES, ROUNDS = (12, 14, 15, 16), 40, 3
SQL = Path(__file__).parent / "sql"
Tiles = Sequence[tuple[int, int, int]]


def bench(_: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="bando-mechanisms-") as folder, fresh_installation() as city:
        city.asked("sample", "--out", folder, "--parcels", str(parcels))
        city.asked("load", str(Path(folder) / "ThuaDat.gpkg"), "--profile", "mau_lon")
        layer = city.catalog[LAYER]
        with city.database.connect("owner") as conn:
            fields = ", ".join(map(quoted, layer.fields))
            conn.execute(text(SQL, "mechanism_tables", table=layer.table, columns=fields).encode())
            conn.commit()
        at = asyncio.run(_statements(city))
        _over_the_wire(city, at)


async def _statements(city: Bench) -> Tiles:
    """Each step against the one before; the tiles of the deepest zoom."""
    layer = city.catalog[LAYER]
    tileset = find_tileset(city.catalog, compile_views(city.catalog)["public"], LAYER)
    every, lean = (
        ", ".join(f"served.{quoted(name)}" for name in some) for some in (layer.fields, layer.file.tiles.fields)
    )
    at: Tiles = ()
    async with await open_pool(city.database, city.settings) as pool, acquired(pool) as conn:
        for zoom in ZOOMS:
            at = [
                (zoom, *row) for row in await conn.fetch(text(SQL, "spread_tiles", table="peer.ordered"), zoom, TILES)
            ]
            steps = {
                "the plain way": text(SQL, "plain_tile", table="peer.delivered", columns=every),
                "stored in Web Mercator": text(SQL, "stored_tile", table="peer.stored", columns=every),
                "in Hilbert order": text(SQL, "stored_tile", table="peer.ordered", columns=every),
                "lean fields": text(SQL, "stored_tile", table="peer.ordered", columns=lean),
                "our statement, generalised": tile_statements(tileset.at(zoom), zoom)[0],
            }
            rounds = [{what: await draw_all(conn, sql, at) for what, sql in steps.items()} for _ in range(ROUNDS)]
            _tell(zoom, {what: min(one[what] for one in rounds) for what in steps})
    return at


def _tell(zoom: int, drawn: dict[str, tuple[float, float]]) -> None:
    for (last, (before_ms, before)), (what, (ms, size)) in pairwise(drawn.items()):
        claim(f"z{zoom}: {what}", ms, before_ms, "ms", f"ms {last}")
        CONSOLE.print(f"    {size / 1024:.1f} kB instead of {before / 1024:.1f} kB", style="dim")


def _over_the_wire(city: Bench, at: Tiles) -> None:
    port = free_port()
    with service(city, port):
        paths = [f"http://127.0.0.1:{port}/tiles/{LAYER}/{z}/{x}/{y}.mvt" for z, x, y in at]
        cold = statistics.median(ms_of(partial(_read, path)) for path in paths)
        time.sleep(1)  # they are kept meanwhile
        kept = statistics.median(ms_of(partial(_read, path)) for path in paths)
        claim(f"z{at[0][0]}: the store", kept, cold, "ms", "ms drawn, over HTTP")
        if shutil.which("wrk"):
            front, past = (
                statistics.median(wrk(path).rate for _ in range(ROUNDS)) for path in (paths[0], f"{paths[0]}?key=")
            )
            claim("the front before the application", front, past, "/s", "/s through FastAPI (more is better)")
        body = gzip.decompress(max(map(_read, paths), key=len))
    quick = median_ms(lambda: entry_of(1, body), 25)
    claim(f"packing {len(body) / 1024:.0f} kB as gzip and zstd", quick, _zlib_ms(body), "ms", "ms zlib, gzip alone")


def _zlib_ms(body: bytes) -> float:
    return median_ms(lambda: gzip.compress(body, GZIP_LEVEL), 25)


def _read(address: str) -> bytes:
    asked_as_browsers_do = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked_as_browsers_do, timeout=60) as answer:
        body: bytes = answer.read()
    return body


if __name__ == "__main__":
    with fresh_installation() as nowhere:
        bench(nowhere, *(int(word) for word in sys.argv[1:2]))
