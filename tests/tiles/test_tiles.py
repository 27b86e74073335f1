"""Tiles over HTTP, decoded: what is on the map, for whom, and how it is validated."""

from typing import Any

import mapbox_vector_tile
import pytest
import shapely
import zstandard

from gis_server.catalog import Catalog
from gis_server.tiles.statement import AREA_BUFFER
from tests.serving import LAT, LON, City, tile_at


def fields_of(decoded: dict[str, Any], layer: str) -> set[str]:
    return {name for feature in decoded[layer]["features"] for name in feature["properties"]}


def test_every_layer_draws_its_features_with_fid_and_typed_fields(whole_city: City, catalog: Catalog) -> None:
    for layer in catalog:
        low, high = layer.file.tiles.zoom
        decoded = whole_city.tile(layer.id, max(low, min(high, 16)), "full")
        assert list(decoded) == [layer.id]
        features = decoded[layer.id]["features"]
        items = whole_city.get(f"/collections/{layer.id}/items", "full").json()["features"]
        assert {feature["id"] for feature in features} <= {item["id"] for item in items}
        assert len(features) == 2, layer.id
        assert fields_of(decoded, layer.id) <= {*layer.file.tiles.fields, "synthetic"}
        by_fid = {item["id"]: item["properties"] for item in items}
        for feature in features:
            for name, value in feature["properties"].items():
                assert value == by_fid[feature["id"]][name], (layer.id, name)


def test_only_synthetic_features_say_so(whole_city: City) -> None:
    features = whole_city.tile("cadastre.thua_dat", 16)["cadastre.thua_dat"]["features"]
    assert sorted(feature["properties"].get("synthetic", False) for feature in features) == [False, True]
    measured = next(feature for feature in features if "synthetic" not in feature["properties"])
    assert measured["properties"]["so_thua"] == "K1"


def test_shapes_lie_where_they_are(whole_city: City) -> None:
    zoom = 16
    x, y = tile_at(LON, LAT, zoom)
    answer = whole_city.get(f"/tiles/cadastre.thua_dat/{zoom}/{x}/{y}.mvt")
    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    first = min(decoded["cadastre.thua_dat"]["features"], key=lambda one: one["id"])
    shape = shapely.geometry.shape(first["geometry"])
    n = 2**zoom
    across = ((LON + 180) / 360 * n - x) * 4096
    assert abs(shape.centroid.x - across) < 2
    assert shape.is_valid
    side_units = 10 / 0.9999 / (40075016.68 / n / 4096)
    assert shape.area == pytest.approx(side_units**2 / 0.9654, rel=0.02)  # Mercator stretches by 1 / cos² φ


def test_polygons_are_wound_as_mvt_2_wants(whole_city: City) -> None:
    x, y = tile_at(LON, LAT, 16)
    answer = whole_city.get(f"/tiles/cadastre.thua_dat/16/{x}/{y}.mvt")
    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    for feature in decoded["cadastre.thua_dat"]["features"]:
        ring = feature["geometry"]["coordinates"][0]
        doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
        assert doubled > 0  # y grows downwards: exterior rings have positive area


def test_a_map_is_one_tile_of_its_visible_layers(whole_city: City, catalog: Catalog) -> None:
    for name, portal in catalog.maps.items():
        public = set(whole_city.tile(name, 16))
        full = set(whole_city.tile(name, 16, "full"))
        wanted = {
            one for one in portal.layers if catalog[one].file.tiles.zoom[0] <= 16 <= catalog[one].file.tiles.zoom[1]
        }
        assert full == wanted
        assert public == {one for one in wanted if catalog[one].file.access == "public"}


def test_hidden_layers_and_fields_are_in_no_tile(whole_city: City, catalog: Catalog) -> None:
    x, y = tile_at(LON, LAT, 16)
    for layer in catalog:
        if layer.file.access != "public":
            assert whole_city.get(f"/tiles/{layer.id}").status_code == 404
            assert whole_city.get(f"/tiles/{layer.id}/16/{x}/{y}.mvt").status_code == 404
            assert f'"{layer.id}"' not in whole_city.get("/tiles/thoat_nuoc").text


def test_zooms_outside_the_range_are_empty(whole_city: City, catalog: Catalog) -> None:
    low, _ = catalog["lighting.cot_den"].file.tiles.zoom
    assert whole_city.tile("lighting.cot_den", low - 1) == {}
    assert whole_city.tile("lighting.cot_den", low) != {}


