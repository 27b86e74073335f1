"""OGC API Tiles: grids as the standard has them, tilesets with their limits, tiles in the right place in each grid."""

import gzip
import http.client
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import morecantile
import numpy as np
import pyogrio
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing.rules import rule_of
from gis_server.features.landing import CONFORMS_TO
from gis_server.tiles.grids import TileGrid, box_in, grids_of
from tests.live import Wire
from tests.serving import LAT, LON, MEASURED, City, X, Y, publish_rows, row_of, tile_at

PARCELS = "cadastre.thua_dat"
GRIDS = ("WebMercatorQuad", "WorldCRS84Quad", "VN2000HCM")
REL = "http://www.opengis.net/def/rel/ogc/1.0"
Tile = tuple[int, int, int]
"""Matrix, row, column."""


@pytest.fixture(scope="module")
def grids(catalog: Catalog) -> dict[str, TileGrid]:
    return dict(grids_of(catalog.crs))


def tile_of(catalog: Catalog, grid: TileGrid, zoom: int, at: tuple[float, float] = (X, Y)) -> Tile:
    """The tile that shows a place of the stored grid as a zoom of Web Mercator does."""
    ((x, y),) = catalog.crs.transform(np.array([at]), catalog.crs.stored, grid.srid)
    matrix = zoom - grid.step
    side = grid.side / 2**matrix
    return matrix, math.floor((grid.corner[1] - y) / side), math.floor((x - grid.corner[0]) / side)


def corner_of(grid: TileGrid, tile: Tile) -> tuple[float, float, float]:
    """The north-west corner of a tile, and its side."""
    matrix, row, column = tile
    side = grid.side / 2**matrix
    return grid.corner[0] + column * side, grid.corner[1] - row * side, side


def path_to(collection: str, grid: str, tile: Tile) -> str:
    return f"/collections/{collection}/tiles/{grid}/{'/'.join(map(str, tile))}"


def decoded_by_mapbox(body: bytes, grid: TileGrid, tile: Tile, layer: str) -> dict[int, Any]:
    """fid → shape in the grid's system, the corner and side worked in by hand."""
    west, north, side = corner_of(grid, tile)
    features = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})[layer]["features"]
    return {
        one["id"]: shapely.transform(
            shapely.geometry.shape(one["geometry"]),
            lambda points: np.array([west, north]) + points * [side / 4096, -side / 4096],
        )
        for one in features
    }


def decoded_by_gdal(body: bytes, grid: TileGrid, tile: Tile, folder: Path) -> dict[int, Any]:
    west, north, side = corner_of(grid, tile)
    file = folder / "o.mvt"
    file.write_bytes(body)
    where = {"@GEOREF_TOPX": west, "@GEOREF_TOPY": north, "@GEOREF_TILEDIMX": side, "@GEOREF_TILEDIMY": side}
    _, _, shapes, values = pyogrio.raw.read(f"MVT:{file}", columns=["mvt_id"], CLIP="NO", **where)
    return dict(zip(values[0].tolist(), shapely.from_wkb(shapes), strict=True))


def parcel_in(catalog: Catalog, grid: TileGrid, number: int) -> Any:
    """The outline that was published, in the grid, by the pinned shift."""
    x, y = X + (number - 1) * 40, Y
    corners = np.array([(x - 5, y - 5), (x - 5, y + 5), (x + 5, y + 5), (x + 5, y - 5)])
    return shapely.Polygon(catalog.crs.transform(corners, catalog.crs.stored, grid.srid))


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
        assert shapely.hausdorff_distance(drawn.boundary, window.boundary) < unit


def tile_box(grid: TileGrid, tile: Tile) -> Any:
    west, north, side = corner_of(grid, tile)
    return shapely.box(west, north - side, west + side, north)


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


@pytest.mark.parametrize("name", GRIDS[:2])
def test_grids_of_everybody_are_those_of_another_implementation(whole_city: City, name: str) -> None:
    found = whole_city.get(f"/tileMatrixSets/{name}").json()
    other = morecantile.tms.get(name).model_dump(mode="json", exclude_none=True)
    for key in ("id", "uri", "crs", "orderedAxes", "wellKnownScaleSet"):
        assert found[key] == other[key]
    assert len(found["tileMatrices"]) == len(other["tileMatrices"])
    for ours, theirs in zip(found["tileMatrices"], other["tileMatrices"], strict=True):
        for key, value in theirs.items():
            same = ours[key] == (pytest.approx(value, rel=1e-9) if isinstance(value, float | list) else value)
            assert same, (key, ours[key], value)


