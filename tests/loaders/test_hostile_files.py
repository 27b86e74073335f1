"""Binary files made to harm: each ends in a sentence within ten seconds and changes nothing.

Texts are in test_hostile_texts.py, archives in test_archives.py, disguised files in child/test_child.py, rows in
test_hostile_rows.py; docs/bad-inputs.md lists all of them.
"""

import json
import os
import socket
import sqlite3
import struct

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.loaders.hostile import EAST, MANHOLES, NORTH, manholes, written

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


def shapefile(folder, **changes):
    """A Shapefile with other bytes at some places of its parts: `shx=(100, b"…")`; b"" cuts the part there."""
    path = manholes(folder / "hg.shp", driver="ESRI Shapefile")
    for part, (at, content) in changes.items():
        patch(path.with_suffix(f".{part}"), at, content)
    return path


def patch(path, at, content):
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + content + whole[at + len(content) :] if content else whole[:at])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shx": (104, struct.pack(">I", 0x3FFFFFFF))}, r"Không đọc được hg\.shp"),
        ({"shx": (100, struct.pack(">I", 0x3FFFFFFF))}, "GEO-02"),
        ({"shx": (100, struct.pack(">I", 51))}, "GEO-02"),
        ({"shx": (140, b"")}, r"có 5 hình nhưng hg\.dbf có 20 dòng"),
        ({"dbf": (300, b"")}, "đọc được"),
        ({"dbf": (4, struct.pack("<I", 3))}, "20 đối tượng nhưng chỉ đọc được 3"),
        ({"dbf": (8, b"\xff\xff\xff\xff")}, "thiếu cột"),
        ({"dbf": (0, b"")}, "thiếu cột"),
        ({"shp": (200, b"")}, "bị cắt"),
    ],
    ids=[
        "shx length",
        "shx offset",
        "shx off by a word",
        "shx cut",
        "dbf cut",
        "dbf count",
        "dbf header",
        "dbf empty",
        "shp cut",
    ],
)
def test_lying_and_truncated_shapefiles_are_refused(place, tmp_path, changes, words):
    place.refuses(shapefile(tmp_path, **changes), words)


@pytest.mark.parametrize("part", ["shp", "dbf"])
def test_a_length_that_the_index_contradicts_loses_nothing(place, tmp_path, part):
    lies = {"shp": (104, struct.pack(">I", 0x3FFFFFFF)), "dbf": (4, struct.pack("<I", 0x7FFFFFFF))}
    assert place.survives(shapefile(tmp_path, **{part: lies[part]})).rows == {"drainage.ho_ga": 20}


def test_a_vertex_count_that_lies_is_a_row_without_geometry(place, tmp_path):
    lines, names = np.array([shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])] * 3), list("abc")
    columns = {"ma": names, "duong": names}
    path = written(tmp_path / "hg.shp", lines, columns, geometry_type="LineString", driver="ESRI Shapefile")
    patch(path, 100 + 8 + 4 + 32, struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF))
    place.refuses(path, "GEO-02.*: a")


def test_a_wrong_code_page_file_changes_no_letter(place, tmp_path):
    path = shapefile(tmp_path)
    path.with_suffix(".cpg").write_bytes(os.urandom(5000))
    assert place.survives(path).rows == {"drainage.ho_ga": 20}


