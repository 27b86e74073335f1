"""Texts, drawings, tables and file names made to harm: each ends in a sentence and changes nothing."""

import os
import struct
from pathlib import Path

import openpyxl
import pytest

from tests.loaders.hostile import EAST, MANHOLES, NORTH, manholes

TABLE = {**MANHOLES, "files": [{"file": one, "east": "x", "north": "y"} for one in ("*.csv", "*.xlsx")]}
WORDS = {**MANHOLES, "crs": None}
LEVELS = 10_000


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
        (b"ma/duong/x/y\na/b/1/2\n", "thiếu cột|không có cột"),
    ],
    ids=["columns of one name", "open quote", "long cell", "no numbers", "no rows", "separator"],
)
def test_hostile_tables_are_refused(place, tmp_path, content, words):
    (tmp_path / "hg.csv").write_bytes(content)
    place.refuses(tmp_path / "hg.csv", words, TABLE)


def test_letters_that_no_log_book_takes_are_shown_as_lost(place, tmp_path):
    rows = b"".join(b"HG%d,\xa7\xad\xea\x00ng %d,603514,1191454\n" % (n, n) for n in range(9))
    (tmp_path / "hg.csv").write_bytes(b"ma,duong,x,y\n" + rows)
    assert place.survives(tmp_path / "hg.csv", TABLE).rows == {"drainage.ho_ga": 9}


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
    place.refuses(folder / "a.geojson", "Không tìm thấy tệp")
    place.refuses(Path("/dev/zero"), "Không tìm thấy tệp")
