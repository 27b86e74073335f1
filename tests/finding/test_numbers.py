"""House numbers with alleys, and cadastral numbers in every usual writing."""

import pytest

from gis_server.finding.numbers import read_house, read_parcels
from gis_server.finding.words import Typed


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("123/4/5 Lê Văn Sỹ", ("123/4/5", "Lê Văn Sỹ", "")),
        ("số 12A Lê Lợi, Bến Nghé", ("12a", "Lê Lợi", "Bến Nghé")),
        ("hẻm 123 Lê Văn Sỹ", ("123", "Lê Văn Sỹ", "")),
        ("so nha 5 duong 3/2", ("5", "duong 3/2", "")),
        ("12 đường số 7", ("12", "đường số 7", "")),
    ],
)
def test_a_house_is_its_number_its_street_and_where_that_is(text, house):
    found = read_house(text)
    assert found is not None
    assert (found.number, found.street, found.where) == house


@pytest.mark.parametrize("text", ["Lê Lợi", "12", "12/3", "106.7 10.8", "", "Quận 1"])
def test_other_texts_are_no_houses(text):
    assert read_house(text) is None


def test_a_house_lies_in_its_alleys():
    house = read_house("123/4/5 Lê Văn Sỹ")
    assert house is not None
    assert house.numbers == ["123/4/5", "123/4", "123"]
    assert house.neighbours == ("123/4/", "123/40")


@pytest.mark.parametrize(
    ("text", "commune"),
    [
        ("tờ 12 thửa 34, Bến Nghé", "Bến Nghé"),
        ("Thửa đất số 34, tờ bản đồ số 12, phường Bến Nghé", "phường Bến Nghé"),
        ("thua 34 to 12 ben nghe", "ben nghe"),
        ("Phường Sài Gòn tờ 12, thửa 34", "Phường Sài Gòn"),
        ("26740/12/34", "26740"),
        ("26740.12.34", "26740"),
        ("12/34 Bến Nghé", "Bến Nghé"),
        ("12-34, 26740", "26740"),
        ("tờ số 12 thửa số 34", ""),
    ],
)
def test_a_parcel_is_its_sheet_its_number_and_maybe_a_commune(text, commune):
    found = [(one.sheet, one.parcel, one.commune) for one in read_parcels(text)]
    assert ("12", "34", commune) in found


@pytest.mark.parametrize("text", ["12/34", "hố ga 12", "tờ 12", "123/4/5 Lê Văn Sỹ", "2026-11-22"])
def test_other_texts_are_no_parcels(text):
    assert list(read_parcels(text)) == []


@pytest.mark.parametrize(
    ("typed", "name", "agrees"),
    [
        ("Lê Lai", "lê lai", True),
        ("Lê Lai", "lê lai\u0301", True),  # the tone of the last word may still come
        ("Lê Lái ", "lê lai", False),
        ("Lê Lợi", "lê lơi\u0323", True),
        ("Nguyễn Trã", "nguyên\u0303 trai\u0303", True),
        ("Hoà Bình", "hoa\u0300 binh\u0300", True),
        ("le loi", "lê lơi\u0323", True),
        ("Đa Kao", "đa kao", True),
        ("Đà Kao", "đa kao", False),
    ],
)
def test_marks_count_when_they_are_typed(typed, name, agrees):
    assert Typed(typed).agrees(name) is agrees
