"""Tiles of earlier releases: today's where nothing moved since, else from their rows, thinned and found by their index.

Where there is too much to draw they are refused in a sentence."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import mapbox_vector_tile
import pytest
import shapely

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.db.pool import open_pool
from gis_server.drawing.rules import rule_of
from gis_server.errors import BadRequest
from gis_server.tiles import past
from gis_server.tiles.address import TileAddress
from gis_server.tiles.past import Past
from gis_server.tiles.past_statement import AREA_SQUARE, past_statement
from gis_server.tiles.tilesets import find_tileset
from gis_server.web.when import PastView
from tests.serving import LAT, LON, MEASURED, City, Serve, X, Y, publish_rows, row_of, shape_wkt, tile_at

PARCELS = "cadastre.thua_dat"
SLOW = "SELECT 1 AS release, ''::bytea AS tile FROM pg_sleep(30) WHERE $1::integer + $2::integer + $3::integer >= 0"


ACROSS, SIDE_M = 50, 20.0
"""Of a crowd of parcels without gaps."""


def then(catalog: Catalog) -> PastView:
    view = compile_views(catalog)["full"]
    return PastView(view.name, view.layers, view.conditions, view.archives, 1)


def one_of(catalog: Catalog, way: str) -> Layer:
    """A layer of points that is thinned in this way."""
    rules = ((layer, rule_of(layer)) for layer in catalog if set(layer.file.geometry) == {"Point"})
    return next(layer for layer, rule in rules if rule is not None and rule.way == way and rule.low <= 13 <= rule.high)


@pytest.fixture(scope="module")
def crowd(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """A square kilometre of parcels and a hundred points of two layers; in release 2 all of them end but one."""
    database, parcels = make_database(), catalog[PARCELS]
    plots = [plot(catalog, parcels, number) for number in range(ACROSS**2)]
    points = [(layer, [*spots(catalog, layer)]) for layer in (one_of(catalog, "rank"), one_of(catalog, "cluster"))]
    publish_rows(database, MEASURED, [(parcels, plots), *points])
    publish_rows(database, MEASURED, [(parcels, plots[:1]), *((layer, rows[:1]) for layer, rows in points)])
    with serve(database) as city:
        yield city


def plot(catalog: Catalog, layer: Layer, number: int) -> tuple[Any, ...]:
    west, south = X + number % ACROSS * SIDE_M, Y + number // ACROSS * SIDE_M
    return (*row_of(catalog, layer, number)[:-1], shapely.box(west, south, west + SIDE_M, south + SIDE_M).wkt)


def spots(catalog: Catalog, layer: Layer) -> Iterator[tuple[Any, ...]]:
    for number in range(100):
        yield (*row_of(catalog, layer, number)[:-1], shape_wkt("Point", X + number, Y + number % 10))


def tile_of_then(city: City, catalog: Catalog, name: str, zoom: int, beside: tuple[int, int] = (0, 0)) -> bytes:
    """The one at the check point, or so many to the right and up."""
    x, y = tile_at(LON, LAT, zoom)

    async def draw() -> bytes:
        async with await open_pool(city.database, city.settings) as pool:
            return await Past(catalog).tile(pool, then(catalog), name, TileAddress(zoom, x + beside[0], y - beside[1]))

    return asyncio.run(draw())


def features(tile: bytes, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mapbox_vector_tile.decode(tile).get(name, {"features": []})["features"]
    return found


def within(one: dict[str, Any]) -> bool:
    """Whether its middle lies in the tile, and not in the margin."""
    middle = shapely.geometry.shape(one["geometry"]).centroid
    return bool(0 <= middle.x < 4096 and 0 <= middle.y < 4096)


def test_where_nothing_moved_a_tile_of_then_is_todays(whole_city: City, catalog: Catalog) -> None:
    """Nothing came after the last release: to the byte, with what was drawn ahead."""
    newest = then(catalog)
    newest = PastView(newest.name, newest.layers, newest.conditions, newest.archives, whole_city.release)
    for zoom in (10, 14, 16):
        at = TileAddress(zoom, *tile_at(LON, LAT, zoom))

        async def draw(at: TileAddress = at) -> bytes:
            async with await open_pool(whole_city.database, whole_city.settings) as pool:
                return await Past(catalog).tile(pool, newest, "nen", at)

        assert asyncio.run(draw()) == whole_city.get(f"/tiles/nen/{at.z}/{at.x}/{at.y}.mvt", "full").content


def test_parcels_too_small_to_be_told_apart_are_the_ground_they_cover(crowd: City, catalog: Catalog) -> None:
    beside = [(right, up) for right in (0, 1) for up in (0, 1)]
    tiles = [features(tile_of_then(crowd, catalog, PARCELS, 12, place), PARCELS) for place in beside]
    drawn = [one for tile in tiles for one in tile if within(one)]
    assert sum(one["properties"].get("merged", 1) for one in drawn) == pytest.approx(ACROSS**2, rel=0.05)
    side_m = AREA_SQUARE * 40_075_016.7 / 2**12 / 4096 * 0.9824  # on the ground, at this latitude
    assert len(drawn) == pytest.approx((ACROSS * SIDE_M / side_m) ** 2, rel=0.1)
    near_by = features(tile_of_then(crowd, catalog, PARCELS, 16), PARCELS)
    assert len({one["properties"]["so_thua"] for one in near_by}) == len(near_by) > 40


@pytest.mark.parametrize("way", ["rank", "cluster"])
def test_a_crowd_of_points_is_a_few_that_stand_for_all(crowd: City, catalog: Catalog, way: str) -> None:
    layer = one_of(catalog, way)
    drawn = features(tile_of_then(crowd, catalog, layer.id, 13), layer.id)
    assert len(drawn) < 5
    assert sum(one["properties"].get("merged", 1) for one in drawn) == 100


def test_a_tile_of_then_is_drawn_once(crowd: City, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    at = TileAddress(12, *tile_at(LON, LAT, 12))

    async def twice() -> tuple[bytes, bytes]:
        kept = Past(catalog)
        async with await open_pool(crowd.database, crowd.settings) as pool:
            first = await kept.tile(pool, then(catalog), PARCELS, at)
            monkeypatch.setattr(past, "past_statement", lambda *_: SLOW)
            return first, await kept.tile(pool, then(catalog), PARCELS, at)

    first, again = asyncio.run(twice())
    assert first == again


def test_rows_still_served_and_ended_are_both_found_by_an_index(whole_city: City, catalog: Catalog) -> None:
    asked = past_statement(catalog, find_tileset(catalog, then(catalog), PARCELS).at(16), 16)
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
