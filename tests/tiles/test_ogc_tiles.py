"""OGC API Tiles: every shape in its place in each grid, by two decoders and by GDAL; one tile at both addresses."""

import gzip
import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing.rules import rule_of
from gis_server.tiles.grids import TileGrid
from tests.live import Wire
from tests.serving import LAT, LON, MEASURED, City, X, Y, publish_rows, row_of, tile_at
from tests.tiles.ogc import (
    GRIDS,
    PARCELS,
    corner_of,
    decoded_by_gdal,
    decoded_by_mapbox,
    parcel_in,
    path_to,
    tile_box,
    tile_of,
)

MILLIMETRE = 0.001
"""To which shapes are stored; half of a tile unit at zoom 22."""


@pytest.mark.parametrize(("name", "zoom"), [(name, zoom) for name in GRIDS for zoom in (16, 19, 22)])
def test_shapes_lie_where_they_are_to_a_tile_unit_by_two_decoders(  # noqa: PLR0913
    whole_city: City, catalog: Catalog, grids: dict[str, TileGrid], tmp_path: Path, name: str, zoom: int
) -> None:
    grid = grids[name]
    tile = tile_of(catalog, grid, zoom)
    answer = whole_city.get(path_to(PARCELS, name, tile), headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200, answer.text
    unit = corner_of(grid, tile)[2] / 4096
    expected = parcel_in(catalog, grid, 1)
    window = expected.intersection(tile_box(grid, tile))
    found = [
        decoded_by_mapbox(answer.content, grid, tile, PARCELS),
        decoded_by_gdal(answer.content, grid, tile, tmp_path),
    ]
    assert found[0].keys() == found[1].keys() != set()
    for shapes in found:
        nearest = min(shapes.values(), key=lambda shape: shape.distance(expected.centroid))
        drawn = nearest.intersection(tile_box(grid, tile))
        assert shapely.hausdorff_distance(drawn.boundary, window.boundary) < unit + MILLIMETRE


@pytest.mark.parametrize("name", GRIDS)
def test_every_layer_is_in_every_grid_with_the_fields_of_its_web_tiles(
    whole_city: City, catalog: Catalog, grids: dict[str, TileGrid], name: str
) -> None:
    for layer in catalog:
        low, high = layer.file.tiles.zoom
        for zoom in {max(low, min(high, 16)), max(low, grids[name].step)}:
            web = whole_city.tile(layer.id, zoom, "full")
            answer = whole_city.get(path_to(layer.id, name, tile_of(catalog, grids[name], zoom)), "full")
            tile = mapbox_vector_tile.decode(answer.content) if answer.content else {}
            assert told(tile) == told(web), (layer.id, zoom)


def told(tile: dict[str, Any]) -> Any:
    """Ids and fields of what is measured; the synthetic feature may lie in the next tile."""
    return {
        layer: sorted(
            (one["id"], tuple(sorted(one["properties"].items())))
            for one in content["features"]
            if "synthetic" not in one["properties"]
        )
        for layer, content in tile.items()
    }


ROAD, WIDE = "base_transport.duong_bo", 12


@pytest.mark.parametrize("name", ["WorldCRS84Quad", "VN2000HCM"])
def test_what_is_drawn_ahead_is_put_together_from_the_tiles_it_was_cut_into(
    make_database: Callable[[], Database],
    catalog: Catalog,
    serve: Callable[..., Any],
    grids: dict[str, TileGrid],
    name: str,
) -> None:
    """A road of 60 km goes through many tiles of Web Mercator; in each tile of the grid it is one line without gaps."""
    layer, grid = catalog[ROAD], grids[name]
    rule = rule_of(layer)
    assert rule is not None
    assert rule.low <= WIDE <= rule.high
    line = f"LINESTRING({X - 30_000} {Y - 20_000}, {X + 30_000} {Y + 20_000})"
    database = make_database()
    publish_rows(database, MEASURED, [(layer, [(*row_of(catalog, layer, 1)[:-1], line)])])
    ends = np.array([(X - 30_000, Y - 20_000), (X + 30_000, Y + 20_000)])
    first, last = catalog.crs.transform(ends, catalog.crs.stored, 3857)
    straight = np.linspace(first, last, 400)  # what is drawn ahead is straight in Web Mercator
    along = catalog.crs.transform(straight, 3857, catalog.crs.stored)
    whole = shapely.LineString(catalog.crs.transform(straight, 3857, grid.srid))
    with serve(database) as city:
        for at in along[25:-25:50]:
            tile = tile_of(catalog, grid, WIDE, (at[0], at[1]))
            answer = city.get(path_to(ROAD, name, tile), "full")
            (drawn,) = decoded_by_mapbox(answer.content, grid, tile, ROAD).values()
            assert drawn.geom_type == "LineString"
            expected = whole.intersection(tile_box(grid, tile))
            unit = corner_of(grid, tile)[2] / 4096
            assert shapely.hausdorff_distance(drawn.intersection(tile_box(grid, tile)), expected, 0.05) < 8 * unit


def test_an_area_drawn_ahead_has_no_cut_inside(
    make_database: Callable[[], Database], catalog: Catalog, serve: Callable[..., Any], grids: dict[str, TileGrid]
) -> None:
    layer = next(one for one in catalog if one.file.tiles.reduce == "simplify" and one.file.geometry[0] == "Polygon")
    rule = rule_of(layer)
    assert rule is not None
    zoom, grid = min(rule.high, 13), grids["VN2000HCM"]
    square = shapely.box(X - 9_000, Y - 9_000, X + 9_000, Y + 9_000)
    database = make_database()
    publish_rows(database, MEASURED, [(layer, [(*row_of(catalog, layer, 1)[:-1], square.wkt)])])
    with serve(database) as city:
        tile = tile_of(catalog, grid, zoom)
        answer = city.get(path_to(layer.id, "VN2000HCM", tile), "full")
        (drawn,) = decoded_by_mapbox(answer.content, grid, tile, layer.id).values()
    assert drawn.geom_type == "Polygon"
    assert len(drawn.exterior.coords) <= 9
    expected = tile_box(grid, tile).intersection(square)
    assert drawn.intersection(tile_box(grid, tile)).symmetric_difference(expected).area < 1e-3 * expected.area


def test_web_mercator_has_the_same_bytes_and_headers_at_both_addresses(whole_city: City) -> None:
    x, y = tile_at(LON, LAT, 16)
    for tileset, one in (
        (PARCELS, path_to(PARCELS, GRIDS[0], (16, y, x))),
        ("nen", f"/tiles/nen/{GRIDS[0]}/16/{y}/{x}"),
    ):
        plain, ogc = whole_city.get(f"/tiles/{tileset}/16/{x}/{y}.mvt"), whole_city.get(one)
        assert plain.content == ogc.content != b""
        assert dict(plain.headers) == dict(ogc.headers)
        assert whole_city.get(one, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


def test_other_grids_are_validated_like_all_tiles_and_renewed_by_the_next_release(
    make_database: Callable[[], Database], catalog: Catalog, serve: Callable[..., Any], grids: dict[str, TileGrid]
) -> None:
    database, layer = make_database(), catalog[PARCELS]
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, 1)])])
    path = path_to(PARCELS, "VN2000HCM", tile_of(catalog, grids["VN2000HCM"], 16))
    with serve(database) as city:
        first = city.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=60"
        assert city.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, 2)])])
        second = city.get(path)
    assert second.headers["ETag"] != first.headers["ETag"]
    assert int(second.headers["Bando-Release"]) == int(first.headers["Bando-Release"]) + 1


