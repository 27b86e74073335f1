"""The fitted way into Web Mercator follows PROJ's, and PostGIS's, closer than a tenth of a millimetre."""

import numpy as np
import pytest

from loaders.mercator import FEW, in_mercator

CLOSEST_M = 0.0001
BOXES = [
    (603_000.0, 1_190_000.0, 604_000.0, 1_191_000.0),
    (580_000.0, 1_186_000.0, 595_000.0, 1_200_000.0),
    (530_000.0, 900_000.0, 760_000.0, 1_300_000.0),
    (603_000.0, 1_190_000.0, 603_000.0, 1_190_000.0),
]


@pytest.mark.parametrize("box", BOXES, ids=["a square kilometre", "the sample city", "the whole extent", "one point"])
def test_points_arrive_where_proj_and_postgis_take_them(box, catalog, database):
    points = np.round(np.random.default_rng(1).uniform(box[:2], box[2:], (FEW + 1, 2)), 3)
    moved = in_mercator(points, catalog.crs)
    assert np.abs(moved - catalog.crs.transform(points, catalog.crs.stored, 3857)).max() < CLOSEST_M
    some = points[::200].tolist()
    query = "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(ST_SetSRID(ST_Point(%s, %s), 9210), 3857) AS p) AS t"
    with database.connect("read") as conn:
        theirs = [conn.execute(query, point).fetchone() for point in some]
    assert np.abs(moved[::200] - np.array(theirs)).max() < CLOSEST_M


def test_points_beyond_all_bounds_go_with_proj(catalog):
    points = np.random.default_rng(1).uniform((-4e6, -4e6), (4e6, 4e6), (FEW + 1, 2))
    assert np.array_equal(in_mercator(points, catalog.crs), catalog.crs.transform(points, catalog.crs.stored, 3857))
