"""Edits over the wire: two workers, real keys; each request one release, or a sentence and nothing at all."""

import http.client
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx2
import mapbox_vector_tile
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from gis_server.access.keys import KeyHolder, add_key
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.rollback import Wish, roll_back
from tests.live import Wire
from tests.serving import LAT, LON, MEASURED, SYNTHETIC, X, Y, publish_rows, row_of, tile_at

TREES, PARCELS, MANHOLES = "greenery.cay_xanh_duong_pho", "cadastre.thua_dat", "drainage.ho_ga"
OFFICE = "Công ty Cây xanh, tổ 3"
STORED = "http://www.opengis.net/def/crs/EPSG/0/9210"
NORTH_FIRST = "http://www.opengis.net/def/crs/EPSG/0/4326"
GEOJSON = {"Content-Type": "application/geo+json"}
MERGE = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True)
class Street:
    """A service that takes edits, and keys to it."""

    client: httpx2.Client
    database: Database
    keys: dict[str, str]

    def send(
        self, method: str, path: str, body: Any = None, who: str | None = "trees", **headers: str
    ) -> httpx2.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"POST": GEOJSON, "PUT": GEOJSON, "PATCH": MERGE}.get(method, {})
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        key = {"Bando-Key": self.keys[who]} if who else {}
        return self.client.request(method, path, content=content, headers={**kind, **key, **names})

    def plant(self, number: str, east_m: float = 0.0, **properties: Any) -> httpx2.Response:
        body = feature({"ma_cay": number, **properties}, [X + east_m, Y])
        return self.send("POST", items(TREES), body, Content_Crs=f"<{STORED}>")

    def planted(self, number: str, **properties: Any) -> tuple[str, str]:
        """Path and ETag of a new tree."""
        made = self.plant(number, **properties)
        assert made.status_code == 201, made.text
        return made.headers["Location"], made.headers["ETag"]

    def releases(self) -> int:
        with self.database.connect("read") as conn:
            row = conn.execute("SELECT max(release) FROM meta.release").fetchone()
        assert row is not None
        return int(row[0])

    def tile(self) -> set[str]:
        """Numbers of the trees in the tile at the check point."""
        x, y = tile_at(LON, LAT, 16)
        answer = self.client.get(f"/tiles/{TREES}/16/{x}/{y}.mvt")
        decoded = mapbox_vector_tile.decode(answer.content) if answer.content else {}
        return {one["properties"]["ma_cay"] for layer in decoded.values() for one in layer["features"]}


def items(layer: str) -> str:
    return f"/collections/{layer}/items"


