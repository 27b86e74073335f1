"""The letters of a column are found from the letters themselves, whatever the file says; clean Unicode stays."""

import unicodedata

import pyarrow as pa
import pytest

from benchmarks.letters import changes_of_clean_text, score
from benchmarks.letters_corpus import LENGTHS, misread, ways
from loaders.letters.columns import StreamLetters
from loaders.letters.findings import letters_findings
from loaders.letters.syllables import read_model, read_spelling
from loaders.text import to_cp1258, to_tcvn3, to_vni
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_pipeline import EXPECTED, NAMES, PLACES, served, written

STREETS = ["Đường Lê Lợi", "Nguyễn Huệ", "Rạch Bến Nghé", "Hẻm 47/2 Tôn Đản", "KĐD 12"]
UNDECLARED = {**MANHOLES, "crs": 9210}


def columns_read(values, declared="auto", page="bytes"):
    letters = StreamLetters(declared, page)
    kind = pa.binary() if isinstance(values[0], bytes) else pa.string()
    texts = letters.clean("ten", pa.chunked_array([pa.array(values, kind)])).to_pylist()
    return texts, {one.code: one for one in letters_findings("duong.shp", letters)}


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("utf-8", str.encode),
        ("nfd", lambda text: unicodedata.normalize("NFD", text).encode()),
        ("tcvn3", lambda text: to_tcvn3(text).encode("latin-1")),
        ("vni", lambda text: to_vni(text).encode("latin-1")),
        ("cp1258", lambda text: to_cp1258(text).encode("latin-1")),
        ("double", lambda text: misread(text.encode(), "cp1252")),
        ("double", lambda text: misread(text.encode(), "cp1258")),
        ("double twice", lambda text: misread(misread(text.encode(), "cp1252").encode(), "cp1252")),
        ("tcvn3", to_tcvn3),
    ],
)
def test_each_way_of_writing_is_named_and_read(name, write):
    values = [write(text) for text in STREETS]
    letters = StreamLetters("auto", None if isinstance(values[0], str) else "bytes")
    read = letters.clean("ten", pa.chunked_array([pa.array(values)]))
    ((most, _),) = letters.columns["ten"].rows.most_common(1)
    assert (read.to_pylist(), most) == (STREETS, name)
    assert "TXT-04" not in {one.code for one in letters_findings("duong.shp", letters)}


def test_the_same_values_in_blocks_are_read_the_same_as_at_once():
    values = [to_vni(text).encode("latin-1") for text in STREETS * 3]
    blocks, letters = [], StreamLetters("auto", "bytes")
    for start in range(0, len(values), 4):
        blocks += letters.clean("ten", pa.chunked_array([pa.array(values[start : start + 4])])).to_pylist()
    assert blocks == columns_read(values)[0] == STREETS * 3


def test_a_column_of_two_encodings_is_read_value_by_value_and_told():
    values = [text.encode() for text in STREETS] + [to_tcvn3(text).encode("latin-1") for text in STREETS]
    texts, found = columns_read(values)
    assert texts == STREETS * 2
    assert found["TXT-04"].count == len(STREETS)


def test_what_is_converted_is_told_with_before_and_after():
    _, found = columns_read([to_vni(text).encode("latin-1") for text in STREETS])
    assert set(found) == {"TXT-03"}
    assert (found["TXT-03"].examples[1].key, found["TXT-03"].examples[1].value) == ("Nguyeãn Hueä", "Nguyễn Huệ")


def test_text_that_could_be_either_is_left_and_told():
    texts, found = columns_read(["Êp 41"], page=None)
    assert texts == ["Êp 41"]
    assert "ấp 41" in found["TXT-01"].examples[0].value


def test_a_declaration_against_the_evidence_is_followed_and_told():
    values = [to_tcvn3(text).encode("latin-1") for text in STREETS]
    texts, found = columns_read(values, declared="vni")
    assert texts != STREETS
    assert found["TXT-02"].examples[0].value == STREETS[0]
    assert columns_read(values, declared="tcvn3") == (STREETS, {})


@pytest.mark.parametrize("declared", ["auto", "utf-8"])
def test_a_letter_cut_by_the_width_of_the_field_is_dropped_and_told(declared):
    values = ["Bà Triệu".encode()[:-2], b"Tr\xe1\xbb", *(text.encode() for text in STREETS)]
    texts, found = columns_read(values, declared)
    assert texts == ["Bà Tri", "Tr", *STREETS]
    assert found["TXT-05"].count == 2