def test_the_citys_grid_is_read_by_another_implementation_and_covers_the_city(
    whole_city: City, catalog: Catalog, grids: dict[str, TileGrid]
) -> None:
    other = morecantile.TileMatrixSet.model_validate(whole_city.get("/tileMatrixSets/VN2000HCM").json())
    west, south, east, north = catalog.crs.file.extent
    left, bottom, right, top = grids["VN2000HCM"].shown
    assert left <= west < east <= right
    assert bottom <= south < north <= top
    for zoom in (6, 14, 22):
        matrix, row, column = tile_of(catalog, grids["VN2000HCM"], zoom)
        assert tuple(other._tile(X, Y, matrix)) == (column, row, matrix)
        bounds = other.xy_bounds(morecantile.Tile(column, row, matrix))
        assert bounds.left <= X <= bounds.right
        assert bounds.bottom <= Y <= bounds.top


def test_lists_hold_what_the_standard_requires_and_lead_to_what_they_name(whole_city: City, catalog: Catalog) -> None:
    sets = whole_city.get("/tileMatrixSets").json()["tileMatrixSets"]
    assert [one["id"] for one in sets] == list(GRIDS)
    for path, count in ((f"/collections/{PARCELS}/tiles", 3), ("/tiles", 3 * len(catalog.maps))):
        items = whole_city.get(path, "full").json()["tilesets"]
        assert len(items) == count
        for item in items:
            assert item["dataType"] == "vector"
            links = {one["rel"]: one for one in item["links"]}
            definition = whole_city.get(href(links[f"{REL}/tiling-scheme"]), "full").json()
            assert definition["crs"] == item["crs"]
            assert definition.get("uri") == item.get("tileMatrixSetURI")
            document = whole_city.get(href(links["self"]), "full").json()
            assert item.items() <= document.items()
            template = href(links["item"])
            assert links["item"]["templated"] is True
            for name in ("tileMatrix", "tileRow", "tileCol"):
                assert f"{{{name}}}" in template
                template = template.replace(f"{{{name}}}", "0")
            assert whole_city.get(template, "full").status_code in (200, 204)


def href(link: dict[str, str]) -> str:
    assert link["type"]
    return "/" + link["href"].split("/", 3)[3]


@pytest.mark.parametrize("name", GRIDS)
def test_a_tileset_tells_limits_in_which_all_its_tiles_lie_and_its_layers(
    whole_city: City, catalog: Catalog, grids: dict[str, TileGrid], name: str
) -> None:
    document = whole_city.get(f"/collections/{PARCELS}/tiles/{name}").json()
    low, high = (zoom - grids[name].step for zoom in catalog[PARCELS].file.tiles.zoom)
    limits = {int(one["tileMatrix"]): one for one in document["tileMatrixSetLimits"]}
    assert list(limits) == list(range(low, high + 1))
    for matrix, one in limits.items():
        _, row, column = tile_of(catalog, grids[name], matrix + grids[name].step)
        assert one["minTileRow"] <= row <= one["maxTileRow"] <= row + 2
        assert one["minTileCol"] <= column <= one["maxTileCol"] < column + 2 ** max(0, matrix - low - 8) + 2
    (layer,) = document["layers"]
    assert (layer["id"], layer["dataType"], layer["geometryDimension"]) == (PARCELS, "vector", 2)
    assert (layer["minTileMatrix"], layer["maxTileMatrix"]) == (str(low), str(high))
    fields = {*catalog[PARCELS].file.tiles.fields, "merged", "synthetic"}
    assert layer["propertiesSchema"]["properties"].keys() == fields
    west, south = document["boundingBox"]["lowerLeft"]
    east, north = document["boundingBox"]["upperRight"]
    ((x, y),) = catalog.crs.transform(np.array([(X, Y)]), catalog.crs.stored, grids[name].srid)
    assert west < x < east
    assert south < y < north
    json.dumps(document, allow_nan=False)


def test_the_bounds_of_the_world_have_limits_too(catalog: Catalog, grids: dict[str, TileGrid]) -> None:
    for grid in list(grids.values())[:2]:
        box = box_in(catalog.crs, grid, (-180, -90, 180, 90))
        columns, rows = grid.size(5)
        assert grid.cells(5, box)[:2] == (0, columns - 1)
        assert grid.cells(5, box)[2:] in ((0, rows - 1),)


