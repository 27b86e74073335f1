"""Tiles drawn ahead: changing a little gives what drawing all anew would give, and nothing hidden is in them."""

import random
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import psycopg
import pytest

from gis_server.access.views import View, compile_views
from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.db.rows import ways_of_seeing
from gis_server.drawing.cells import unpack
from gis_server.drawing.draw import draw
from gis_server.drawing.rules import rule_of
from gis_server.releases.rollback import Wish, roll_back
from gis_server.tiles.address import TileAddress
from gis_server.tiles.shelves import Shelves
from tests.serving import LAT, LON, MEASURED, X, Y, publish_rows, tile_at, value_of
from tests.tiles.parcels import draw as draw_tile

PIECES = "SELECT layer, seen, zoom, x, y, fid, stands_for, source, tags, ST_AsEWKB(geom) FROM drawing.piece"
TILES = "SELECT layer, seen, zoom, x, y, digest, things, places, features_in, area_in, features FROM drawing.tile"
GROUNDS = "SELECT layer, seen, zoom, x, y, 0, 0, '', '{}', packed FROM drawing.ground"
LABELS = "SELECT layer, seen, -1 - low, x, y, high, fid, source, tags, ST_AsEWKB(geom) FROM drawing.label"
Row = tuple[Any, ...]
Shape = Callable[[random.Random, int], str]


def tables(conn: psycopg.Connection, *, grounds: bool = True) -> tuple[set[Row], set[Row]]:
    """Who sees less has no grounds of their own where nothing is hidden from them."""
    drawn = " UNION ALL ".join([PIECES, LABELS, *([GROUNDS] if grounds else [])])
    pieces, tiles = (conn.execute(query.encode()).fetchall() for query in (drawn, TILES))
    first, second = ({tuple(str(value) for value in row) for row in rows} for rows in (pieces, tiles))
    assert (len(first), len(second)) == (len(pieces), len(tiles)), "no piece is there twice"
    return first, second


def row(catalog: Catalog, layer: Layer, number: int, wkt: str, **given: Any) -> Row:
    values = {name: value_of(catalog, layer, name, number) for name in layer.fields}
    return (*{**values, **given}.values(), wkt)


def box(x: float, y: float, side: float) -> str:
    return f"POLYGON(({x} {y}, {x} {y + side}, {x + side} {y + side}, {x + side} {y}, {x} {y}))"


class City:
    """Features of one layer on a grid; some change with each publish."""

    def __init__(self, catalog: Catalog, layer: str, shape: Shape, field: str) -> None:
        self.catalog, self.layer, self.shape, self.field = catalog, catalog[layer], shape, field
        self.chance = random.Random(11)
        self.rows: dict[int, Row] = {}

    def change(self, numbers: range) -> list[Row]:
        for number in numbers:
            given = {self.field: self.chance.choice(self._values())} if self.field else {}
            wkt = self.shape(self.chance, number)
            self.rows[number] = row(self.catalog, self.layer, number, wkt, **given)
            if self.chance.random() < 0.1:
                del self.rows[number]
        return list(self.rows.values())

    def _values(self) -> list[Any]:
        rule = self.layer.fields[self.field]
        return list(self.catalog.domains[rule.domain].values)[:4] if rule.domain else ["Lê Lợi", "Hàm Nghi", None]