def feature(properties: dict[str, Any], point: list[float]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": properties}


@pytest.fixture(scope="module")
def street(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[Street]:
    database = make_database()
    for source in (MEASURED, SYNTHETIC):
        number = 1 if source is MEASURED else 2
        layers = [catalog[one] for one in (TREES, PARCELS, MANHOLES)]
        publish_rows(database, source, [(layer, [row_of(catalog, layer, number)]) for layer in layers])
    with wire(database, edits=True, workers=2) as running:
        holders = {
            "trees": KeyHolder(view="agency", label=OFFICE, roles=["cay_xanh"]),
            "drains": KeyHolder(view="public", label="Thoát nước", roles=["thoat_nuoc"]),
            "reader": KeyHolder(view="agency", label="Sở Y"),
        }
        keys = {name: add_key(running.keys, holder, catalog.views) for name, holder in holders.items()}
        with httpx2.Client(base_url=running.address, timeout=60, trust_env=False) as client:
            yield Street(client, database, keys)


def test_a_tree_is_planted_found_drawn_and_taken_back(street: Street, catalog: Catalog) -> None:
    before = street.releases()
    assert "T1" not in street.tile()
    made = street.send(
        "POST", f"{items(TREES)}?note=Trồng mới", feature({"ma_cay": "T1", "loai_cay": "Sao đen"}, [LON, LAT])
    )
    assert made.status_code == 201, made.text
    assert made.headers["Bando-Release"] == str(before + 1)
    assert made.json()["properties"]["source"] == "cay_xanh"
    assert made.json()["findings"] == []
    assert [street.client.get(link["href"]).status_code for link in made.json()["links"]] == [200, 200, 200]
    assert "T1" in street.tile()
    found = street.send("GET", made.headers["Location"])
    assert found.headers["ETag"].partition(".")[0] == made.headers["ETag"].partition(".")[0]
    assert found.json()["geometry"]["coordinates"] == pytest.approx([LON, LAT], abs=2e-7)
    changed = street.client.get(f"/changes?since={before}").json()
    assert changed["releases"][0]["release"] == before + 1
    with street.database.connect() as conn:
        row = conn.execute("SELECT who, note FROM meta.release ORDER BY release DESC LIMIT 1").fetchone()
        assert row == (OFFICE, "Trồng mới")
        roll_back(conn, catalog, Wish(before), who="kiểm thử", note="trở lại")
    assert street.send("GET", made.headers["Location"]).status_code == 404


def test_of_a_replaced_feature_nothing_stays_that_was_not_sent(street: Street) -> None:
    path, etag = street.planted("T2", loai_cay="Sao đen", chieu_cao=7.5)
    body = feature({"ma_cay": "T2", "chieu_cao": 8}, [LON, LAT])
    assert street.send("PUT", path, body).status_code == 428
    assert street.send("PUT", path, body, If_Match='"v0"').status_code == 412
    done = street.send("PUT", path, body, If_Match=etag)
    assert done.status_code == 200, done.text
    assert (done.json()["properties"]["loai_cay"], done.json()["properties"]["chieu_cao"]) == (None, 8)
    assert done.headers["ETag"] != etag
    stale = street.send("PUT", path, body, If_Match=etag)
    assert stale.status_code == 412
    assert "đã thay đổi sau khi bạn xem" in stale.json()["detail"]


def test_an_update_changes_what_it_names(street: Street) -> None:
    path, etag = street.planted("T3", loai_cay="Dầu rái", chieu_cao=7.5)
    before = street.send("GET", path, crs=STORED).json()
    done = street.send("PATCH", path, {"properties": {"chieu_cao": 9, "loai_cay": None}}, If_Match=etag)
    assert done.status_code == 200, done.text
    assert done.json()["properties"] == {**before["properties"], "chieu_cao": 9, "loai_cay": None}
    moved = {"geometry": {"type": "Point", "coordinates": [LON, LAT]}}
    assert street.send("PATCH", path, moved, If_Match=done.headers["ETag"]).status_code == 200
    assert street.send("PATCH", path, moved, If_Match="*", Content_Type="application/json").status_code == 415


def test_an_etag_changes_when_its_feature_does_and_not_before(street: Street) -> None:
    path, _ = street.planted("T4")
    etag = street.send("GET", path).headers["ETag"]
    street.planted("T5")
    seen = street.send("GET", path, If_None_Match=etag)
    assert (seen.status_code, seen.headers["ETag"]) == (304, etag)
    in_grid = street.client.get(path, params={"crs": STORED}, headers={"Bando-Key": street.keys["trees"]})
    assert in_grid.headers["ETag"] != etag
    done = street.send("PATCH", path, {"properties": {"chieu_cao": 3}}, If_Match=f"W/{in_grid.headers['ETag']}")
    assert done.status_code == 200, done.text
    assert street.send("GET", path).headers["ETag"] != etag


def test_an_ended_feature_stays_in_the_past(street: Street) -> None:
    path, etag = street.planted("T6")
    release = street.releases()
    assert street.send("DELETE", path).status_code == 428
    assert street.send("DELETE", path, If_Match=etag).status_code == 204
    assert street.send("GET", path).status_code == 404
    assert street.client.get(path, params={"release": str(release)}).json()["properties"]["ma_cay"] == "T6"
    assert street.send("DELETE", path, If_Match="*").status_code == 404


def test_what_is_sent_back_as_it_was_read_changes_nothing(street: Street) -> None:
    path, _ = street.planted("T7", loai_cay="Me")
    release = street.releases()
    for crs in (None, STORED, NORTH_FIRST):
        params = {"crs": crs} if crs else {}
        seen = street.client.get(path, params=params, headers={"Bando-Key": street.keys["trees"]})
        given = {"Content_Crs": f"<{crs}>"} if crs else {}
        done = street.send("PUT", path, seen.json(), If_Match=seen.headers["ETag"], **given)
        assert done.status_code == 200, done.text
    assert street.releases() == release


def test_a_retried_creation_is_told_where_the_first_one_is(street: Street) -> None:
    path, _ = street.planted("T8")
    again = street.plant("T8")
    assert again.status_code == 409
    assert again.json()["id"] == int(path.rpartition("/")[2])


def test_faults_are_refused_with_their_places_and_leave_nothing(street: Street) -> None:
    release = street.releases()
    refused = street.plant("T9", chieu_cao=900, tinh_trang="tốt lắm")
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert {(one["code"], one["field"]) for one in refused.json()["findings"]} == {
        ("ATT-03", "tinh_trang"),
        ("ATT-05", "chieu_cao"),
    }
    assert refused.json()["findings"][0]["place"] == pytest.approx([LON, LAT], abs=1e-4)
    assert street.plant("T9", east_m=500_000).json()["findings"][0]["code"] == "GEO-04"
    assert street.releases() == release


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "is not JSON"),
        (b'{"type":"Feature","type":"Feature"}', 400, "a key is repeated"),
        (b"[" * 5_000, 400, "is not JSON"),
        (b'{"type":"Feature","properties":{"ma_cay":"\xff"}}', 400, "is not JSON"),
        (b'{"type":"Feature","properties":{"ma_cay":NaN}}', 400, "is not JSON"),
        ({"type": "FeatureCollection", "features": []}, 400, "there is no “features”"),
        ({"type": "Feature", "geometry": None, "properties": {"chu_so_huu": "x"}}, 400, "there is no “chu_so_huu”"),
        ({"type": "Feature", "geometry": None, "properties": None}, 400, "properties must be a JSON object"),
        ({"type": "Feature", "geometry": {"type": "Blob"}, "properties": {}}, 400, "is not valid GeoJSON"),
        (feature({"ma_cay": "T10", "source": "osm"}, [LON, LAT]), 400, "source is read-only"),
        (feature({"ma_cay": "T10"}, [1e308, 1e308]), 400, "out of all bounds"),
        ({"type": "Feature", "geometry": None, "properties": {"ma_cay": "T10"}}, 422, "There is no geometry"),
    ],
)
def test_bodies_that_will_not_do_get_a_sentence(street: Street, body: Any, status: int, words: str) -> None:
    answer = street.send("POST", items(TREES), body)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail_en"]


