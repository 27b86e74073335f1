"""The examples of the CQL2 standard, as text and as JSON, over HTTP: found as the oracle finds, or refused."""

import json

import pytest

from tests.features.cql.city import Rows
from tests.features.cql.examples import MEANT, SOUTH, WEST
from tests.features.cql.test_compiler import PARCELS, found, meant
from tests.serving import City

REFUSED = {
    "clause6_01: no condition, and a function": "avg(dien_tich)",
    "clause6_02b: a function": "avg(dien_tich) < 4",
    "clause7_18: a function": "S_WITHIN(geometry,Buffer(geometry,10,'m'))",
    "example68: a function": 'Foo("geometry") = TRUE',
    "example69: a function": "FALSE <> Bar(\"geometry\", 100, 'a', 'b', FALSE)",
    "clause7_15, example79, example80: a field that is no list": "A_CONTAINS(so_to, ('layers-ca','layers-us'))",
    "example81: a list of many kinds": "A_EQUALS(('a', TRUE, 1.0, 8), (so_to))",
    "example82: a list of many kinds": "A_OVERLAPS((so_to), (DATE('2010-02-10'), FALSE))",
    "example84: a collection": f'S_EQUALS(GEOMETRYCOLLECTION (POINT ({WEST} {SOUTH})), "geometry")',
}
"""Answered with 400 and a sentence: functions are not declared, and no field holds several values."""
ALL_OR_NOTHING = {
    *("clause7_16", "clause7_17", "clause7_19, example73"),
    *("example46", "example49", "example72", "example83"),
}
"""Examples that say the same of every parcel that has the value, here as in the standard."""


@pytest.mark.parametrize("number", MEANT)
def test_an_example_of_the_standard_finds_what_it_means(city: City, lots: Rows, number: str) -> None:
    text, tree = MEANT[number]
    wanted = meant(lots, tree)
    assert found(city, "agency", filter=text) == wanted
    assert found(city, "agency", filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == wanted
    assert number in ALL_OR_NOTHING or 0 < len(wanted) < len(lots)


@pytest.mark.parametrize("number", REFUSED)
def test_an_example_of_what_the_city_does_not_have_is_refused_in_words(city: City, number: str) -> None:
    answer = city.get(PARCELS, "agency", params={"filter": REFUSED[number]})
    assert answer.status_code == 400
    assert answer.json()["detail"] != answer.json()["detail_en"]
