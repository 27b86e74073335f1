"""How far corners are from sides: PostGIS, GEOS and whole columns say the same; areas stay sound on such a grid."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis_server.db.database import Database
from gis_server.db.shapes import measured
from loaders.clearance import FEW_CORNERS, of_rings, of_shapes
from loaders.wkb import read_plain

COUNT = 400


@pytest.fixture(scope="module")
def areas() -> Any:
    """Stars of 3 to 10 corners, some of them thin; parcels with a corner on a straight side; a corner told twice."""
    chance = np.random.default_rng(5)
    stars = []
    for _ in range(COUNT):
        count = int(chance.integers(3, 11))
        angles = np.sort(chance.uniform(0, 2 * np.pi, count))
        reach = chance.uniform(0.05, 30, count)
        stars.append(shapely.Polygon(np.column_stack([reach * np.cos(angles), reach * np.sin(angles) * 0.2])))
    with_joint = shapely.from_wkt("POLYGON((0 0, 5 0, 10 0, 10 20, 0 20, 0 0))")
    twice = shapely.from_wkt("POLYGON((0 0, 10 0, 10 0, 10 20, 0 20, 0 0))")
    sound = [star for star in stars if star.is_valid]
    return np.array([*sound, with_joint, twice])


def few(areas: Any) -> Any:
    return shapely.get_num_coordinates(areas) <= FEW_CORNERS + 1


def test_columns_say_what_geos_says(areas: Any) -> None:
    plain = read_plain(pa.array(shapely.to_wkb(areas), pa.binary()))
    assert plain is not None
    found, told = of_rings(plain), shapely.minimum_clearance(areas)
    known = few(areas) & (np.arange(len(areas)) < len(areas) - 1)
    assert known.sum() > COUNT / 2
    assert np.allclose(found[known], told[known], rtol=1e-9)
    assert np.isnan(found[~known]).all()
    assert found[-2] == 5


def test_shapes_one_by_one_say_the_same(areas: Any) -> None:
    found = of_shapes(np.append(areas, [shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)])]))
    assert np.array_equal(found[: len(areas)][few(areas)], shapely.minimum_clearance(areas[few(areas)]))
    assert np.isnan(found[len(areas) :]).all()


def test_postgis_says_the_same(areas: Any, make_database: Any) -> None:
    """Migrations, rollbacks, drafts and mended rows are measured by it."""
    database: Database = make_database()
    query = f"SELECT {measured('geom')} FROM unnest(%s::bytea[]) AS wkb, ST_GeomFromWKB(wkb) AS geom"
    with database.connect("read") as conn:
        told = [row[0] for row in conn.execute(query.encode(), [list(shapely.to_wkb(areas))])]
    assert np.allclose(np.array(told, float), of_shapes(areas), rtol=1e-6, equal_nan=True)


def test_an_area_stays_sound_on_a_grid_finer_than_its_clearance(areas: Any) -> None:
    """What tile_areas.sql counts on: 1.42 units of the grid."""
    steps = np.random.default_rng(6).uniform(0.02, 3, len(areas))
    kept = 0
    for area, step in zip(areas, steps, strict=True):
        if shapely.minimum_clearance(area) > 1.42 * step:
            snapped = shapely.transform(area, lambda at, step=step: np.round(at / step))
            assert snapped.is_valid
            assert snapped.area > 0
            kept += 1
    assert kept > COUNT / 10
