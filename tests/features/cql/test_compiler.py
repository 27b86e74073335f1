"""Filters find what they mean: generated ones against an oracle, in both writings, over HTTP on PostGIS."""

import json
import random
from typing import Any

import cql2
import pytest

from tests.features.cql.city import Rows
from tests.features.cql.generated import condition
from tests.features.cql.oracle import matches
from tests.serving import City

PARCELS = "/collections/cadastre.thua_dat/items"
GRID = "http://www.opengis.net/def/crs/EPSG/0/9210"


def found(city: City, view: str = "public", **query: str) -> set[str]:
    answer = city.get(PARCELS, view, params={"limit": "1000", "filter-crs": GRID, "properties": "so_thua", **query})
    assert answer.status_code == 200, (query, answer.text)
    return {feature["properties"]["so_thua"] for feature in answer.json()["features"]}


def meant(lots: Rows, tree: Any) -> set[str]:
    return {row["so_thua"] for row in lots if matches(tree, row)}


@pytest.mark.parametrize("seed", range(8))
def test_generated_filters_find_what_the_oracle_finds(city: City, lots: Rows, seed: int) -> None:
    dice, told = random.Random(seed), 0
    for _ in range(40):
        tree = condition(dice)
        wanted = meant(lots, tree)
        told += 0 < len(wanted) < len(lots)
        assert found(city, filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == wanted, tree
        assert found(city, filter=cql2.Expr(tree).to_text()) == wanted, tree
    assert told > 10, "filters that find all or nothing test little"


P = {"property": "dien_tich"}
TEXTS: dict[str, Any] = {
    "dien_tich > 5 AND NOT dien_tich >= 9": {
        "op": "and",
        "args": [{"op": ">", "args": [P, 5]}, {"op": "not", "args": [{"op": ">=", "args": [P, 9]}]}],
    },
    "dien_tich + 2 * 3 = 9": {"op": "=", "args": [P, 3]},
    "(dien_tich + 2) * 3 = 9": {"op": "=", "args": [P, 1]},
    "dien_tich - 2 - 3 = 1": {"op": "=", "args": [P, 6]},
    "dien_tich ^ 2 = 81": {"op": "=", "args": [P, 9]},
    "-dien_tich = -4": {"op": "=", "args": [P, 4]},
    "dien_tich NOT BETWEEN 2 AND 9": {"op": "not", "args": [{"op": "between", "args": [P, 2, 9]}]},
    "ma_thua_dat IS NOT NULL": {"op": "not", "args": [{"op": "isNull", "args": [{"property": "ma_thua_dat"}]}]},
    "ma_thua_dat NOT LIKE 'L%'": {"op": "not", "args": [{"op": "like", "args": [{"property": "ma_thua_dat"}, "L%"]}]},
    "so_to NOT IN ('1','2')": {"op": "not", "args": [{"op": "in", "args": [{"property": "so_to"}, ["1", "2"]]}]},
    "hieu_luc_tu = hieu_luc_den": {"op": "=", "args": [{"property": "hieu_luc_tu"}, {"property": "hieu_luc_den"}]},
    "so_to = '1' OR so_to = '2' AND dien_tich > 5": {
        "op": "or",
        "args": [
            {"op": "=", "args": [{"property": "so_to"}, "1"]},
            {"op": "and", "args": [{"op": "=", "args": [{"property": "so_to"}, "2"]}, {"op": ">", "args": [P, 5]}]},
        ],
    },
}


@pytest.mark.parametrize("text", TEXTS)
def test_texts_mean_what_they_say(city: City, lots: Rows, text: str) -> None:
    assert found(city, filter=text) == meant(lots, TEXTS[text]) != set()


def test_case_and_accents_are_set_aside_where_asked(city: City) -> None:
    def names(text: str) -> set[str]:
        answer = city.get(PARCELS, params={"limit": "1000", "filter": text}).json()
        return {feature["properties"]["ma_thua_dat"] for feature in answer["features"]}

    assert names("ma_thua_dat = 'Lê Lợi'") == {"Lê Lợi"}
    assert names("CASEI(ma_thua_dat) = CASEI('LÊ LỢI')") == {"Lê Lợi", "lê lợi"}
    assert names("ACCENTI(ma_thua_dat) = ACCENTI('Lê Lợi')") == {"Lê Lợi", "Le Loi"}
    assert names("CASEI(ACCENTI(ma_thua_dat)) LIKE 'duong%'") == {"ĐƯỜNG 3/2", "Đường 3/2", "Duong 3/2"}
    assert names("CASEI(ma_thua_dat) LIKE CASEI('ĐƯỜNG%')") == {"ĐƯỜNG 3/2", "Đường 3/2"}
    assert names("ma_thua_dat = 'Le\u0302 Lo\u031b\u0323i'") == {"Lê Lợi"}  # typed in pieces, found composed


def test_a_day_beside_an_instant_is_the_day_of_the_city(city: City, lots: Rows) -> None:
    some = next(row["hieu_luc_tu"] for row in lots if row["hieu_luc_tu"])
    on_day = {row["so_thua"] for row in lots if row["hieu_luc_tu"] == some}
    for moment in (f"{some}T00:00:00+07:00", f"{some}T23:59:59+07:00"):
        assert found(city, filter=f"T_INTERSECTS(hieu_luc_tu, TIMESTAMP('{moment}'))") == on_day
    assert on_day <= found(city, filter=f"T_BEFORE(hieu_luc_tu, TIMESTAMP('{some}T17:00:00Z'))")
    assert on_day.isdisjoint(found(city, filter=f"T_BEFORE(hieu_luc_tu, TIMESTAMP('{some}T16:59:59Z'))"))


def test_a_division_by_nothing_finds_nothing_and_breaks_nothing(city: City) -> None:
    assert found(city, filter="1 / (dien_tich - dien_tich) > 0") == set()
    assert found(city, filter="dien_tich % 0 = 0 OR dien_tich div 0 = 0") == set()


def test_numbers_beyond_a_double_are_a_sentence(city: City) -> None:
    answer = city.get(PARCELS, params={"filter": "(dien_tich + 9) ^ 900 > 1"})
    assert answer.status_code == 400
    assert "arithmetic" in answer.json()["detail_en"]
