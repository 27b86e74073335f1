"""OGC API Tiles: grids as the standard has them, tilesets with their limits, and who sees them."""

import json

import mapbox_vector_tile
import morecantile
import numpy as np
import pytest

from gis_server.catalog import Catalog
from gis_server.features.landing import CONFORMS_TO
from gis_server.tiles.grids import TileGrid, box_in
from tests.serving import LAT, LON, City, X, Y, tile_at
from tests.tiles.ogc import GRIDS, PARCELS, tile_of

REL = "http://www.opengis.net/def/rel/ogc/1.0"


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
    assert whole_city.get(f"/collections/{PARCELS}/tiles/WebMercatorQuad?f=html").status_code == 400
    for query in ("VN2000HCM?f=tilejson", "WebMercatorQuad?g=1"):
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
