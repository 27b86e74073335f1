"""Features over HTTP: pages, boxes, times, filters, systems of coordinates, and one release per walk."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.features.cursor import Cursor
from tests.serving import LAT, LON, MEASURED, STEP_M, SYNTHETIC, City, Serve, X, Y, publish_rows, row_of

PARCELS = "/collections/cadastre.thua_dat/items"
MANY = 25


@pytest.fixture(scope="module")
def parcels(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """A row of parcels, which tests publish again."""
    database = make_database()
    layer = catalog["cadastre.thua_dat"]
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, number) for number in range(1, MANY + 1)])])
    with serve(database) as city:
        yield city


def items(city: City, query: str = "", view: str = "public") -> dict[str, Any]:
    answer = city.get(f"{PARCELS}{query}", view)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/geo+json"
    found: dict[str, Any] = answer.json()
    assert found["numberReturned"] == len(found["features"])
    return found


def numbers(found: dict[str, Any]) -> set[str]:
    return {feature["properties"]["so_thua"] for feature in found["features"]}


def link_of(found: dict[str, Any], rel: str) -> str | None:
    return next(
        (link["href"].removeprefix("http://bando.example") for link in found["links"] if link["rel"] == rel), None
    )


def walk(city: City, query: str) -> Iterator[dict[str, Any]]:
    path: str | None = f"{PARCELS}{query}"
    while path:
        found = city.get(path).json()
        yield found
        path = link_of(found, "next")


def test_a_feature_tells_what_and_where_it_is(whole_city: City, catalog: Catalog) -> None:
    feature = items(whole_city, "?so_thua=K1")["features"][0]
    assert feature["type"] == "Feature"
    ring = feature["geometry"]["coordinates"][0]
    assert sum(point[0] for point in ring[:4]) / 4 == pytest.approx(LON, abs=2e-7)
    assert sum(point[1] for point in ring[:4]) / 4 == pytest.approx(LAT, abs=2e-7)
    assert all(len(f"{number}".partition(".")[2]) <= 7 for point in ring for number in point)
    assert feature["properties"]["source"] == "do_dac"
    assert feature["properties"]["synthetic"] is False
    assert set(feature["properties"]) == {
        *(name for name, rule in catalog["cadastre.thua_dat"].fields.items() if rule.access is None),
        "source",
        "synthetic",
    }


def test_numbers_keep_their_point_for_programs_and_lose_it_for_people(parcels: City) -> None:
    """GDAL and QGIS take a field for whole numbers when the first ones are written so, and cut 8.5 to 8."""
    written = re.findall(r'"dien_tich":([^,}]*)', parcels.get(f"{PARCELS}?limit=5").text)
    assert len(written) == 5
    assert all(re.fullmatch(r"[0-9]+\.[0-9]+", number) for number in written)
    fid = items(parcels, "?limit=1")["features"][0]["id"]
    page = parcels.get(f"{PARCELS}/{fid}?f=html").text
    assert re.search(r"<td>[0-9]+ m²", page)


def test_the_schema_of_geojson_is_what_features_are(whole_city: City, catalog: Catalog) -> None:
    kinds = {"string": str, "integer": int, "number": float, "boolean": bool}
    for layer in catalog:
        links = whole_city.get(f"/collections/{layer.id}", "full").json()["links"]
        (address,) = (link["href"] for link in links if link["rel"] == "describedby")
        schema = whole_city.get(address.partition("8000")[2], "full").json()["properties"]
        told = schema["properties"]["properties"]
        for feature in whole_city.get(f"/collections/{layer.id}/items", "full").json()["features"]:
            assert set(feature["properties"]) == set(told)
            for name, value in feature["properties"].items():
                assert value is None or isinstance(value, kinds[told[name]["type"]]), (layer.id, name)


def test_every_layer_gives_its_features_as_its_schema_says(whole_city: City, catalog: Catalog) -> None:
    for layer in catalog:
        found = whole_city.get(f"/collections/{layer.id}/items", "full").json()
        schema = whole_city.get(f"/collections/{layer.id}/schema", "full").json()
        assert len(found["features"]) == 2
        for feature in found["features"]:
            assert set(feature["properties"]) == set(schema["properties"]) - {"geometry", "fid"}
            one = whole_city.get(f"/collections/{layer.id}/items/{feature['id']}", "full").json()
            assert {**one, "links": None} == {**feature, "links": None}


def test_outer_rings_run_counter_clockwise(whole_city: City) -> None:
    for feature in items(whole_city)["features"]:
        ring = feature["geometry"]["coordinates"][0]
        assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) > 0


def test_pages_follow_each_other_without_gap_or_repetition(parcels: City) -> None:
    pages = list(walk(parcels, "?limit=10"))
    assert [page["numberReturned"] for page in pages] == [10, 10, 5]
    ids = [feature["id"] for page in pages for feature in page["features"]]
    assert ids == sorted(set(ids))
    assert len(ids) == MANY


def test_a_last_page_that_is_full_has_no_next(parcels: City) -> None:
    assert link_of(items(parcels, f"?limit={MANY}"), "next") is None
    assert link_of(items(parcels, f"?limit={MANY - 1}"), "next") is not None


def test_next_keeps_the_question(parcels: City) -> None:
    pages = list(walk(parcels, f"?limit=2&bbox={LON},{LAT},{LON + 0.0015},{LAT + 0.0001}"))
    assert len(pages) > 1
    assert {len(numbers(page)) for page in pages} <= {1, 2}
    assert sum(page["numberReturned"] for page in pages) < 10


def test_a_box_finds_what_it_touches(parcels: City) -> None:
    at_first = f"{LON - 1e-5},{LAT - 1e-5},{LON + 1e-5},{LAT + 1e-5}"
    assert numbers(items(parcels, f"?bbox={at_first}")) == {"K1"}
    assert numbers(items(parcels, "?bbox=0,0,1,1")) == set()
    assert len(numbers(items(parcels, "?bbox=170,-90,-170,90"))) == 0
    assert len(numbers(items(parcels, "?bbox=-180,-90,180,90"))) == MANY


def test_boxes_and_answers_speak_every_offered_system(parcels: City) -> None:
    for uri in parcels.get("/collections/cadastre.thua_dat").json()["crs"]:
        answer = parcels.get(f"{PARCELS}?so_thua=K1&crs={uri}")
        assert answer.headers["Content-Crs"] == f"<{uri}>"
        first, second = answer.json()["features"][0]["geometry"]["coordinates"][0][0]
        room = 1e-6 if first < 200 else 0.01
        box = f"{first - room},{second - room},{first + room},{second + room}"
        assert numbers(items(parcels, f"?bbox={box}&bbox-crs={uri}")) == {"K1"}, uri


def test_the_stored_grid_is_given_to_the_millimetre_east_first_as_epsg_has_it(parcels: City) -> None:
    uri = "http://www.opengis.net/def/crs/EPSG/0/9210"
    ring = items(parcels, f"?so_thua=K1&crs={uri}")["features"][0]["geometry"]["coordinates"][0]
    assert {(point[0], point[1]) for point in ring} == {
        (round(X + east, 3), round(Y + north, 3)) for north in (-5, 5) for east in (-5, 5)
    }


def test_times_find_what_is_in_force(whole_city: City) -> None:
    """K1 exists from 2025-07-01 on; K2 from 2026-07-01 until that same day."""
    for asked, wanted in {
        "2025-06-30": set(),
        "2025-07-01": {"K1"},
        "2026-07-01": {"K1", "K2"},
        "2026-07-02/..": {"K1"},
        "../2025-07-01": {"K1"},
        "2026-06-30T17:00:00Z": {"K1", "K2"},
        "2026-06-30T16:59:59Z": {"K1"},
        "9999-12-31": {"K1"},
    }.items():
        assert numbers(items(whole_city, f"?datetime={asked}")) == wanted, asked


def test_times_say_nothing_about_layers_without_dates(whole_city: City) -> None:
    answer = whole_city.get("/collections/base_transport.duong_bo/items?datetime=1900-01-01")
    assert answer.json()["numberReturned"] == 2


def test_properties_filter_by_equality(whole_city: City, catalog: Catalog) -> None:
    assert numbers(items(whole_city, "?so_thua=K2")) == {"K2"}
    assert numbers(items(whole_city, "?so_thua=K2&so_to=K1")) == set()
    assert numbers(items(whole_city, "?hieu_luc_tu=2025-07-01")) == {"K1"}
    assert numbers(items(whole_city, "?so_thua=%27%20OR%201=1")) == set()
    code = next(iter(catalog.domains["loai_dat"].values))
    assert numbers(items(whole_city, f"?loai_dat={code}")) == {"K1", "K2"}
    assert numbers(items(whole_city, "?da_cap_gcn=true", "agency")) == {"K1"}


VALUES = {
    "integer": "1",
    "number": "1.5",
    "boolean": "true",
    "date": "2025-01-01",
    "datetime": "2025-01-01T00:00:00Z",
}


def test_queryables_are_exactly_what_can_be_asked(whole_city: City, catalog: Catalog) -> None:
    for layer in catalog:
        asked = whole_city.get(f"/collections/{layer.id}/queryables", "full").json()["properties"]
        for name in set(asked) - {"geometry"}:
            kind = "integer" if name == "fid" else layer.fields[name].type
            value = VALUES.get(kind, "x")
            answer = whole_city.get(f"/collections/{layer.id}/items?limit=1&{name}={value}", "full")
            assert answer.status_code == 200, (layer.id, name, answer.text)


@pytest.mark.parametrize(
    "query", ["?dia_chi=K1", "?da_cap_gcn=true", "?nguon_goc=1", "?geom=1", "?geometry=1", "?hash=1", "?khong_co=1"]
)
def test_a_hidden_field_cannot_be_asked_for_and_is_refused_like_an_unknown_one(whole_city: City, query: str) -> None:
    answer = whole_city.get(f"{PARCELS}{query}")
    assert answer.status_code == 400
    told = answer.json()["detail_en"].partition(";")[2]
    assert "dia_chi" not in told
    assert "nguon_goc" not in told


BAD = [
    "limit=0",
    "limit=-1",
    f"limit={2**63}",
    "limit=10;drop",
    "bbox=nan,0,1,1",
    "bbox=0,0,1e308,1",
    "bbox=1,2,3",
    "bbox=107,11,106,10,1",
    "bbox=106,11,107,10",
    "datetime=0000-01-01",
    "datetime=292277026596-01-01",
    "datetime=2025-01-02/2025-01-01",
    "cursor=forged",
    "cursor=",
    "crs=http://169.254.169.254/",
    "bbox-crs=EPSG:9210&bbox=1,1,2,2",
    "f=xml",
    "f=",
    "so_thua=%00",
    "geom::text=1",
    "(select%201)=1",
    "hieu_luc_tu=today",
    "hieu_luc_tu=0000-00-00",
    "so_thua=" + "x" * 2000,
    "offset=10",
    "fid=x",
    "dien_tich=nan",
    "filter=so_thua%3D1",
    "sortby=dia_chi",
    "properties=dia_chi",
    "skipGeometry=1",
    "so_thua=a&so_thua=b",
]


@pytest.mark.parametrize("query", BAD)
def test_bad_questions_are_a_400_with_sentences(whole_city: City, query: str) -> None:
    answer = whole_city.get(f"{PARCELS}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] != answer.json()["detail_en"]


@pytest.mark.parametrize(
    "text", ["%C3%A9", "e%CC%81", "%E2%80%AE", "%ED%A0%80", "%FF", "%27", "%25", "%5C", "%F0%9F%97%BA"]
)
def test_odd_letters_are_values_like_others(whole_city: City, text: str) -> None:
    assert items(whole_city, f"?so_thua={text}")["numberReturned"] == 0


@pytest.mark.parametrize("fid", ["0", "-1", "1.5", "abc", "9" * 19, "9" * 400, "1;drop", "%00", "١", "1e1", "+1"])
def test_a_feature_that_is_not_there_is_a_404(whole_city: City, fid: str) -> None:
    assert whole_city.get(f"{PARCELS}/{fid}").status_code == 404


def test_hidden_layers_do_not_exist(whole_city: City, catalog: Catalog) -> None:
    for layer in catalog:
        if layer.file.access == "public":
            continue
        fid = whole_city.get(f"/collections/{layer.id}/items", "full").json()["features"][0]["id"]
        for path in ("", "/items", f"/items/{fid}", "/schema", "/queryables"):
            hidden = whole_city.get(f"/collections/{layer.id}{path}")
            unknown = whole_city.get(f"/collections/{layer.id}x{path}")
            assert hidden.status_code == unknown.status_code == 404
            assert hidden.text.replace(layer.id, "") == unknown.text.replace(f"{layer.id}x", "")


def test_html_shows_words_and_escapes_what_agencies_wrote(parcels: City, catalog: Catalog) -> None:
    layer = catalog["cadastre.thua_dat"]
    row = list(row_of(catalog, layer, 900))
    names = list(layer.fields)
    row[names.index("ky_hieu_muc_dich")] = "<script>alert(1)</script>"
    row[names.index("so_thua")] = "<b>"
    publish_rows(parcels.database, SYNTHETIC, [(layer, [tuple(row)])])
    feature = items(parcels, "?so_thua=%3Cb%3E")["features"][0]
    for path in (f"{PARCELS}/{feature['id']}?f=html", f"{PARCELS}?f=html&so_thua=%3Cb%3E"):
        page = parcels.get(path)
        assert page.headers["Content-Type"].startswith("text/html")
        assert (
            re.sub(r'<script type="module" src="(\.\./)+assets/viewer/\w+/pagemap\.js"></script>', "", page.text).count(
                "<script"
            )
            == 0
        )
        assert "&lt;b&gt;" in page.text
        assert "synthetic" in page.text


def test_a_page_draws_its_features_each_a_link_and_offers_the_whole(parcels: City) -> None:
    found = items(parcels, "?limit=5")["features"]
    page = parcels.get(f"{PARCELS}?f=html&limit=5").text
    drawn = re.findall(r'<a href="[^"]*/items/(\d+)\?f=html"><title>', page)
    assert drawn == [str(feature["id"]) for feature in found]
    assert page.count('<path class="area"') == 5
    for form in ("csv", "arrow", "parquet", "flatgeobuf", "gpkg"):
        assert f"/items?f={form}" in page
    assert "<svg" not in parcels.get(f"{PARCELS}?f=html&so_thua=none").text


def test_pages_for_people_lead_on(parcels: City) -> None:
    page = parcels.get(f"{PARCELS}?f=html&limit=5", headers={"Accept": "text/html"}).text
    assert 'rel="next"' in page
    for path in ("/collections?f=html", "/collections/cadastre.thua_dat?f=html"):
        assert "Thửa đất" in parcels.get(path).text


@pytest.mark.parametrize("where", ["", "&bbox=106,10,108,12"])
def test_a_walk_shows_one_release_however_often_the_layer_is_published(
    make_database: Callable[[], Database], catalog: Catalog, serve: Serve, where: str
) -> None:
    layer, database = catalog["cadastre.thua_dat"], make_database()
    rows = [row_of(catalog, layer, number) for number in range(1, 10)]
    publish_rows(database, MEASURED, [(layer, rows)])
    with serve(database) as city:
        first = items(city, f"?limit=4{where}")
        moved = [(*row_of(catalog, layer, number)[:-1], row_of(catalog, layer, 99)[-1]) for number in range(5, 12)]
        assert publish_rows(database, MEASURED, [(layer, moved)]) == 2
        path, ids = link_of(first, "next"), [feature["id"] for feature in first["features"]]
        while path:
            answer = city.get(path)
            assert answer.headers["Bando-Release"] == "1"
            assert all(
                one["geometry"]["coordinates"][0][0][0] < LON + 10 * STEP_M / 1e5 for one in answer.json()["features"]
            )
            ids += [feature["id"] for feature in answer.json()["features"]]
            path = link_of(answer.json(), "next")
        assert len(ids) == len(set(ids)) == 9
        assert numbers(items(city)) == {f"K{number}" for number in range(5, 12)}


def test_a_cursor_of_a_release_to_come_is_refused(parcels: City) -> None:
    forged = Cursor("cadastre.thua_dat", 1_000_000, 1)
    assert parcels.get(f"{PARCELS}?cursor={forged}").status_code == 400
