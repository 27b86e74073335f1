"""Tiles drawn ahead of a city-sized set: what drawing costs, and what a tile then costs beside raw ST_AsMVT.

`python -m benchmarks.drawing [parcels]`.
"""

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import numpy as np
import psycopg
import shapely

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation
from benchmarks.tiles import draw_all
from gis_server.access.views import compile_views
from gis_server.catalog import Layer
from gis_server.db.pool import acquired, open_pool
from gis_server.db.statements import text
from gis_server.drawing.cover import cover
from gis_server.drawing.draw import draw
from gis_server.tiles.statement import tile_statements
from gis_server.tiles.tilesets import find_tileset

PARCELS = 300_000
LAYERS = ("cadastre.thua_dat", "base_settlement.nha", "base_transport.duong_bo")
ZOOMS = (10, 12, 13, 14)
TILES = 40
SQL = Path(__file__).parent / "sql"


def bench(_: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="bando-drawing-") as folder, fresh_installation() as place:
        data = Path(folder) / "lon"
        place.asked("sample", "--out", str(data), "--parcels", str(parcels))
        load = place.bando("load", str(data))
        with place.database.connect() as conn:
            for layer in LAYERS:
                _drawing(conn, place.catalog[layer], load.seconds)
                conn.rollback()
        asyncio.run(_tiles(place))


def _drawing(conn: psycopg.Connection, layer: Layer, load_s: float) -> None:
    """All of a layer, and 0.1 % of its features here and there."""
    started = time.perf_counter()
    draw(conn, layer, layer.table, None)
    whole = time.perf_counter() - started
    rows = conn.execute(f"SELECT ST_AsBinary(geom_3857) FROM {layer.table} WHERE fid % 1000 = 0".encode()).fetchall()
    cells = cover(shapely.from_wkb(np.array([row[0] for row in rows], dtype=object)))
    started = time.perf_counter()
    draw(conn, layer, layer.table, cells)
    some = time.perf_counter() - started
    claim(f"{layer.id}: drawing all of it", whole, load_s, "s", "s the whole load")
    claim(f"{layer.id}: {len(rows):,} changed features", some, whole, "s", "s all of it")


async def _tiles(place: Bench) -> None:
    view = compile_views(place.catalog)["full"]
    async with await open_pool(place.database, place.settings) as pool, acquired(pool) as conn:
        for name in LAYERS:
            tileset = find_tileset(place.catalog, view, name)
            for zoom in ZOOMS:
                drawn = tileset.at(zoom)
                if drawn:
                    await _zoom(conn, drawn[0].layer, (zoom, tile_statements(drawn, zoom)[0]))


async def _zoom(conn: asyncpg.Connection, layer: Layer, ours: tuple[int, str]) -> None:
    zoom, statement = ours
    at = [(zoom, *row) for row in await conn.fetch(text(SQL, "drawn_tiles"), layer.id, zoom, TILES)]
    random.Random(7).shuffle(at)
    columns = ", ".join(f'served."{name}"' for name in layer.file.tiles.fields)
    raw = text(SQL, "stored_tile", table=layer.table, columns=columns)
    ms, size = await draw_all(conn, statement, at)
    raw_ms, raw_size = await draw_all(conn, raw, at)
    claim(f"{layer.id} cold z{zoom}, median of {len(at)}", ms, raw_ms, "ms", "ms ST_AsMVT, stored 3857")
    CONSOLE.print(f"    median size {size / 1024:.1f} kB, raw {raw_size / 1024:.1f} kB", style="dim")


if __name__ == "__main__":
    with fresh_installation() as nowhere:
        bench(nowhere, *(int(word) for word in sys.argv[1:2]))
