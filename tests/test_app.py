"""Promises that every route keeps: releases, problems, headers, HEAD, compression, and no unknown parameters."""

import gzip

import pytest

from tests.serving import City

JSON_PATHS = ["/?f=json", "/conformance", "/collections", "/catalogue", "/api", "/viewer.json", "/health"]


@pytest.mark.parametrize(
    "path", [*JSON_PATHS, "/tiles/nen", "/collections/cadastre.thua_dat/items", "/api.html", "/gone"]
)
def test_every_answer_names_its_release_and_guards_the_browser(whole_city: City, path: str) -> None:
    answer = whole_city.get(path)
    assert answer.headers["Bando-Release"] == str(whole_city.release)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/gone", "/tiles/none", "/collections/none", "/collections/drainage.ho_ga/items/x"])
def test_what_is_not_there_is_a_problem_in_two_languages(whole_city: City, path: str) -> None:
    answer = whole_city.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 404
    assert problem["title"] == "Không tìm thấy"
    assert problem["title_en"] == "Not found"
    assert problem["detail"] != problem["detail_en"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/gone", 404, "Không có gì ở địa chỉ này"),
        ("/collections/none", 404, "Không có lớp hay bản đồ"),
        ("/collections/cadastre.thua_dat/items?nope=<b>", 400, "nope"),
        ("/collections?key=wrong", 401, "Khóa"),
    ],
)
def test_who_follows_a_link_in_a_browser_reads_a_page_instead(
    whole_city: City, path: str, status: int, words: str
) -> None:
    answer = whole_city.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert words in answer.text
    assert "<b>" not in answer.text
    assert "key=" not in answer.text.partition("<main>")[2]
    program = whole_city.get(f"{path}{'&' if '?' in path else '?'}f=json", headers={"Accept": "text/html"})
    assert program.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/?x=1",
        "/collections?limit=3",
        "/catalogue?x=",
        "/health?_=1",
        "/tiles/nen?bust=1",
        "/tiles/cadastre.thua_dat/15/1/1.mvt?v=2",
        "/collections/cadastre.thua_dat/items?Limit=3",
        "/query/identify?lon=106&lat=10&r=3",
    ],
)
def test_an_unknown_parameter_is_refused_by_name(whole_city: City, path: str) -> None:
    answer = whole_city.get(path)
    assert answer.status_code == 400
    assert path.partition("?")[2].rpartition("&")[2].partition("=")[0] in answer.json()["detail"]


def test_a_parameter_given_twice_is_refused(whole_city: City) -> None:
    assert whole_city.get("/collections/cadastre.thua_dat/items?limit=1&limit=2").status_code == 400


def test_head_answers_like_get_without_a_body(whole_city: City) -> None:
    path = "/collections/cadastre.thua_dat"
    head = whole_city.client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["ETag"] == whole_city.client.get(path).headers["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_changed_over_http(whole_city: City, method: str) -> None:
    answer = whole_city.client.request(method, "/collections", headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405
    assert answer.json()["status"] == 405


def test_pages_of_other_sites_may_read_what_is_public(whole_city: City) -> None:
    answer = whole_city.get("/collections", headers={"Origin": "https://portal.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Bando-Release" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("host", ['"><script>', "a b", "x" * 300, "evil.example/path", "a@b"])
def test_a_malformed_host_is_refused(whole_city: City, host: str) -> None:
    assert whole_city.client.get("/collections", headers={"Host": host}).status_code == 400


def test_big_json_is_compressed_and_tiles_are_not(whole_city: City) -> None:
    packed = whole_city.get("/catalogue", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    x, y = 26091, 15391
    tile = whole_city.get(f"/tiles/nen/15/{x}/{y}.mvt", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in tile.headers
    assert not tile.content.startswith(gzip.compress(b"")[:2])


@pytest.mark.parametrize("path", [path for path in JSON_PATHS if path != "/health"])
def test_an_unchanged_answer_costs_a_304(whole_city: City, path: str) -> None:
    first = whole_city.get(path)
    again = whole_city.get(path, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")


def test_programs_get_the_landing_page_and_people_the_map(whole_city: City) -> None:
    assert whole_city.get("/").json()["title"].startswith("Bản đồ số")
    assert "text/html" in whole_city.get("/", headers={"Accept": "text/html,*/*;q=0.8"}).headers["Content-Type"]
    assert "text/html" in whole_city.get("/?f=html").headers["Content-Type"]
    assert whole_city.get("/?f=xml").status_code == 400
