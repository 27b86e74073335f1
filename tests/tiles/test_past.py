"""Tiles of earlier releases: found by their index, and refused in a sentence where there is too much to draw."""

import asyncio

import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.pool import open_pool
from gis_server.errors import BadRequest
from gis_server.tiles import past
from gis_server.tiles.address import TileAddress
from gis_server.tiles.past import Past, past_statement
from gis_server.tiles.tilesets import find_tileset
from gis_server.web.when import PastView
from tests.serving import LAT, LON, City, tile_at

PARCELS = "cadastre.thua_dat"
SLOW = "SELECT 1 AS release, ''::bytea AS tile FROM pg_sleep(30) WHERE $1::integer + $2::integer + $3::integer >= 0"


def then(catalog: Catalog) -> PastView:
    view = compile_views(catalog)["full"]
    return PastView(view.name, view.layers, view.conditions, view.archives, 1)


def test_rows_still_served_and_ended_are_both_found_by_an_index(whole_city: City, catalog: Catalog) -> None:
    asked = past_statement(catalog, find_tileset(catalog, then(catalog), PARCELS), 16)
    for place, number in zip(("$1", "$2", "$3"), (16, *tile_at(LON, LAT, 16)), strict=True):
        asked = asked.replace(place, str(number))
    with whole_city.database.connect("read") as conn:
        conn.execute("SET enable_seqscan = off")
        plan = "\n".join(line for (line,) in conn.execute(f"EXPLAIN {asked}".encode()).fetchall())
    assert "Index Scan using thua_dat_geom" in plan
    assert "Index Scan using cadastre__thua_dat_geom" in plan


def test_what_takes_too_long_says_what_to_do(
    whole_city: City, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "past_statement", lambda *_: SLOW)
    settings = whole_city.settings.model_copy(update={"statement_timeout_ms": 100})

    async def draw() -> None:
        async with await open_pool(whole_city.database, settings) as pool:
            await Past(catalog).tile(pool, then(catalog), PARCELS, TileAddress(10, 0, 0))

    with pytest.raises(BadRequest, match="mức phóng 10") as refused:
        asyncio.run(draw())
    assert "Go closer" in refused.value.en