def test_an_empty_tile_is_204_with_a_validator(whole_city: City) -> None:
    answer = whole_city.get("/tiles/cadastre.thua_dat/18/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    again = whole_city.get("/tiles/cadastre.thua_dat/18/0/0.mvt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_tile_is_validated_by_its_content(whole_city: City) -> None:
    x, y = tile_at(LON, LAT, 16)
    path = f"/tiles/cadastre.thua_dat/16/{x}/{y}.mvt"
    first = whole_city.get(path)
    assert first.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert not first.headers["ETag"].startswith("W/")
    for tags in (first.headers["ETag"], "*", ",".join(['"x"'] * 1000) + "," + first.headers["ETag"]):
        assert whole_city.get(path, headers={"If-None-Match": tags}).status_code == 304
    assert whole_city.get(path, headers={"If-None-Match": '"x"'}).content == first.content


def test_neighbouring_tiles_share_a_buffer_that_leaves_no_seam(whole_city: City) -> None:
    """A shape across the edge of two tiles is drawn beyond it in both, by more than half its outline."""
    zoom, layer = 22, "cadastre.thua_dat"
    x, y = tile_at(LON, LAT, zoom)
    bounds = []
    for column in (x - 1, x):
        answer = whole_city.get(f"/tiles/{layer}/{zoom}/{column}/{y}.mvt")
        decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
        (feature,) = decoded[layer]["features"]
        bounds.append(shapely.geometry.shape(feature["geometry"]).bounds)
    assert bounds[0][2] >= 4096 + AREA_BUFFER
    assert bounds[1][0] <= -AREA_BUFFER


BAD_ADDRESSES = [
    "-1/0/0",
    "23/0/0",
    "31/0/0",
    "99/0/0",
    "1e9/0/0",
    "1/2/0",
    "1/0/2",
    "1/-1/0",
    "1/1e0/0",
    "1/+1/0",
    "1/ 1/0",
    "1/%201/0",
    "1/１/0",
    "1/1.0/0",
    f"{'9' * 300}/0/0",
    f"1/{'9' * 300}/0",
    "1/0x1/0",
    "1/%00/0",
    "a/b/c",
    "1/١/0",
    "1/1_0/0",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_a_bad_address_is_a_400_that_names_the_number(whole_city: City, address: str) -> None:
    answer = whole_city.get(f"/tiles/cadastre.thua_dat/{address}.mvt")
    assert answer.status_code == 400
    assert answer.json()["detail_en"]


BAD_NAMES = [
    "none",
    "cadastre.thua_dat%00",
    "%2e%2e%2f",
    "..%2f..",
    "a';--",
    'a"',
    ",".join(["cadastre.thua_dat"] * 2),
    "CADASTRE.THUA_DAT",
    "cadastre",
    "x" * 5000,
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_tileset_is_a_404(whole_city: City, name: str) -> None:
    for path in (f"/tiles/{name}", f"/tiles/{name}/1/1/1.mvt"):
        assert whole_city.get(path).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Encoding": "gzip;q=0, *;q=0"},
        {"Accept-Encoding": "gzip;q=1.0, bogus;q=9"},
        {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(5000))},
        {b"If-None-Match": b"\xff"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    ],
)
def test_odd_headers_change_nothing(whole_city: City, headers: dict[Any, Any]) -> None:
    x, y = tile_at(LON, LAT, 16)
    path = f"/tiles/cadastre.thua_dat/16/{x}/{y}.mvt"
    answer = whole_city.get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.content == whole_city.get(path).content


def test_each_encoding_has_its_own_bytes_and_validator_and_one_content(whole_city: City) -> None:
    x, y = tile_at(LON, LAT, 16)
    path = f"/tiles/cadastre.thua_dat/16/{x}/{y}.mvt"
    plain, packed, squeezed = (
        whole_city.get(path, headers={"Accept-Encoding": wanted}) for wanted in ("identity", "gzip", "zstd, gzip")
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert squeezed.headers["Content-Encoding"] == "zstd"
    assert plain.content == packed.content == zstandard.decompress(squeezed.content)
    tags = {answer.headers["ETag"] for answer in (plain, packed, squeezed)}
    assert len(tags) == 3
    for tag in tags:
        assert whole_city.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, packed, squeezed))