def test_lost_letters_are_told():
    texts, found = columns_read(["Đường �ê Lợi"], page=None)
    assert texts == ["Đường �ê Lợi"]
    assert "TXT-06" in found


@pytest.mark.parametrize("letters", ["tcvn3", "vni", "cp1258", "utf-8"])
@pytest.mark.parametrize("cpg", ["UTF-8", "1252", "ISO-8859-1", None])
def test_shapefiles_load_right_whatever_the_cpg_says(tmp_path, load_it, ask, letters, cpg):
    write = {"tcvn3": to_tcvn3, "vni": to_vni, "cp1258": to_cp1258, "utf-8": str}[letters]
    page = "UTF-8" if letters == "utf-8" else "ISO-8859-1"
    path = written(tmp_path / "HG.shp", "ESRI Shapefile", [write(name) for name in NAMES], encoding=page)
    (tmp_path / "HG.cpg").unlink()
    if cpg:
        (tmp_path / "HG.cpg").write_text(cpg)
    report = load_it(path, UNDECLARED)
    assert served(ask) == EXPECTED
    assert {one.code for one in report.findings} == ({"TXT-03"} if letters != "utf-8" else set())


@pytest.mark.parametrize("charset", ["", "CP1252"])
def test_mapinfo_tables_load_right_whatever_their_charset_says(tmp_path, load_it, ask, charset):
    names = [to_tcvn3(name) for name in NAMES]
    options = {"ENCODING": charset} if charset else {}
    page = "UTF-8" if charset else "ISO-8859-1"
    path = written(tmp_path / "hg.tab", "MapInfo File", names, crs="EPSG:3405", encoding=page, layer_options=options)
    load_it(path, UNDECLARED)
    assert [row[:2] for row in served(ask)] == [row[:2] for row in EXPECTED]


@pytest.mark.parametrize(("ending", "driver"), [("gpkg", "GPKG"), ("geojson", "GeoJSON"), ("gdb", "OpenFileGDB")])
def test_text_that_was_read_wrongly_before_is_mended(tmp_path, load_it, ask, ending, driver):
    names = [misread(name.encode(), "cp1252") for name in NAMES]
    crs = None if ending == "geojson" else "EPSG:3405"
    load_it(written(tmp_path / f"hg.{ending}", driver, names, crs=crs), UNDECLARED)
    assert [row[1] for row in served(ask)] == NAMES


@pytest.mark.parametrize("write", [to_tcvn3, to_vni])
def test_tables_of_old_letters_have_readable_columns_too(tmp_path, load_it, ask, write):
    path = tmp_path / "hg.csv"
    lines = [f"HG{place};{write(NAMES[place])};{y};{x}" for place, (x, y) in enumerate(PLACES)]
    path.write_bytes("\r\n".join([f"ma;{write('đường')};X;Y", *lines]).encode("latin-1"))
    table = {"file": "*.csv", "east": "Y", "north": "X", "separator": ";"}
    rule = {"to": "drainage.ho_ga", "fields": {"ma": "ma", "tuyen_duong": "đường"}}
    load_it(path, {**UNDECLARED, "files": [table], "layers": [rule]})
    assert served(ask) == EXPECTED


def test_every_learned_syllable_is_spelled_by_the_rules():
    assert len(read_model().known) > 900
    assert all(read_spelling().parsed(word) for word in ("nguyễn", "quốc", "giếng", "ấp", "khuỷu", "yên", "gì"))
    assert not any(read_spelling().parsed(word) for word in ("êp", "cê", "ngê", "huúnh", "kat", "pqrs"))


@pytest.mark.slow
@pytest.mark.parametrize("way", ways()[:11], ids=lambda way: way.label)
def test_at_least_995_of_1000_columns_are_read_right(way):
    found = score(way, LENGTHS)
    assert found.values > 20_000
    assert found.share() >= 0.995, found.wrong
    assert all(found.share(length) >= 0.995 for length in LENGTHS), found.wrong


@pytest.mark.slow
def test_clean_unicode_is_never_changed():
    changed, values = changes_of_clean_text()
    assert values > 20_000
    assert changed == 0
