"""The served map is asked for as little as possible, once, and an empty or absent map is no control."""

import numpy as np
import pytest
import shapely

from loaders.grid.served import TILE_M, Served, served
from tests.loaders.test_crs import ROADS, delivered, streets

ROAD = "base_transport.duong_bo"
MIDDLE = np.array([[604_000.0, 1_192_000.0]])


class Counting:
    """A connection that counts what is asked of it."""

    def __init__(self, conn):
        self.conn, self.asked = conn, 0

    def execute(self, *words, **more):
        self.asked += 1
        return self.conn.execute(*words, **more)

    def __getattr__(self, name):
        return getattr(self.conn, name)


@pytest.fixture
def control(load_it, fresh, catalog, tmp_path):
    load_it(delivered(tmp_path / "duong.gpkg", streets(), "LineString"), ROADS)
    with served(catalog, fresh) as found:
        yield Served(catalog, Counting(found.conn))


def test_roads_near_the_points_are_fetched_once_for_a_whole_delivery(control):
    (roads,) = control.layers(MIDDLE)
    assert roads.name == ROAD
    true_m = shapely.distance(shapely.points(MIDDLE), shapely.union_all(streets()))
    assert roads.distances(MIDDLE) == pytest.approx(true_m, abs=0.002)
    asked = control.conn.asked
    assert list(control.towards((ROAD,)).layers(MIDDLE + 1.0))
    assert control.conn.asked == asked
    list(control.layers(MIDDLE + 3 * TILE_M))
    assert control.conn.asked == asked + 1


def test_an_empty_layer_or_one_without_a_table_is_no_control(fresh, catalog):
    with served(catalog, fresh) as control:
        assert list(control.layers(MIDDLE)) == []
        assert control.communes(["27496"]) == {}
        control.conn.execute("SET search_path = ''")
        assert not control._holds_anything("drainage.ho_ga")


def test_a_layer_with_too_much_around_a_file_is_no_control(control, monkeypatch):
    monkeypatch.setattr("loaders.grid.served.PIECES", 10)
    assert list(control.layers(MIDDLE)) == []
