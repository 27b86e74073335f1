"""Where the time of a cold tile goes, and what FastAPI would cost it (`python -m benchmarks.cold [zoom …]`).

Processor time of the service and of its connections to PostgreSQL: without the wire and without a store. With
BANDO_STATE it measures the installation that is loaded there.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from fastapi import FastAPI

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation, here
from gis_server.app import create_app
from gis_server.db.pool import acquired
from gis_server.db.statements import text
from gis_server.tiles.address import TileAddress
from gis_server.tiles.desk import Desk
from gis_server.tiles.hatch import Hatch
from gis_server.tiles.render import draw, draw_on

PARCELS, LAYER = 300_000, "cadastre.thua_dat"
ZOOMS, TILES, ROUNDS = (16, 17), 150, 4
SQL = Path(__file__).parent / "sql"
Ask = Callable[[TileAddress], Awaitable[object]]


@dataclass(frozen=True)
class Spent:
    """Milliseconds of processor a tile."""

    service: float
    database: float

    @property
    def whole(self) -> float:
        return self.service + self.database


def bench(_: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="bando-cold-") as folder, fresh_installation() as city:
        city.asked("sample", "--out", folder, "--parcels", str(parcels))
        city.asked("load", str(Path(folder) / "ThuaDat.gpkg"), "--profile", "mau_lon")
        asyncio.run(measure(city, ZOOMS))


async def measure(city: Bench, zooms: Sequence[int]) -> None:
    app = create_app(city.settings)
    async with app.router.lifespan_context(app):
        app.state.desk.store = None
        for zoom in zooms:
            async with acquired(app.state.pool) as conn:
                rows = await conn.fetch(text(SQL, "spread_tiles", table=LAYER), zoom, TILES)
                await _tell(app, conn, [TileAddress(zoom, *row) for row in rows])


async def _tell(app: FastAPI, conn: asyncpg.Connection, tiles: Sequence[TileAddress]) -> None:
    spent = {what: await _spent(app.state.pool, ask, tiles) for what, ask in _steps(app, conn, tiles[0].z).items()}
    for what, one in spent.items():
        CONSOLE.print(f"    z{tiles[0].z}: {what}: {one.service:.2f} ms, PostgreSQL {one.database:.2f} ms", style="dim")
    hatch = next(route for route in app.routes if isinstance(route, Hatch))
    app.routes.remove(hatch)
    without = await _spent(app.state.pool, partial(_answer, app), tiles)
    app.routes.insert(0, hatch)
    through = spent["as an answer, through the hatch"]
    claim(f"cold tile z{tiles[0].z}, processor of the service", through.service, without.service, "ms", "ms by FastAPI")
    claim("    that of PostgreSQL with it", through.whole, without.whole, "ms", "ms by FastAPI")


def _steps(app: FastAPI, conn: asyncpg.Connection, zoom: int) -> dict[str, Ask]:
    """Each does what the one before does, and more."""
    desk: Desk = app.state.desk
    pool, shelf = app.state.pool, desk.shelves.find(app.state.door.views["public"], LAYER)
    statements = desk.renderer.statements(shelf, zoom)
    return {
        "asked on a connection of one's own": partial(draw_on, conn, statements),
        "on one of the pool": partial(draw, pool, statements),
        "once for all who wait, and packed": partial(desk.tile, pool, shelf),
        "as an answer, through the hatch": partial(_answer, app),
    }


async def _spent(pool: asyncpg.Pool, ask: Ask, tiles: Sequence[TileAddress]) -> Spent:
    """The least of some rounds, of each part."""
    rounds = []
    for _ in range(ROUNDS + 1):
        service, database = time.process_time(), await _database_ms(pool)
        for at in tiles:
            await ask(at)
        used = (time.process_time() - service) * 1000
        rounds.append((used / len(tiles), (await _database_ms(pool) - database) / len(tiles)))
    return Spent(*map(min, zip(*rounds[1:], strict=True)))


async def _database_ms(pool: asyncpg.Pool) -> float:
    """Of all connections of the service."""
    async with acquired(pool) as conn:
        rows = await conn.fetch("SELECT pid FROM pg_stat_activity WHERE usename = 'bando_read'")
    return sum(_processor_ms(row["pid"]) for row in rows)


def _processor_ms(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


async def _answer(app: FastAPI, at: TileAddress) -> None:
    path = f"/tiles/{LAYER}/{at.z}/{at.x}/{at.y}.mvt"
    headers = [(b"host", b"localhost"), (b"accept-encoding", b"gzip")]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    await app({**scope, "scheme": "http", "server": ("localhost", 80)}, _nothing, _read)


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _read(message: Any) -> None:
    assert message.get("status", 200) in (200, 204)


if __name__ == "__main__":
    chosen = tuple(map(int, sys.argv[1:])) or ZOOMS
    if "BANDO_STATE" in os.environ:
        asyncio.run(measure(here(), chosen))
    else:
        with fresh_installation() as nothing:
            bench(nothing)
