"""Tiles that keep their ground are renewed from what changed; where that cannot be, they are drawn whole."""

from collections.abc import Callable

import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing import level, renewal
from gis_server.drawing.draw import draw
from gis_server.drawing.lots import features_in
from gis_server.drawing.pieces import Row
from gis_server.drawing.sheet import Sheet
from tests.drawing.test_draw import CITIES, City, tables
from tests.serving import MEASURED, publish_rows

Counted = dict[str, int]


@pytest.fixture
def city(make_database: Callable[[], Database], catalog: Catalog) -> tuple[City, Database]:
    """Parcels that are published."""
    city, database = City(catalog, *CITIES["areas"]), make_database()
    publish_rows(database, MEASURED, [(city.layer, city.change(range(400)))])
    return city, database


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Rows that were read for tiles of the highest zoom: all that is near, or around what changed."""
    counted = {"crowd": 0, "near_boxes": 0}
    for name in counted:
        ask = getattr(Sheet, name)

        def counting(sheet: Sheet, given: object, name: str = name, ask: Callable[..., list[Row]] = ask) -> object:
            rows = ask(sheet, given)
            counted[name] += len(features_in(rows) if name == "crowd" else rows)
            return rows

        monkeypatch.setattr(Sheet, name, counting)
    return counted


def is_as_drawn_anew(city: City, database: Database) -> bool:
    with database.connect("load") as conn:
        found = tables(conn)
        draw(conn, city.layer, city.layer.table, None)
        same = found == tables(conn)
        conn.rollback()
    return same


def test_only_what_lies_around_a_change_is_read(city: tuple[City, Database], read: Counted) -> None:
    parcels, database = city
    publish_rows(database, MEASURED, [(parcels.layer, parcels.change(range(200, 203)))])
    assert read["crowd"] == 0
    assert 0 < read["near_boxes"] < 60
    assert is_as_drawn_anew(parcels, database)


def test_a_change_that_no_pixel_shows_leaves_what_is_drawn(city: tuple[City, Database]) -> None:
    """A corner that moves by millimetres: the ground and the account are new, and no tile below zoom 15 is touched."""
    parcels, database = city
    before = written(database)
    number, row = 210, list(parcels.rows[210])
    row[-1] = shapely.to_wkt(shapely.transform(shapely.from_wkt(row[-1]), lambda at: at + 0.002), rounding_precision=3)
    parcels.rows[number] = tuple(row)
    publish_rows(database, MEASURED, [(parcels.layer, list(parcels.rows.values()))])
    after = written(database)
    assert before["piece"] == after["piece"]
    assert len(before["ground"] ^ after["ground"]) >= 2
    assert is_as_drawn_anew(parcels, database)


def written(database: Database) -> dict[str, set[tuple[str, ...]]]:
    """Rows of the drawing tables with the transactions that wrote them."""
    with database.connect("read") as conn:
        return {
            table: set(conn.execute(f"SELECT xmin::text, seen, zoom, x, y FROM drawing.{table}".encode()).fetchall())
            for table in ("piece", "ground")
        }


def test_a_shape_that_geos_stumbles_over_is_drawn_with_its_whole_tile(
    city: tuple[City, Database], read: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbling(*_: object) -> None:
        raise shapely.errors.GEOSException("TopologyException")

    parcels, database = city
    monkeypatch.setattr(renewal, "redrawn", stumbling)
    publish_rows(database, MEASURED, [(parcels.layer, parcels.change(range(200, 203)))])
    assert read["crowd"] > 100
    assert is_as_drawn_anew(parcels, database)


def test_many_changes_are_drawn_from_all_that_is_near(
    city: tuple[City, Database], read: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcels, database = city
    monkeypatch.setattr(level, "MOST_RENEWED", 10)
    publish_rows(database, MEASURED, [(parcels.layer, parcels.change(range(100, 200)))])
    assert (read["crowd"] > 100, read["near_boxes"]) == (True, 0)
    assert is_as_drawn_anew(parcels, database)
