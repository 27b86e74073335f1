"""Areas of equal pixels: those that GDAL finds, numbered as they lie, and valid where they touch at corners."""

import random

import numpy as np
import pytest
import shapely
from rasterio import features

from gis_server.drawing.contours import contours


def patchwork(seed: int, noise: float) -> np.ndarray:
    """Rectangles of four kinds over each other, some pixels changed by chance."""
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    pixels = np.zeros((60, 80), dtype=np.uint8)
    for _ in range(40):
        top, left = chance.randrange(56), chance.randrange(76)
        pixels[top : top + chance.randrange(1, 20), left : left + chance.randrange(1, 20)] = chance.randrange(5)
    changed = numbers.random(pixels.shape) < noise
    pixels[changed] = numbers.integers(0, 5, changed.sum())
    return pixels


def areas(pixels: np.ndarray) -> tuple[np.ndarray, list[int]]:
    found = contours(pixels)
    rings = shapely.linearrings(found.corners.astype(float), indices=found.ring)
    return shapely.polygons(rings, indices=found.area), found.value.tolist()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("noise", [0, 0.15, 0.6])
@pytest.mark.parametrize("seed", range(4))
def test_the_areas_are_those_that_gdal_finds(seed: int, noise: float) -> None:
    pixels = patchwork(seed, noise)
    found, values = areas(pixels)
    assert shapely.is_valid(found).all()
    wanted = [(shapely.geometry.shape(one), value) for one, value in features.shapes(pixels, mask=pixels > 0)]
    assert len(found) == len(wanted) > 10
    tree = shapely.STRtree(found)
    for area, value in wanted:
        inside = [at for at in tree.query(area) if found[at].equals(area)]
        assert [values[at] for at in inside] == [value]


def test_each_pixel_has_the_number_of_its_area() -> None:
    pixels = patchwork(7, 0.2)
    found, values = areas(pixels)
    numbered = contours(pixels).numbered
    assert ((numbered > 0) == (pixels > 0)).all()
    for number, (area, value) in enumerate(zip(found, values, strict=True), 1):
        row, column = np.nonzero(numbered == number)
        assert (pixels[row, column] == value).all()
        assert shapely.contains_xy(area, column + 0.5, row + 0.5).all()
        assert area.area == len(row)


@pytest.mark.parametrize(
    ("drawing", "rings"),
    [
        (["11", "11"], [1]),
        (["10", "01"], [1, 1]),
        (["111", "101", "110"], [2]),
        (["1111", "1011", "1101", "1111"], [3]),
        (["121", "212", "121"], [1] * 9),
        (["11111", "10001", "10101", "10001", "11111"], [2, 1]),
    ],
)
def test_where_pixels_meet_at_a_corner_areas_stay_apart_and_holes_do_too(drawing: list[str], rings: list[int]) -> None:
    found, _ = areas(np.array([[*map(int, row)] for row in drawing], dtype=np.uint8))
    assert (shapely.get_num_interior_rings(found) + 1).tolist() == rings
    assert shapely.is_valid(found).all()


def test_a_corner_stands_only_where_an_outline_turns() -> None:
    pixels = np.zeros((40, 50), dtype=np.uint8)
    pixels[3:30, 4:44] = 9
    assert contours(pixels).corners.tolist() == [[4, 3], [44, 3], [44, 30], [4, 30], [4, 3]]


def test_of_nothing_there_are_no_areas() -> None:
    found = contours(np.zeros((5, 6), dtype=np.uint8))
    assert (len(found.value), len(found.corners), len(found.area)) == (0, 0, 0)
