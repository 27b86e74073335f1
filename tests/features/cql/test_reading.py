"""What no filter may do: exhaust the parser, name what is not there, or reach past the fields one sees."""

import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.errors import BadRequest
from gis_server.features.cql.letters import like_pattern
from gis_server.features.cql.reading import read_filter, read_json
from gis_server.features.cql.shapes import MOST_VERTICES, read_shape
from gis_server.features.crs import CRS84, offered
from tests.serving import MEASURED, City, Serve, publish_rows, row_of

PARCELS = "/collections/cadastre.thua_dat/items"
POINT = "POINT(106.7 10.77)"


def deep(op: str, count: int) -> str:
    return f'{{"op":"{op}","args":[' * count + "true" + "]}" * count


HOSTILE = {
    "brackets 1,600 deep": "(" * 1600 + "so_to='1'" + ")" * 1600,
    "not 1,600 deep": "NOT " * 1600 + "so_to='1'",
    "minus 5,000 deep": "dien_tich = " + "-" * 5000 + "1",
    "powers 5,000 deep": "dien_tich = " + "2^" * 5000 + "2",
    "folds 1,600 deep": "CASEI(" * 1600 + "so_to" + ")" * 1600 + "='1'",
    "catastrophic like": f"so_to LIKE '{'%a' * 30}%'",
    "a like that ends in the escape": "so_to LIKE 'a\\'",
    "a cast": "geom::text = 'a'",
    "a stored column": "geom_3857 IS NULL",
    "a select": "(select 1) = 1",
    "a path": "/a/b = 1",
    "a second statement": "so_to='1'; DROP TABLE x",
    "pg_sleep": "pg_sleep(10) = 1",
    "pg_read_file": "pg_read_file('/etc/passwd') = 'x'",
    "lo_import": "lo_import('/etc/passwd') = 1",
    "dblink": "dblink('x') IS NULL",
    "an unclosed ring": "S_INTERSECTS(geometry, POLYGON((106 10,107 11,107 10)))",
    "a bow tie": "S_INTERSECTS(geometry, POLYGON((106 10,107 11,107 10,106 11,106 10)))",
    "empty": "S_INTERSECTS(geometry, POINT EMPTY)",
    "nan": "S_INTERSECTS(geometry, POINT(NaN 10))",
    "infinite": "S_INTERSECTS(geometry, POINT(1e999 10))",
    "a curve": "S_INTERSECTS(geometry, CIRCULARSTRING(1 2, 3 4, 5 6))",
    "a srid": "S_INTERSECTS(geometry, SRID=999999;POINT(1 1))",
    "equality far away": "S_EQUALS(geometry, POINT(-70 40))",
    "a buffer": "S_INTERSECTS(geometry, BUFFER(geometry, 1e9))",
    "year 0": "hieu_luc_tu = DATE('0000-01-01')",
    "a far year": "T_AFTER(hieu_luc_tu, TIMESTAMP('292277026596-01-01T00:00:00Z'))",
    "second 60": "T_AFTER(hieu_luc_tu, TIMESTAMP('2025-01-01T00:00:60Z'))",
    "30 February": "hieu_luc_tu < DATE('2025-02-30')",
    "reversed": "T_DURING(hieu_luc_tu, INTERVAL('2025-02-01','2025-01-01'))",
    "U+0000": "so_to = 'a\x00b'",
    "a number beyond 2^53": "fid = 9007199254740993",
    "1e400": "dien_tich < 1e400",
    "blank": " ",
    "unfinished": "so_to = ",
    "a text beside a number": "dien_tich = 'x'",
    "a text beside a day": "hieu_luc_tu = '2025-01-01'",
    "a value alone": "so_to",
    "a number alone": "1",
    "geometries compared": "geometry = geometry",
    "a pattern out of a row": "so_to LIKE so_thua",
    "a long text": f"so_to = '{'x' * 2000}'",
    "no function": "avg(dien_tich) > 1",
}
HUGE = {
    "10,000 ors": " OR ".join(["so_to='1'"] * 10_000),
    "a list of 100,000": f"so_to IN ({','.join(['1'] * 100_000)})",
    "collections 10,000 deep": f"S_INTERSECTS(geometry,{'GEOMETRYCOLLECTION(' * 10_000}{POINT}{')' * 10_000})",
    "a million vertices": f"S_INTERSECTS(geometry,LINESTRING({','.join(['106 10'] * 1_000_000)}))",
    "4,000 minus": "a = " + "-" * 4_000 + "1",
    "4,000 not": "NOT " * 4_000 + "a = 1",
}
"""More than clients can write into an address; servers in front may let longer ones through."""
HUGE_JSON = {"10,000 deep": deep("not", 10_000), "10,000 args": json.dumps({"op": "and", "args": [True] * 10_000})}
HOSTILE_JSON = {
    "500 deep": deep("not", 500),
    "no end": '{"op":"not","args":[',
    "duplicate keys": '{"op":"=","op":"<","args":[{"property":"so_to"},"1"]}',
    "nan": '{"op":"=","args":[{"property":"dien_tich"},NaN]}',
    "a long number": '{"op":"=","args":[{"property":"dien_tich"},' + "9" * 9000 + "]}",
    "half a letter": '{"op":"=","args":[{"property":"so_to"},"\\ud800"]}',
    "half a letter as a name": '{"op":"=","args":[{"property":"\\ud800"},"x"]}',
    "U+0000": '{"op":"=","args":[{"property":"so_to"},"\\u0000"]}',
    "a list": "[]",
    "null": "null",
    "no args": '{"op":"and","args":[]}',
    "a list as property": '{"op":"=","args":[{"property":["so_to"]},"1"]}',
    "more keys": '{"op":"=","args":[{"property":"so_to","x":1},"1"]}',
    "text as coordinates": '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":"x"}]}',
    "a short bbox": '{"op":"s_within","args":[{"property":"geometry"},{"bbox":[1,2,3]}]}',
    "a bbox of words": '{"op":"s_within","args":[{"property":"geometry"},{"bbox":["a",2,3,4]}]}',
    "a turned bbox": '{"op":"s_within","args":[{"property":"geometry"},{"bbox":[1,9,3,4]}]}',
    "a curve": '{"op":"s_within","args":[{"property":"geometry"},{"type":"Curve","coordinates":[1,2]}]}',
    "a crs inside": '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[1,2],"crs":{}}]}',
}