def test_a_number_that_overflowed_its_field_is_found_not_lost(place, tmp_path):
    east = EAST + np.arange(5)
    columns = {"ma": list("abcde"), "duong": list("abcde"), "cao": np.arange(5) + 1.5}
    path = written(tmp_path / "hg.shp", shapely.points(east, NORTH), columns, driver="ESRI Shapefile")
    dbf = path.with_suffix(".dbf")
    content = dbf.read_bytes()
    (begin, width), widths = struct.unpack_from("<HH", content, 8), [content[32 * n + 16] for n in (1, 2, 3)]
    patch(dbf, begin + 2 * width + 1 + sum(widths[:2]), b"*" * widths[2])
    patch(dbf, begin + 3 * width + 1 + sum(widths[:2]), b" " * widths[2])  # “no value” is blank in this file
    profile = {**MANHOLES, "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "cao_do_nap": "cao"}}]}
    place.refuses(path, r"ATT-02 drainage\.ho_ga\.cao_do_nap.*\(1\): c: \*\*\*\*", profile)


def test_stars_are_no_value_where_the_writer_has_no_other_sign_for_it(place, tmp_path):
    columns = {"ma": list("abcde"), "duong": list("abcde"), "cao": np.array([1.5, np.nan, 2.5, np.nan, 3.5])}
    path = written(tmp_path / "hg.shp", shapely.points(EAST + np.arange(5), NORTH), columns, driver="ESRI Shapefile")
    assert b"****" in path.with_suffix(".dbf").read_bytes()
    profile = {**MANHOLES, "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "cao_do_nap": "cao"}}]}
    assert place.load(path, profile).rows == {"drainage.ho_ga": 5}


def geopackage(folder, statements, view=None):
    """A GeoPackage after some SQL; its table may become a view of the same name."""
    path = manholes(folder / "hg.gpkg")
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA legacy_alter_table = on")
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f'DROP TRIGGER "{name}"')
        if view:
            statements = ["ALTER TABLE hg RENAME TO hg0", "DELETE FROM gpkg_ogr_contents", f"CREATE VIEW hg AS {view}"]
        for one in statements:
            conn.execute(one)
    conn.close()
    return path


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("SELECT fid, geom, load_extension('/tmp/x.so') AS ma, duong FROM hg0", "load_extension"),
        (f"SELECT fid, geom, ({ENDLESS} SELECT max(x) FROM n) AS ma, duong FROM hg0", "quá lâu"),
        ("SELECT fid, geom, hex(zeroblob(900000000)) AS ma, duong FROM hg0", "too big"),
    ],
    ids=["load_extension", "endless count", "huge blob"],
)
def test_views_of_a_geopackage_that_reach_out_or_never_end_are_refused(place, tmp_path, view, words):
    place.refuses(geopackage(tmp_path, [], view), words)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("view", "words"),
    [
        (f"{ENDLESS} SELECT x AS fid, (SELECT geom FROM hg0) AS geom, x AS ma, 'b' AS duong FROM n", "quá lâu"),
        ("SELECT fid, geom, hex(zeroblob(60000000)) AS ma, duong FROM hg0", "giải nén ra"),
    ],
    ids=["endless rows", "rows that unpack"],
)
def test_a_small_geopackage_with_rows_without_end_is_given_up(place, tmp_path, view, words):
    place.refuses(geopackage(tmp_path, [], view), words)


def test_triggers_of_a_geopackage_never_fire(place, tmp_path):
    trigger = "CREATE TRIGGER x AFTER INSERT ON gpkg_contents BEGIN SELECT load_extension('x'); END"
    assert place.survives(geopackage(tmp_path, [trigger])).rows == {"drainage.ho_ga": 20}


def test_a_geometry_of_a_geopackage_that_is_rubbish_is_named(place, tmp_path):
    rubbish = "UPDATE hg SET geom = x'4750000100000000010200000000ffffff7f' WHERE fid = 3"
    place.refuses(geopackage(tmp_path, [rubbish]), "GEO-02.*HG2")


def test_no_file_makes_anyone_ask_the_network(place, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/latest/meta-data"
        table = tmp_path / "hg.csv"
        table.write_text(f"ma,duong,w\na,/vsicurl/{address},@/vsicurl/{address}\n")
        place.refuses(table, "GEO-02", {**MANHOLES, "files": [{"file": "*.csv", "wkt": "w"}]})
        named = geopackage(tmp_path, [f"UPDATE gpkg_contents SET table_name = '/vsicurl/{address}/x'"])
        place.refuses(named, "GEO-02")
        service = tmp_path / "oapif.json"
        service.write_text(json.dumps({"links": [{"rel": "data", "href": address}], "collections": [{"id": address}]}))
        place.refuses(service, "thiếu cột")
        schema = tmp_path / "a.gml"
        schema.write_text(f'<a xmlns:xsi="x" xsi:schemaLocation="y {address}/a.xsd" xlink:href="{address}"/>')
        place.refuses(schema, r"a\.gml")
        with pytest.raises(TimeoutError):
            listener.accept()


def parquet(folder, table, geo=None, **more):
    if geo is not None:
        table = table.replace_schema_metadata({"geo": geo if isinstance(geo, str) else json.dumps(geo)})
    pq.write_table(table, folder / "hg.parquet", compression="zstd", **more)
    return folder / "hg.parquet"


def test_a_small_parquet_does_not_become_gigabytes(place, tmp_path):
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1 << 20, np.int32)), ["x" * 2000])
    path = parquet(tmp_path, pa.table({"ma": texts, "duong": texts}), row_group_size=1 << 20)
    assert path.stat().st_size < 1 << 20
    place.refuses(path, "giải nén ra")


@pytest.mark.parametrize("kind", [4, 6, 7], ids=["points", "polygons", "collection"])
def test_a_geometry_nested_without_end_does_not_end_the_loader(place, tmp_path, kind):
    deep = struct.pack("<BII", 1, kind, 1) * 100_000 + struct.pack("<BIdd", 1, 1, EAST, NORTH)
    geo = {"version": "1.0.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    place.refuses(parquet(tmp_path, pa.table({"ma": ["a"], "duong": ["b"], "g": [deep]}), geo), r"SIGSEGV|GEO-02")


@pytest.mark.parametrize("geo", ["[" * 100_000, "[1]", "{}", '{"primary_column": "x", "columns": {}}'])
def test_rubbish_in_the_metadata_of_a_parquet_is_a_sentence(place, tmp_path, geo):
    place.refuses(parquet(tmp_path, pa.table({"ma": ["a"], "duong": ["b"]}), geo), r"hg\.parquet")
