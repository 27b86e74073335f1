"""The catalogue, the administrative units and the health of the service."""

from typing import Any

import pytest

from gis_server.catalog import Catalog
from tests.serving import LAT, LON, City


def layers(city: City, view: str = "public") -> dict[str, dict[str, Any]]:
    answer = city.get("/catalogue", view).json()
    return {layer["id"]: layer for theme in answer["themes"] for layer in theme["layers"]}


def test_the_tree_holds_the_layers_of_the_view_in_the_order_of_the_screen(whole_city: City, catalog: Catalog) -> None:
    assert list(layers(whole_city, "full")) == [layer.id for layer in catalog]
    assert list(layers(whole_city)) == [layer.id for layer in catalog if layer.file.access == "public"]
    assert whole_city.get("/catalogue", "agency").json()["view"]["name"] == "agency"


def test_a_layer_tells_how_many_how_fresh_how_sure_and_from_whom(whole_city: City, catalog: Catalog) -> None:
    parcels, layer = layers(whole_city)["cadastre.thua_dat"], catalog["cadastre.thua_dat"].file
    assert parcels["count"] == 2
    assert parcels["title"] == layer.title.model_dump()
    assert parcels["updated"].startswith("20")
    assert 1 <= parcels["release"] <= whole_city.release
    assert (parcels["steward"], parcels["evidence"], parcels["access"]) == (layer.steward, layer.evidence, "public")
    assert parcels["scale"] == list(layer.scale)
    west, south, east, north = parcels["bounds"]
    assert west < LON < east
    assert south < LAT < north
    assert {source["id"]: source["synthetic"] for source in parcels["sources"]} == {"do_dac": False, "tong_hop": True}


def test_hidden_fields_and_their_code_lists_are_not_told(whole_city: City, catalog: Catalog) -> None:
    for view in ("public", "agency"):
        answer = whole_city.get("/catalogue", view).json()
        told = layers(whole_city, view)
        fields = {(layer, field["name"]) for layer, one in told.items() for field in one["fields"]}
        domains = {field["domain"] for one in told.values() for field in one["fields"] if "domain" in field}
        assert set(answer["domains"]) == domains
        assert (("cadastre.thua_dat", "dia_chi") in fields) is (view == "agency")
    assert "nguon_goc_su_dung_dat" not in whole_city.get("/catalogue").json()["domains"]


def test_code_lists_are_words(whole_city: City, catalog: Catalog) -> None:
    told = whole_city.get("/catalogue").json()["domains"]["loai_dat"]["values"]
    assert {code: (value["vi"], value["en"]) for code, value in told.items()} == {
        code: (value.vi, value.en) for code, value in catalog.domains["loai_dat"].values.items()
    }


def test_a_code_names_the_units_of_every_era(whole_city: City) -> None:
    """26740 was Phường Bến Nghé until mid 2025, and is Phường Sài Gòn."""
    units = whole_city.get("/places/26740").json()["units"]
    assert [unit["title"]["vi"] for unit in units] == ["Phường Sài Gòn", "Phường Bến Nghé"]
    assert units[0]["valid_to"] is None
    assert units[1]["valid_to"] == "2025-06-30"
    assert "Phường Bến Nghé" in {unit["title"]["vi"] for unit in units[0]["predecessors"]}
    assert "Phường Sài Gòn" in {unit["title"]["vi"] for unit in units[1]["successors"]}


def test_a_day_chooses_the_era(whole_city: City) -> None:
    for day, name in (("2025-06-30", "Phường Bến Nghé"), ("2025-07-01", "Phường Sài Gòn")):
        (unit,) = whole_city.get(f"/places/26740?on={day}").json()["units"]
        assert unit["title"]["vi"] == name


@pytest.mark.parametrize("code", ["0", "99999", "%00", "';--", "x" * 3000, "２６７４０"])
def test_an_unknown_code_is_a_404(whole_city: City, code: str) -> None:
    assert whole_city.get(f"/places/{code}").status_code == 404


@pytest.mark.parametrize("day", ["", "today", "2025-02-30", "0000-01-01", "20250701", "2025-W01-1"])
def test_a_bad_day_is_a_400(whole_city: City, day: str) -> None:
    assert whole_city.get(f"/places/26740?on={day}").status_code == 400


def test_health_tells_database_release_and_view(whole_city: City) -> None:
    for view in ("public", "agency", "full"):
        answer = whole_city.get("/health", view)
        assert answer.json() == {"database": "ok", "release": whole_city.release, "view": view}
        assert answer.headers["Cache-Control"] == "no-store"
