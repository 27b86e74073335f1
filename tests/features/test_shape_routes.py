"""Questions with a drawn shape: answers checked against shapely, hostile bodies are sentences."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.features.cql.city import Rows
from tests.serving import LAT, LON, SYNTHETIC, City, Serve, X, Y, publish_rows, row_of

GRID = "http://www.opengis.net/def/crs/EPSG/0/9210"
PARCELS, ROADS = "cadastre.thua_dat", "base_transport.duong_bo"
SHAPE = shapely.Polygon([(X + 35, Y + 15), (X + 185, Y + 25), (X + 155, Y + 175), (X + 25, Y + 145)])


@pytest.fixture(scope="module")
def city(lots_database: Database, catalog: Catalog, serve: Serve) -> Iterator[City]:
    roads = [row_of(catalog, catalog[ROADS], number) for number in range(1, 6)]
    publish_rows(lots_database, SYNTHETIC, [(catalog[ROADS], roads)])
    with serve(lots_database) as city:
        yield city


def ask(city: City, path: str, body: Any, view: str = "public") -> Any:
    headers = {"Host": "bando.example", **({"Bando-Key": city.agency_key} if view == "agency" else {})}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return city.client.post(path, content=content, headers={**headers, "Content-Type": "application/json"})


def drawn(shape: Any = SHAPE, **more: Any) -> dict[str, Any]:
    return {"shape": shapely.geometry.mapping(shape), "crs": GRID, **more}


def test_a_summary_counts_and_measures_what_is_inside(city: City, lots: Rows) -> None:
    answer = ask(city, "/query/summary", drawn(layer=PARCELS, by="loai_dat"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    inside = [(row["loai_dat"], row["geometry"].intersection(SHAPE).area) for row in lots]
    inside = [(code, area) for code, area in inside if area > 0]
    assert told["total"]["count"] == len(inside) == sum(one["count"] for one in told["classes"])
    assert told["total"]["area_m2"] == pytest.approx(sum(area for _, area in inside), abs=0.01)
    for one in told["classes"]:
        mine = [area for code, area in inside if code == one["class"]]
        assert one["count"] == len(mine)
        assert one["area_m2"] == pytest.approx(sum(mine), abs=0.01)
        assert ("word" in one) == (one["class"] is not None)
    assert told["total"]["synthetic"] == 0
    assert answer.headers["Bando-Release"] == str(told["release"])


def test_a_summary_goes_with_a_filter_and_a_margin(city: City, lots: Rows) -> None:
    for given in ("dien_tich > 5", {"op": ">", "args": [{"property": "dien_tich"}, 5]}):
        told = ask(city, "/query/summary", drawn(layer=PARCELS, filter=given, within_m=12.5)).json()
        wide = SHAPE.buffer(12.5, quad_segs=16)
        found = [row for row in lots if (row["dien_tich"] or 0) > 5 and row["geometry"].intersection(wide).area > 0]
        assert told["total"]["count"] == len(found)
        assert told["classes"] == []


def test_lines_are_measured_by_their_length_and_synthetic_ones_counted(city: City) -> None:
    told = ask(city, "/query/summary", drawn(shapely.box(X - 100, Y - 100, X + 1, Y + 100), layer=ROADS)).json()
    assert told["total"] == {"count": 1, "synthetic": 1, "length_m": pytest.approx(5 + 1.17, abs=0.02)}


def test_around_finds_what_lies_within_a_distance_nearest_first(city: City, lots: Rows) -> None:
    line = shapely.LineString([(X - 20, Y - 20), (X + 250, Y - 20)])
    for within in (0, 15, 40):
        told = ask(city, "/query/around", drawn(line, within_m=within, layers=[PARCELS])).json()
        wanted = sorted(row["geometry"].distance(line) for row in lots if row["geometry"].distance(line) <= within)
        assert [one["distance_m"] for one in told["features"]] == pytest.approx(wanted, abs=0.002)
    assert shapely.geometry.shape(told["area"]).contains(shapely.Point(LON, LAT))
    assert ask(city, "/query/around", drawn(line, within_m=40, layers=[PARCELS], limit=3)).json()["features"][2:]


def test_every_layer_is_asked_in_degrees_too(city: City) -> None:
    told = ask(city, "/query/around", {"shape": {"type": "Point", "coordinates": [LON, LAT]}, "within_m": 60}).json()
    assert {one["layer"] for one in told["features"]} == {PARCELS, ROADS}
    assert ask(city, "/query/around", {"shape": {"type": "Point", "coordinates": [2, 48]}}).json()["features"] == []


def test_what_is_hidden_is_not_told(city: City) -> None:
    for path, hidden, unknown in (
        ("/query/summary", {"layer": "drainage.ho_ga"}, {"layer": "drainage.ho_gax"}),
        ("/query/around", {"layers": ["drainage.ho_ga"]}, {"layers": ["drainage.ho_gax"]}),
        ("/query/summary", {"layer": PARCELS, "by": "nguon_goc"}, {"layer": PARCELS, "by": "khong_co"}),
    ):
        first, second = ask(city, path, drawn(**hidden)), ask(city, path, drawn(**unknown))
        assert first.status_code == second.status_code in (400, 404)
        same = first.text.replace("nguon_goc", "khong_co").replace("ho_ga", "ho_gax")
        assert same == second.text
    assert ask(city, "/query/summary", drawn(layer=PARCELS, by="nguon_goc"), "agency").status_code == 200


BOW_TIE = shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])
BAD: list[Any] = [
    b"",
    b"[]",
    b"\xff",
    b"null",
    b"[" * 100_000,
    b'{"shape":{},"shape":{}}',
    {},
    {"shape": None},
    {"shape": {}},
    {"shape": {"type": "Point", "coordinates": [1e999, 1]}},
    {"shape": {"type": "Polygon", "coordinates": [[]]}},
    {"shape": {"bbox": [1, 2, 3]}},
    drawn(BOW_TIE),
    drawn(within_m=-1),
    drawn(within_m=1e9),
    drawn(within_m="5"),
    drawn(within_m=float("nan")),
    drawn(within_m=True),
    drawn(crs="http://169.254.169.254/"),
    drawn() | {"crs": 9210},
    drawn(more=1),
]


@pytest.mark.parametrize("body", BAD, ids=lambda body: str(body)[:40])
def test_bad_bodies_are_sentences(city: City, body: Any) -> None:
    answer = ask(city, "/query/around", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"] != answer.json()["detail_en"]


@pytest.mark.parametrize("more", [{"limit": 0}, {"limit": "9"}, {"layers": "x"}, {"layers": [1]}, {"limit": 10**9}])
def test_bad_wishes_are_sentences(city: City, more: dict[str, Any]) -> None:
    assert ask(city, "/query/around", drawn(**more)).status_code == 400


@pytest.mark.parametrize(
    "more", [{"by": "geom"}, {"by": 1}, {"by": "dien_tich"}, {"filter": "x = 1"}, {"filter": 1}, {"filter": []}]
)
def test_bad_summaries_are_sentences(city: City, more: dict[str, Any]) -> None:
    assert ask(city, "/query/summary", drawn(layer=PARCELS, **more)).status_code == 400


def test_a_body_that_is_too_large_is_not_read(city: City) -> None:
    assert ask(city, "/query/around", b" " * 1_000_001).status_code == 413
