"""Maps as picture tiles: no seams between them, the same map as a picture whole, and WMTS that leads to them."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from gis_server.catalog import Catalog
from gis_server.images.frame import HALF_M
from tests.images.conftest import LAKE, NAMES, WATER, Pixels, Shot, opened, shores
from tests.serving import LAT, LON, City, tile_at

ZOOM = 17
STRONG = 100
"""Of ink that nobody overlooks, of 255."""
SIDE_M = 2 * HALF_M / 2**ZOOM


def tile(city: City, name: str, z: int, x: int, y: int) -> Pixels:
    answer = city.get(f"/maps/{name}/light/{z}/{x}/{y}.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png"), answer.text
    return opened(answer.content)


def mosaic(city: City, name: str, first: tuple[int, int], count: tuple[int, int]) -> Pixels:
    rows = [
        np.hstack([tile(city, name, ZOOM, first[0] + column, first[1] + row) for column in range(count[0])])
        for row in range(count[1])
    ]
    return np.vstack(rows)


def test_tiles_put_together_are_the_map_without_a_seam(drawn_city: City, catalog: Catalog) -> None:
    """Four by three tiles over the whole lake: each shore where it is, and the same pixels as one picture."""
    x, y = tile_at(LON, LAT, ZOOM)
    whole = mosaic(drawn_city, LAKE, (x - 2, y - 1), (4, 3))
    west, north = -HALF_M + (x - 2) * SIDE_M, HALF_M - (y - 1) * SIDE_M
    box = (west, north - 3 * SIDE_M, west + 4 * SIDE_M, north)
    shot = Shot(whole, 3857, box, catalog)
    assert shot.strangers(shores(2.5), WATER) == []
    bbox = ",".join(map(repr, box))
    query = f"REQUEST=GetMap&LAYERS={LAKE}&CRS=EPSG:3857&BBOX={bbox}&WIDTH=1024&HEIGHT=768&TRANSPARENT=TRUE"
    single = opened(drawn_city.get(f"/wms?{query}").content)
    different = np.abs(whole.astype(int) - single.astype(int)).max(axis=-1) > 8
    assert different.mean() < 0.001
    for edge in (256, 512, 768):
        assert not different[:, edge - 2 : edge + 2].any(), "nothing begins or ends at the edge of a tile"
    assert (whole[..., 3] == 255).mean() > 0.1


def test_no_word_is_cut_where_tiles_meet(drawn_city: City) -> None:
    """Long names stand close together round the lake: what ink touches the edge of a tile goes on beyond it."""
    inked = 0
    for zoom in (14, 15, 16, 17):
        x, y = tile_at(LON, LAT, zoom)
        tiles = {
            (column, row): tile(drawn_city, NAMES, zoom, column, row).astype(int)
            for column in (x - 1, x, x + 1)
            for row in (y - 1, y, y + 1)
        }
        inked += sum(int((one[..., 3] > 0).sum()) for one in tiles.values())
        for (column, row), left in tiles.items():
            right = tiles.get((column + 1, row))
            if right is not None:
                ends, begins = left[:, -1, 3] > STRONG, right[:, 0, 3] > STRONG
                assert (ends <= near(begins)).all(), (zoom, column, row)
                assert (begins <= near(ends)).all(), (zoom, column, row)
    assert inked > 10_000


def near(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where there is ink within two pixels."""
    return np.convolve(ink, np.ones(5), "same") > 0


def test_outside_of_the_city_a_layer_is_transparent_and_a_map_is_ground(drawn_city: City) -> None:
    assert tile(drawn_city, LAKE, 10, 3, 3)[..., 3].max() == 0
    for at in ((10, 3, 3), (0, 0, 0)):
        assert tuple(tile(drawn_city, "nen", *at)[0, 0]) == (244, 241, 234, 255)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/maps/nen/light/0/1/0.png", 400),
        ("/maps/nen/light/23/0/0.png", 400),
        ("/maps/nen/light/10/1024/0.png", 400),
        ("/maps/nen/light/10/-1/0.png", 400),
        ("/maps/nen/light/1e1/0/0.png", 400),
        ("/maps/nen/red/10/0/0.png", 400),
        ("/maps/nen/light/10/0/0.tif", 404),
        ("/maps/khong_co/light/10/0/0.png", 404),
        ("/maps/nen/light/10/0/0.png?v=2", 400),
    ],
)
def test_what_is_no_tile_gets_a_sentence(drawn_city: City, path: str, status: int) -> None:
    answer = drawn_city.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_wmts_with_parameters_answers_with_the_same_tile(drawn_city: City) -> None:
    x, y = tile_at(LON, LAT, ZOOM)
    asked = "/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&TILEMATRIXSET=WebMercatorQuad"
    kvp = drawn_city.get(f"{asked}&LAYER=nen&STYLE=light&FORMAT=image/png&TILEMATRIX={ZOOM}&TILEROW={y}&TILECOL={x}")
    rest = drawn_city.get(f"/maps/nen/light/{ZOOM}/{x}/{y}.png")
    assert (kvp.content, kvp.headers["etag"]) == (rest.content, rest.headers["etag"])
    document = drawn_city.get("/wmts?service=WMTS&request=GetCapabilities")
    assert document.content == drawn_city.get("/wmts/1.0.0/WMTSCapabilities.xml").content
    lowered = drawn_city.get(f"/wmts?request=gettile&layer=nen&format=image/jpeg&tilematrixset=WebMercatorQuad"
                             f"&tilematrix={ZOOM}&tilerow={y}&tilecol={x}")  # fmt: skip
    assert lowered.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("REQUEST=GetTile", "MissingParameterValue"),
        ("REQUEST=GetMap", "OperationNotSupported"),
        ("REQUEST=GetTile&LAYER=nen&FORMAT=image/gif&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=9&TILEROW=1&TILECOL=1",
         "InvalidParameterValue"),
        ("REQUEST=GetTile&LAYER=nen&FORMAT=image/png&TILEMATRIXSET=VN2000HCM&TILEMATRIX=9&TILEROW=1&TILECOL=1",
         "InvalidParameterValue"),
        ("REQUEST=GetTile&LAYER=khong.co&FORMAT=image/png&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=9&TILEROW=1&TILECOL=1",
         "InvalidParameterValue"),
        ("SERVICE=WMS&REQUEST=GetTile", "InvalidParameterValue"),
        ("REQUEST=GetTile&COLOUR=red", "InvalidParameterValue"),
    ],
)  # fmt: skip
def test_faults_of_wmts_are_exception_reports(drawn_city: City, query: str, code: str) -> None:
    answer = drawn_city.get(f"/wmts?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/xml; charset=utf-8")
    (fault,) = list(ET.fromstring(answer.content))
    assert fault.attrib["exceptionCode"] == code
