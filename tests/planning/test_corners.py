"""Corners as people paste them: what is a list, and hostile texts that are read in no time."""

import time

import pytest

from gis_server.catalog import Catalog
from gis_server.errors import BadRequest
from gis_server.planning.corners import is_a_list, read_corners

SOON_S = 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("26740/12/345", False),
        ("10.7725, 106.6983", False),
        ("12 Lê Lợi\nPhường Bến Thành", False),
        ("1 1191454.713 603514.400\n2 1191464.713 603524.400", True),
        ("106.69 10.77; 106.70 10.77; 106.70 10.78", True),
        ("106.69 10.77\n106.70 10.77\n106.70 10.78", True),
    ],
)
def test_a_list_of_corners_is_told_from_words(text: str, expected: bool) -> None:
    assert is_a_list(text) is expected


def test_letters_around_numbers_are_left_out(catalog: Catalog) -> None:
    found = read_corners(catalog.crs, "X=1191454.713m Y=603514.400m", None)
    assert (found.points.round(3).tolist(), found.grid) == ([[603514.4, 1191454.713]], 9210)


LAID_OUT = ("1 " * 9_500, "1 111 " * 3_000, "1° " * 6_000, "1°1'" * 4_000, "POLYGON((" + "1 " * 9_000, "111,1," * 3_000)


@pytest.mark.parametrize(
    "text", ["1" + "\n" * 19_000, "1 \n" * 6_000, "1" + "a" * 19_000 + "1b", "+" * 19_000, *LAID_OUT]
)
def test_hostile_texts_are_read_in_no_time(text: str, catalog: Catalog) -> None:
    """The first took minutes from 400 letters on, and every other caller waited."""
    began = time.perf_counter()
    is_a_list(text)
    with pytest.raises(BadRequest):
        read_corners(catalog.crs, text, None)
    assert time.perf_counter() - began < SOON_S
