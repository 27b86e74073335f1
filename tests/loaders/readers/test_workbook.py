"""Workbooks: the sheets that are asked for, cells that were never worked out, numbers that stay what they are."""

import openpyxl
import pyarrow as pa
import pytest

from gis_server.errors import DeliveryUnreadable
from loaders.conditions import as_number, with_points
from loaders.profiles import FileRule
from loaders.readers.table import read_table
from tests.loaders.hostile import assert_is_a_sentence


def book(path, sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, lines in sheets.items():
        sheet = made.create_sheet(title)
        for line in lines:
            sheet.append(line)
    made.save(path)
    return path


def read(path, **how):
    streams = read_table(path, path.name, FileRule.model_validate(how))
    return {one.layer: [row for chunk in one.chunks for row in chunk.rows.to_pylist()] for one in streams}


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("Quận 1", ["Quận 1"]),
        ("Quận*", ["Quận 1", "Quận 3"]),
        (["Quận 1", "Quận 3"], ["Quận 1", "Quận 3"]),
        (None, ["Hướng dẫn", "Quận 1", "Quận 3"]),
    ],
)
def test_the_sheets_that_are_asked_for_are_read(tmp_path, sheet, found):
    lines = [["MA", "X", "Y"], ["a", 1187000, 581000]]
    path = book(tmp_path / "a.xlsx", {"Hướng dẫn": [["Điền đủ"]], "Quận 1": lines, "Quận 3": lines})
    assert list(read(path, sheet=sheet)) == found


def test_a_formula_that_was_never_worked_out_is_named(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Trang 1": [["MA", "X"], ["a", 5], ["b", "=1+1"]]})
    with pytest.raises(DeliveryUnreadable, match="Trang 1: ô B3 có công thức") as told:
        read(path)
    assert_is_a_sentence(told.value)


def test_a_number_with_three_decimals_is_no_thousand(tmp_path):
    path = book(tmp_path / "a.xlsx", {"a": [["MA", "CAO"], ["a", 2.345], ["b", "2,5"], ["c", "1.234,5"], ["d", 7]]})
    texts = [row["CAO"] for row in read(path)["a"]]
    assert as_number(with_points(pa.array(texts))).to_pylist() == [2.345, 2.5, 1234.5, 7]
