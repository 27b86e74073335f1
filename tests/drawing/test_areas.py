"""Areas of pixels: fewer corners go into straightening, and what comes out is the same."""

import random

import numpy as np
import pytest
import shapely

from gis_server.drawing.areas import _grown, _straight, _without
from gis_server.drawing.contours import contours
from gis_server.drawing.frames import MARGIN, Frame

FRAME = Frame(14, 13046, 7698)


def patchwork(seed: int) -> np.ndarray:
    """Rectangles of four kinds over each other, with holes."""
    chance, pixels = random.Random(seed), np.zeros((60, 80), dtype=np.uint8)
    for _ in range(40):
        top, left = chance.randrange(56), chance.randrange(76)
        pixels[top : top + chance.randrange(1, 20), left : left + chance.randrange(1, 20)] = chance.randrange(5)
    return pixels


@pytest.mark.parametrize("seed", range(8))
def test_areas_are_straightened_as_if_a_corner_stood_at_every_pixel(seed: int) -> None:
    found = contours(patchwork(seed))
    rings = shapely.linearrings(found.corners.astype(float), indices=found.ring)
    stairs = shapely.segmentize(shapely.polygons(rings, indices=found.area), 1.0)
    expected = shapely.coverage_simplify(stairs, 1.0)
    west, _, _, north = FRAME.box(MARGIN)
    scale = np.array([FRAME.pixel_m, -FRAME.pixel_m])
    areas = shapely.transform(_straight(found, (0, 0), FRAME), lambda at: np.round((at - (west, north)) / scale, 6))
    assert [one.wkt for one in areas] == [one.wkt for one in expected]
    assert shapely.coverage_is_valid(areas)


def test_what_is_beside_grows_into_free_pixels_alone() -> None:
    pixels = np.array([[0, 0, 0, 0], [0, 3, 0, 5], [0, 0, 0, 0]], dtype=np.uint8)
    assert _grown(pixels).tolist() == [[3, 3, 3, 5], [3, 3, 3, 5], [3, 3, 3, 5]]


def test_specks_of_one_kind_stay_and_those_of_another_become_part_of_what_is_around() -> None:
    pixels = np.zeros((30, 30), dtype=np.uint8)
    pixels[2:20, 2:20] = 1
    pixels[25, 25] = 1
    assert np.array_equal(_without(pixels, 12, pixels > 0), pixels)
    speckled = pixels.copy()
    speckled[10, 10] = 2
    assert np.array_equal(_without(speckled, 12, speckled > 0), pixels)