def test_a_body_too_large_is_not_read(street: Street) -> None:
    line = http.client.HTTPConnection(street.client.base_url.host, street.client.base_url.port or 80, timeout=30)
    line.putrequest("POST", items(TREES))
    said = {**GEOJSON, "Bando-Key": street.keys["trees"], "Content-Length": "4000001"}
    for name, value in said.items():
        line.putheader(name, value)
    line.endheaders()
    answer = line.getresponse()
    assert (answer.status, "at most" in json.load(answer)["detail_en"]) == (413, True)
    line.close()


def test_headers_that_will_not_do_get_a_sentence(street: Street) -> None:
    body = feature({"ma_cay": "T11"}, [LON, LAT])
    assert street.send("POST", items(TREES), body, Content_Type="text/xml").status_code == 415
    unknown = street.send("POST", items(TREES), body, Content_Crs="<http://www.opengis.net/def/crs/EPSG/0/9999>")
    assert (unknown.status_code, "Content-Crs" in unknown.json()["detail"]) == (400, True)
    assert street.send("POST", f"{items(TREES)}?nota=x", body).status_code == 400
    assert street.send("POST", f"{items(TREES)}?note={'x' * 301}", body).status_code == 400


def test_shapes_come_in_every_system_and_in_json_fg(street: Street) -> None:
    ways = {
        "A": (feature({"ma_cay": "F1"}, [LON, LAT]), {}),
        "B": (feature({"ma_cay": "F2"}, [LAT, LON]), {"Content_Crs": f"<{NORTH_FIRST}>"}),
        "C": (feature({"ma_cay": "F3"}, [X, Y]), {"Content_Crs": STORED}),
        "D": (
            {
                **feature({"ma_cay": "F4"}, [0, 0]),
                "geometry": None,
                "place": {"type": "Point", "coordinates": [X, Y]},
                "coordRefSys": STORED,
            },
            {"Content_Type": "application/vnd.ogc.fg+json"},
        ),
    }
    for body, headers in ways.values():
        made = street.send("POST", items(TREES), body, **headers)
        assert made.status_code == 201, made.text
        assert made.json()["geometry"]["coordinates"] == pytest.approx([LON, LAT], abs=2e-7)


