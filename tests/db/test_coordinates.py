"""PostGIS and Python put every point in the same place, by the one pinned shift."""

import numpy as np
import psycopg
import pytest

from gis_server.db.tables import migrate
from tests.city import catalog_of

CITY = catalog_of()
BEN_THANH = np.array([[106.6983, 10.7725]])
BEN_THANH_STORED = np.array([[603_514.400, 1_191_454.713]])
CORNERS = np.array([[106.35, 8.65], [106.35, 11.5], [107.6, 8.65], [107.6, 11.5], [106.6, 11.04], [106.6983, 10.7725]])
"""Côn Đảo to Dầu Tiếng, and the latitude where PROJ by itself changes its mind."""
GRIDS = sorted(CITY.crs.file.grids)


@pytest.fixture(scope="module")
def conn(make_blank_database):
    database = make_blank_database()
    migrate(database, CITY)
    with database.connect("read") as conn:
        yield conn


def moved(conn: psycopg.Connection, points: np.ndarray, *srids: int) -> np.ndarray:
    """Points moved by PostGIS from the first system through the others."""
    geometry = f"ST_SetSRID(ST_MakePoint(x, y), {srids[0]})"
    for srid in srids[1:]:
        geometry = f"ST_Transform({geometry}, {srid})"
    question = (
        f"SELECT ST_X(g), ST_Y(g) FROM (SELECT {geometry} AS g FROM unnest(%s::float8[], %s::float8[]) p (x, y)) t"
    )
    return np.array(conn.execute(question.encode(), [points[:, 0].tolist(), points[:, 1].tolist()]).fetchall())


def test_the_check_point_holds_to_a_millimetre_in_postgis_both_ways(conn):
    assert moved(conn, BEN_THANH, 4326, 9210) == pytest.approx(BEN_THANH_STORED, abs=0.001)
    back = moved(conn, BEN_THANH_STORED, 9210, 4326)
    assert moved(conn, back, 4326, 9210) == pytest.approx(BEN_THANH_STORED, abs=0.0001)
    assert back == pytest.approx(BEN_THANH, abs=1e-8)


@pytest.mark.parametrize("srid", GRIDS)
def test_python_and_postgis_agree_in_every_grid_and_corner(conn, srid):
    there = moved(conn, CORNERS, 4326, srid)
    assert CITY.crs.transform(CORNERS, 4326, srid) == pytest.approx(there, abs=0.001)
    assert CITY.crs.transform(there, srid, 4326) == pytest.approx(CORNERS, abs=1e-8)


@pytest.mark.parametrize("srid", GRIDS)
def test_straight_to_web_mercator_is_the_same_as_by_way_of_wgs_84(conn, srid):
    there = moved(conn, CORNERS, 4326, srid)
    straight = moved(conn, there, srid, 3857)
    assert straight == pytest.approx(moved(conn, there, srid, 4326, 3857), abs=0.001)
    assert CITY.crs.transform(there, srid, 3857) == pytest.approx(straight, abs=0.001)


def test_from_one_grid_to_another_no_shift_is_left_over(conn):
    there = moved(conn, CORNERS, 4326, 5899)
    assert moved(conn, there, 5899, 9210) == pytest.approx(moved(conn, CORNERS, 4326, 9210), abs=0.001)


def test_a_row_that_someone_changed_is_put_right(make_blank_database):
    database = make_blank_database()
    migrate(database, CITY)
    with psycopg.connect(database.url) as admin:
        admin.execute("UPDATE spatial_ref_sys SET auth_name = 'EPSG' WHERE srid = 9210")
    assert migrate(database, CITY) == ["CRS 9210"]
    assert migrate(database, CITY) == []
