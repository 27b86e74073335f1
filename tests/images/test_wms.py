"""WMS 1.1.1 and 1.3.0: axes, layers, transparency, clicks, legends, and faults in its own form."""

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from gis_server.catalog import Catalog
from gis_server.images.legend import Part, legend_size, legend_svg
from gis_server.settings import HOME
from tests.images.conftest import GROUND, LAKE, NAMES, PARCEL, WATER, Shot, box_around, opened, shores
from tests.serving import LAT, LON, City, X, Y

INSIDE_M, OUTSIDE_M = 2.5, 4.0


def get_map(city: City, catalog: Catalog, version: str, crs: str, **query: Any) -> Shot:
    """A map of the lake, its box written as this version does in this system."""
    srid = 4326 if crs == "CRS:84" else int(crs[5:])
    box = box_around(catalog, srid)
    written = (box[1], box[0], box[3], box[2]) if (version, crs) == ("1.3.0", "EPSG:4326") else box
    given = {
        "SERVICE": "WMS", "REQUEST": "GetMap", "VERSION": version, "LAYERS": "nen", "STYLES": "",
        ("CRS" if version == "1.3.0" else "SRS"): crs, "BBOX": ",".join(map(repr, written)),
        "WIDTH": "1200", "HEIGHT": "900", "FORMAT": "image/png", **query,
    }  # fmt: skip
    answer = city.get("/wms", params=given)
    assert (answer.status_code, answer.headers["content-type"]) == (200, given["FORMAT"]), answer.text
    return Shot(opened(answer.content), srid, box, catalog)


@pytest.mark.parametrize(
    ("version", "crs"),
    [
        *(("1.3.0", crs) for crs in ("EPSG:3857", "EPSG:4326", "CRS:84", "EPSG:9210", "EPSG:3405")),
        *(("1.1.1", crs) for crs in ("EPSG:3857", "EPSG:4326", "EPSG:9210", "EPSG:3405")),
    ],
)
def test_the_lake_lies_where_it_is_in_each_version_and_system(
    drawn_city: City, catalog: Catalog, version: str, crs: str
) -> None:
    """A lake four times as wide as high would stand upright if the axes were taken for each other."""
    shot = get_map(drawn_city, catalog, version, crs)
    assert shot.strangers(shores(INSIDE_M), WATER) == []
    assert shot.strangers(shores(-OUTSIDE_M), GROUND) == []


def test_degrees_written_east_first_are_another_place_in_the_newer_version(drawn_city: City, catalog: Catalog) -> None:
    west, south, east, north = box_around(catalog, 4326)
    swapped = get_map(drawn_city, catalog, "1.3.0", "EPSG:4326", BBOX=f"{south},{west},{north},{east}")
    assert swapped.strangers(shores(INSIDE_M), WATER) == []
    elsewhere = drawn_city.get(
        f"/wms?REQUEST=GetMap&LAYERS=nen&CRS=EPSG:4326&BBOX={west},{south},{east},{north}&WIDTH=10&HEIGHT=10"
    )
    assert elsewhere.status_code == 400, "106 degrees north is no place"


def test_pixels_that_are_not_square_stretch_the_map(drawn_city: City, catalog: Catalog) -> None:
    shot = get_map(drawn_city, catalog, "1.3.0", "EPSG:3857", WIDTH="600", HEIGHT="900")
    assert shot.pixels.shape[:2] == (900, 600)
    assert shot.strangers(shores(INSIDE_M + 2), WATER) == []
    assert shot.strangers(shores(-OUTSIDE_M - 2), GROUND) == []


def test_layers_lie_over_each_other_in_the_order_they_are_named(drawn_city: City, catalog: Catalog) -> None:
    both = get_map(drawn_city, catalog, "1.3.0", "EPSG:3857", LAYERS=f"nen,{PARCEL}", STYLES=",")
    alone = get_map(drawn_city, catalog, "1.3.0", "EPSG:3857", LAYERS=PARCEL)
    house = (X - 250, Y + 250)
    assert both.at(*house) != GROUND
    assert both.at(X, Y + 50) == WATER
    assert alone.at(X, Y + 50) == (255, 255, 255)