def test_who_may_not_edit_is_told_why(street: Street) -> None:
    body = feature({"ma_cay": "T12"}, [LON, LAT])
    answers = {
        None: (401, "Bando-Key"),
        "reader": (403, "Công ty Công viên Cây xanh"),
        "drains": (403, "Công ty Công viên Cây xanh"),
    }
    for who, (status, words) in answers.items():
        answer = street.send("POST", items(TREES), body, who)
        assert answer.status_code == status
        assert words in answer.json()["detail"]
    in_address = street.client.post(f"{items(TREES)}?key={street.keys['trees']}", content=b"{}", headers=GEOJSON)
    assert in_address.status_code == 401
    closed = street.send("POST", items("base_transport.duong_bo"), body)
    assert (closed.status_code, closed.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert street.send("POST", items(MANHOLES), body, "drains").status_code == 404  # its view does not show the layer
    fid = street.client.get(items(TREES)).json()["features"][1]["id"]
    foreign = street.send("PATCH", f"{items(TREES)}/{fid}", {"properties": {"chieu_cao": 3}}, If_Match="*")
    assert foreign.status_code == 403
    assert "tong_hop" in foreign.json()["detail"]


def test_options_tell_what_the_caller_may_do(street: Street) -> None:
    def allow(path: str, who: str | None) -> str:
        answer = street.send("OPTIONS", path, who=who)
        assert answer.status_code == 204
        return answer.headers["Allow"]

    assert allow(items(TREES), "trees") == "GET, HEAD, OPTIONS, POST"
    assert allow(f"{items(TREES)}/1", "trees") == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
    assert allow(items(TREES), None) == "GET, HEAD, OPTIONS"
    assert allow(items(PARCELS), "trees") == "GET, HEAD, OPTIONS"


def actions(street: Street, *some: dict[str, Any], who: str = "trees", **more: Any) -> httpx2.Response:
    return street.send("POST", "/transactions", {"actions": list(some), **more}, who, Content_Type="application/json")


def test_a_transaction_is_one_release_or_nothing(street: Street) -> None:
    (first, etag), (second, _) = street.planted("B1"), street.planted("B2")
    one, two = (int(path.rpartition("/")[2]) for path in (first, second))
    plant = {"action": "insert", "collection": TREES, "feature": feature({"ma_cay": "B3"}, [LON, LAT])}
    grow = {"action": "update", "collection": TREES, "id": one, "etag": etag}
    fell = {"action": "delete", "collection": TREES, "id": two, "etag": "*"}
    release = street.releases()
    faulty = actions(street, plant, fell, {**grow, "feature": {"properties": {"chieu_cao": 900}}})
    assert (faulty.status_code, faulty.json()["findings"][0]["edit"]) == (422, 2)
    stale = actions(street, plant, {**fell, "etag": '"v0"'})
    assert stale.status_code == 412
    assert street.releases() == release
    done = actions(street, plant, fell, {**grow, "feature": {"properties": {"chieu_cao": 9}}}, note="Đợt 3")
    assert done.status_code == 200, done.text
    assert (done.json()["release"], street.releases()) == (release + 1, release + 1)
    third = done.json()["actions"]
    assert street.send("GET", third[0]["href"]).json()["properties"]["ma_cay"] == "B3"
    assert street.send("GET", second).status_code == 404
    again = actions(street, {**grow, "etag": third[2]["etag"], "feature": {"properties": {"chieu_cao": 10}}})
    assert again.status_code == 200, again.text


def test_transactions_that_will_not_do_name_the_action(street: Street) -> None:
    plant = {"action": "insert", "collection": TREES, "feature": feature({"ma_cay": "B9"}, [LON, LAT])}
    wrong = actions(street, plant, {**plant, "collection": "khong.co"})
    assert (wrong.status_code, wrong.json()["detail"][:12]) == (404, "actions[2]: ")
    assert actions(street, plant, {"action": "move"}).status_code == 400
    assert actions(street).status_code == 400
    assert actions(street, *[plant] * 1_001).status_code == 400
    assert street.client.post("/transactions", content=b"{", headers=GEOJSON).status_code == 401
    assert actions(street, plant, who="reader").status_code == 403
    missing = actions(street, {"action": "delete", "collection": TREES, "id": 1})
    assert (missing.status_code, "If-Match" in missing.json()["detail"]) == (428, True)
    twice = {"action": "delete", "collection": TREES, "id": 1, "etag": "*"}
    assert actions(street, twice, twice).status_code == 400


def test_of_editors_at_the_same_time_one_wins(street: Street) -> None:
    path, etag = street.planted("R1")
    release = street.releases()

    def grow(height: int) -> int:
        return street.send("PATCH", path, {"properties": {"chieu_cao": height}}, If_Match=etag).status_code

    with ThreadPoolExecutor(6) as editors:
        answers = sorted(editors.map(grow, range(1, 7)))
    assert answers == [200, 412, 412, 412, 412, 412]
    assert street.releases() == release + 1


def test_the_service_says_that_it_takes_edits(street: Street) -> None:
    classes = street.client.get("/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete" in classes
    document = street.client.get("/api").json()
    OpenAPIV30SpecValidator(document).validate()
    paths = document["paths"]
    assert {"get", "post"} == set(paths["/collections/{collectionId}/items"])
    one = paths["/collections/{collectionId}/items/{featureId}"]
    assert {"get", "put", "patch", "delete"} == set(one)
    assert [each["name"] for each in one["delete"]["parameters"] if each["in"] == "header"] == ["If-Match"]
    assert {"204", "409", "412", "428", "default"} < set(one["delete"]["responses"])


def test_the_page_of_the_api_tells_how_to_edit(street: Street) -> None:
    page = street.client.get("/api.html")
    assert page.status_code == 200
    for words in (
        "PATCH /collections/{collectionId}/items/{featureId}",
        "If-Match",
        "merge-patch+json",
        "POST /transactions",
    ):
        assert words in page.text


def test_pages_of_other_sites_may_ask_to_edit(street: Street) -> None:
    asked = {"Origin": "https://so.example", "Access-Control-Request-Method": "PATCH",
             "Access-Control-Request-Headers": "Bando-Key, If-Match, Content-Type"}  # fmt: skip
    answer = street.client.request("OPTIONS", f"{items(TREES)}/1", headers=asked)
    assert answer.status_code == 200
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]


def test_attempts_stand_in_the_log_book_without_values(street: Street) -> None:
    path, _ = street.planted("L1", loai_cay="Cây của ông Ba")
    street.send("PATCH", path, {"properties": {"chieu_cao": 3}}, If_Match='"v0"')
    with street.database.connect() as conn:
        rows = conn.execute(
            "SELECT who, outcome, report->'edits', report::text FROM meta.load ORDER BY load_id DESC LIMIT 2"
        ).fetchall()
    fid = int(path.rpartition("/")[2])
    assert [(who, outcome) for who, outcome, *_ in rows] == [(OFFICE, "failed"), (OFFICE, "published")]
    assert rows[0][2] == [{"verb": "update", "layer": TREES, "fid": fid}]
    assert "ông Ba" not in rows[1][3]