def asked(city: City, text: str, view: str = "public", **query: str) -> Any:
    return city.get(PARCELS, view, params={"filter": text, **query})


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_a_400_with_sentences(whole_city: City, name: str) -> None:
    answer = asked(whole_city, HOSTILE[name])
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"] != answer.json()["detail_en"]


@pytest.mark.parametrize("name", HUGE)
def test_huge_texts_are_refused_before_they_are_parsed(name: str) -> None:
    with pytest.raises(BadRequest):
        read_filter(HUGE[name], None)


@pytest.mark.parametrize("name", HUGE_JSON)
def test_huge_json_is_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        read_filter(HUGE_JSON[name], "cql2-json")


def test_a_geometry_may_have_ten_thousand_points_and_no_more(catalog: Catalog) -> None:
    line = {"type": "LineString", "coordinates": [[106.7, one / 1e6] for one in range(MOST_VERTICES)]}
    crs = offered(9210)[CRS84]
    assert len(read_shape(line, crs).coords) == MOST_VERTICES
    line["coordinates"].append([0, 0])
    with pytest.raises(BadRequest):
        read_shape(line, crs)


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json_is_a_400_with_sentences(whole_city: City, name: str) -> None:
    answer = asked(whole_city, HOSTILE_JSON[name], **{"filter-lang": "cql2-json"})
    assert answer.status_code == 400, answer.text


def test_a_hidden_field_is_refused_like_an_unknown_one(whole_city: City) -> None:
    for text in ("{} IS NULL", "{} = 'x'", "CASEI({}) LIKE 'x%'", "NOT ({} IS NULL) OR so_to = '1'"):
        hidden, unknown = (asked(whole_city, text.format(name)) for name in ("dia_chi", "khong_co"))
        assert hidden.status_code == unknown.status_code == 400
        assert hidden.text.replace("dia_chi", "khong_co") == unknown.text
        assert asked(whole_city, text.format("dia_chi"), "agency").status_code == 200
    told = asked(whole_city, "khong_co = 1").json()["detail_en"]
    assert "so_to" in told
    assert "nguon_goc" not in told


def test_a_hidden_row_cannot_make_a_filter_fail(
    make_database: Callable[[], Database], catalog: Catalog, serve: Serve
) -> None:
    """Else 400 or 200 would tell what a hidden parcel holds."""
    layer, database = catalog["cadastre.thua_dat"], make_database()
    names = list(layer.fields)
    hidden = list(row_of(catalog, layer, 2))
    hidden[names.index("loai_dat")], hidden[names.index("dien_tich")] = "CQP", 50_000_000.0
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, 1), tuple(hidden)])])
    with serve(database) as city:
        for text in ("(dien_tich + 1) ^ 45 > 0", "NOT ((dien_tich + 1) ^ 45 < 0)"):
            assert asked(city, text).status_code == 200
            assert asked(city, text, "full").status_code == 400


@pytest.mark.parametrize(
    "query", ["filter-lang=sql", "filter-lang=", "filter-crs=EPSG:9210", "filter-crs=file:///etc/passwd"]
)
def test_languages_and_systems_are_those_that_are_offered(whole_city: City, query: str) -> None:
    assert whole_city.get(f"{PARCELS}?filter=so_to%3D'1'&{query}").status_code == 400


