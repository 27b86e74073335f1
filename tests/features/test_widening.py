"""Shapes that callers draw are widened as shapely would, and in bounded time whatever they are."""

import time

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gis_server.errors import BadRequest
from gis_server.features.widening import ROUND, refuse_tangle, widened

LONGEST_S = 15.0
"""Two seconds on an idle machine; in one go they took minutes."""


def track(points: int) -> shapely.LineString:
    angles = np.linspace(0, 6, points)
    return shapely.LineString(np.stack([angles * 500, np.sin(angles) * 300], axis=1))


@pytest.mark.parametrize(
    "shape",
    [
        track(50),
        track(400),
        shapely.buffer(shapely.Point(0, 0), 400, quad_segs=100),
        shapely.MultiPoint(np.random.default_rng(7).uniform(0, 3_000, (300, 2))),
        shapely.GeometryCollection(
            [track(300), shapely.MultiPoint([(0, 900), (3000, 900)]), shapely.box(0, 500, 9, 700)]
        ),
    ],
)
def test_it_is_everything_within_so_many_metres(shape: BaseGeometry) -> None:
    exact = shapely.buffer(shape, 120, quad_segs=ROUND)
    found = widened(shape, 120)
    assert found.is_valid
    assert shapely.symmetric_difference(found, exact).area < 0.003 * exact.area
    assert widened(shape, 0) is shape


@pytest.mark.parametrize("width", [5_000.0, 100.0])
@pytest.mark.parametrize("kind", ["crowd", "zigzag"])
def test_ten_thousand_points_do_not_take_minutes(kind: str, width: float) -> None:
    points = np.random.default_rng(7).uniform(0, 20_000, (10_000, 2))
    teeth = np.stack([np.arange(10_000) * 5.0, np.tile([0, 5_000.0], 5_000)], axis=1)
    shape = shapely.MultiPoint(points) if kind == "crowd" else shapely.LineString(teeth)
    began = time.perf_counter()
    refuse_tangle(shape)
    assert widened(shape, width).area > 0
    assert time.perf_counter() - began < LONGEST_S


def test_a_tangle_is_refused_and_a_wide_fan_is_not() -> None:
    tangle = shapely.LineString(np.random.default_rng(7).uniform(0, 20_000, (5_000, 2)))
    with pytest.raises(BadRequest, match="cross"):
        refuse_tangle(tangle)
    refuse_tangle(shapely.buffer(shapely.Point(0, 0), 9, quad_segs=2_000))
    refuse_tangle(track(9_000))
