"""The examples of the CQL2 standard, as text and as JSON, over HTTP: found as the oracle finds, or refused."""

import json

import pytest

from tests.features.cql.city import Rows
from tests.features.cql.examples import MEANT, REFUSED
from tests.features.cql.test_compiler import PARCELS, found, meant
from tests.serving import City

ALL_OR_NOTHING = {"clause7_16", "clause7_17", "example49", "example72", "clause7_19, example73"}
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
