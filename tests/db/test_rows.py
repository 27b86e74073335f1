"""Rows that a layer file hides from a view leave no trace in items, tiles, counts, boxes, dates, changes, the past."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.catalog.consistency import contradictions
from gis_server.db.database import Database
from gis_server.db.rows import rows_condition
from tests.city import catalog_of, layer_of
from tests.serving import MEASURED, SYNTHETIC, City, Serve, publish_rows, row_of

LAYER = "cadastre.thua_dat"
ITEMS = f"/collections/{LAYER}/items"
OPEN = {1, 2}
"""Parcels that the public sees at the end; 3 did until release 2 made it defence land."""


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """1: parcels 1 to 3, and 4 of defence land. 2: 3 becomes so, too. 3: a second source has only 9, told by text."""
    database, layer = make_database(), catalog[LAYER]

    def parcel(number: int, **values: Any) -> tuple[Any, ...]:
        row = dict(zip(layer.fields, row_of(catalog, layer, number), strict=False)) | {"hieu_luc_den": date(2026, 1, 1)}
        return (*(row | values).values(), row_of(catalog, layer, number)[-1])

    closed = parcel(4, loai_dat="CQP", hieu_luc_tu=date(1999, 1, 1))
    publish_rows(database, MEASURED, [(layer, [parcel(1), parcel(2), parcel(3), closed])])
    publish_rows(database, MEASURED, [(layer, [parcel(1), parcel(2), parcel(3, loai_dat="CAN"), closed])])
    publish_rows(database, SYNTHETIC, [(layer, [parcel(9, loai_dat=None, ky_hieu_muc_dich="odt + cqp")])])
    with serve(database) as city:
        yield city


def parcels(city: City, query: str = "", view: str = "public") -> dict[int, int]:
    """Number → fid."""
    answer = city.get(f"{ITEMS}{query}", view)
    assert answer.status_code == 200, answer.text
    return {int(one["properties"]["so_thua"][1:]): one["id"] for one in answer.json()["features"]}


def test_items_and_filters_hold_visible_rows_only(city: City) -> None:
    assert set(parcels(city)) == OPEN
    assert set(parcels(city, view="agency")) == {1, 2, 3, 4, 9}
    assert parcels(city, "?loai_dat=CQP") == parcels(city, "?so_thua=K9") == {}
    assert "K4" not in city.get(f"{ITEMS}?f=html").text


def test_a_hidden_item_is_as_unknown_as_one_that_never_was(city: City) -> None:
    hidden = parcels(city, view="agency")[4]
    answers = [city.get(f"{ITEMS}/{fid}") for fid in (hidden, 999_999)]
    assert [one.status_code for one in answers] == [404, 404]
    titles = {one.json()["title"].replace(str(fid), "") for one, fid in zip(answers, (hidden, 999_999), strict=True)}
    assert len(titles) == 1
    assert city.get(f"{ITEMS}/{hidden}", "agency").status_code == 200


def test_the_past_shows_each_version_by_its_own_values(city: City) -> None:
    assert set(parcels(city, "?release=1")) == {1, 2, 3}
    assert set(parcels(city, "?release=2")) == OPEN
    third = parcels(city, "?release=1")[3]
    assert [city.get(f"{ITEMS}/{third}{when}").status_code for when in ("?release=1", "?release=2", "")] == [
        200,
        404,
        404,
    ]


def test_changes_tell_what_the_caller_can_see_of_them(city: City) -> None:
    told = {
        one["release"]: {kind: len(layer[kind]) for layer in one["layers"] for kind in ("added", "changed", "removed")}
        for one in city.get("/changes").json()["releases"]
    }
    assert told == {1: {"added": 3, "changed": 0, "removed": 0}, 2: {"added": 0, "changed": 0, "removed": 1}}
    assert [one["release"] for one in city.get("/changes", "agency").json()["releases"]] == [1, 2, 3]


def layer_in_catalogue(city: City, view: str) -> dict[str, Any]:
    themes = city.get("/catalogue", view).json()["themes"]
    found: dict[str, Any] = next(one for theme in themes for one in theme["layers"] if one["id"] == LAYER)
    return found


def test_counts_dates_sources_and_boxes_are_of_visible_rows(city: City) -> None:
    public, agency = layer_in_catalogue(city, "public"), layer_in_catalogue(city, "agency")
    assert (public["count"], public["release"]) == (2, 2)
    assert (agency["count"], agency["release"]) == (5, 3)
    assert [(one["id"], one["rows"]) for one in public["sources"]] == [(MEASURED.id, 2)]
    assert public["bounds"][2] < agency["bounds"][2]
    boxes = [city.get(f"/tiles/{LAYER}", view).json()["bounds"] for view in ("public", "agency")]
    assert boxes[0] == public["bounds"]
    assert boxes[1] == agency["bounds"]


def test_the_extent_in_time_is_of_visible_rows(city: City) -> None:
    begins = {
        view: city.get(f"/collections/{LAYER}", view).json()["extent"]["temporal"]["interval"][0][0][:4]
        for view in ("public", "agency")
    }
    assert begins["agency"] == "1999"
    assert begins["public"] > "2000"


def test_tiles_carry_visible_rows_only(city: City) -> None:
    drawn = {view: len(city.tile(LAYER, 15, view)[LAYER]["features"]) for view in ("public", "agency")}
    assert drawn == {"public": 2, "agency": 3}, "parcels 4 and 9 lie in the next tile"


def test_identify_finds_visible_rows_only(city: City) -> None:
    where = f"/query/identify?lon=106.6983&lat=10.7725&radius=1000&layers={LAYER}"
    assert {view: len(city.get(where, view).json()["features"]) for view in ("public", "agency")} == {
        "public": 2,
        "agency": 5,
    }


def test_an_index_on_the_key_or_the_place_still_serves_a_cut_layer(city: City, catalog: Catalog) -> None:
    """The condition is read through, so the planner sees one table."""
    rows = f"(SELECT * FROM {catalog[LAYER].table} WHERE {rows_condition(catalog[LAYER], 'public')})"
    with city.database.connect("read") as conn:
        conn.execute("SET enable_seqscan = off")
        for asked in ("fid = 5", "geom_3857 && ST_TileEnvelope(15, 26096, 15413)"):
            plan = conn.execute(f"EXPLAIN SELECT fid FROM {rows} AS served WHERE {asked}".encode()).fetchall()
            assert "Index" in str(plan)


@pytest.mark.parametrize(
    ("written", "is_seen"),
    [
        ("cqp", False),
        ("ODT+Cqp", False),
        ("lịch sử", False),
        ("ſi", False),
        ("sı", False),
        ("SIM", True),
        ("a%b", True),
        ("a_b", False),
        ("axb", True),
    ],
)
def test_a_word_is_hidden_however_its_letters_are_written(database: Database, written: str, is_seen: bool) -> None:
    layer = layer_of(access="public", rows={"restricted": {"ma": ["CQP", "LỊCH", "SI", "A_B"]}})
    with database.connect("read") as conn:
        asked = f"SELECT {rows_condition(layer, 'public')} FROM (SELECT %s::text AS ma) AS row"
        assert conn.execute(asked.encode(), [written]).fetchone() == (is_seen,)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"agency": {"loai": ["CQP"]}}, "not stricter than the layer's own agency"),
        ({"restricted": {"cao_do": ["1"]}}, "not a field of type code or text"),
        ({"restricted": {"khong_co": ["1"]}}, "not a field of type code or text"),
    ],
)
def test_a_rule_that_would_hide_nothing_is_refused(rows: dict[str, Any], says: str) -> None:
    assert any(says in mistake for mistake in contradictions(catalog_of(layer_of(rows=rows))))