def test_a_transparent_map_shows_what_lies_under_it(drawn_city: City, catalog: Catalog) -> None:
    clear = get_map(drawn_city, catalog, "1.3.0", "EPSG:9210", TRANSPARENT="TRUE")
    assert clear.pixels[0, 0, 3] == 0
    assert clear.at(X, Y + 50) == WATER
    red = get_map(drawn_city, catalog, "1.1.1", "EPSG:3857", BGCOLOR="0xFF0000", LAYERS=PARCEL)
    assert red.at(X, Y + 50) == (255, 0, 0)
    ground = get_map(drawn_city, catalog, "1.1.1", "EPSG:3857", BGCOLOR="0xFF0000")
    assert ground.at(X, Y - 150) == GROUND, "a map has a ground of its own"
    jpeg = get_map(drawn_city, catalog, "1.3.0", "EPSG:3857", TRANSPARENT="TRUE", FORMAT="image/jpeg")
    assert jpeg.strangers([(X, Y - 150)], (255, 255, 255)) == []


def test_styles_are_day_and_night(drawn_city: City, catalog: Catalog) -> None:
    day, night = (get_map(drawn_city, catalog, "1.3.0", "EPSG:3857", STYLES=one) for one in ("light", "dark"))
    assert day.pixels[..., :3].mean() > 180
    assert night.pixels[..., :3].mean() < 110


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_capabilities_name_what_can_be_asked_for(drawn_city: City, catalog: Catalog, version: str) -> None:
    answer = drawn_city.get(f"/wms?SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}")
    root = ET.fromstring(answer.content)
    assert root.attrib["version"] == version
    names = {one.text for one in root.iter() if one.tag.endswith("Name") and "." in (one.text or "")}
    assert names == {LAKE, PARCEL, NAMES, "base_frame.pham_vi_du_lieu"}, "empty layers are left out"
    links = [value for one in root.iter() for name, value in one.attrib.items() if name.endswith("href")]
    assert all(link.startswith("http://bando.example/") for link in links)
    again = drawn_city.get(
        f"/wms?service=wms&request=getcapabilities&version={version}", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_a_key_goes_along_to_every_address(drawn_city: City) -> None:
    root = ET.fromstring(drawn_city.get(f"/wms?REQUEST=GetCapabilities&key={drawn_city.agency_key}").content)
    links = [value for one in root.iter() for name, value in one.attrib.items() if name.endswith("href")]
    assert all(f"key={drawn_city.agency_key}" in link for link in links)


def click(city: City, catalog: Catalog, form: str, **query: str) -> Any:
    box = ",".join(map(repr, box_around(catalog, 3857)))
    given = {
        "REQUEST": "GetFeatureInfo", "VERSION": "1.3.0", "LAYERS": "nen", "QUERY_LAYERS": "nen", "CRS": "EPSG:3857",
        "BBOX": box, "WIDTH": "1200", "HEIGHT": "900", "I": "600", "J": "450", "INFO_FORMAT": form, **query,
    }  # fmt: skip
    return city.get("/wms", params=given)


def test_a_click_tells_of_what_lies_there_in_words(drawn_city: City, catalog: Catalog) -> None:
    plain = click(drawn_city, catalog, "text/plain").text
    assert "Mặt nước tĩnh" in plain
    assert "© Sở X" in plain
    page = click(drawn_city, catalog, "text/html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Mặt nước tĩnh" in page.text
    found = click(drawn_city, catalog, "application/json", FEATURE_COUNT="5").json()["features"]
    assert [one["id"].rpartition(".")[0] for one in found] == [LAKE, "base_frame.pham_vi_du_lieu"], (
        "the lake is smaller"
    )
    west, south = np.array(found[0]["geometry"]["coordinates"][0]).min(axis=0)
    assert (west < LON < west + 0.01, south < LAT < south + 0.01) == (True, True)
    assert click(drawn_city, catalog, "application/json", QUERY_LAYERS=PARCEL).json()["features"] == []


def test_what_a_feature_says_is_text_and_no_markup(drawn_city: City, catalog: Catalog) -> None:
    assert "<script" not in click(drawn_city, catalog, "text/html", QUERY_LAYERS="nen").text
    assert "&lt;" not in click(drawn_city, catalog, "text/plain").text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("REQUEST=GetStyles", "OperationNotSupported"),
        ("REQUEST=GetMap&LAYERS=khong.co", "LayerNotDefined"),
        ("REQUEST=GetMap&STYLES=blue", "StyleNotDefined"),
        ("REQUEST=GetMap&FORMAT=image/tiff", "InvalidFormat"),
        ("REQUEST=GetMap&CRS=EPSG:32648", "InvalidCRS"),
        ("REQUEST=GetMap&VERSION=1.1.1&SRS=AUTO:42001", "InvalidSRS"),
        ("REQUEST=GetFeatureInfo&QUERY_LAYERS=nen&I=50&J=4", "InvalidPoint"),
        ("REQUEST=GetFeatureInfo&QUERY_LAYERS=nen&I=5&J=5&INFO_FORMAT=gml", "InvalidFormat"),
        ("REQUEST=GetFeatureInfo&QUERY_LAYERS=khong.co&I=5&J=5", "LayerNotDefined"),
        ("REQUEST=GetMap&WIDTH=0", ""),
        ("REQUEST=GetMap&WIDTH=4096&HEIGHT=4096", ""),
        ("REQUEST=GetMap&BBOX=1,1,0,0", ""),
        ("REQUEST=GetMap&BBOX=106,10,107", ""),
        ("REQUEST=GetMap&BGCOLOR=red", ""),
        ("REQUEST=GetMap&LAYERS=" + ",".join(["nen"] * 41), ""),
        ("REQUEST=GetMap&SLD=http://169.254.169.254/", ""),
        ("REQUEST=GetMap&CQL_FILTER=1=1", ""),
        ("REQUEST=GetMap&bbox=106,10,107,11&BBOX=106,10,107,11", ""),
        ("SERVICE=WFS&REQUEST=GetMap", ""),
    ],
)
def test_faults_are_told_in_the_form_of_the_version(drawn_city: City, query: str, code: str) -> None:
    given = {"LAYERS": "nen", "CRS": "CRS:84", "BBOX": "106,10,107,11", "WIDTH": "50", "HEIGHT": "50"}
    own = {part.partition("=")[0].upper() for part in query.split("&")}
    rest = "&".join(f"{name}={value}" for name, value in given.items() if name not in own)
    answer = drawn_city.get(f"/wms?{query}&{rest}")
    old = "1.1.1" in query
    assert answer.status_code == 400
    assert answer.headers["content-type"] == ("application/vnd.ogc.se_xml" if old else "text/xml; charset=utf-8")
    (fault,) = list(ET.fromstring(answer.content))
    assert fault.attrib.get("code", "") == code
    assert " · " in (fault.text or ""), "in Vietnamese and in English"