def test_an_empty_tile_of_any_grid_is_204(whole_city: City, grids: dict[str, TileGrid]) -> None:
    for name, grid in grids.items():
        for matrix in (0, grid.finest):
            columns, rows = grid.size(matrix)
            answer = whole_city.get(path_to("lighting.cot_den", name, (matrix, rows - 1, columns - 1)))
            assert (answer.status_code, answer.content) == (204, b"")


@pytest.fixture(scope="module")
def live(whole_city: City, wire: Wire) -> Iterator[str]:
    with wire(whole_city.database) as running:
        yield running.address


def test_the_front_answers_kept_tiles_at_the_new_addresses_too(live: str) -> None:
    """The service compresses nothing anew and asks no database: both addresses give the kept bytes."""
    x, y = tile_at(LON, LAT, 16)
    caller = http.client.HTTPConnection(live.removeprefix("http://"))
    heard = []
    for path in (f"/tiles/{PARCELS}/16/{x}/{y}.mvt", path_to(PARCELS, GRIDS[0], (16, y, x))) * 3:
        caller.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = caller.getresponse()
        heard.append((answer.status, sorted(answer.getheaders()), answer.read()))
    names = [[name for name, _ in headers] for _, headers, _ in heard]
    assert all(name == names[0] for name in names)
    assert {(status, body) for status, _, body in heard} == {(200, heard[0][2])}
    assert mapbox_vector_tile.decode(gzip.decompress(heard[0][2]))[PARCELS]["features"]
    caller.request("GET", f"/tiles/nen/16/{x}/{y}.mvt")
    assert caller.getresponse().read()
    caller.request("GET", path_to("nen", GRIDS[0], (16, y, x)))
    answer = caller.getresponse()
    assert (answer.status, answer.read() != b"") == (404, True)
    caller.close()


def test_gdal_reads_a_collection_through_ogc_api_tiles(live: str, catalog: Catalog, grids: dict[str, TileGrid]) -> None:
    """In degrees: GDAL 3.12 looks for vector tiles of every grid where the collection's box in degrees would be."""
    grid = grids["WorldCRS84Quad"]
    level = f"Zoom level {tile_of(catalog, grid, 18)[0]}"
    source = f"OGCAPI:{live}/collections/{PARCELS}"
    info, _, shapes, _ = pyogrio.raw.read(source, layer=level, API="TILES", TILEMATRIXSET=grid.id)
    assert set(info["fields"]) & set(catalog[PARCELS].file.tiles.fields)
    expected = parcel_in(catalog, grid, 1)
    assert min(shape.distance(expected.centroid) for shape in shapely.from_wkb(shapes)) == 0
