"""Areas laid on the tile's grid instead of being clipped: sound, and where they are, also where they are ugly."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import mapbox_vector_tile
import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.tiles.address import TileAddress
from gis_server.tiles.budget import weights
from gis_server.tiles.grids import HALF_WORLD_M
from gis_server.tiles.render import draw_on
from gis_server.tiles.shelves import Shelf, Shelves
from gis_server.tiles.statement import AREA_BUFFER, EXTENT, MANNERS, tile_statements
from tests.serving import LAT, LON, MEASURED, X, Y, publish_rows, row_of, tile_at

LAYER = "cadastre.thua_dat"
COUNT, AROUND_M = 500, 450.0
ZOOMS = (15, 16, 18)
GEOREF = {"@GEOREF_TOPX": 0, "@GEOREF_TOPY": 0, "@GEOREF_TILEDIMX": EXTENT, "@GEOREF_TILEDIMY": EXTENT}


def ugly(chance: np.random.Generator) -> Any:
    """Slivers, stars with needles, rings with holes, pairs, turned rings: as parcels are where nobody took care."""
    x, y = X + chance.uniform(-AROUND_M, AROUND_M), Y + chance.uniform(-AROUND_M, AROUND_M)
    kind, count = chance.integers(0, 5), int(chance.integers(3, 14))
    if kind == 0:
        return shapely.LineString([(x, y), (x + chance.uniform(5, 60), y + chance.uniform(-3, 3))]).buffer(0.15)
    angles, reach = np.sort(chance.uniform(0, 2 * np.pi, count)), chance.uniform(0.1, 15, count)
    star = shapely.Polygon(np.column_stack([x + reach * np.cos(angles), y + reach * np.sin(angles)])).buffer(0)
    if kind == 1:
        return star.difference(shapely.Point(x, y).buffer(chance.uniform(0.1, 3), quad_segs=2))
    if kind == 2:
        return shapely.union(star, shapely.affinity.translate(star, 31, 1))
    return shapely.reverse(star) if kind == 3 else star


@pytest.fixture(scope="module")
def reading(make_database: Callable[[], Database], catalog: Catalog) -> Iterator[psycopg.Connection]:
    """A city of careless parcels."""
    database, chance, layer = make_database(), np.random.default_rng(11), catalog[LAYER]
    shapes = [shape for shape in (ugly(chance) for _ in range(COUNT)) if shape.area > 1]
    rows = [(*row_of(catalog, layer, number)[:-1], shape.wkt) for number, shape in enumerate(shapes, 1)]
    publish_rows(database, MEASURED, [(layer, rows)])
    with database.connect("read") as conn:
        yield conn


@pytest.fixture(scope="module")
def shelf(catalog: Catalog) -> Shelf:
    views = compile_views(catalog)
    return Shelves(catalog, views).find(views["public"], LAYER)


def tile(conn: psycopg.Connection, statement: str, at: TileAddress) -> bytes:
    row = psycopg.RawCursor(conn).execute(statement.encode(), (at.z, at.x, at.y)).fetchone()
    assert row is not None
    return bytes(row[1])


def tiles(conn: psycopg.Connection, shelf: Shelf) -> Iterator[tuple[TileAddress, bytes]]:
    """Those about the check point that hold anything."""
    for zoom in ZOOMS:
        x, y = tile_at(LON, LAT, zoom)
        statement = tile_statements(shelf.tileset.at(zoom), zoom)[0]
        for at in (TileAddress(zoom, x + right, y + down) for right in (-1, 0, 1) for down in (-1, 0, 1)):
            body = tile(conn, statement, at)
            if body:
                yield at, body


def shapes_of(body: bytes) -> dict[int, Any]:
    layer = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})[LAYER]
    return {one["id"]: shapely.geometry.shape(one["geometry"]) for one in layer["features"]}


def shapes_by_gdal(body: bytes, folder: Path) -> dict[int, Any]:
    (folder / "o.mvt").write_bytes(body)
    _, _, shapes, values = pyogrio.raw.read(f"MVT:{folder / 'o.mvt'}", columns=["mvt_id"], CLIP="NO", **GEOREF)
    upright = shapely.transform(shapely.from_wkb(shapes), lambda at: at * (1, -1))
    return dict(zip(values[0].tolist(), upright, strict=True))


def test_ugly_areas_are_sound_to_two_decoders(reading: psycopg.Connection, shelf: Shelf, tmp_path: Path) -> None:
    seen: set[int] = set()
    for _, body in tiles(reading, shelf):
        by_mapbox, by_gdal = shapes_of(body), shapes_by_gdal(body, tmp_path)
        assert by_mapbox.keys() == by_gdal.keys()
        for fid, shape in by_mapbox.items():
            assert shape.is_valid, shapely.is_valid_reason(shape)
            assert shape.area > 0
            assert shapely.equals(shape, by_gdal[fid])
        seen |= by_mapbox.keys()
    assert len(seen) > 0.9 * COUNT


def test_they_are_where_they_are(reading: psycopg.Connection, shelf: Shelf) -> None:
    """Nothing is drawn that is not within a unit of the parcel, nothing left out that is two units within it."""
    stored = dict(reading.execute(f"SELECT fid, ST_AsBinary(geom_3857) FROM {LAYER}".encode()).fetchall())
    compared = 0
    for at, body in tiles(reading, shelf):
        found, box = (
            shapes_of(body),
            shapely.box(-AREA_BUFFER, -AREA_BUFFER, EXTENT + AREA_BUFFER, EXTENT + AREA_BUFFER),
        )
        for fid, wkb in stored.items():
            shape, drawn = on_tile(wkb, at), found.get(fid, shapely.Polygon())
            assert drawn.difference(shape.buffer(1.5)).area < 0.1
            assert shape.buffer(-2).intersection(box.buffer(-2)).difference(drawn.buffer(0.1)).area < 0.1
            compared += fid in found
    assert compared > 2 * COUNT


def on_tile(wkb: bytes, at: TileAddress) -> Any:
    """A stored shape in units of a tile."""
    unit = 2 * HALF_WORLD_M / 2**at.z / EXTENT
    corner = np.array([at.x * EXTENT * unit - HALF_WORLD_M, HALF_WORLD_M - at.y * EXTENT * unit])
    return shapely.transform(shapely.from_wkb(bytes(wkb)), lambda places: (places - corner) / (unit, -unit))


def test_outer_rings_and_holes_run_against_each_other(reading: psycopg.Connection, shelf: Shelf) -> None:
    """Told by the pen's own steps: a decoder may turn rings."""
    holes = 0
    for _, body in tiles(reading, shelf):
        read = vector_tile_pb2.tile()
        read.ParseFromString(body)
        for feature in read.layers[0].features:
            areas = ring_areas(list(feature.geometry))
            assert areas[0] > 0
            assert 0 not in areas
            holes += sum(area < 0 for area in areas)
    assert holes > 20


