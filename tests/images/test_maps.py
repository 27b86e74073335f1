"""Pictures of maps: each place in its colour, whatever grid and format is asked for."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from gis_server.catalog import Catalog
from tests.images.conftest import (
    GROUND,
    HALF_WIDTH,
    LAKE,
    PARCEL,
    WATER,
    Shot,
    box_around,
    opened,
    shores,
)
from tests.serving import City, X, Y

Shoot = Callable[..., Shot]
INSIDE_M, OUTSIDE_M = 2.5, 4.0
"""From the shore, at about a metre a pixel: the line on it is narrower."""


@pytest.mark.parametrize("srid", [3857, 4326, 9210, 3405, 5899])
def test_the_lake_lies_where_it_was_measured_in_every_grid(shoot: Shoot, catalog: Catalog, srid: int) -> None:
    shot = shoot("/maps/nen.png", srid, box_around(catalog, srid), width=1200, show="none")
    assert shot.strangers(shores(INSIDE_M), WATER) == []
    assert shot.strangers(shores(-OUTSIDE_M), GROUND) == []


def test_a_place_is_right_to_a_pixel_by_the_pinned_shift(shoot: Shoot, catalog: Catalog) -> None:
    """At 10 cm a pixel, with the shore in the middle: PROJ's own choice of shift would be eight pixels off."""
    for srid in (3857, 9210):
        west, south, east, north = box_around(catalog, srid, 40, 30)
        box = (west + HALF_WIDTH, south, east + HALF_WIDTH, north)
        shot = shoot(f"/maps/{LAKE}.png", srid, box, width=800, show="none")
        assert shot.strangers([(X + HALF_WIDTH - 0.25, Y)], WATER) == []
        assert shot.strangers([(X + HALF_WIDTH + 0.25, Y)], (255, 255, 255)) == []


def test_fine_screens_get_the_same_map_with_twice_the_pixels(shoot: Shoot, catalog: Catalog) -> None:
    shot = shoot("/maps/nen.png", 9210, box_around(catalog, 9210), width=600, scale=2, show="none")
    assert shot.pixels.shape[1] == 1200
    assert shot.strangers(shores(INSIDE_M), WATER) == []
    assert shot.strangers(shores(-OUTSIDE_M), GROUND) == []


def test_a_size_of_another_shape_shows_more_and_bends_nothing(shoot: Shoot, catalog: Catalog) -> None:
    west, south, east, north = box_around(catalog, 3857)
    shot = shoot("/maps/nen.png", 3857, (west, south, east, north), width=900, height=900, show="none")
    more = ((east - west) - (north - south)) / 2
    whole = Shot(shot.pixels, 3857, (west, south - more, east, north + more), catalog)
    assert whole.strangers(shores(INSIDE_M + 1), WATER) == []
    assert whole.strangers(shores(-OUTSIDE_M - 1), GROUND) == []


@pytest.mark.parametrize(("form", "media"), [("png", "image/png"), ("jpg", "image/jpeg"), ("webp", "image/webp")])
def test_formats_are_what_they_say(drawn_city: City, form: str, media: str) -> None:
    answer = drawn_city.get(f"/maps/nen.{form}?width=320&height=200&show=none")
    assert answer.headers["content-type"] == media
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.get_format_mimetype(), picture.size) == (media, (320, 200))


def test_by_night_it_is_dark(shoot: Shoot, catalog: Catalog) -> None:
    box = box_around(catalog, 3857)
    day, night = (
        shoot("/maps/nen.png", 3857, box, width=300, show="none", scheme=one).pixels.mean() for one in ("light", "dark")
    )
    assert night < 110 < 200 < day


def test_only_the_layers_asked_for_are_drawn(shoot: Shoot, catalog: Catalog) -> None:
    box = box_around(catalog, 3857)
    shown = shoot("/maps/quy_hoach.png", 3857, box, width=600, layers=PARCEL, show="none")
    assert shown.at(X - 250, Y + 250) != shown.at(X, Y + 300)
    assert shown.at(X + 200, Y + 50) == shown.at(X, Y + 420), "the lake is switched off"


def test_sources_age_and_what_is_made_up_are_written_on_it(drawn_city: City, catalog: Catalog) -> None:
    bbox = ",".join(map(str, box_around(catalog, 4326)))
    plain, marked = (
        opened(drawn_city.get(f"/maps/nen.png?bbox={bbox}&width=700&show={show}").content, "L")
        for show in ("none", "scale,north,title")
    )
    foot = plain[-14:-4]
    assert foot.min() < 90, "small print stands at the foot even when no marks are asked for"
    different = np.argwhere(plain != marked)
    assert different[:, 0].max() < plain.shape[0] - 14, "and it is the same with them"
    assert len(different) > 1_000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=106.8,10.7,106.6,10.8", "bbox"),
        ("bbox=nan,10,107,11", "bbox"),
        ("bbox=1e308,10,2e308,11", "bbox"),
        ("bbox=-1e12,-1e12,1e12,1e12&bbox-crs=EPSG:3857", "bbox"),
        ("bbox=5e8,5e8,6e8,6e8&bbox-crs=EPSG:3857", "ngoài bản đồ"),
        ("width=0", "width"),
        ("width=99999", "width"),
        ("width=１００", "width"),
        ("width=4096&height=4096", "quá lớn"),
        ("scale=3", "scale"),
        ("scheme=red", "scheme"),
        ("show=legend", "show"),
        ("crs=EPSG:32648", "crs"),
        ("crs=http://169.254.169.254/x", "crs"),
        ("layers=khong.co", "layers"),
        ("colour=red", "colour"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(drawn_city: City, query: str, words: str) -> None:
    answer = drawn_city.get(f"/maps/nen.png?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/maps/khong_co.png", "/maps/nen.gif", "/maps/meta.release.png", "/maps/nen"])
def test_what_is_not_there_is_not_found(drawn_city: City, path: str) -> None:
    assert drawn_city.get(path).status_code == 404


def test_the_whole_world_can_be_asked_for(drawn_city: City) -> None:
    """MapLibre would look elsewhere if it were asked to see beyond the world's edge."""
    for query in ("bbox=-180,-90,180,90&crs=EPSG:4326", "bbox=-180,-80,180,80&width=300&height=1200"):
        answer = drawn_city.get(f"/maps/nen.png?{query}&show=none")
        assert answer.status_code == 200, answer.text


def test_a_picture_that_did_not_change_is_a_304(drawn_city: City) -> None:
    first = drawn_city.get("/maps/nen.png?width=200")
    again = drawn_city.get("/maps/nen.png?width=200", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert drawn_city.get("/maps/nen.png?width=201").headers["etag"] != first.headers["etag"]
    assert first.headers["cache-control"] == "public, no-cache"
    assert first.headers["bando-release"] == str(drawn_city.release)
