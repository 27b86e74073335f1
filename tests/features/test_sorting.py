"""Sorted walks: the order a person expects, through pages, missing values and publishes."""

from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.features.cursor import Cursor
from tests.features.cql.city import Rows
from tests.features.test_items import link_of
from tests.serving import City

PARCELS = "/collections/cadastre.thua_dat/items"


def walk(city: City, **query: str) -> list[dict[str, Any]]:
    answer = city.get(PARCELS, params=query)
    found: list[dict[str, Any]] = []
    while True:
        assert answer.status_code == 200, answer.text
        found += [one["properties"] | {"fid": one["id"]} for one in answer.json()["features"]]
        onward = link_of(answer.json(), "next")
        if onward is None:
            return found
        answer = city.get(onward)


@pytest.mark.parametrize("limit", ["7", "99", "1000"])
@pytest.mark.parametrize(
    "names", ["dien_tich", "-dien_tich", "-hieu_luc_tu,loai_dat", "loai_dat,-dien_tich,hieu_luc_den"]
)
def test_a_walk_is_sorted_and_whole(city: City, lots: Rows, names: str, limit: str) -> None:
    found = walk(city, sortby=names, limit=limit)
    wanted = sorted(range(len(found)), key=lambda place: found[place]["fid"])
    for name in reversed(names.split(",")):
        bare, down = name.removeprefix("-"), name.startswith("-")
        present = [place for place in wanted if found[place][bare] is not None]
        present.sort(key=lambda place: found[place][bare], reverse=down)
        wanted = present + [place for place in wanted if found[place][bare] is None]
    assert wanted == list(range(len(lots)))


def test_texts_are_sorted_as_in_a_vietnamese_book(city: City) -> None:
    names = [one["ma_thua_dat"] for one in walk(city, sortby="ma_thua_dat", limit="9")]
    told = [name for name in dict.fromkeys(names) if name]
    assert (
        told.index("Duong 3/2")
        < told.index("Đường 3/2")
        < told.index("lê lợi")
        < told.index("ODT+CLN")
        < told.index("Ơ")
    )
    assert names[-1] is None


def test_a_blank_before_a_name_is_the_plus_it_was(city: City) -> None:
    answer = city.get(f"{PARCELS}?sortby=+dien_tich&limit=1")
    assert answer.json()["features"][0]["properties"]["dien_tich"] == 0


def test_sorting_filters_and_selection_go_together(city: City, lots: Rows) -> None:
    found = walk(city, sortby="-dien_tich", filter="dien_tich > 3", properties="so_thua,dien_tich", limit="10")
    assert len(found) == sum(1 for row in lots if (row["dien_tich"] or 0) > 3)
    assert all(set(one) == {"fid", "so_thua", "dien_tich", "source", "synthetic"} for one in found)


@pytest.mark.parametrize(
    "names",
    [
        "dia_chi",
        "khong_co",
        "",
        "so_to,so_to",
        "geometry",
        "so_to desc",
        "ma_xa_cu,so_to,so_thua,ma_xa,dien_tich,loai_dat",
    ],
)
def test_what_cannot_be_sorted_by_is_a_sentence(city: City, names: str) -> None:
    answer = city.get(PARCELS, params={"sortby": names})
    assert answer.status_code == 400
    assert "dia_chi" not in answer.json()["detail_en"].partition(";")[2]


FORGED = [
    Cursor("cadastre.thua_dat", 1, 3),
    Cursor("cadastre.thua_dat", 1, 3, ("+dien_tich",), ("x",)),
    Cursor("cadastre.thua_dat", 1, 3, ("+dien_tich",), (True,)),
    Cursor("cadastre.thua_dat", 1, 3, ("+dien_tich",), ()),
    Cursor("cadastre.thua_dat", 1, 3, ("-dien_tich",), (1.0,)),
    Cursor("cadastre.thua_dat", 1, 3, ("+nguon_goc",), ("1",)),
    Cursor("cadastre.thua_dat", 1, 3, ("+dien_tich",), ({},)),
]


@pytest.mark.parametrize("cursor", FORGED, ids=str)
def test_a_cursor_of_another_order_is_refused(city: City, cursor: Cursor) -> None:
    assert city.get(f"{PARCELS}?sortby=dien_tich&cursor={cursor}").status_code == 400


def test_sortables_are_exactly_what_can_be_sorted_by(whole_city: City, catalog: Catalog) -> None:
    for layer in list(catalog)[::9]:
        for view in ("public", "agency"):
            answer = whole_city.get(f"/collections/{layer.id}/sortables", view)
            for name in answer.json().get("properties", {}):
                assert whole_city.get(f"/collections/{layer.id}/items?limit=1&sortby=-{name}", view).status_code == 200
    told = whole_city.get("/collections/cadastre.thua_dat/sortables").json()["properties"]
    assert "dia_chi" not in told
    assert "so_thua" in told