def test_what_is_deep_enough_passes_in_a_thread_with_a_small_stack() -> None:
    """Workers may read filters on stacks far smaller than this test's own."""
    texts = [
        "(" * 13 + "so_to='1'" + ")" * 13,
        "(" * 40 + "so_to='1'" + ")" * 40,
        "(NOT NOT NOT NOT " * 40 + "a" + ")" * 40,
        "a = " + "2^" * 990 + "2",
        " OR ".join(["a=1"] * 660),
    ]
    said: list[str] = []

    def read() -> None:
        for text in texts:
            try:
                read_filter(text, None)
                said.append("read")
            except BadRequest:
                said.append("refused")

    size = threading.stack_size(2 * 1024 * 1024)
    thread = threading.Thread(target=read)
    thread.start()
    threading.stack_size(size)
    thread.join()
    assert said == ["read", "refused", "refused", "refused", "read"]


def test_patterns_are_shortened_without_changing_what_they_match() -> None:
    assert like_pattern("%_%_%") == "__%"
    assert like_pattern("a%%b") == "a%b"
    assert like_pattern("\\%%_\\_") == "\\%_%\\_"
    with pytest.raises(BadRequest):
        like_pattern("a\\")


NOISE = (
    *("so_to", "dien_tich", "geometry", "=", "<", "AND", "NOT", "(", ")", "'x'", "1", "-", "LIKE", "IN", "DATE(", ","),
    *("POINT(", "S_INTERSECTS(", "INTERVAL(", "'..'", "é", "%", "^", "IS NULL", "BETWEEN", "T_DURING(", '"', "\u202e"),
)


def test_noise_never_breaks_the_service(whole_city: City) -> None:
    dice = random.Random(3)
    for _ in range(300):
        text = " ".join(dice.choices(NOISE, k=dice.randrange(1, 12)))
        assert asked(whole_city, text).status_code in (200, 400), text


@pytest.mark.parametrize("text", ['"' + '\\"' * 400_000, '{"op": "' + '\\"' * 400_000, '"\\' * 200_000])
def test_texts_that_do_not_end_are_refused_in_no_time(text: str) -> None:
    """Looked for again from each quote, 20,000 letters took five seconds."""
    began = time.perf_counter()
    with pytest.raises(BadRequest):
        read_json(text)
    assert time.perf_counter() - began < 2


def test_patterns_of_blanks_are_written_in_no_time() -> None:
    began = time.perf_counter()
    assert like_pattern("_" * 90_000) == "_" * 90_000
    assert like_pattern("_%" * 40_000) == "_" * 40_000 + "%"
    assert time.perf_counter() - began < 1


BROKEN = {
    "left open": lambda n: "(" * n + "a=1",
    "a comparison without its end": lambda n: "(" * n + "so_to=" + ")" * n,
    "negations": lambda n: "NOT (" * n + "so_to=" + ")" * n,
    "lists": lambda n: "so_to IN (" * n + ",".join(["1"] * 9_000) + " b" + ")" * n,
    "sums": lambda n: "(1+" * n + "so_to=" + ")" * n,
    "a long chain": lambda n: "(" * n + " AND ".join(["so_to='1'"] * 600) + " b" + ")" * n,
    "no geometry": lambda n: "POLYGON(" + "(" * n + "so_to=" + ")" * n + ")",
}


@pytest.mark.parametrize("depth", [3, 6, 9, 12, 20, 38])
@pytest.mark.parametrize("kind", BROKEN)
def test_broken_filters_in_brackets_are_refused_in_no_time(kind: str, depth: int) -> None:
    """The parser takes twice as long for each bracket: eighteen took four seconds, and thirty for ever."""
    began = time.perf_counter()
    with pytest.raises(BadRequest):
        read_filter(BROKEN[kind](depth), None)
    assert time.perf_counter() - began < 8


def test_filters_of_people_have_brackets_enough() -> None:
    ring = ", ".join(f"{106.7 + n / 100_000} {10.77 + n % 7 / 1_000}" for n in range(2_000))
    read_filter(f"(loai = 'a') AND (S_INTERSECTS(geometry, MULTIPOLYGON((({ring})))))", None)
    read_filter("((a = 1 AND (b = 2 OR (c = 3 AND NOT (d = 4 OR (e = 5 AND f IN (1, 2, 3)))))) OR g = 6)", None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1 b = 2", "from character 7: “b = 2”"),
        ("a = 1 AND\nb && 2", "from character 13: “&& 2”"),
        ("loai_dat = ‘ODT’", "from character 12: “‘ODT’”"),
        ("loai_dat = 'ODT' AND", "ends too early"),
    ],
)
def test_a_sentence_says_where_a_filter_stops_making_sense(text: str, told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_filter(text, None)
    assert told in refused.value.en
    assert "expected" not in refused.value.en
