"""Archives that would harm the machine are refused with a sentence, and leave nothing behind."""

import io
import struct
import unicodedata
import zipfile

import pytest

from gis_server.errors import DeliveryUnreadable
from loaders.archives import MAX_ENTRIES
from loaders.deliveries import open_delivery
from loaders.text import to_tcvn3

POINT = b'{"type":"FeatureCollection","features":[]}'


def packed(path, entries, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def zip_of(entries):
    content = io.BytesIO()
    packed(content, entries, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def refused(path, words):
    with pytest.raises(DeliveryUnreadable, match=words) as error, open_delivery(path):
        raise AssertionError("it was opened")
    assert error.value.vi
    assert error.value.en
    return error.value


@pytest.mark.parametrize(
    "name", ["../a.geojson", "/etc/a.geojson", "C:/a.geojson", "..\\a.geojson", "x/../../a.geojson"]
)
def test_entries_that_point_outside_are_refused(tmp_path, name):
    refused(packed(tmp_path / "g.zip", [(name, POINT)]), "trỏ ra ngoài")


@pytest.mark.parametrize("kind", [0o120777, 0o010644, 0o020644])
def test_links_and_special_files_are_refused(tmp_path, kind):
    entry = zipfile.ZipInfo("a.geojson")
    entry.external_attr = kind << 16
    refused(packed(tmp_path / "g.zip", [(entry, "/etc/passwd")]), "liên kết")


def test_names_that_differ_only_in_case_are_refused(tmp_path):
    refused(packed(tmp_path / "g.zip", [("A.geojson", POINT), ("a.GEOJSON", POINT)]), "chữ hoa")


def test_an_encrypted_archive_says_that_it_is_encrypted(tmp_path):
    path = packed(tmp_path / "g.zip", [("a.geojson", POINT)])
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    path.write_bytes(content)
    refused(path, "mật khẩu")


def test_overlapping_entries_are_refused(tmp_path):
    path = packed(tmp_path / "g.zip", [("a.geojson", POINT), ("b.geojson", POINT)])
    content = bytearray(path.read_bytes())
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = struct.pack("<I", 10)
    path.write_bytes(content)
    refused(path, "chồng lên nhau")


def test_too_many_entries_are_refused_before_any_is_written(tmp_path):
    path = packed(tmp_path / "g.zip", [(f"{one}.txt", b"") for one in range(MAX_ENTRIES + 1)])
    refused(path, "quá lớn")


def test_a_bomb_inside_a_zip_inside_a_zip_is_refused(tmp_path):
    bomb = zip_of([("a.geojson", b"0" * (260 << 20))])
    refused(packed(tmp_path / "g.zip", [("in.zip", zip_of([("in2.zip", bomb)]))]), "quá lớn")


def test_a_lying_size_is_found_while_unpacking(tmp_path):
    path = packed(tmp_path / "g.zip", [("a.geojson", b"0" * 5000)], zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 10)
    path.write_bytes(content)
    refused(path, "Không mở được")


def test_zips_nested_too_deep_are_refused(tmp_path):
    content = POINT
    for depth in range(5):
        content = zip_of([("a.geojson" if depth == 0 else "in.zip", content)])
    (tmp_path / "g.zip").write_bytes(content)
    refused(tmp_path / "g.zip", "lồng nhau")


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "g.zip").write_bytes(b"not a zip")
    refused(tmp_path / "g.zip", "Không mở được")


def test_nested_zips_and_zips_in_folders_are_opened(tmp_path):
    inner = zip_of([("lớp/a.geojson", POINT)])
    (tmp_path / "giao").mkdir()
    packed(tmp_path / "giao" / "g.zip", [("in.zip", inner), ("b.geojson", POINT)])
    with open_delivery(tmp_path / "giao" / "g.zip") as delivery:
        assert [file.name for file in delivery.files] == ["b.geojson", "in.zip/lớp/a.geojson"]
        unpacked = delivery.folder
    assert not unpacked.exists()
    with open_delivery(tmp_path / "giao") as delivery:
        assert [file.name for file in delivery.files] == ["g.zip/b.geojson", "g.zip/in.zip/lớp/a.geojson"]


def files_of(path):
    with open_delivery(path, any_file=True) as delivery:
        return sorted(file.name for file in delivery.files)


@pytest.mark.parametrize("name", ["g.rar", "g.7z", "g.zip"])
def test_a_zip_under_the_name_of_another_archive_is_opened(tmp_path, name):
    assert files_of(packed(tmp_path / name, [("a.geojson", POINT)])) == ["a.geojson"]
    assert files_of(packed(tmp_path / "outer.zip", [(name, (tmp_path / name).read_bytes())])) == [f"{name}/a.geojson"]


@pytest.mark.parametrize(
    ("sign", "kind"), [(b"Rar!\x1a\x07\x01\x00", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b\x08", "gzip")]
)
def test_another_archive_under_the_name_of_a_zip_is_named(tmp_path, sign, kind):
    (tmp_path / "g.zip").write_bytes(sign + bytes(200))
    refused(tmp_path / "g.zip", rf"đuôi \.zip nhưng nội dung là {kind}")


def test_half_a_zip_is_told_from_a_broken_one(tmp_path):
    whole = packed(tmp_path / "g.zip", [("a.geojson", POINT * 100)]).read_bytes()
    (tmp_path / "g.zip").write_bytes(whole[:-40])
    refused(tmp_path / "g.zip", "bị cắt ngắn")


def with_name(path, raw):
    """A zip with one file whose name is these bytes, without a word on their letters."""
    stand_in = "X" * len(raw)
    packed(path, [(f"{stand_in}.geojson", POINT)])
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), raw))
    return path


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Cột đèn đường Lê Lợi".encode(), "Cột đèn đường Lê Lợi"),
        (unicodedata.normalize("NFD", "Cột đèn").encode(), "Cột đèn"),
        (to_tcvn3("Cột đèn đường Lê Lợi").encode("latin-1"), "Cột đèn đường Lê Lợi"),
    ],
    ids=["UTF-8 without its flag", "decomposed", "TCVN3"],
)
def test_names_of_files_are_read_in_the_letters_they_were_written_in(tmp_path, raw, name):
    assert files_of(with_name(tmp_path / "g.zip", raw)) == [f"{name}.geojson"]
