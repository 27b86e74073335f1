"""Few points in few places stand for a file, whatever unit its numbers are in."""

import numpy as np
import pytest

from loaders.grid.spread import PLACES, POINTS, coded, in_places

CHANCE = np.random.default_rng(4)
CITY = CHANCE.uniform((560_000, 1_150_000), (630_000, 1_230_000), (4000, 2))


@pytest.mark.parametrize("scale", [1.0, 1000.0, 0.001, 1 / 111_000])
def test_a_file_all_over_the_city_is_measured_in_some_squares_of_600_metres(scale):
    kept = in_places(CITY * scale)
    assert POINTS / 8 < len(kept) <= POINTS
    assert len(np.unique(np.floor(kept / scale / 600), axis=0)) <= PLACES + 4


def test_a_small_file_is_measured_whole_and_what_is_no_number_is_left_out():
    points = np.vstack([CITY[:50], [[np.nan, 1.0]]])
    assert in_places(points) == pytest.approx(CITY[:50])
    assert len(in_places(CITY[:0])) == 0


def test_codes_stay_with_their_points_and_come_from_everywhere():
    codes = tuple(f"{place}" for place in range(len(CITY)))
    found = coded(CITY, codes)
    assert len(found.points) == len(found.codes) == POINTS
    assert all((CITY[int(code)] == point).all() for code, point in zip(found.codes, found.points, strict=True))
    assert len(coded(CITY, ()).points) == 0