def parcel(chance: random.Random, number: int) -> str:
    return box(X + number % 40 * 30, Y + number // 40 * 30, chance.choice([30, 30, 30, 25, 60]))


def street(chance: random.Random, number: int) -> str:
    x, y = X + number % 20 * 200, Y + number // 20 * 200
    bend = chance.uniform(-30, 30)
    return f"LINESTRING({x} {y}, {x + 90} {y + bend}, {x + 200} {y})"


def post(chance: random.Random, number: int) -> str:
    return f"POINT({X + chance.uniform(0, 6000)} {Y + chance.uniform(0, 6000)})"


def house(chance: random.Random, number: int) -> str:
    """Some are told as points, which lie on no grid."""
    return post(chance, number) if number % 97 == 3 else box(X + number % 40 * 30, Y + number // 40 * 30, 22)


CITIES = {
    "areas": ("cadastre.thua_dat", parcel, "loai_dat"),
    "areas and points": ("base_settlement.nha", house, ""),
    "outlines": ("drainage.luu_vuc", parcel, ""),
    "joined outlines": ("base_landcover.rung", parcel, "loaiRung"),
    "lines": ("traffic.doan_duong", street, "ten"),
    "clusters": ("traffic.camera", post, "loai"),
    "ranked": ("traffic.nut_giao", post, "ten"),
}


@pytest.fixture
def database(make_database: Callable[[], Database]) -> Database:
    return make_database()


@pytest.mark.parametrize("kind", CITIES)
def test_a_small_change_gives_what_drawing_all_anew_gives(kind: str, database: Database, catalog: Catalog) -> None:
    city = City(catalog, *CITIES[kind])
    publish_rows(database, MEASURED, [(city.layer, city.change(range(400)))])
    for turn in range(3):
        publish_rows(database, MEASURED, [(city.layer, city.change(range(turn * 70, turn * 70 + 25)))])
        with database.connect("load") as conn:
            little = tables(conn)
            draw(conn, city.layer, city.layer.table, None)
            assert little == tables(conn)
            assert len(little[0]) > 3
            conn.rollback()


def test_who_sees_less_sees_what_drawing_only_that_gives(database: Database, catalog: Catalog) -> None:
    """Tiles without a hidden parcel are taken from those of all rows, the others are drawn: nothing more is in them."""
    city = City(catalog, *CITIES["areas"])
    uses = ["ODT", "CLN", "CQP"]
    layer, (condition,) = city.layer, filter(None, ways_of_seeing(city.layer).values())
    as_if_that_were_all = Layer(layer.id, layer.file.model_copy(update={"rows": {}}))
    for turn in range(3):
        for number in range(turn * 30, 600 if turn == 0 else turn * 30 + 10):
            use = city.chance.choice(uses if number % 40 < 8 else uses[:2])
            wkt = box(X + number % 40 * 300, Y + number // 40 * 300, 280)
            city.rows[number] = row(catalog, layer, number, wkt, loai_dat=use, ky_hieu_muc_dich=use)
        publish_rows(database, MEASURED, [(layer, list(city.rows.values()))])
        with database.connect("load") as conn:
            some = [{one[2:] for one in rows if one[1]} for rows in tables(conn, grounds=False)]
            everyone = [{one[2:] for one in rows if not one[1]} for rows in tables(conn, grounds=False)]
            conn.execute(f"CREATE TEMP VIEW seen AS SELECT * FROM {layer.table} WHERE {condition}".encode())
            draw(conn, as_if_that_were_all, "seen", None)
            assert some == [{one[2:] for one in rows if not one[1]} for rows in tables(conn, grounds=False)]
            assert len(some[0] & everyone[0]) > 5
            assert len(everyone[0] - some[0]) > 5
            conn.rollback()


def test_going_back_draws_what_was_drawn(database: Database, catalog: Catalog) -> None:
    city = City(catalog, *CITIES["areas"])
    publish_rows(database, MEASURED, [(city.layer, city.change(range(200)))])
    with database.connect("load") as conn:
        before = tables(conn)
        publish_rows(database, MEASURED, [(city.layer, city.change(range(40, 90)))])
        assert tables(conn) != before
        conn.commit()
        roll_back(conn, catalog, Wish(1), who="kiểm thử", note="")
        assert tables(conn) == before


def low_tile(database: Database, catalog: Catalog, view: View, layer: str, zoom: int) -> list[dict[str, Any]]:
    shelf = Shelves(catalog, compile_views(catalog)).find(view, layer)
    with database.connect("read") as conn:
        body = draw_tile(conn, shelf, TileAddress(zoom, *tile_at(LON, LAT, zoom)))
    found: list[dict[str, Any]] = mapbox_vector_tile.decode(body)[layer]["features"] if body else []
    return found


def test_areas_for_the_public_have_nothing_of_parcels_that_it_may_not_see(database: Database, catalog: Catalog) -> None:
    """Between two homes lies a barracks: the agency sees it, and the public a hole; also when a parcel becomes one."""
    layer, views = catalog["cadastre.thua_dat"], compile_views(catalog)
    uses = ["ODT", "CQP", "ODT"]

    def shown(view: str) -> list[tuple[str, int]]:
        some = low_tile(database, catalog, views[view], layer.id, 14)
        return sorted((one["properties"]["loai_dat"], one["properties"].get("merged", 1)) for one in some)

    def publish(marks: dict[int, str]) -> None:
        rows = [
            row(
                catalog, layer, number, box(X - 800 + number * 100, Y, 100), loai_dat=use,
                ky_hieu_muc_dich=marks.get(number, use),
            )
            for number, use in enumerate(uses)
        ]  # fmt: skip
        publish_rows(database, MEASURED, [(layer, rows)])

    publish({})
    assert shown("agency") == [("CQP", 1), ("ODT", 1), ("ODT", 1)]
    assert shown("public") == [("ODT", 1), ("ODT", 1)]
    publish({2: "ODT+CQP"})
    assert shown("public") == [("ODT", 1)], "a field that tiles do not carry hides a parcel, and tiles follow"
    with database.connect("read") as conn:
        recorded = conn.execute("SELECT release FROM meta.touched WHERE layer = %s ORDER BY 1", [layer.id]).fetchall()
    assert recorded == [(1,), (2,)]


def test_fields_that_not_everyone_sees_are_in_no_drawing_table(catalog: Catalog) -> None:
    for layer in catalog:
        rule = rule_of(layer)
        for name in rule.by if rule else ():
            assert layer.fields[name].access in (None, layer.file.access), f"{layer.id}.{name}"


def test_a_change_that_small_scales_do_not_show_draws_nothing(database: Database, catalog: Catalog) -> None:
    """Parcels become areas of one land use below zoom 15: what else changes is for the deeper tiles only."""
    layer = catalog["cadastre.thua_dat"]

    def publish(size: float, use: str) -> int:
        rows = [row(catalog, layer, one, box(X + one * 100, Y, 100), loai_dat=use, dien_tich=size) for one in range(5)]
        return publish_rows(database, MEASURED, [(layer, rows)])

    def written() -> list[Row]:
        with database.connect("read") as conn:
            return conn.execute(b"SELECT xmin::text, zoom, x, y FROM drawing.tile ORDER BY 2, 3, 4").fetchall()

    publish(100.0, "ODT")
    first = written()
    with database.connect("owner") as conn:  # as another load would have moved it to Web Mercator
        conn.execute("UPDATE cadastre.thua_dat SET geom_3857 = ST_Translate(geom_3857, 4e-9, 0)")
    release = publish(101.0, "ODT")
    assert written() == first
    with database.connect("read") as conn:
        (cells,) = conn.execute("SELECT cells FROM meta.touched WHERE release = %s", [release]).fetchone() or (b"",)
    assert len(unpack(cells)), "the deeper tiles are touched"
    publish(101.0, "CLN")
    assert written() != first


async def test_it_draws_where_an_event_loop_runs_already(database: Database, catalog: Catalog) -> None:
    """Notebooks publish from within one."""
    city = City(catalog, *CITIES["areas"])
    publish_rows(database, MEASURED, [(city.layer, city.change(range(20)))])
    with database.connect() as conn:
        before = tables(conn)
        draw(conn, city.layer, city.layer.table, None)
        assert tables(conn) == before != (set(), set())
