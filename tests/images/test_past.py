"""Pictures, WMS and clicks of an earlier release: what was where then, for whom, and what cannot be asked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.images.conftest import GROUND, LAKE, NAMES, PARCEL, WATER, Shot, box_around, opened, rectangle, row
from tests.serving import LAT, LON, MEASURED, City, Serve, X, Y, publish_rows, tile_at

OLD, NEW = (X, Y + 150), (X, Y - 150)
ARMY, HOUSE = (X - 300, Y), (X + 300, Y)
SIDE = 50


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """A lake and two parcels, one of the army's, in release 1; the lake elsewhere and the army gone in release 2."""
    database = make_database()
    lake, parcel, names = catalog[LAKE], catalog[PARCEL], catalog[NAMES]

    def water(place: tuple[float, float], name: str) -> Any:
        middle = place[0] + 35, place[1] + 35  # its name stands there
        return lake, [row(catalog, lake, 1, rectangle(*middle, SIDE, SIDE), ten=name)]

    def plot(number: int, place: tuple[float, float], use: str) -> tuple[Any, ...]:
        given = {"loai_dat": use, "ky_hieu_muc_dich": None, "hieu_luc_den": None}
        return row(catalog, parcel, number, rectangle(*place, SIDE, SIDE), **given)

    plots = [plot(1, HOUSE, "ODT"), plot(2, ARMY, "CQP")]
    hamlet = row(catalog, names, 1, f"POINT({X} {Y - 400})", ten="Ấp Cũ")
    publish_rows(database, MEASURED, [water(OLD, "Hồ Cũ"), (parcel, plots), (names, [hamlet])])
    publish_rows(database, MEASURED, [water(NEW, "Hồ Mới"), (parcel, plots[:1])])
    with serve(database) as city:
        yield city


def when(city: City, release: int) -> str:
    """The moment of a release, as TIME is written."""
    with city.database.connect("read") as conn:
        moment = conn.execute("SELECT published_at FROM meta.release WHERE release = %s", (release,)).fetchone()
    assert moment is not None
    return str(moment[0].isoformat())


def shot(city: City, catalog: Catalog, path: str, view: str = "public", **query: str) -> Shot:
    box = box_around(catalog, 3857, 450)
    answer = city.get(path, view, params={**query, "bbox": ",".join(map(repr, box))})
    assert answer.status_code == 200, answer.text
    return Shot(opened(answer.content), 3857, box, catalog)


def picture(city: City, catalog: Catalog, view: str = "public", name: str = "nen", **query: str) -> Shot:
    asked = {"bbox-crs": "EPSG:3857", "width": "800", "show": "none", **query}
    return shot(city, catalog, f"/maps/{name}.png", view, **asked)


def wms(city: City, catalog: Catalog, **query: str) -> Shot:
    asked = {"request": "GetMap", "layers": "nen", "crs": "EPSG:3857", "width": "900", "height": "900", **query}
    return shot(city, catalog, "/wms", **asked)


def test_a_picture_shows_the_release_that_is_asked_for(city: City, catalog: Catalog) -> None:
    now, then = picture(city, catalog), picture(city, catalog, release="1")
    assert (now.at(*NEW), now.at(*OLD)) == (WATER, GROUND)
    assert (then.at(*NEW), then.at(*OLD)) == (GROUND, WATER)
    newest = picture(city, catalog, release="2")
    assert (newest.pixels == now.pixels).all()


def test_it_says_which_release_it_is_and_is_validated_apart(city: City) -> None:
    then, now = (city.get(f"/maps/nen.png?width=200{query}") for query in ("&release=1", ""))
    assert (then.headers["bando-release"], now.headers["bando-release"]) == ("1", "2")
    assert then.headers["etag"] != now.headers["etag"]
    known = {"If-None-Match": then.headers["etag"]}
    assert city.get("/maps/nen.png?width=200&release=1", headers=known).status_code == 304
    assert city.get("/maps/nen.png?width=200", headers=known).status_code == 200