def test_what_qgis_sends_beside_the_standard_is_taken(drawn_city: City) -> None:
    answer = drawn_city.get(
        "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&BBOX=10.7,106.6,10.8,106.8&CRS=EPSG:4326&WIDTH=60&HEIGHT=40"
        "&LAYERS=nen&STYLES=&FORMAT=image/png;%20mode=8bit&DPI=96&MAP_RESOLUTION=96&FORMAT_OPTIONS=dpi:96&TRANSPARENT=TRUE"
    )
    assert answer.status_code == 200


def test_a_legend_is_as_big_as_the_capabilities_say(drawn_city: City) -> None:
    root = ET.fromstring(drawn_city.get("/wms?REQUEST=GetCapabilities").content)
    wms = "{http://www.opengis.net/wms}"
    told = root.find(f".//{wms}Layer[{wms}Name='{PARCEL}']/{wms}Style/{wms}LegendURL")
    assert told is not None
    link = told[1].attrib["{http://www.w3.org/1999/xlink}href"]
    picture = opened(drawn_city.get(link.removeprefix("http://bando.example")).content)
    assert picture.shape[1::-1] == (int(told.attrib["width"]), int(told.attrib["height"]))
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 20


def test_a_legend_writes_every_letter_and_sign() -> None:
    entries = [
        {"title": {"vi": f"≥ 1500 mm <{n}>", "en": "≥"}, "shape": "line", "color": "#112233", "width": n}
        for n in (1, 9)
    ]
    parts = [Part("Tuyến cống · Pipe", entries), Part("Đê · Dyke", [{**entries[0], "icon": "bank", "shape": "icon"}])]
    svg = legend_svg(parts, "light", HOME / "styles" / "sprites")
    root = ET.fromstring(svg)
    assert (int(root.attrib["width"]), int(root.attrib["height"])) == legend_size(parts)
    words = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert words == ["Tuyến cống · Pipe", "≥ 1500 mm <1> · ≥", "≥ 1500 mm <9> · ≥", "Đê · Dyke"]
    assert sum(one.tag.endswith("image") for one in root.iter()) == 1


def test_a_layer_of_names_alone_has_its_title_for_a_legend(drawn_city: City) -> None:
    legend = opened(drawn_city.get(f"/wms?REQUEST=GetLegendGraphic&LAYER={NAMES}").content, "RGB")
    assert len(np.unique(legend.reshape(-1, 3), axis=0)) > 10
