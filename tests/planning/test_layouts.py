"""Corners as certificates, spreadsheets, phones and other programs write them: all the same ground."""

import time

import pytest

from gis_server.catalog import Catalog
from gis_server.errors import BadRequest
from gis_server.planning.corners import is_a_list, read_corners
from gis_server.planning.layouts import laid_out

METRES = "1191454.710 603514.400; 1191454.710 603524.400; 1191474.710 603524.400"
DEGREES = "106.69830000 10.77250000; 106.69840000 10.77250000; 106.69840000 10.77270000"
MINUTES = "106.69830556 10.77250000; 106.69841667 10.77250000; 106.69841667 10.77269444"
RING = "[[106.6983,10.7725],[106.6984,10.7725],[106.6984,10.7727],[106.6983,10.7725]]"


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("1191454.71, 603514.40\n1191454.71, 603524.40\n1191474.71, 603524.40", METRES),
        ("603514,40; 1191454,71\n603524,40; 1191454,71\n603524,40; 1191474,71", METRES),
        ("1 191 454.71 603 514.40\n1 191 454.71 603 524.40\n1 191 474.71 603 524.40", METRES),
        ("1 603 514,4 1 191 454,71\n2 603 524,4 1 191 454,71\n3 603 524,4 1 191 474,71 20,0", METRES),
        ("1191454.71\u00a0603514.40\r\n1191454.71\u00a0603524.40\r\n1191474.71\u00a0603524.40\r\n", METRES),
        ("10.7725, 106.6983\n10.7725, 106.6984\n10.7727, 106.6984", DEGREES),
        ("1 106.6983 10.7725\n2 106.6984 10.7725\n3 106.6984 10.7727", DEGREES),
        ("10.7725°N 106.6983°E\n10.7725°N 106.6984°E\n10.7727°N 106.6984°E", DEGREES),
        ("10°46'21.0\"N 106°41'53.9\"E\n10°46'21.0\"N 106°41'54.3\"E\n10°46'21.7\"N 106°41'54.3\"E", MINUTES),
        ("106°41′53,9″Đ 10°46′21,0″B; 106°41′54,3″Đ 10°46′21,0″B; 106°41′54,3″Đ 10°46′21,7″B", MINUTES),
        ("10º46'21''N,106º41'53.9''E\n10º46'21''N,106º41'54.3''E\n10º46'21.7''N,106º41'54.3''E", MINUTES),
        (f'{{"type":"Polygon","coordinates":[{RING}]}}', DEGREES),
        (
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
            f'"geometry":{{"type":"Polygon","coordinates":[{RING}]}}}}]}}',
            DEGREES,
        ),
        ("POLYGON ((106.6983 10.7725, 106.6984 10.7725, 106.6984 10.7727, 106.6983 10.7725))", DEGREES),
    ],
)
def test_pasted_corners_are_read_as_they_were_meant(catalog: Catalog, pasted: str, meant: str) -> None:
    assert read_corners(catalog.crs, pasted, None).text == meant
    assert is_a_list(laid_out(pasted))


@pytest.mark.parametrize(
    "pasted",
    [
        "10°46'21\"S 106°41'53\"E\n10°46'21\"S 106°41'54\"E\n10°46'22\"S 106°41'54\"E",
        "10°66'21\" 106°41'53\"\n10°46'21\" 106°41'54\"\n10°46'22\" 106°41'54\"",
        f'{{"type":"Polygon","coordinates":[{RING},{RING}]}}',
        '{"type":"Point","coordinates":[106.6983,10.7725]}',
        "POLYGON ((106 10",
    ],
)
def test_what_is_not_one_ground_in_the_city_is_refused(catalog: Catalog, pasted: str) -> None:
    with pytest.raises(BadRequest, match="corners"):
        read_corners(catalog.crs, pasted, None)


@pytest.mark.parametrize("text", ["123/4/5 Lê Văn Sỹ", "26740/12/34", "tờ 12 thửa 34, Bến Nghé", "10.7725, 106.6983"])
def test_other_questions_stay_as_they_are(text: str) -> None:
    assert laid_out(text) == text
    assert not is_a_list(text)


@pytest.mark.parametrize(
    "part",
    ["1 ", "111 ", "1°1'", "1°", "1", "1 111", " ", "POLYGON((1 1,", "POLYGON" + " " * 50, '{"a":', "{", "1,", "'"],
)
def test_hostile_writing_takes_no_time(part: str) -> None:
    begun = time.process_time()
    laid_out((part * 20_000)[:20_000] + "x")
    assert time.process_time() - begun < 1
