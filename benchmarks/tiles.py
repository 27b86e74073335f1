"""Cold tiles of the OSM city's roads: our statement against ST_AsMVT that transforms the VN-2000 table."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench
from gis_server.access.views import compile_views
from gis_server.db.pool import acquired, open_pool
from gis_server.db.statements import text
from gis_server.tiles.statement import tile_statements
from gis_server.tiles.tilesets import find_tileset

ROADS = "base_transport.duong_bo"
FIELDS = 'served.ten, served."maDoiTuong"'
ZOOMS = (10, 12, 14, 16)
TILES = 60
SQL = Path(__file__).parent / "sql"


def bench(place: Bench) -> None:
    asyncio.run(_bench(place))


async def _bench(place: Bench) -> None:
    tileset = find_tileset(place.catalog, compile_views(place.catalog)["public"], ROADS)
    async with await open_pool(place.database, place.settings) as pool, acquired(pool) as conn:
        for zoom in ZOOMS:
            at = [(zoom, *row) for row in await conn.fetch(text(SQL, "road_tiles"), zoom, TILES)]
            random.Random(7).shuffle(at)
            ours, size = await draw_all(conn, tile_statements(tileset.at(zoom), zoom)[0], at)
            plain, plain_size = await draw_all(conn, text(SQL, "plain_tile", table=ROADS, columns=FIELDS), at)
            claim(f"cold tile z{zoom}, median of {TILES}", ours, plain, "ms", "ms ST_AsMVT of the VN-2000 table")
            CONSOLE.print(f"    median size {size / 1024:.1f} kB, plain {plain_size / 1024:.1f} kB", style="dim")


async def draw_all(conn: asyncpg.Connection, sql: str, at: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """Median milliseconds and median bytes."""
    statement = await conn.prepare(sql)
    times, sizes = [], []
    for address in at:
        started = time.perf_counter()
        row = await statement.fetchrow(*address)
        times.append((time.perf_counter() - started) * 1000)
        assert row is not None
        sizes.append(len(row[1] or b""))
    return statistics.median(times), statistics.median(sizes)