def test_wms_takes_a_moment_a_span_and_a_number(city: City, catalog: Catalog) -> None:
    first = when(city, 1)
    for then in ({"TIME": first}, {"TIME": f"2020-01-01/{first}"}, {"RELEASE": "1"}):
        assert wms(city, catalog, **then).at(*OLD) == WATER
    for now in ({"TIME": "current"}, {"TIME": when(city, 2)}, {"TIME": "2100-01-01"}):
        assert wms(city, catalog, **now).at(*NEW) == WATER
    before = wms(city, catalog, TIME="2020-01-01")
    assert (before.at(*OLD), before.at(*NEW)) == (GROUND, GROUND)


def test_picture_tiles_and_wmts_do_too(city: City) -> None:
    x, y = tile_at(LON, LAT, 15)
    kvp = (
        "/wmts?REQUEST=GetTile&LAYER=nen&STYLE=light&FORMAT=image/png&TILEMATRIXSET=WebMercatorQuad"
        f"&TILEMATRIX=15&TILEROW={y}&TILECOL={x}"
    )
    then, now = (city.get(f"/maps/nen/light/15/{x}/{y}.png{query}").content for query in ("?release=1", ""))
    assert then != now
    assert city.get(f"{kvp}&RELEASE=1").content == city.get(f"{kvp}&TIME={when(city, 1)[:-6]}Z").content == then
    assert city.get(kvp).content == now


def test_nobody_sees_in_the_past_what_is_not_his(city: City, catalog: Catalog) -> None:
    white = (255, 255, 255)
    public, agency = (picture(city, catalog, view, PARCEL, release="1") for view in ("public", "agency"))
    assert (public.at(*ARMY), agency.at(*ARMY) == white) == (white, False)
    assert public.at(*HOUSE) != white
    assert picture(city, catalog, "agency", PARCEL).at(*ARMY) == white


def test_a_click_in_the_past_finds_what_was_there(city: City, catalog: Catalog) -> None:
    box = ",".join(map(repr, box_around(catalog, 9210, 450)))
    column, row_ = (OLD[0] - X + 450, Y + 450 - OLD[1])
    asked = (
        f"/wms?REQUEST=GetFeatureInfo&LAYERS=nen&QUERY_LAYERS=nen&CRS=EPSG:9210&BBOX={box}&WIDTH=900&HEIGHT=900"
        f"&I={column:.0f}&J={row_:.0f}&INFO_FORMAT=application/json"
    )
    then, now = (city.get(f"{asked}{query}") for query in ("&RELEASE=1", ""))
    assert [one["properties"]["ten"] for one in then.json()["features"]] == ["Hồ Cũ"]
    assert (now.json()["features"], then.headers["bando-release"]) == ([], "1")


@pytest.mark.parametrize("zoom", [8, 11, 14, 16, 18])
def test_every_layer_of_every_map_can_be_drawn_as_it_was(whole_city: City, catalog: Catalog, zoom: int) -> None:
    """Each group has a release of its own, so in the middle one some layers are old, some are new and some empty."""
    x, y = tile_at(LON, LAT, zoom)
    middle = whole_city.release - 3
    for name in catalog.maps:
        answer = whole_city.get(f"/maps/{name}/light/{zoom}/{x}/{y}.png?release={middle}", "full")
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/maps/nen.png?release=99", "mới nhất là bản 2"),
        ("/maps/nen.png?release=hom-qua", "số bản công bố"),
        (
            "/wms?REQUEST=GetMap&LAYERS=nen&CRS=CRS:84&BBOX=106,10,107,11&WIDTH=9&HEIGHT=9&TIME=12",
            "InvalidDimensionValue",
        ),
        (
            "/wms?REQUEST=GetMap&LAYERS=nen&CRS=CRS:84&BBOX=106,10,107,11&WIDTH=9&HEIGHT=9&TIME=2026-01-01&RELEASE=1",
            "InvalidDimensionValue",
        ),
    ],
)
def test_what_is_no_release_is_refused(city: City, path: str, words: str) -> None:
    answer = city.get(path)
    assert answer.status_code == 400
    assert words in answer.text


def test_capabilities_say_since_when(city: City) -> None:
    for version, element in (("1.3.0", "<Dimension"), ("1.1.1", "<Extent")):
        told = city.get(f"/wms?REQUEST=GetCapabilities&VERSION={version}").text
        assert f'{element} name="time"' in told
        assert "/P1D</" in told
