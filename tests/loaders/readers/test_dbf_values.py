"""Which cells are read by whole columns, and which are left to GDAL."""

import datetime

import numpy as np
import pyogrio
import pytest

from loaders.readers.dbf_values import Unusual, values_of
from tests.loaders.readers.dbf_files import NO_DAYS, STRANGE, write

DAY = datetime.date(2025, 12, 31)
USUAL = [
    ((b"C", 6, 0), [b" a b  ", b"      ", b"ab\0cd ", b"\xc3\xa9    "], ["a b", None, "ab", "Ã©"]),
    ((b"N", 5, 0), [b"    7", b"-12  ", b"     ", b"*****", b"00012"], [7, -12, None, None, 12]),
    ((b"N", 12, 0), [b"  9999999999", b"           0"], [9_999_999_999, 0]),
    ((b"N", 8, 2), [b"    3.25", b"  -0.50 ", b"        ", b"1\0\0\0\0\0\0\0"], [3.25, -0.5, None, 1.0]),
    ((b"F", 13, 5), [b"1.50000e+002 ", b"           .5"], [150.0, 0.5]),
    ((b"D", 8, 0), [b"20251231", b"        ", b"00000000", b"20240229"], [DAY, None, None, datetime.date(2024, 2, 29)]),
    ((b"L", 1, 0), [b"T", b"y", b"F", b"n", b"?"], [True, True, False, False, None]),
]
READ = (b".5", b"+5", b"**", b"1e999", b"12\x007")
"""Strange, and yet the same to everybody."""


def opened(folder, about, cells):
    kind, width, decimals = about
    cells = [cell.ljust(width)[:width] for cell in cells]
    path = write(folder / "a.shp", [("c", kind, width, decimals)], [[cell] for cell in cells])
    return values_of(path, pyogrio.read_info(path))


def read(values, rows):
    (column,) = values.of(np.array(rows))
    return column.to_pylist()


@pytest.mark.parametrize(("about", "cells", "meant"), USUAL)
def test_what_programs_write_is_read_by_columns(tmp_path, about, cells, meant):
    assert read(opened(tmp_path, about, cells), range(len(cells))) == meant


def test_only_the_rows_that_were_asked_for_are_read(tmp_path):
    cells = [b"%d" % number for number in range(20)]
    assert read(opened(tmp_path, (b"N", 4, 0), cells), [3, 4, 9, 17]) == [3, 4, 9, 17]


@pytest.mark.parametrize("cell", [one for one in STRANGE if one not in READ])
def test_a_number_that_only_mishaps_write_is_left_to_gdal(tmp_path, cell):
    with pytest.raises(Unusual):
        opened(tmp_path, (b"N", 20, 4), [cell, b"1"]).of(np.arange(2))


def test_decimals_among_whole_numbers_are_left_to_gdal(tmp_path):
    with pytest.raises(Unusual):
        opened(tmp_path, (b"N", 5, 0), [b"1.5"]).of(np.arange(1))


def test_a_truth_that_is_none_is_left_to_gdal(tmp_path):
    with pytest.raises(Unusual):
        opened(tmp_path, (b"L", 1, 0), [b"T", b"X"]).of(np.arange(2))


@pytest.mark.parametrize("cell", NO_DAYS)
def test_a_day_that_is_none_is_none(tmp_path, cell):
    assert read(opened(tmp_path, (b"D", 8, 0), [cell, b"20251231"]), [0, 1]) == [None, DAY]


@pytest.mark.parametrize("about", [(b"M", 10, 0), (b"D", 10, 0), (b"L", 3, 0), (b"I", 4, 0)])
def test_of_a_file_with_a_seldom_column_gdal_reads_all_values(tmp_path, about):
    assert opened(tmp_path, about, [b"1"]) is None


def test_of_a_file_that_lacks_rows_gdal_reads_all_values(tmp_path):
    path = write(tmp_path / "a.shp", [("c", b"C", 4, 0)], [[b"abcd"]] * 3)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[:-6])
    assert values_of(path, pyogrio.read_info(path)) is None
