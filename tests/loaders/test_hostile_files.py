"""Files made to harm, format by format: each ends in a sentence within ten seconds and changes nothing.

Archives are in test_archives.py, disguised files and XML in child/test_child.py; docs/bad-inputs.md lists all of them.
"""

import json
import os
import socket
import sqlite3
import struct
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.loaders.hostile import EAST, MANHOLES, NORTH, manholes, written

TABLE = {
    **MANHOLES,
    "files": [{"file": "*.csv", "east": "x", "north": "y"}, {"file": "*.xlsx", "east": "x", "north": "y"}],
}
WORDS = {**MANHOLES, "crs": None}
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
LEVELS = 10_000


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
        ({"shx": (140, b"")}, r"Không đọc được hg\.shp"),
        ({"dbf": (300, b"")}, "đọc được"),
        ({"dbf": (4, struct.pack("<I", 3))}, "20 đối tượng nhưng đọc được 3"),
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
    profile = {**MANHOLES, "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "cao_do_nap": "cao"}}]}
    place.refuses(path, r"ATT-02 drainage\.ho_ga\.cao_do_nap.*\(1\): c: \*\*\*\*", profile)


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
        ("SELECT fid, geom, hex(zeroblob(60000000)) AS ma, duong FROM hg0", "bung ra"),
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


def test_a_parquet_of_a_kilobyte_does_not_become_gigabytes(place, tmp_path):
    one = pa.table({"ma": pa.DictionaryArray.from_arrays(pa.array(np.zeros(1 << 20, np.int32)), ["x" * 2000])})
    one = one.append_column("duong", one.column("ma"))
    path = parquet(tmp_path, pa.concat_tables([one] * 4))
    assert path.stat().st_size < 20_000
    place.refuses(path, "bung ra")


@pytest.mark.parametrize("kind", [4, 6, 7], ids=["points", "polygons", "collection"])
def test_a_geometry_nested_without_end_does_not_end_the_loader(place, tmp_path, kind):
    deep = struct.pack("<BII", 1, kind, 1) * 100_000 + struct.pack("<BIdd", 1, 1, EAST, NORTH)
    geo = {"version": "1.0.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    place.refuses(parquet(tmp_path, pa.table({"ma": ["a"], "duong": ["b"], "g": [deep]}), geo), r"SIGSEGV|GEO-02")


@pytest.mark.parametrize("geo", ["[" * 100_000, "[1]", "{}", '{"primary_column": "x", "columns": {}}'])
def test_rubbish_in_the_metadata_of_a_parquet_is_a_sentence(place, tmp_path, geo):
    place.refuses(parquet(tmp_path, pa.table({"ma": ["a"], "duong": ["b"]}), geo), r"hg\.parquet")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "[" * LEVELS + "]" * LEVELS),
        ("a.json", '{"a":' * LEVELS + "1" + "}" * LEVELS),
        ("a.json", '{"a":' * 1000 + '[{"ma":1}]' + "}" * 1000),
        ("a.json", '{"osm3s":{},"elements":' + "[" * LEVELS + "]" * LEVELS + "}"),
        ("a.json", '[{"ma": "a\\ud800"}]'),
        ("a.geojson", '{"type":"FeatureCollection","features":' + "[" * LEVELS + "]" * LEVELS + "}"),
        ("a.geojsonl", '{"type":"Feature","properties":{"ma":' + "[" * LEVELS + "]" * LEVELS + '},"geometry":null}\n'),
    ],
    ids=["lists", "objects", "objects within limits", "overpass", "half a letter", "geojson", "a line each"],
)
def test_deep_and_broken_json_is_a_sentence(place, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    place.refuses(tmp_path / name, rf"Không đọc được {name}")


def features(folder, *rows):
    """GeoJSON from pieces of text: properties and geometry."""
    listed = ",".join(f'{{"type":"Feature","properties":{{{said}}},"geometry":{shape}}}' for said, shape in rows)
    (folder / "a.geojson").write_text(f'{{"type":"FeatureCollection","features":[{listed}]}}')
    return folder / "a.geojson"


POINT, LINE = (
    '{"type":"Point","coordinates":[106.7,10.77]}',
    '{"type":"LineString","coordinates":[[106.7,10.7],[106.8,10.7]]}',
)


def test_a_key_given_twice_in_json_is_one_row(place, tmp_path):
    path = features(tmp_path, ('"ma":"a","ma":"c","duong":"b"', POINT))
    assert place.survives(path, WORDS).rows == {"drainage.ho_ga": 1}


def test_mixed_geometries_are_told_apart_row_by_row(place, tmp_path):
    rows = [('"ma":"a","duong":"b"', POINT), ('"ma":"b","duong":"b"', LINE), ('"ma":"c","duong":"b"', "null")]
    words = str(place.refuses(features(tmp_path, *rows), "2 trên 3 dòng", WORDS))
    assert "GEO-03" in words
    assert "GEO-02" in words


FOLDERS = b"<Folder>" * 100_000 + b"</Folder>" * 100_000
ENTITY = (
    b'<!DOCTYPE a [<!ENTITY a "aa">]><osm version="0.6"><node id="1" lat="10" lon="106"><tag k="a" v="&a;"/></node>'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.kml", b"<kml>" + b"<NetworkLink>" * 200_000 + b"</kml>"),
        ("a.kml", b"<kml a='" + b"x" * 20_000_000 + b"'/>"),
        ("a.kml", b'<kml xmlns="http://www.opengis.net/kml/2.2">' + FOLDERS + b"</kml>"),
        ("a.gml", b"<a>" * 100_000 + b"</a>" * 100_000),
        ("a.kml", '<!DOCTYPE a [<!ENTITY b "c">]><kml>&b;</kml>'.encode("utf-16")),
        ("a.osm", ENTITY + b"</osm>"),
        ("a.osm.pbf", struct.pack(">I", 13) + b"\x0a\x09OSMHeader\x18\x7f" + b"x" * 500),
        ("a.mif", b'Version 300\nDelimiter ","\nColumns 2000000000\n ma Char(10)\nData\nPoint 1 2\n'),
        ("a.fgb", b"fgb\x03fgb\x00\xff\xff\xff\x7f" + b"x" * 99),
    ],
    ids=["links", "token", "folders", "elements", "utf-16", "osm entities", "pbf", "mif columns", "fgb header"],
)
def test_files_that_would_keep_a_parser_busy_are_a_sentence(place, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    place.refuses(tmp_path / name, rf"{name}|không có đối tượng")


def test_blocks_of_a_drawing_that_multiply_are_given_up(place, tmp_path):
    blocks = ["0\nBLOCK\n2\nB0\n0\nPOINT\n10\n603514\n20\n1191454\n0\nENDBLK\n"]
    for level in range(1, 12):
        inserted = f"0\nINSERT\n2\nB{level - 1}\n10\n0\n20\n0\n" * 10
        blocks.append(f"0\nBLOCK\n2\nB{level}\n{inserted}0\nENDBLK\n")
    sections = ("HEADER", "", "BLOCKS", "".join(blocks), "ENTITIES", "0\nINSERT\n2\nB11\n10\n0\n20\n0\n")
    parts = [
        f"0\nSECTION\n2\n{name}\n{content}0\nENDSEC\n"
        for name, content in zip(sections[::2], sections[1::2], strict=True)
    ]
    (tmp_path / "a.dxf").write_text("".join(parts) + "0\nEOF\n")
    place.refuses(tmp_path / "a.dxf", "quá lâu")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"ma,ma,duong,x,y\na,b,c,603514,1191454\n", "cùng tên: ma"),
        (b'ma,duong,x,y\n"' + b"a,b,1,2\n" * 1_000_000, r"bảng hg\.csv"),
        (b"ma,duong,x,y\na," + b"b" * 20_000_000 + b",603514,1191454\n", r"bảng hg\.csv"),
        (b"ma,duong,x,y\na,b,nan,1191454\nb,b,inf,1191454\nc,c,1e308,1191454\nd,b,-inf,nan\n", "4 trên 4 dòng"),
        (b"ma,duong,x,y\n", "không có đối tượng nào"),
        (b"ma;duong;x;y\na;b;1;2\n", "thiếu cột|không có cột"),
    ],
    ids=["columns of one name", "open quote", "long cell", "no numbers", "no rows", "separator"],
)
def test_hostile_tables_are_refused(place, tmp_path, content, words):
    (tmp_path / "hg.csv").write_bytes(content)
    place.refuses(tmp_path / "hg.csv", words, TABLE)


