"""`place=`: features within a unit of any era; what is not known is refused, never answered with something else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from tests.search.conftest import FAR, ROWS, point
from tests.search.conftest import town as town
from tests.serving import LAT, LON, MEASURED, City, Serve, publish_rows

UNITS = "base_boundary.dia_phan_hanh_chinh_tren_dat_lien"
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


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("Phường Sài Gòn", "26740; since=2025-07-01; outline=own"),
        ("sai gon", "26740; since=2025-07-01; outline=own"),
        ("Bến Thành", "26743; since=2025-07-01; outline=own"),
        ("Quận 1", "760; until=2025-06-30; outline=own"),
        ("Bến Thành@2025-06-30", "26743; until=2025-06-30; outline=successors"),
        ("Phường Bến Nghé, Quận 1", "26740; until=2025-06-30; outline=successors"),
    ],
)
def test_a_name_of_any_era_is_a_place(town: City, place: str, told: str) -> None:
    assert houses(town, place)[1] == told


def test_a_name_that_several_bear_is_asked_back(town: City) -> None:
    answer = town.get(HOUSES, params={"place": "Phường 1"})
    assert answer.status_code == 400
    assert re.search(
        r"có nhiều đơn vị hành chính cùng tên; hãy dùng mã: Phường 1, .+ \(\d{5}@2025-06-30\); ",
        answer.json()["detail"],
    )


def test_what_is_here_within_a_place(town: City) -> None:
    asked = {"lon": LON, "lat": LAT, "radius": "1000", "layers": "base_settlement.nha"}
    here = town.get("/query/identify", params={**asked, "place": "26740"})
    assert (len(here.json()["features"]), here.headers["Bando-Place"][:5]) == (5, "26740")
    assert town.get("/query/identify", params={**asked, "place": "26743"}).json()["features"] == []
    assert town.get("/query/identify", params={**asked, "place": "760"}).json() == town.get(
        "/query/identify", params=asked
    ).json() | {"features": here.json()["features"]}


def post(town: City, path: str, **body: Any) -> Any:
    answer = town.client.post(path, json=body, headers={"Host": "bando.example"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_sum_over_a_place_or_over_what_of_a_shape_lies_in_it(town: City) -> None:
    def count(**body: Any) -> int:
        told = post(town, "/query/summary", layer="base_settlement.nha", **body)["total"]["count"]
        assert isinstance(told, int)
        return told

    everywhere = {"bbox": [106, 10, 107.5, 11.5]}
    assert (count(place="26740"), count(place="26743"), count(place="Quận 1")) == (5, 1, 6)
    assert (count(shape=everywhere), count(shape=everywhere, place="26743")) == (6, 1)
    whole = post(town, "/query/summary", layer="base_boundary.dia_phan_hanh_chinh_tren_dat_lien", place="26743")
    assert whole["total"]["area_m2"] == pytest.approx(3 * 2_000**2), (
        "the unit, the old district and the one without code"
    )


def test_what_lies_around_within_a_place(town: City) -> None:
    def found(**body: Any) -> set[str]:
        told = post(town, "/query/around", layers=["base_settlement.nha"], **body)["features"]
        return {next(one["value"] for one in row["attributes"] if one["name"] == "maNhanDang") for row in told}

    near = {"shape": {"type": "Point", "coordinates": [LON, LAT]}, "within_m": 5_000}
    assert found(place="26743") == {"H5"}
    assert found(place="26743", within_m=4_000) == {f"H{n}" for n in range(1, 7)}
    assert (len(found(**near)), found(**near, place="26743")) == (6, {"H5"})


def test_changes_within_a_place_and_into_it(
    make_database: Callable[[], Database], catalog: Catalog, serve: Serve
) -> None:
    units, lamps = catalog[UNITS], catalog["lighting.cot_den"]
    database = make_database()

    def rows(layer: Layer, given: list[tuple[dict[str, Any], str]]) -> tuple[Layer, list[tuple[Any, ...]]]:
        return layer, [(*(values.get(name) for name in layer.fields), wkt) for values, wkt in given]

    def lamp(code: str, east: float) -> tuple[dict[str, Any], str]:
        return {"ma": code}, point(east)

    publish_rows(database, MEASURED, [rows(units, ROWS[UNITS])])
    publish_rows(database, MEASURED, [rows(lamps, [lamp("A", 0), lamp("B", FAR), lamp("C", 10)])])
    publish_rows(database, MEASURED, [rows(lamps, [lamp("A", FAR), lamp("B", FAR + 1), lamp("C", 10)])])
    with serve(database) as city:

        def told(place: str) -> list[tuple[int, ...]]:
            answer = city.get("/changes", params={"since": "1", "layer": lamps.id, "place": place}).json()
            return [
                tuple(len(one["layers"][0][kind]) for kind in ("added", "changed", "removed"))
                for one in answer["releases"]
            ]

        assert told("26740") == [(2, 0, 0), (0, 1, 0)], "what moved away changed there"
        assert told("26743") == [(1, 0, 0), (0, 2, 0)]
        assert told("Quận 1") == [(3, 0, 0), (0, 2, 0)]
        page = city.get("/changes", params={"place": "26743", "f": "html"}).text
        assert "Phường Bến Thành" in page
        assert "place=26743" in page