def test_tilejson_is_told_of_the_web_grid_only(whole_city: City) -> None:
    document = whole_city.get(f"/collections/{PARCELS}/tiles/WebMercatorQuad?f=tilejson").json()
    plain = whole_city.get(f"/tiles/{PARCELS}").json()
    (template,) = document.pop("tiles")
    assert plain.pop("tiles") != [template]
    assert document == plain
    x, y = tile_at(LON, LAT, 16)
    address = template.replace("{z}", "16").replace("{x}", str(x)).replace("{y}", str(y))
    assert whole_city.get(address.removeprefix("http://bando.example")).status_code == 200
    for query in ("VN2000HCM?f=tilejson", "WebMercatorQuad?f=html", "WebMercatorQuad?g=1"):
        answer = whole_city.get(f"/collections/{PARCELS}/tiles/{query}")
        assert (answer.status_code, bool(answer.json()["detail_en"])) == (400, True)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("VN2000HCM/17/0/0", 400),
        ("VN2000HCM/1/2/0", 400),
        ("VN2000HCM/1/0/2", 400),
        ("WorldCRS84Quad/22/0/0", 400),
        ("WorldCRS84Quad/0/0/2", 400),
        ("WorldCRS84Quad/0/1/0", 400),
        ("WebMercatorQuad/23/0/0", 400),
        ("VN2000HCM/-1/0/0", 400),
        ("VN2000HCM/1/1e0/0", 400),
        ("VN2000HCM/1/1/١", 400),
        ("VN2000HCM/a/b/c", 400),
        (f"VN2000HCM/1/{'9' * 300}/0", 400),
        ("vn2000hcm/1/0/0", 404),
        ("WorldMercatorWGS84Quad/1/0/0", 404),
        ("%2e%2e/1/0/0", 404),
    ],
)
def test_a_bad_address_is_refused_with_a_sentence(whole_city: City, address: str, status: int) -> None:
    for where in (f"/collections/{PARCELS}/tiles", "/tiles/nen"):
        answer = whole_city.get(f"{where}/{address}")
        assert answer.status_code == status
        assert answer.json()["detail"]
        assert answer.json()["detail_en"]


def test_what_a_caller_may_not_see_has_no_tilesets(
    whole_city: City, catalog: Catalog, grids: dict[str, TileGrid]
) -> None:
    hidden = [layer.id for layer in catalog if layer.file.access != "public"]
    assert hidden
    for layer in (*hidden, "none", "nen"):
        for rest in ("", *(f"/{name}" for name in GRIDS), *(f"/{name}/0/0/0" for name in GRIDS)):
            assert whole_city.get(f"/collections/{layer}/tiles{rest}").status_code == 404
    for name, grid in grids.items():
        document = whole_city.get(f"/tiles/thoat_nuoc/{name}").json()
        assert not {one["id"] for one in document["layers"]} & set(hidden)
        path = f"/tiles/thoat_nuoc/{name}/" + "/".join(map(str, tile_of(catalog, grid, 16)))
        assert set(mapbox_vector_tile.decode(whole_city.get(path).content)) <= {one["id"] for one in document["layers"]}
        assert not set(mapbox_vector_tile.decode(whole_city.get(path).content)) & set(hidden)
        assert set(mapbox_vector_tile.decode(whole_city.get(path, "full").content)) & set(hidden)


def test_the_landing_page_and_each_collection_lead_to_tilesets(whole_city: City) -> None:
    landing = {one["rel"]: one for one in whole_city.get("/?f=json").json()["links"]}
    assert whole_city.get(href(landing[f"{REL}/tilesets-vector"])).json()["tilesets"]
    assert whole_city.get(href(landing[f"{REL}/tiling-schemes"])).json()["tileMatrixSets"]
    collection = {one["rel"]: one for one in whole_city.get(f"/collections/{PARCELS}").json()["links"]}
    assert len(whole_city.get(href(collection[f"{REL}/tilesets-vector"])).json()["tilesets"]) == 3
    assert {one.rsplit("/", 1)[1] for one in CONFORMS_TO if "ogcapi-tiles" in one} == {
        "core",
        "tileset",
        "tilesets-list",
        "dataset-tilesets",
        "geodata-tilesets",
        "mvt",
    }


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
