"""Negotiation, validators and links."""

import re

import pytest

from gis_server.features.mercator import to_mercator
from gis_server.web.answers import etag_of, is_known, prefers_html
from tests.serving import City, Serve

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "is_html"),
    [
        ("", False),
        ("*/*", False),
        (BROWSER, True),
        ("application/json", False),
        ("text/html;q=0.5, application/json", False),
        ("application/geo+json;q=0.1, text/html", True),
        ("text/html;q=nonsense", False),
        ("text/html;q=nan", False),
        ("," * 500, False),
    ],
)
def test_accept_chooses_between_pages_and_json(accept: str, is_html: bool) -> None:
    assert prefers_html(accept) is is_html


@pytest.mark.parametrize(
    "header", ['"{}"', 'W/"{}"', '"a", "{}"', "*", ",".join(f'"{n}"' for n in range(10_000)) + ',"{}"']
)
def test_a_known_tag_is_recognised(header: str) -> None:
    etag = etag_of(b"tile")
    assert is_known(header.replace("{}", etag.strip('"')), etag)


@pytest.mark.parametrize("header", [None, "", '"other"', "garbage", '"'])
def test_another_tag_is_not(header: str | None) -> None:
    assert not is_known(header, etag_of(b"tile"))


def test_equal_bytes_have_equal_tags_and_others_do_not() -> None:
    assert etag_of(b"tile") == etag_of(b"tile") != etag_of(b"other")


def test_web_mercator_is_the_square_that_tiles_are_cut_from() -> None:
    west, south, east, north = to_mercator((-180, -90, 180, 90))
    assert (west, east) == pytest.approx((-20037508.342789244, 20037508.342789244))
    assert (south, north) == pytest.approx((-20037508.342789244, 20037508.342789244))


def test_behind_a_proxy_every_address_is_the_public_one(whole_city: City, serve: Serve) -> None:
    """Also under a path, and whatever the request says of itself: phones and desktop programs resolve nothing."""
    public = "https://gis.example/bando"
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
    with serve(whole_city.database, public_url=public) as city:
        style = city.get("/styles/nen?glyphs=true", headers=forged).json()
        tiles = city.get("/tiles/nen", headers=forged).json()["tiles"]
        found = [style["sprite"], style["glyphs"], *(one["url"] for one in style["sources"].values()), *tiles]
        for path in ("/wms?REQUEST=GetCapabilities", "/wmts/1.0.0/WMTSCapabilities.xml"):
            document = city.get(path, headers=forged).text
            found += re.findall(r'(?:xlink:href|template)="(http[^"]+)"', document)
    assert len(found) > 100
    assert [one for one in found if not one.startswith(f"{public}/")] == []
    assert style["glyphs"] == f"{public}/glyphs/{{fontstack}}/{{range}}.pbf"
