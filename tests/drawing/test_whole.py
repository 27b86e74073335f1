"""A small layer is drawn in one piece of work: what comes of that is what comes of drawing it block by block."""

from collections.abc import Callable

import numpy as np
import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing import draw as draw_module
from gis_server.drawing.draw import draw
from gis_server.drawing.frames import HALF_WORLD_M, REACH, Frame
from gis_server.drawing.whole import Whole, tiles_near
from tests.drawing.test_draw import CITIES, City, tables
from tests.serving import MEASURED, publish_rows


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Layers that were drawn whole."""
    layers: list[str] = []
    done = Whole.done

    def noted(self: Whole) -> object:
        layers.append(self.layer)
        return done(self)

    monkeypatch.setattr(Whole, "done", noted)
    return layers


@pytest.mark.parametrize("kind", CITIES)
def test_it_is_what_blocks_give(
    kind: str,
    make_database: Callable[[], Database],
    catalog: Catalog,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city, database = City(catalog, *CITIES[kind]), make_database()
    publish_rows(database, MEASURED, [(city.layer, city.change(range(700)))])
    assert asked == [city.layer.id]
    with database.connect("load") as conn:
        whole = tables(conn)
        monkeypatch.setattr(draw_module, "MOST_BYTES", -1)
        draw(conn, city.layer, city.layer.table, None)
        assert asked == [city.layer.id]
        assert whole == tables(conn)
        assert len(whole[0]) > 10
        conn.rollback()


@pytest.mark.parametrize("zoom", [0, 2, 6, 14])
def test_every_tile_is_found_that_a_box_comes_near_to(zoom: int) -> None:
    chance = np.random.default_rng(zoom)
    side = Frame(zoom, 0, 0).side_m
    corner = chance.uniform(-1.05 * HALF_WORLD_M, 1.05 * HALF_WORLD_M, (12, 2))
    if zoom == 14:
        corner = chance.uniform(0, 30 * side, (40, 2))
    bounds = np.hstack([corner, corner + chance.uniform(0, 6 * side, corner.shape)])
    wide, first = (1 << zoom, 0) if zoom < 10 else (90, (1 << zoom) // 2 - 45)
    every = [Frame(zoom, x, y) for x in range(first, first + wide) for y in range(first, first + wide)]
    expected = {(one.x, one.y): np.flatnonzero(one.overlaps(bounds, REACH)).tolist() for one in every}
    found = {at: near.tolist() for at, near in tiles_near(zoom, bounds)}
    assert found == {at: near for at, near in expected.items() if near}
