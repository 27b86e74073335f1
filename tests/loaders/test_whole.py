"""Parts that are missing, or not of one export, are told before a library reads what there is."""

import shutil
import struct
import unicodedata

import pytest
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.sniff import verify
from tests.loaders.hostile import EAST, NORTH, assert_is_a_sentence, manholes, written


def refused(path, words):
    with pytest.raises(DeliveryUnreadable, match=words) as told:
        verify(path, path.name)
    assert_is_a_sentence(told.value)


def shapefile(folder, count=8):
    folder.mkdir(exist_ok=True)
    return manholes(folder / "hg.shp", count, driver="ESRI Shapefile")


def test_rows_without_shapes_are_not_left_out_in_silence(tmp_path):
    path, longer = shapefile(tmp_path), shapefile(tmp_path / "other", 12)
    shutil.copy(longer.with_suffix(".dbf"), path.with_suffix(".dbf"))
    refused(path, r"8 hình nhưng hg\.dbf có 12 dòng")


def test_a_memo_is_told_instead_of_its_number(tmp_path):
    path = shapefile(tmp_path)
    dbf = path.with_suffix(".dbf")
    content = bytearray(dbf.read_bytes())
    assert chr(content[32 + 32 + 11]) == "C"
    content[32 + 32 + 11] = ord("M")
    dbf.write_bytes(content)
    refused(path, r"cột memo \(duong\)")


def test_a_sound_shapefile_passes_whatever_the_case_of_its_names(tmp_path):
    path = shapefile(tmp_path)
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_name(part.stem + part.suffix.upper()))
    verify(path.with_suffix(".SHP"), "hg.SHP")


def test_names_of_parts_in_two_ways_of_unicode_are_told_apart_from_missing_parts(tmp_path):
    path = shapefile(tmp_path)
    for part in list(tmp_path.iterdir()):
        form = "NFC" if part.suffix == ".shp" else "NFD"
        part.rename(part.with_name(unicodedata.normalize(form, "hố ga") + part.suffix))
    refused(path.with_name("hố ga.shp"), "hai kiểu Unicode")


@pytest.mark.parametrize("ending", [".map", ".id", ".dat"])
def test_a_mapinfo_table_without_a_part_says_which(tmp_path, ending):
    path = written(tmp_path / "hg.tab", shapely.points([EAST], [NORTH]), {"ma": ["a"]}, driver="MapInfo File")
    verify(path, path.name)
    path.with_suffix(ending).unlink()
    refused(path, rf"thiếu \{ending}")


def test_an_interchange_file_without_its_values_is_refused(tmp_path):
    path = written(tmp_path / "hg.mif", shapely.points([EAST], [NORTH]), {"ma": ["a"]}, driver="MapInfo File")
    path.with_suffix(".mid").unlink()
    refused(path, r"thiếu \.mid")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "xlsx"),
        (b"\xd0\xcf\x11\xe0", "xls"),
        (b"%PDF-1.7", "PDF"),
        (b"SQLite format 3\0", "SQLite"),
        (b"PAR1", "Parquet"),
    ],
)
def test_a_table_of_text_that_is_none_says_what_it_is(tmp_path, content, words):
    (tmp_path / "hg.csv").write_bytes(content + struct.pack("<40I", *range(40)))
    refused(tmp_path / "hg.csv", words)
