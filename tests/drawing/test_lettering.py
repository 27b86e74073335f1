"""Labels in tiles: once in all tiles of a zoom, and a change of names touches the tiles that it changes."""

from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing.cells import column_and_row, ranges, unpack
from gis_server.tiles.address import TileAddress
from gis_server.tiles.shelves import Shelves
from tests.serving import LAT, LON, MEASURED, X, Y, publish_rows, tile_at, value_of
from tests.tiles.parcels import draw as draw_tile

ROADS, WARDS = "base_transport.duong_bo", "drainage.luu_vuc"
ZOOMS = (12, 13, 14, 15, 16)
Tile = tuple[int, int, int]


@pytest.fixture
def database(make_database: Callable[[], Database]) -> Database:
    return make_database()


def publish(database: Database, catalog: Catalog, names: dict[int, str], ward: str, ward_km: float = 3.0) -> int:
    """Roads of 3 km beside each other, each in three bits, and one catchment around them."""
    roads, wards = catalog[ROADS], catalog[WARDS]
    rows = []
    for number, name in names.items():
        for bit in range(3):
            values = {one: value_of(catalog, roads, one, number * 3 + bit) for one in roads.fields} | {"ten": name}
            x, y = X - 1500 + bit * 1000, Y + number * 400
            rows.append((*values.values(), f"LINESTRING({x} {y}, {x + 500} {y + 8}, {x + 1000} {y})"))
    values = {one: value_of(catalog, wards, one, 1) for one in wards.fields} | {"ten": ward}
    side = ward_km * 1000
    ring = f"{X} {Y}, {X} {Y + side}, {X + side} {Y + side}, {X + side} {Y}, {X} {Y}"
    return publish_rows(database, MEASURED, [(roads, rows), (wards, [(*values.values(), f"POLYGON(({ring}))")])])


def labels(database: Database, catalog: Catalog, layer: str) -> dict[Tile, list[dict[str, Any]]]:
    """What tiles around the place say, tile by tile."""
    views = compile_views(catalog)
    shelf = Shelves(catalog, views).find(views["public"], layer)
    found = {}
    with database.connect("read") as conn:
        for zoom in ZOOMS:
            x, y = tile_at(LON, LAT, zoom)
            reach = max(1, 2 ** (zoom - 12))
            for at in ((zoom, x + i, y + j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)):
                body = draw_tile(conn, shelf, TileAddress(*at))
                said = mapbox_vector_tile.decode(body).get(f"{layer}:nhan") if body else None
                if said:
                    found[at] = said["features"]
    return found


def test_an_area_is_named_once_in_all_tiles_of_a_zoom(database: Database, catalog: Catalog) -> None:
    publish(database, catalog, {0: "Lê Lợi"}, "Nhiêu Lộc")
    found = labels(database, catalog, WARDS)
    for zoom in ZOOMS:
        (one,) = [said for at, said in found.items() if at[0] == zoom]
        assert [feature["properties"]["ten"] for feature in one] == ["Nhiêu Lộc"]
        assert one[0]["geometry"]["type"] == "Point"


def test_a_road_is_named_on_whole_stretches_and_few(database: Database, catalog: Catalog) -> None:
    publish(database, catalog, {0: "Lê Lợi"}, "a")
    found = labels(database, catalog, ROADS)
    counts = {zoom: sum(len(said) for at, said in found.items() if at[0] == zoom) for zoom in ZOOMS}
    assert counts[12] == 1
    assert 3 <= counts[16] <= 9
    shapes = [one["geometry"] for said in found.values() for one in said]
    assert {shape["type"] for shape in shapes} == {"LineString"}
    reach = [max(abs(x - shape["coordinates"][0][0]) for x, _ in shape["coordinates"]) for shape in shapes]
    assert min(reach) > 40 * 8, "no stretch is cut at the edge of its tile"


def test_changed_names_touch_every_tile_that_they_change(database: Database, catalog: Catalog) -> None:
    """A road is named otherwise, another ends, a third stays; the catchment grows, so that its label moves."""
    publish(database, catalog, {0: "Lê Lợi", 1: "Hàm Nghi", 2: "Pasteur"}, "Nhiêu Lộc")
    before = {layer: labels(database, catalog, layer) for layer in (ROADS, WARDS)}
    release = publish(database, catalog, {0: "Lê Thánh Tôn", 2: "Pasteur"}, "Nhiêu Lộc", ward_km=4.0)
    for layer, was in before.items():
        now = labels(database, catalog, layer)
        changed = {at for at in was.keys() | now.keys() if was.get(at) != now.get(at)}
        with database.connect("read") as conn:
            query = "SELECT cells FROM meta.touched WHERE layer = %s AND release = %s"
            (cells,) = conn.execute(query, [layer, release]).fetchone() or (None,)
        assert changed
        for at in changed:
            firsts, lasts = ranges(unpack(cells), at[0])
            pairs = zip(firsts, lasts, strict=True)
            touched = {column_and_row(place) for first, last in pairs for place in range(first, last + 1)}
            assert at[1:] in touched
    said = {one["properties"]["ten"] for some in now.values() for one in some}
    roads = {one["properties"]["ten"] for some in labels(database, catalog, ROADS).values() for one in some}
    assert (said, roads) == ({"Nhiêu Lộc"}, {"Lê Thánh Tôn", "Pasteur"})
