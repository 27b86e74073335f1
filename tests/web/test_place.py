"""`place=`: features within a unit of any era; what is not known is refused, never answered with something else."""

import pytest

from tests.search.conftest import town as town
from tests.serving import City

HOUSES = "/collections/base_settlement.nha/items"


def houses(town: City, place: str) -> tuple[set[str], str]:
    answer = town.get(HOUSES, params={"place": place})
    assert answer.status_code == 200, answer.text
    found = {one["properties"]["maNhanDang"] for one in answer.json()["features"]}
    return found, answer.headers["Bando-Place"]


def test_a_unit_of_today_holds_what_lies_in_it(town: City) -> None:
    assert houses(town, "26740") == ({"H1", "H2", "H3", "H4", "H6"}, "26740; since=2025-07-01; outline=own")
    assert houses(town, "26743")[0] == {"H5"}


def test_an_old_unit_has_its_own_outline_or_that_of_what_it_became(town: City) -> None:
    assert houses(town, "760") == ({f"H{n}" for n in range(1, 7)}, "760; until=2025-06-30; outline=own")
    found, told = houses(town, "26743@2025-06-30")
    assert told == "26743; until=2025-06-30; outline=successors"
    assert "H5" in found


def test_pages_lead_on_within_the_place(town: City) -> None:
    page = town.get(HOUSES, params={"place": "26740", "limit": "3"}).json()
    onward = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert "place=26740" in onward
    assert len(town.get(onward).json()["features"]) == 2


@pytest.mark.parametrize("place", ["", "99999", "26740@", "26740@yesterday", "26740@1900-01-01'", "x" * 500, "27004"])
def test_a_place_that_nobody_can_outline_is_refused(town: City, place: str) -> None:
    answer = town.get(HOUSES, params={"place": place})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("place")