def ring_areas(commands: list[int]) -> list[int]:
    """Twice the area of each ring."""
    areas, x, y, at = [], 0, 0, 0
    ring: list[tuple[int, int]] = []
    while at < len(commands):
        kind, times = commands[at] & 7, commands[at] >> 3
        at += 1
        if kind == 7:
            pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
            areas.append(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs))
            ring = []
            continue
        for _ in range(times):
            x += commands[at] >> 1 ^ -(commands[at] & 1)
            y += commands[at + 1] >> 1 ^ -(commands[at + 1] & 1)
            ring.append((x, y))
            at += 2
    return areas


def test_a_tile_that_is_too_heavy_is_drawn_coarser(
    reading: psycopg.Connection, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All parcels that are wider than a step are still there, sound, and where they were."""
    zoom = 15
    at = TileAddress(zoom, *tile_at(LON, LAT, zoom))
    statements = tile_statements(shelf.tileset.at(zoom), zoom)
    fine, coarse = (tile(reading, statement, at) for statement in statements[:2])
    assert len(coarse) < len(fine)
    monkeypatch.setattr("gis_server.tiles.budget.MOST_BYTES", len(fine) - 1)
    weight = next(one for one in weights(reading, shelf.tileset) if one.zoom == zoom)
    assert (weight.size, weight.manner) == (len(coarse), MANNERS[1])
    precise, rounded = shapes_of(fine), shapes_of(coarse)
    assert rounded.keys() >= {fid for fid, shape in precise.items() if not shape.buffer(-2).is_empty}
    for fid, shape in rounded.items():
        assert shape.is_valid
        in_fine_steps = shapely.affinity.scale(shape, 2, 2, origin=(0, 0)).intersection(
            shapely.box(0, 0, EXTENT, EXTENT)
        )
        assert in_fine_steps.difference(precise[fid].buffer(4)).area < 1


async def test_the_renderer_takes_the_first_that_is_light_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of statements that give 5, 4, 3 bytes; when none is light enough, the last."""

    class Connection:
        async def fetchrow(self, statement: str, *_: int) -> dict[str, Any]:
            return {"release": 1, "tile": bytes(int(statement))}

    for most, drawn in ((5, 5), (4, 4), (1, 3)):
        monkeypatch.setattr("gis_server.tiles.render.MOST_BYTES", most)
        found = await draw_on(cast(Any, Connection()), ["5", "4", "3"], TileAddress(15, 0, 0))
        assert len(found.body) == drawn


def test_one_that_is_too_heavy_still_shows_the_areas_of_smaller_scales(
    reading: psycopg.Connection, shelf: Shelf
) -> None:
    """Fewer things, and no parcel is left out of the count: each area says how many it stands for."""
    zoom, counted = 15, 0
    x, y = tile_at(LON, LAT, zoom)
    statements = tile_statements(shelf.tileset.at(zoom), zoom)
    for at in (TileAddress(zoom, x + right, y + down) for right in (-1, 0, 1) for down in (-1, 0, 1)):
        body = tile(reading, statements[2], at)
        for one in mapbox_vector_tile.decode(body)[LAYER]["features"] if body else []:
            assert shapely.geometry.shape(one["geometry"]).is_valid
            counted += one["properties"].get("merged", 1)
    assert counted >= COUNT * 0.9
    assert len(tile(reading, statements[2], TileAddress(zoom, x, y))) < len(
        tile(reading, statements[1], TileAddress(zoom, x, y))
    )
