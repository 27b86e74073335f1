"""Styles and sprites over HTTP: addresses that open, what a caller may see, and nothing fetched twice."""

import io
import json

import pytest
from PIL import Image

from gis_server.catalog import Catalog
from tests.serving import City


def test_every_map_is_listed_with_a_style_that_opens(whole_city: City, catalog: Catalog) -> None:
    listed = whole_city.get("/styles").json()["styles"]
    assert [one["id"] for one in listed] == list(catalog.maps)
    for one in listed:
        for link in one["links"]:
            answer = whole_city.get(link["href"].removeprefix("http://bando.example"))
            assert answer.status_code == 200, link
        assert answer.json()["tilejson"] == "3.0.0"


def test_a_style_points_at_tiles_and_sprites_of_this_service(whole_city: City) -> None:
    style = whole_city.get("/styles/thoat_nuoc").json()
    assert style["sources"]["thoat_nuoc"] == {"type": "vector", "url": "http://bando.example/tiles/thoat_nuoc"}
    rasters = {name: one["url"] for name, one in style["sources"].items() if one["type"] == "raster"}
    assert rasters == {name: f"http://bando.example/rasters/{name}" for name in rasters}
    assert style["sprite"] == "http://bando.example/sprites/bando"
    assert "glyphs" not in style


def test_every_layer_of_a_tile_is_drawn_by_the_maps_style(whole_city: City) -> None:
    style = whole_city.get("/styles/quy_hoach", "full").json()
    drawn = {one["source-layer"] for one in style["layers"] if "source-layer" in one}
    tile = whole_city.tile("quy_hoach", 17, "full")
    assert len(tile) > 5
    assert set(tile) <= drawn


def test_a_key_in_the_address_opens_what_the_style_points_at(whole_city: City) -> None:
    key = whole_city.agency_key
    style = whole_city.get(f"/styles/layers/drainage.ho_ga?key={key}").json()
    address = style["sources"]["drainage.ho_ga"]["url"].removeprefix("http://bando.example")
    assert whole_city.get(address).status_code == 200
    assert whole_city.get("/tiles/drainage.ho_ga").status_code == 404


def test_a_hidden_layer_is_as_unknown_as_one_that_never_was(whole_city: City) -> None:
    hidden, never = (whole_city.get(f"/styles/layers/drainage.{name}") for name in ("ho_ga", "ho_xa"))
    assert hidden.status_code == never.status_code == 404
    assert hidden.json()["title"] == never.json()["title"].replace("ho_xa", "ho_ga")
    assert "drainage.ho_ga" not in whole_city.get("/styles/thoat_nuoc").text
    assert "drainage.ho_ga" in whole_city.get("/styles/thoat_nuoc", "agency").text


def test_an_unchanged_style_is_not_sent_again(whole_city: City) -> None:
    first = whole_city.get("/styles/nen")
    again = whole_city.get("/styles/nen", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Bando-Release"]


@pytest.mark.parametrize("ratio", ["", "@2x"])
def test_the_sprite_has_every_icon_of_the_styles(whole_city: City, ratio: str) -> None:
    index = whole_city.get(f"/sprites/bando{ratio}.json")
    picture = whole_city.get(f"/sprites/bando{ratio}.png")
    assert picture.headers["Content-Type"] == "image/png"
    assert index.headers["ETag"] != picture.headers["ETag"]
    assert not picture.headers["ETag"].startswith("W/")
    image = Image.open(io.BytesIO(picture.content))
    places = json.loads(index.content)
    assert {"hospital", "pump", "theme-drainage", "pattern-rice"} <= places.keys()
    assert max(one["x"] + one["width"] for one in places.values()) == image.width
    same = whole_city.get(f"/sprites/bando{ratio}.png", headers={"If-None-Match": picture.headers["ETag"]})
    assert same.status_code == 304


def test_other_sprites_do_not_exist(whole_city: City) -> None:
    assert whole_city.get("/sprites/bando@3x.png").status_code == 404
    assert whole_city.get("/sprites/..%2Fmaps%2Fnen.yaml").status_code == 404
