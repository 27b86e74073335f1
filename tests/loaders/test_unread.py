"""Every file that is not read says why, in words that tell what to do."""

import pytest

from gis_server.errors import DeliveryUnreadable
from loaders.deliveries import open_delivery
from tests.loaders.hostile import assert_is_a_sentence, manholes


def reasons(folder):
    with open_delivery(folder, any_file=True) as delivery:
        return {file.name: file.reason and file.reason.vi for file in delivery.files}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("so.xls", ".xlsx hoặc .csv"),
        ("so.ods", ".xlsx hoặc .csv"),
        ("cu.mdb", "File Geodatabase"),
        ("cu.sqlite", "GeoPackage"),
        ("ve.dwg", "DXF"),
        ("anh.ecw", "GeoTIFF"),
        ("a.topojson", "GeoJSON"),
        ("toa_do.txt", ".csv"),
        ("hg.dbf", ".shp"),
        ("hg.prj", "đủ các phần"),
        ("a00000001.gdbtable", "….gdb"),
        ("stops.txt", "trips.txt"),
        ("du_an.qgz", "phần mềm GIS"),
        ("~$so.xlsx", "tệp tạm"),
        (".DS_Store", "tệp tạm"),
        ("__MACOSX/._hg.shp", "tệp tạm"),
        ("cong_van.docx", "không phải dữ liệu bản đồ"),
    ],
)
def test_what_is_not_read_says_what_to_deliver(tmp_path, name, words):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\x05Lan")
    assert words in reasons(tmp_path)[name]


def test_a_lock_of_an_open_workbook_is_no_broken_workbook(tmp_path):
    manholes(tmp_path / "hg.gpkg")
    (tmp_path / "~$hg.xlsx").write_bytes(b"\x05Lan")
    found = reasons(tmp_path)
    assert found["hg.gpkg"] is None
    assert "tệp tạm" in found["~$hg.xlsx"]


def test_the_journal_of_a_geopackage_belongs_to_it(tmp_path):
    manholes(tmp_path / "hg.gpkg")
    (tmp_path / "hg.gpkg-wal").write_bytes(b"x")
    (tmp_path / "hg.gpkg-shm").write_bytes(b"x")
    assert reasons(tmp_path) == {"hg.gpkg": None}


def test_a_delivery_without_maps_names_its_files_each_reason_once(tmp_path):
    for number in range(20):
        (tmp_path / f"a{number:08}.gdbtable").write_bytes(b"x")
    (tmp_path / "so.xls").write_bytes(b"x")
    with pytest.raises(DeliveryUnreadable) as told, open_delivery(tmp_path):
        pass
    assert_is_a_sentence(told.value)
    assert told.value.vi.count("….gdb") == 1
    assert "(+17)" in told.value.vi
    assert "so.xls: " in told.value.vi


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    (tmp_path / "giao").mkdir()
    with pytest.raises(DeliveryUnreadable, match="giao trống"), open_delivery(tmp_path / "giao"):
        pass
