"""Abbreviations, words before a street and letters left by a keyboard's program."""

import pytest

from gis_server.finding.habits import spelled_out, without_keys


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("12 Lê Lợi, P. Bến Nghé, Q1, TP. Hồ Chí Minh, Việt Nam", "12 Lê Lợi, phường Bến Nghé, quận 1"),
        ("12 le loi q1 tphcm", "12 le loi quan 1"),
        ("P1 Q3", "phuong 1 quan 3"),
        ("nhà số 2 đường Lê Lợi", "2 Lê Lợi"),
        ("số 2/3 duong le loi", "số 2/3 le loi"),
        ("h. 2 Lê Lợi", "hẻm 2 Lê Lợi"),
        ("UBND phường Bến Nghé", "ủy ban nhân dân phường Bến Nghé"),
        ("thcs le loi", "trung hoc co so le loi"),
        ("TP Thủ Đức", "thành phố Thủ Đức"),
        ("Tp. Hồ Chí Minh", "thành phố Hồ Chí Minh"),
        ("đường số 5", "đường số 5"),
        ("12 đường 3 Tháng 2", "12 đường 3 Tháng 2"),
        ("đường Hồ Chí Minh", "Hồ Chí Minh"),
        ("đường", "đường"),
        ("HG-001", "HG-001"),
    ],
)
def test_what_is_short_is_spelled_out_with_the_marks_of_who_typed_it(typed: str, plain: str) -> None:
    assert spelled_out(typed) == plain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nguyeenx thij minh khai", "nguyen thi minh khai"),
        ("nguye6n4 thi5 minh khai", "nguyen thi minh khai"),
        ("dduwowngf leej lowij", "duong le loi"),
        ("d9u7o72ng le6 lo7i5", "duong le loi"),
        ("ddường Lê Lợi", "duong le loi"),
        ("123/4/5 leef vawn syx", "123/4/5 le van sy"),
        ("12 le van sy", "12 le van sy"),
        ("T2, T3", "t2, t3"),
        ("QL1", "ql1"),
    ],
)
def test_letters_left_by_telex_and_vni_are_read_as_they_were_meant(typed: str, meant: str) -> None:
    assert without_keys(typed) == meant
