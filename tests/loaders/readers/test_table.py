"""Tables of text as offices write them: separators, Unicode of two bytes, headings that break, rows that do not fit."""

import pytest
from shapely import from_wkb

from gis_server.errors import DeliveryUnreadable
from loaders.profiles import FileRule
from loaders.readers.table import encoding_of, read_table
from tests.loaders.hostile import assert_is_a_sentence

HOW = {"east": "Y", "north": "X"}


def rows(path, how=HOW):
    (stream,) = read_table(path, path.name, FileRule.model_validate(how))
    return [row for chunk in stream.chunks for row in chunk.rows.to_pylist()]


def place(row):
    return from_wkb(row["@geometry"]).wkt


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_it_was_saved(tmp_path, encoding, separator, end):
    lines = [
        ["MA", "DUONG", "X", "Y"],
        ["C1", "Lê Lợi", "1187000.5", "581000.25"],
        ["C2", "Hẻm 7", "1187001", "581001"],
    ]
    text = end.join(separator.join(line) for line in lines) + end
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    found = rows(tmp_path / "a.csv")
    assert [place(row) for row in found] == ["POINT (581000.25 1187000.5)", "POINT (581001 1187001)"]
    assert found[0]["DUONG"].decode() == "Lê Lợi"


def test_the_bytes_of_old_letters_are_no_utf_16():
    assert encoding_of("Mã,Tên\nLê Lợi,".encode("cp1258", "ignore") * 40) == "utf-8"
    assert encoding_of(b"") == "utf-8"
    assert encoding_of(b"a\x00") == "utf-8"


def test_a_heading_with_a_line_break_shifts_no_row(tmp_path):
    (tmp_path / "a.csv").write_text('Danh sách\nMA,"Tên\nđường",X,Y\nC1,Lê Lợi,1187000,581000\n')
    found = rows(tmp_path / "a.csv", {**HOW, "header": 2})
    assert [(row["MA"], row["Tên đường"].decode()) for row in found] == [(b"C1", "Lê Lợi")]


def test_names_below_a_merged_heading_are_the_columns(tmp_path):
    (tmp_path / "a.csv").write_text("MA,Tọa độ,,Ghi chú\n,X,Y,\nC1,1187000,581000,x\n")
    (found,) = rows(tmp_path / "a.csv", {**HOW, "header_rows": 2})
    assert place(found) == "POINT (581000 1187000)"
    assert {"MA", "X", "Y", "Ghi chú"} <= found.keys()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("C900,Tổng cộng", "dòng.* có 2 ô, còn tiêu đề có 4 cột: “C900,Tổng cộng”"),
        ('C3,"Lê Lợi,1187000,581000', "dấu ngoặc kép chưa đóng"),
        ("C3,Lê Lợi,1187", "tệp bị cắt ngang"),
    ],
)
def test_a_row_that_does_not_fit_is_shown(tmp_path, line, words):
    (tmp_path / "a.csv").write_text(f"MA,DUONG,X,Y\nC1,a,1187000,581000\n{line}\n")
    with pytest.raises(DeliveryUnreadable, match=words) as told:
        rows(tmp_path / "a.csv")
    assert_is_a_sentence(told.value)


def test_a_heading_too_long_to_be_one_is_a_sentence(tmp_path):
    (tmp_path / "a.csv").write_text('"' + "a" * 200_000)
    with pytest.raises(DeliveryUnreadable, match="Không đọc được bảng"):
        rows(tmp_path / "a.csv")
