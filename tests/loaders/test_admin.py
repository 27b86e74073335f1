"""Real administrative units of both epochs, each as its office published them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_server.db.database import Database
from loaders.pipeline import Desk, Order, load
from loaders.report import Report

LAYER = "base_boundary.dia_phan_hanh_chinh_tren_dat_lien"


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database]) -> Database:
    return make_database()


@pytest.fixture(scope="module")
def both(shared_data: Path, city: Database, desk_at: Callable[..., Desk]) -> list[Report]:
    old = shared_data / "admin_before_2025"
    given = [(shared_data / "admin_2025" / "79_ho_chi_minh", "admin_2025"), (old, "admin_old"), (old, "admin_old_osm")]
    return [load(Order(path, profile), desk_at(city)) for path, profile in given]


@pytest.fixture
def ask(city: Database) -> Callable[[str], list[tuple[Any, ...]]]:
    def asked(query: str) -> list[tuple[Any, ...]]:
        with city.connect("read") as conn:
            return conn.execute(query.encode()).fetchall()

    return asked


def test_both_epochs_stand_side_by_side_under_their_own_sources(both, ask):
    dates = 'min("hieuLucTu")::text, max("hieuLucDen")::text'
    assert ask(f"SELECT source, count(*), {dates} FROM {LAYER} GROUP BY source ORDER BY 1") == [
        ("admin_2025", 169, "2025-07-01", None),
        ("admin_old", 22, "2021-01-01", "2025-06-30"),
        ("admin_old_osm", 22, "2021-01-01", "2025-06-30"),
    ]
    assert [report.release.number for report in both] == [1, 2, 3]


def test_geometry_collections_become_polygons_and_label_points_are_counted(both, ask):
    kinds = ask(f"SELECT DISTINCT GeometryType(geom) FROM {LAYER} WHERE source = 'admin_old'")
    assert kinds == [("MULTIPOLYGON",)]
    line = both[2].account.lines["osm_districts_export_tulliavu.geojson"]
    assert (line.read, line.loaded, line.left_out.total()) == (48, 22, 26)


def test_areas_are_those_of_the_office_and_old_codes_are_decoded(both, ask):
    """Coastal units are measured with their water here and without it there, so most must agree, not all."""
    difference = 'abs(ST_Area(geom) / 1e6 / "dienTich" - 1)'
    eighth = f"percentile_cont(0.8) WITHIN GROUP (ORDER BY {difference})"
    query = f"SELECT {eighth} FROM {LAYER} WHERE source = 'admin_2025'"
    assert ask(query)[0][0] < 0.03
    query = f"SELECT ten FROM {LAYER} WHERE \"maDonViHanhChinh\" = '769' AND source = 'admin_old'"
    assert ask(query) == [("Thành phố Thủ Đức",)]
    assert ask(f'SELECT count(*) FROM {LAYER} WHERE "maDonViHanhChinh" IS NULL') == [(0,)]


def test_con_dao_far_out_at_sea_is_where_it_is(both, ask):
    rows = ask(f"SELECT ST_Y(ST_Centroid(geom))::int FROM {LAYER} WHERE \"maDonViHanhChinh\" = '26732'")
    assert 950_000 < rows[0][0] < 970_000
