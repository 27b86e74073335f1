"""What desktop programs and notebooks read with: OWSLib and GDAL's own WMS and WMTS, over the wire."""

import io
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import rasterio
from owslib.util import ServiceException
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
from PIL import Image
from rasterio.windows import from_bounds

from gis_server.catalog import Catalog
from tests.images.conftest import GROUND, LAKE, WATER, Shot, box_around, opened, shores
from tests.live import Wire
from tests.serving import LAT, LON, City, tile_at


@pytest.fixture(scope="module")
def live(drawn_city: City, wire: Wire) -> Iterator[str]:
    with wire(drawn_city.database) as running:
        yield running.address


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_owslib_asks_in_both_versions(live: str, catalog: Catalog, version: str) -> None:
    service = WebMapService(f"{live}/wms", version=version)
    assert LAKE in service.contents
    west, south, east, north = service[LAKE].boundingBoxWGS84
    assert west < LON < east
    assert south < LAT < north
    for crs in ("EPSG:4326", "EPSG:3857", "EPSG:9210"):
        box = box_around(catalog, int(crs[5:]))
        answer = service.getmap(
            layers=["nen"], styles=["light"], srs=crs, bbox=box, size=(1200, 900), format="image/png", transparent=False
        )
        shot = Shot(opened(answer.read()), int(crs[5:]), box, catalog)
        assert shot.strangers(shores(2.5), WATER) == []
        assert shot.strangers(shores(-4.0), GROUND) == []


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_owslib_clicks_gets_a_legend_and_understands_a_fault(live: str, catalog: Catalog, version: str) -> None:
    service = WebMapService(f"{live}/wms", version=version)
    given: dict[str, Any] = {
        "layers": ["nen"],
        "srs": "EPSG:4326",
        "bbox": box_around(catalog, 4326),
        "size": (600, 450),
        "format": "image/png",
    }
    told = service.getfeatureinfo(**given, query_layers=["nen"], info_format="text/plain", xy=(300, 225)).read()
    assert "Mặt nước tĩnh" in told.decode()
    legend = service[LAKE].styles["light"]["legend"]
    assert opened(_get(legend)).shape[2] == 4
    with pytest.raises(ServiceException, match="LayerNotDefined"):
        service.getmap(**{**given, "layers": ["khong.co"]})


def test_gdal_reads_the_map_through_wms_in_the_citys_grid(live: str, catalog: Catalog) -> None:
    west, south, east, north = box_around(catalog, 9210)
    source = (
        f"WMS:{live}/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=nen&STYLES=&FORMAT=image/png"
        f"&CRS=EPSG:9210&BBOX={west},{south},{east},{north}"
    )
    assert _shot(source, 9210, (west, south, east, north), catalog).strangers(shores(8.0), WATER) == []


def test_gdal_knows_that_degrees_are_north_first_in_the_newer_version(live: str, catalog: Catalog) -> None:
    box = west, south, east, north = box_around(catalog, 4326)
    for version, name, written in (
        ("1.3.0", "CRS", f"{south},{west},{north},{east}"),
        ("1.1.1", "SRS", f"{west},{south},{east},{north}"),
    ):
        source = (
            f"WMS:{live}/wms?SERVICE=WMS&VERSION={version}&REQUEST=GetMap&LAYERS=nen&{name}=EPSG:4326&BBOX={written}"
        )
        assert _shot(source, 4326, box, catalog).strangers(shores(8.0), WATER) == []


def test_gdal_puts_the_tiles_of_wmts_where_they_belong(live: str, catalog: Catalog) -> None:
    box = box_around(catalog, 3857)
    source = f"WMTS:{live}/wmts/1.0.0/WMTSCapabilities.xml,layer=nen,style=light,zoom_level=17"
    shot = _shot(source, 3857, box, catalog)
    assert shot.strangers(shores(8.0), WATER) == []
    assert shot.strangers(shores(-6.0), GROUND) == []


def test_owslib_asks_wmts_with_parameters(live: str) -> None:
    service = WebMapTileService(f"{live}/wmts")
    assert {"nen", LAKE} <= set(service.contents)
    assert list(service["nen"].styles) == ["light", "dark"]
    x, y = tile_at(LON, LAT, 17)
    given = {
        "layer": LAKE,
        "style": "dark",
        "tilematrixset": "WebMercatorQuad",
        "tilematrix": "17",
        "row": y,
        "column": x,
    }
    tile = Image.open(io.BytesIO(service.gettile(**given, format="image/png").read()))
    assert tile.size == (256, 256)
    limits = service["nen"].tilematrixsetlinks["WebMercatorQuad"].tilematrixlimits["17"]
    assert limits.mintilerow <= y <= limits.maxtilerow
    assert limits.mintilecol <= x <= limits.maxtilecol
    with pytest.raises(ServiceException, match="InvalidParameterValue"):
        service.gettile(**{**given, "tilematrix": "99"}, format="image/png")


def _shot(source: str, srid: int, box: tuple[float, float, float, float], catalog: Catalog) -> Shot:
    """The box as GDAL reads it, about a metre a pixel."""
    with rasterio.open(source) as opened_source:
        assert opened_source.crs.to_epsg() == srid
        window = from_bounds(*box, opened_source.transform)
        pixels = opened_source.read([1, 2, 3], window=window, out_shape=(3, 900, 1200), boundless=False)
    return Shot(np.moveaxis(pixels, 0, -1), srid, box, catalog)


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())
