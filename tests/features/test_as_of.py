"""Any past release over HTTP: pages, filters and single features as they were; never mixed with validity."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.db.tables import migrate
from tests.serving import MEASURED, City, Serve, publish_rows, row_of

PARCELS = "/collections/cadastre.thua_dat/items"
LAYER = "cadastre.thua_dat"


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """Release 1: parcels 1 to 5. Release 2: 1 is gone, 2 lies where 9 would, 6 is new."""
    database = make_database()
    layer = catalog[LAYER]
    rows = {number: row_of(catalog, layer, number) for number in (1, 2, 3, 4, 5, 6, 9)}
    publish_rows(database, MEASURED, [(layer, [rows[number] for number in (1, 2, 3, 4, 5)])])
    moved = (*rows[2][:-1], rows[9][-1])
    publish_rows(database, MEASURED, [(layer, [moved, *(rows[number] for number in (3, 4, 5, 6))])])
    with serve(database) as city:
        yield city


def parcels(city: City, query: str) -> tuple[dict[str, Any], str]:
    """Parcel number → feature, and the release that the answer says it shows."""
    answer = city.get(f"{PARCELS}?{query}", "full")
    assert answer.status_code == 200, answer.text
    found = {feature["properties"]["so_thua"]: feature for feature in answer.json()["features"]}
    return found, answer.headers["Bando-Release"]


def test_a_past_release_is_shown_whole_and_says_its_number(city: City) -> None:
    then, release = parcels(city, "release=1")
    assert (len(then), release) == (5, "1")
    now, newest = parcels(city, "")
    assert (len(now), newest) == (5, "2")
    assert len(then.keys() - now.keys()) == 1
    assert parcels(city, "release=2") == (now, "2")
    assert parcels(city, "release=0") == ({}, "0")


def test_one_feature_is_shown_as_it_was(city: City) -> None:
    then, _ = parcels(city, "release=1")
    now, _ = parcels(city, "")
    gone = next(then[number] for number in then if number not in now)
    assert city.get(f"{PARCELS}/{gone['id']}", "full").status_code == 404
    answer = city.get(f"{PARCELS}/{gone['id']}?release=1", "full")
    assert (answer.status_code, answer.headers["Bando-Release"]) == (200, "1")
    assert answer.json()["geometry"] == gone["geometry"]
    assert "release=1" in answer.json()["links"][0]["href"]
    moved = [number for number in now if number in then and now[number]["geometry"] != then[number]["geometry"]]
    assert len(moved) == 1
    was = city.get(f"{PARCELS}/{now[moved[0]]['id']}?release=1", "full").json()
    assert was["geometry"] == then[moved[0]]["geometry"]


def test_boxes_filter_the_rows_of_then(city: City) -> None:
    then, _ = parcels(city, "release=1")
    gone = next(then[number] for number in then if number not in parcels(city, "")[0])
    west, south = gone["geometry"]["coordinates"][0][0]
    box = f"bbox={west - 1e-5},{south - 1e-5},{west + 1e-5},{south + 1e-5}"
    assert len(parcels(city, f"{box}&release=1")[0]) == 1
    assert len(parcels(city, box)[0]) == 0


def test_pages_of_a_past_release_stay_in_it(city: City) -> None:
    first = city.get(f"{PARCELS}?release=1&limit=2", "full").json()
    onward = next(link["href"] for link in first["links"] if link["rel"] == "next")
    assert "release=1" in onward
    second = city.get(onward.removeprefix("http://localhost:8000"), "full")
    assert second.headers["Bando-Release"] == "1"
    assert len(second.json()["features"]) == 2
    assert (
        city.get(onward.removeprefix("http://localhost:8000").replace("release=1", "release=2"), "full").status_code
        == 400
    )


def test_a_release_is_also_named_by_a_moment(city: City) -> None:
    with city.database.connect("read") as conn:
        ((moment,),) = conn.execute("SELECT published_at FROM meta.release WHERE release = 1").fetchall()
    written = moment.isoformat().replace("+00:00", "Z")
    assert parcels(city, f"release={written}")[1] == "1"
    assert parcels(city, "release=2020-01-01") == ({}, "0")
    assert parcels(city, "release=2999-01-01")[1] == "2"


@pytest.mark.parametrize("release", ["3", "-1", "x", "", "2026-13-01", "1.5"])
def test_a_release_that_is_not_there_is_refused(city: City, release: str) -> None:
    assert city.get(f"{PARCELS}?release={release}", "full").status_code == 400
    assert city.get(f"{PARCELS}/1?release={release}", "full").status_code == 400


def test_a_layer_made_anew_does_not_pretend_to_have_been_empty(
    make_database: Callable[[], Database], catalog: Catalog, serve: Serve
) -> None:
    database = make_database()
    layer = catalog[LAYER]
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, 1)])])
    without = type(catalog)(**{**vars(catalog), "layers": {one.id: one for one in catalog if one.id != LAYER}})
    migrate(database, without, allow_destructive=frozenset({LAYER}))
    migrate(database, catalog)
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, 2)])])
    with serve(database) as city:
        assert city.get(f"{PARCELS}?release=1", "full").status_code == 404
        assert len(parcels(city, "release=2")[0]) == 1
