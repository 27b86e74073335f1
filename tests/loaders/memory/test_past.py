"""What is remembered may be lost at any time: then it is nothing, and never wrong."""

import numpy as np
import pytest

from loaders.memory.past import ALL_DRAWN, DRAWING, MISFITS, PRINT, ROW, Past, keep_past, place_of, read_past


def words(*numbers):
    return np.array(numbers, np.uint64)


COLUMNS = {PRINT: words(3, 5, 9), DRAWING: words(30, 50, 90), ROW: np.array([-3, -5, -9])}


@pytest.fixture
def file(tmp_path):
    return place_of(tmp_path / "memory", "quận 1/a", "cadastre.thua_dat")


def test_what_is_kept_is_read_again(file):
    keep_past(file, {**COLUMNS, ALL_DRAWN: words(3, 8, 1), MISFITS: words()}.items())
    past = read_past(file)
    assert {name: past[name].tolist() for name in COLUMNS} == {name: one.tolist() for name, one in COLUMNS.items()}
    assert past.all_drawn == (3, 8, 1)


def test_nothing_or_half_of_a_file_is_nothing(file):
    assert read_past(file) is None
    keep_past(file, COLUMNS.items())
    whole = file.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 5):
        file.write_bytes(whole[:size])
        assert read_past(file) is None
    file.write_bytes(b"\0" * len(whole))
    assert read_past(file) is None


def test_what_a_killed_load_began_goes_with_the_next(file):
    file.parent.mkdir()
    file.with_name(f"{file.name}.77.part").write_bytes(b"half")
    keep_past(file, COLUMNS.items())
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path):
    (tmp_path / "memory").write_text("a file, no folder")
    keep_past(place_of(tmp_path / "memory", "a", "b.c"), COLUMNS.items())


def test_only_rows_with_the_same_values_and_the_same_drawing_came_before():
    past = Past(COLUMNS)
    places = past.places(words(9, 4, 3, 5, 99, 0), words(90, 30, 31, 50, 90, 30))
    assert places.tolist() == [2, -1, -1, 1, -1, -1]
    assert Past({name: one[:0] for name, one in COLUMNS.items()}).places(words(3), words(30)).tolist() == [-1]


def test_some_rows_of_the_past_still_know_what_all_drawings_were():
    some = Past({**COLUMNS, ALL_DRAWN: words(3, 8, 1), MISFITS: words(4)}).chosen(np.array([True, False, True]))
    assert some[ROW].tolist() == [-3, -9]
    assert some.all_drawn == (3, 8, 1)
    assert some[MISFITS].tolist() == [4]
