"""What releases touched, as callers hear of it: nobody hears of rows that they do not see."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.snapshot import snapshot
from gis_server.tiles.events import message_of
from gis_server.tiles.touched import touched_for
from tests.serving import LAT, LON, MEASURED, City, Serve, X, Y, publish_rows, row_of, tile_at

LAYER = "cadastre.thua_dat"
HOME, BARRACKS = "ODT", "CQP"
FAR_M = 9_000.0


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """1: a home, and a barracks far away. 2: the barracks is drawn anew. 3: the home is. 4: it is a barracks, too."""
    database, layer = make_database(), catalog[LAYER]
    for home, barracks in ((0.0, 0.0), (0.0, 20.0), (20.0, 20.0)):
        publish_rows(database, MEASURED, [(layer, [lot(catalog, 1, HOME, home), lot(catalog, 2, BARRACKS, barracks)])])
    publish_rows(database, MEASURED, [(layer, [lot(catalog, 1, BARRACKS, 20.0), lot(catalog, 2, BARRACKS, 20.0)])])
    with serve(database) as city:
        yield city


def lot(catalog: Catalog, number: int, use: str, moved_m: float) -> tuple[Any, ...]:
    """A square of 30 m; the second lies far away."""
    layer = catalog[LAYER]
    values = dict(zip([*layer.fields, "geom"], row_of(catalog, layer, number), strict=True))
    west, south = X + (number - 1) * FAR_M + moved_m, Y
    ring = [(west, south), (west + 30, south), (west + 30, south + 30), (west, south + 30), (west, south)]
    wkt = f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))"
    return tuple({**values, "loai_dat": use, "ky_hieu_muc_dich": use, "geom": wkt}.values())


def tiles(city: City, since: int, view: str) -> set[tuple[int, ...]]:
    found = city.get(f"/changes/tiles?since={since}", view).json()
    assert found["complete"] is True
    told = found["layers"].get(LAYER, {"tiles": [], "alone": []})
    return {tuple(one) for one in (*told["tiles"], *told["alone"])}


def around_barracks(told: set[tuple[int, ...]]) -> bool:
    """Tiles of a kilometre or less there."""
    lon = LON + FAR_M / 109_300
    return any(z >= 14 and abs(x - tile_at(lon, LAT, z)[0]) <= 1 + 2 ** (z - 14) for z, x, _ in told)


def heard(message: bytes) -> set[tuple[int, ...]]:
    told = json.loads(message.partition(b"data: ")[2])["layers"][LAYER]
    return {tuple(one) for one in (*told["tiles"], *told["alone"])}


def test_a_change_of_a_hidden_row_is_nobodys_news(city: City, catalog: Catalog) -> None:
    assert around_barracks(tiles(city, 1, "agency")), "the second release touched what lies there"
    assert not around_barracks(tiles(city, 1, "public")), "and the public hears nothing of that"
    assert tiles(city, 1, "public") == tiles(city, 2, "public") == tiles(city, 2, "agency"), "but all of the home"


def test_who_no_longer_sees_a_row_hears_where_it_was(city: City) -> None:
    assert tiles(city, 3, "public") == tiles(city, 3, "agency")


def test_messages_say_no_more_than_that(city: City, catalog: Catalog) -> None:
    views = compile_views(catalog)

    async def message(view: str) -> bytes:
        async with snapshot(city.client.app.state.pool) as snap:  # type: ignore[attr-defined]
            return message_of(2, await touched_for(snap, 1, views[view]))

    async def both() -> list[bytes]:
        return [await message(view) for view in ("public", "agency")]

    assert city.client.portal is not None
    public, agency = (heard(one) for one in city.client.portal.call(both))
    assert around_barracks(agency)
    assert not around_barracks(public)


def test_releases_of_which_nobody_recorded_who_sees_what_touch_all_of_a_layer(city: City) -> None:
    """Those from before this was kept: never by hope, and never by what is hidden."""
    with city.database.connect("load") as conn:
        conn.execute("DELETE FROM meta.touched_seen WHERE release = 2")
        conn.commit()
    assert tiles(city, 1, "public") == {(0, 0, 0)}
    assert (0, 0, 0) not in tiles(city, 2, "public")
