"""Archives of others lie beneath pictures as they lie beneath the maps in a browser."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pmtiles.tile import Compression, TileType

from gis_server.catalog import Catalog
from gis_server.images.composing import Wanted
from tests.images.conftest import GROUND, PARCEL, WATER, Shot, box_around, opened
from tests.serving import City, Serve, X, Y
from tests.tiles.archives import DECLARED, archive_of, delivered, home_with, water

BLUE = (0x22, 0x55, 0xAA)
BARE = (X, Y - 250)
AGENCY = {**DECLARED, "access": "agency", "format": "png", "style": []}
MISSING = {**DECLARED, "title": {"vi": "Chưa giao", "en": "Not delivered"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archives"


@pytest.fixture
def city(drawn_city: City, serve: Serve, folder: Path, tmp_path: Path) -> Iterator[City]:
    """The lake over vector tiles of others, over one that was never delivered, and pictures for agencies."""
    declared = {"nen_ngoai": {**DECLARED, "attribution": "© Người khác"}, "chua_co": MISSING, "anh": AGENCY}
    home = home_with(tmp_path, declared, {"nen": ["nen_ngoai", "chua_co", "anh"]})
    delivered(folder / "nen_ngoai.pmtiles", archive_of({(0, 0, 0): water()}))
    picture = archive_of({(0, 0, 0): _red()}, tile_type=TileType.PNG, tile_compression=Compression.NONE)
    delivered(folder / "anh.pmtiles", picture)
    with serve(drawn_city.database, home=home, archives=folder) as city:
        yield city


def _red() -> bytes:
    out = BytesIO()
    Image.new("RGB", (512, 512), "#ff0000").save(out, "PNG")
    return out.getvalue()


def shot(city: City, catalog: Catalog, path: str, view: str = "public") -> Shot:
    box = box_around(catalog, 3857)
    answer = city.get(f"{path}&bbox={','.join(map(repr, box))}", view)
    assert answer.status_code == 200, answer.text
    return Shot(opened(answer.content), 3857, box, catalog)


def test_an_archive_lies_above_the_ground_and_below_our_layers(city: City, catalog: Catalog) -> None:
    asked = "/maps/nen.png?bbox-crs=EPSG:3857&width=600&show=none"
    day = shot(city, catalog, asked)
    assert (day.at(*BARE), day.at(X, Y + 50)) == (BLUE, WATER)
    assert shot(city, catalog, asked, "agency").at(*BARE) == (255, 0, 0)
    assert shot(city, catalog, f"{asked}&scheme=dark").at(*BARE) not in (BLUE, GROUND)


def test_whose_it_is_stands_on_the_picture(city: City) -> None:
    composer, view = city.client.app.state.studio.composer, city.client.app.state.door.views["public"]  # type: ignore[attr-defined]
    assert composer.composed(view, Wanted(("nen",), ("light",))).thanks == ("© Người khác",)
    assert composer.composed(view, Wanted((PARCEL,), ("light",))).thanks == ()


def test_it_belongs_to_the_ground(city: City, catalog: Catalog) -> None:
    """A transparent map has none; nor has the past, for nobody knows what others' tiles looked like then."""
    wms = "/wms?REQUEST=GetMap&LAYERS=nen&CRS=EPSG:3857&WIDTH=1200&HEIGHT=900"
    assert shot(city, catalog, wms).at(*BARE) == BLUE
    assert shot(city, catalog, f"{wms}&TRANSPARENT=TRUE").pixels[0, 0, 3] == 0
    assert shot(city, catalog, f"{wms}&TIME=2020-01-01").at(*BARE) == GROUND


def test_a_new_delivery_is_another_picture(city: City, catalog: Catalog, folder: Path) -> None:
    path = "/maps/nen.png?width=200&show=none"
    before = city.get(path).headers["etag"]
    assert city.get(path, headers={"If-None-Match": before}).status_code == 304
    delivered(folder / "nen_ngoai.pmtiles", archive_of({(0, 0, 0): water("again"), (1, 0, 0): water()}))
    assert city.get(path, headers={"If-None-Match": before}).status_code == 200
