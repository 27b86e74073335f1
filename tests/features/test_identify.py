"""What is here? Nearest first, in words, only what the caller may see."""

from typing import Any

import pytest

from gis_server.catalog import Catalog
from tests.serving import LAT, LON, STEP_M, City


def identify(city: City, query: str, view: str = "public") -> list[dict[str, Any]]:
    answer = city.get(f"/query/identify?{query}", view)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["features"]
    return found


HERE = f"lon={LON}&lat={LAT}"


def test_every_visible_layer_answers_and_no_other(whole_city: City, catalog: Catalog) -> None:
    for view, levels in (
        ("public", {"public"}),
        ("agency", {"public", "agency"}),
        ("full", {"public", "agency", "restricted"}),
    ):
        found = identify(whole_city, f"{HERE}&radius=10", view)
        assert {one["layer"] for one in found} == {one.id for one in catalog if one.file.access in levels}


def test_hidden_fields_are_not_among_the_attributes(whole_city: City) -> None:
    for view, is_there in (("public", False), ("agency", True)):
        (parcel,) = identify(whole_city, f"{HERE}&layers=cadastre.thua_dat", view)
        assert ("dia_chi" in {one["name"] for one in parcel["attributes"]}) is is_there


def test_codes_units_and_provenance_are_words(whole_city: City, catalog: Catalog) -> None:
    (parcel,) = identify(whole_city, f"{HERE}&layers=cadastre.thua_dat")
    code, word = next(iter(catalog.domains["loai_dat"].values.items()))
    attributes = {one["name"]: one for one in parcel["attributes"]}
    assert attributes["loai_dat"]["value"] == attributes["loai_dat"]["code"] == code
    assert attributes["loai_dat"]["word"] == {"vi": word.vi, "en": word.en}
    assert attributes["dien_tich"]["unit"] == catalog["cadastre.thua_dat"].fields["dien_tich"].unit
    assert attributes["so_thua"]["title"] == {"vi": "Số thứ tự thửa", "en": "Parcel number in the sheet"}
    assert (parcel["label"], parcel["title"]["vi"]) == ("K1", "Thửa đất")
    assert parcel["source"]["vi"] == "Đo đạc"
    assert parcel["synthetic"] is False
    assert parcel["steward"] == catalog["cadastre.thua_dat"].file.steward
    assert parcel["release"] >= 1
    assert parcel["published"]
    assert parcel["geometry"]["type"] == "Polygon"


def test_nearest_comes_first_within_the_radius_in_metres(whole_city: City) -> None:
    near = identify(whole_city, f"{HERE}&layers=drainage.ho_ga&radius={STEP_M - 1}", "full")
    both = identify(whole_city, f"{HERE}&layers=drainage.ho_ga&radius={STEP_M + 1}", "full")
    assert [one["label"] for one in near] == ["K1"]
    assert [one["label"] for one in both] == ["K1", "K2"]
    assert both[1]["distance_m"] == pytest.approx(STEP_M, abs=0.002)
    assert (both[0]["synthetic"], both[1]["synthetic"]) == (False, True)


def test_at_equal_distance_the_smaller_shape_comes_first_then_the_order_of_the_layers(
    whole_city: City, catalog: Catalog
) -> None:
    found = [one["layer"] for one in identify(whole_city, HERE, "full") if one["distance_m"] == 0]
    order = [layer.id for layer in catalog]

    def place(layer: str) -> tuple[bool, int]:
        return catalog[layer].file.geometry[0] == "Polygon", order.index(layer)

    assert {catalog[layer].file.geometry[0] for layer in found} == {"Point", "LineString", "Polygon"}
    assert found == sorted(found, key=place)


@pytest.mark.parametrize(
    "query", ["lon=0&lat=0", "lon=-75&lat=40", "lon=180&lat=90", "lon=-180&lat=-90", "lon=105.75&lat=-89.9"]
)
def test_elsewhere_on_earth_there_is_nothing(whole_city: City, query: str) -> None:
    assert identify(whole_city, f"{query}&radius=1000") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "lon=106",
        "lat=10",
        "lon=181&lat=10",
        "lon=106&lat=nan",
        "lon=inf&lat=10",
        "lon=106&lat=10&radius=-1",
        "lon=106&lat=10&radius=1000.01",
        "lon=106&lat=10&radius=1e9",
        "lon=106&lat=10&radius=nan",
        "lon=1,2&lat=10",
        "lon=106&lat=10&lon=107",
    ],
)
def test_bad_questions_are_refused(whole_city: City, query: str) -> None:
    assert whole_city.get(f"/query/identify?{query}").status_code == 400


@pytest.mark.parametrize(
    "layers", ["", "none", "drainage.ho_ga", "cadastre.thua_dat,drainage.ho_ga", "a';--", ",".join(["x"] * 3000)]
)
def test_unknown_and_hidden_layers_are_refused_alike(whole_city: City, layers: str) -> None:
    assert whole_city.get(f"/query/identify?{HERE}&layers={layers}").status_code == 404
