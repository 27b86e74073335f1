"""TileJSON: what a portal developer needs to know of a tileset."""

from gis_server.catalog import Catalog
from tests.serving import LAT, LON, City


def test_a_layer_tells_address_zooms_bounds_fields_and_codes(whole_city: City, catalog: Catalog) -> None:
    document = whole_city.get("/tiles/cadastre.thua_dat").json()
    layer = catalog["cadastre.thua_dat"]
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == ["http://bando.example/tiles/cadastre.thua_dat/{z}/{x}/{y}.mvt"]
    assert (document["minzoom"], document["maxzoom"]) == layer.file.tiles.zoom
    west, south, east, north = document["bounds"]
    assert west < LON < east
    assert south < LAT < north
    assert east - west < 0.001
    (described,) = document["vector_layers"]
    assert described["id"] == layer.id
    assert set(described["fields"]) == {*layer.file.tiles.fields, "merged", "synthetic"}
    assert described["fields"]["dien_tich"].startswith("Number")
    codes = document["bando:codes"]["cadastre.thua_dat"]["loai_dat"]
    assert codes.keys() == catalog.domains["loai_dat"].values.keys()
    assert document["attribution"] == "© Sở X · © Mẫu"
    assert document["bando:synthetic"] == ["cadastre.thua_dat"]


def test_every_tileset_tells_what_its_tiles_hold(whole_city: City, catalog: Catalog) -> None:
    for name in [*catalog.maps, *(layer.id for layer in catalog)]:
        document = whole_city.get(f"/tiles/{name}", "full").json()
        told = {one["id"]: set(one["fields"]) for one in document["vector_layers"]}
        tile = whole_city.tile(name, min(16, document["maxzoom"]), "full")
        assert set(tile) <= set(told)
        for layer, content in tile.items():
            assert {field for feature in content["features"] for field in feature["properties"]} <= told[layer]


def test_a_map_names_only_the_layers_that_its_caller_may_see(whole_city: City) -> None:
    public = whole_city.get("/tiles/thoat_nuoc").json()
    agency = whole_city.get("/tiles/thoat_nuoc", "agency").json()
    assert "drainage.ho_ga" not in str(public)
    assert "drainage.ho_ga" in str(agency)
