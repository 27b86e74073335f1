"""An old dossier comes back to the letter, whatever was published since."""

from collections.abc import Callable, Iterator

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.planning.conftest import BEN_NGHE, BLOCKS, PARCELS, corner, rows_of
from tests.serving import MEASURED, SYNTHETIC, City, Serve, X, Y, publish_rows

LOT = f"/planning/parcels/{BEN_NGHE}/7/901/dossier"


@pytest.fixture
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """Release 1: the lot and all that lies on it."""
    database = make_database()
    publish_rows(database, MEASURED, [rows_of(catalog, layer, rows) for layer, rows in corner(X + 1000, Y).items()])
    with serve(database) as city:
        yield city


def test_release_gives_the_same_bytes_again(city: City, catalog: Catalog) -> None:
    was = {view: city.get(LOT, view).content for view in ("public", "agency")}
    lots = corner(X + 1000, Y)[PARCELS]
    block = ({"ma": "B1", "mat_do": "40 %"}, lots[0][1])
    publish_rows(city.database, SYNTHETIC, [rows_of(catalog, BLOCKS, [block])])
    moved = [({**row, "dien_tich": 1}, shape.buffer(-1)) for row, shape in lots]
    publish_rows(city.database, MEASURED, [rows_of(catalog, PARCELS, moved), rows_of(catalog, "planning.lo_gioi", [])])
    now = city.get(LOT, "agency")
    assert now.headers["Bando-Release"] == "3"
    assert now.json()["synthetic"] is True
    assert now.json()["area"]["computed_m2"] == 144
    for view, content in was.items():
        then = city.get(f"{LOT}?release=1", view)
        assert (then.content, then.headers["Bando-Release"]) == (content, "1")
    middle = city.get(f"{LOT}?release=2", "agency").json()
    assert (middle["area"]["computed_m2"], middle["synthetic"]) == (200, True)
    assert city.get(f"{LOT}?release=0").status_code == 404
