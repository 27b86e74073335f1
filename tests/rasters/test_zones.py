"""Shares of a shape by class of value are those of every cell cut by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.rasters.zones import MOST_CELLS, zones_of
from tests.loaders.rasters.conftest import CELL, NODATA, NORTH, WEST, write

BREAKS = [0.05, 0.3, 1.0]
SIDE = 40
DEPTHS = np.random.default_rng(3).uniform(0, 1.5, (SIDE, SIDE)).astype("float32")
DEPTHS[5:9, 5:9] = NODATA


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    return write(tmp_path_factory.mktemp("sau") / "a.tif", DEPTHS, catalog)


def by_hand(shape: Any) -> tuple[list[float], float]:
    """Area of each class, and of all cells with data, cell after cell."""
    areas, known = [0.0] * len(BREAKS), 0.0
    for row in range(SIDE):
        for column in range(SIDE):
            value, x, y = float(DEPTHS[row, column]), WEST + column * CELL, NORTH - row * CELL
            inside = shapely.box(x, y - CELL, x + CELL, y).intersection(shape).area
            if value == NODATA or not inside:
                continue
            known += inside
            place = sum(value >= low for low in BREAKS)
            if place:
                areas[place - 1] += inside
    return areas, known


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(WEST + 100, NORTH - 100).buffer(61.3),
        shapely.box(WEST + 1, NORTH - 3, WEST + 2, NORTH - 2),
        shapely.Polygon([(WEST - 20, NORTH + 9), (WEST + 77, NORTH - 31), (WEST + 12, NORTH - 150)]),
        shapely.box(WEST + 26, NORTH - 44, WEST + 44, NORTH - 26),
    ],
    ids=["round", "in one cell", "over the edge", "without data"],
)
def test_every_cell_counts_by_its_part_inside(raster: Path, shape: Any) -> None:
    (found,) = zones_of(raster, [shape], BREAKS)
    areas, known = by_hand(shape)
    assert [share * shape.area for share in found.classes] == pytest.approx(areas, abs=1e-6)
    assert found.known * shape.area == pytest.approx(known, abs=1e-6)
    assert found.whole == pytest.approx(sum(areas) / shape.area)
    if not known:
        assert found.greatest is None


def test_a_shape_beside_the_raster_has_nothing(raster: Path) -> None:
    found = zones_of(raster, [shapely.box(0, 0, 9, 9), shapely.Point(WEST + 50, NORTH - 150).buffer(9)], BREAKS)
    assert (found[0].known, found[0].classes, found[0].greatest) == (0, (0, 0, 0), None)
    assert found[1].known == pytest.approx(1)


def test_large_ground_is_judged_by_fewer_cells(tmp_path: Path, catalog: Catalog) -> None:
    side = 4 * int(MOST_CELLS**0.5)
    slope = np.tile(np.linspace(0, 2, side, dtype="float32"), (side, 1))
    path = write(tmp_path / "b.tif", slope, catalog)
    ground = shapely.box(WEST, NORTH - side * CELL, WEST + side * CELL, NORTH)
    (found,) = zones_of(path, [ground], BREAKS)
    assert found.classes == pytest.approx((0.125, 0.35, 0.5), abs=0.01)
    assert found.known == pytest.approx(1)
