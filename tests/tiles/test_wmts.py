"""WMTS of the raster layers and of drawn maps, as GDAL and OWSLib read it."""

from collections.abc import Iterator

import numpy as np
import pytest
import rasterio
from owslib.wmts import WebMapTileService

from gis_server.catalog import Catalog
from tests.conftest import free_port
from tests.live import served
from tests.serving import City, tile_at
from tests.tiles.test_rasters import DEM, LAYERS, MIDDLE, RasterCity
from tests.tiles.test_rasters import city as city

PATH = "/wmts/1.0.0/WMTSCapabilities.xml"


@pytest.fixture(scope="module")
def live(city: RasterCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("wmts")
    opened = city.client.app.state.settings  # type: ignore[attr-defined]
    settings = opened.model_copy(update={"port": free_port(), "state": folder})
    with served(settings, folder / "serve.log") as address:
        yield address


def test_owslib_finds_layers_styles_bounds_and_tile_addresses(city: RasterCity, catalog: Catalog) -> None:
    answer = city.get(PATH)
    assert answer.headers["content-type"].startswith("application/xml")
    service = WebMapTileService(f"http://localhost:8000{PATH}", xml=answer.content)
    assert service.identification.version == "1.0.0"
    rasters = {layer.id for layer in catalog if layer.file.raster is not None}
    drawn = {layer.id for layer in catalog if layer.file.raster is None}
    assert set(service.contents) <= rasters | drawn | set(catalog.maps)
    assert DEM in service.contents
    layer = service[DEM]
    assert set(layer.styles) == {"color", "hillshade"}
    west, south, east, north = layer.boundingBoxWGS84
    assert west < MIDDLE[0] < east
    assert south < MIDDLE[1] < north
    x, y = tile_at(*MIDDLE, 15)
    limits = layer.tilematrixsetlinks["WebMercatorQuad"].tilematrixlimits["15"]
    assert limits.mintilerow <= y <= limits.maxtilerow
    assert limits.mintilecol <= x <= limits.maxtilecol
    template = layer.resourceURLs[0]["template"]
    for name, value in (("Style", "hillshade"), ("TileMatrix", 15), ("TileCol", x), ("TileRow", y)):
        template = template.replace(f"{{{name}}}", str(value))
    assert city.get(template.removeprefix("http://localhost:8000")).headers["content-type"] == "image/png"
    assert city.get(PATH, **{"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_gdal_reads_the_pixels_of_a_tile(city: RasterCity, live: str) -> None:
    zoom = 16
    x, y = tile_at(*MIDDLE, zoom)
    source = f"WMTS:{live}{PATH},layer={DEM},style=hillshade,tilematrixset=WebMercatorQuad,zoom_level={zoom}"
    side = 2 * 20037508.342789244 / 2**zoom
    west, north = -20037508.342789244 + x * side, 20037508.342789244 - y * side
    with rasterio.open(source) as opened:
        assert opened.crs.to_epsg() == 3857
        window = opened.window(west, north - side, west + side, north).round_offsets().round_lengths()
        pixels = opened.read(window=window, boundless=False)
    wanted = city.tile(DEM, "hillshade", zoom)
    assert pixels.shape[1:] == (256, 256)
    assert np.array_equal(np.moveaxis(pixels[:3], 0, -1)[wanted[..., 3] > 0], wanted[..., :3][wanted[..., 3] > 0])
    assert len(np.unique(pixels)) > 4


def test_a_caller_finds_only_the_layers_of_his_view(whole_city: City, catalog: Catalog) -> None:
    known = {layer.id: layer.file.access for layer in catalog}
    for view, allowed in (("public", {"public"}), ("full", {"public", "agency", "restricted"})):
        document = whole_city.get(PATH, view).content
        found = set(WebMapTileService("http://bando.example", xml=document).contents)
        assert found - set(catalog.maps) == {name for name, access in known.items() if access in allowed}
    assert whole_city.get(f"{PATH}?service=WMTS").status_code == 400


def test_a_key_goes_along_to_the_tiles(whole_city: City) -> None:
    document = whole_city.get(f"{PATH}?key={whole_city.agency_key}").content
    service = WebMapTileService("http://bando.example", xml=document)
    for layer in service.contents.values():
        for told in layer.resourceURLs:
            assert told["template"].endswith(f"?key={whole_city.agency_key}")


@pytest.mark.parametrize("layer", [DEM, LAYERS["cover"]])
def test_a_click_on_a_raster_tells_its_value(city: RasterCity, layer: str) -> None:
    """By WMTS with parameters and by its template, and by WMS, the same as by the raster's own address."""
    zoom, (x, y) = 17, tile_at(*MIDDLE, 17)
    template = next(
        told["template"]
        for told in WebMapTileService("http://x", xml=city.get(PATH).content)[layer].resourceURLs
        if (told["resourceType"], told["format"]) == ("FeatureInfo", "application/json")
    )
    given = {"Style": "color", "TileMatrix": zoom, "TileCol": x, "TileRow": y, "I": 100, "J": 30}
    for name, value in given.items():
        template = template.replace(f"{{{name}}}", str(value))
    told = city.get(template.removeprefix("http://localhost:8000")).json()["features"]
    kvp = "&".join(f"{name.upper()}={value}" for name, value in given.items())
    asked = f"/wmts?REQUEST=GetFeatureInfo&LAYER={layer}&TILEMATRIXSET=WebMercatorQuad&{kvp}"
    assert city.get(f"{asked}&INFOFORMAT=application/json").json()["features"] == told
    ((lon, lat),) = [one["geometry"]["coordinates"] for one in told]
    value = city.get(f"/rasters/{layer}/value?lon={lon}&lat={lat}").json()
    assert told[0]["properties"]["value"] == value["value"]
    words = city.get(asked).text
    assert value["unit"] or value["class"]["vi"] in words
    half = 1e-5
    wms = (
        f"/wms?REQUEST=GetFeatureInfo&LAYERS={layer}&QUERY_LAYERS={layer}&CRS=CRS:84&WIDTH=3&HEIGHT=3&I=1&J=1"
        f"&BBOX={lon - half},{lat - half},{lon + half},{lat + half}&INFO_FORMAT=application/json"
    )
    assert [one["properties"]["value"] for one in city.get(wms).json()["features"]] == [value["value"]]


def test_where_a_raster_says_nothing_nothing_is_told(city: RasterCity) -> None:
    asked = f"/wmts/1.0.0/{DEM}/color/10/0/0/5/5"
    assert city.get(f"{asked}.json").json()["features"] == []
    assert "Không có đối tượng" in city.get(f"{asked}.html").text


@pytest.mark.parametrize("path", ["10/0/0/256/5.json", "10/0/0/5/-1.json", "10/0/1024/5/5.json", "10/0/0/5/5.pdf"])
def test_a_click_beside_the_tile_is_a_fault(city: RasterCity, path: str) -> None:
    answer = city.get(f"/wmts/1.0.0/{DEM}/color/{path}")
    assert answer.status_code == 400
    assert "ExceptionReport" in answer.text