def test_wkt_nested_without_end_ends_the_child_only(place, tmp_path):
    deep = "GEOMETRYCOLLECTION(" * 100_000 + "POINT(1 1)" + ")" * 100_000
    (tmp_path / "hg.csv").write_text(f"ma;duong;w\na;b;{deep}\n")
    profile = {**MANHOLES, "files": [{"file": "*.csv", "wkt": "w", "separator": ";"}]}
    place.refuses(tmp_path / "hg.csv", "SIGSEGV|GEO-02", profile)


def workbook(folder, *lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(folder / "hg.xlsx")
    return book


def test_a_workbook_with_one_cell_at_its_far_corner_is_given_up(place, tmp_path):
    book = workbook(tmp_path, ["ma", "duong", "x", "y"])
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "hg.xlsx")
    place.refuses(tmp_path / "hg.xlsx", "quá lâu", TABLE)


def test_a_column_without_a_name_does_not_shift_the_others(place, tmp_path):
    workbook(tmp_path, ["ma", None, "duong", "x", "y"], ["a", "z" * 300, "b", EAST, NORTH])
    assert place.survives(tmp_path / "hg.xlsx", TABLE).rows == {"drainage.ho_ga": 1}


def test_columns_of_one_name_in_a_workbook_are_refused(place, tmp_path):
    workbook(tmp_path, ["ma", "ma", "duong", "x", "y"], ["a", "b", "c", EAST, NORTH])
    place.refuses(tmp_path / "hg.xlsx", "cùng tên: ma", TABLE)


@pytest.mark.parametrize("name", [b"h\xff.gpkg", b"h\x1b[31m.gpkg", b"h\n\x7f.gpkg"])
def test_a_file_whose_name_is_no_text_is_named_as_well_as_can_be(place, tmp_path, name):
    folder = tmp_path / "giao"
    folder.mkdir()
    manholes(tmp_path / "hg.gpkg").rename(os.fsdecode(os.path.join(os.fsencode(folder), name)))
    place.refuses(folder, "không phải UTF-8")


def test_pipes_and_devices_are_never_opened(place, tmp_path):
    folder = tmp_path / "giao"
    folder.mkdir()
    os.mkfifo(folder / "a.geojson")
    (folder / "b.geojson").symlink_to("/dev/zero")
    place.refuses(folder, "không có tệp bản đồ nào")
    place.refuses(folder / "a.geojson", "Không có tệp")
    place.refuses(Path("/dev/zero"), "Không có tệp")
