"""Raster tiles over HTTP, decoded: the right value in the right pixel, for whom, and how it is validated."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from rasterio.transform import Affine

from gis_server.app import create_app
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.rasters import cog_path
from gis_server.settings import Settings
from gis_server.tiles.raster_cells import pixels_of_tile
from loaders.pipeline import Desk, Order, load
from tests.loaders.rasters.conftest import CELL, LAYERS, NODATA, NORTH, WEST, heights, profile_for, write
from tests.serving import tile_at

DEM = "raster.mo_hinh_so_do_cao"
MIDDLE = (106.7074, 10.7697)
"""Longitude and latitude of the middle of the height model."""
PLACE, EAST_PLACE = Affine(CELL, 0, WEST, 0, -CELL, NORTH), Affine(CELL, 0, WEST + 6_000, 0, -CELL, NORTH)
SLOPE = (106.7623, 10.7692)
"""The middle of a sheet that is a plane, six kilometres further east."""
UTM = Affine(10, 0, 685_000, 0, -10, 1_192_500)
CODES = np.random.default_rng(4).choice(np.array([1, 2, 5, 7, 11], np.uint8), (500, 500))
DEPTHS = np.where(heights() == NODATA, NODATA, np.maximum(heights() - 6, 0)).astype("float32")
IMAGE = np.random.default_rng(5).integers(0, 255, (3, 600, 600), dtype=np.uint8)


@dataclass
class RasterCity:
    """The service with a raster in each raster layer."""

    client: TestClient
    desk: Desk
    folder: Path

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def tile(self, layer: str, look: str, zoom: int, at: tuple[float, float] = MIDDLE) -> Any:
        x, y = tile_at(*at, zoom)
        answer = self.get(f"/rasters/{layer}/{look}/{zoom}/{x}/{y}.png")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png"), answer.text
        return np.array(Image.open(io.BytesIO(answer.content)))

    def deliver(self, path: Path, kind: str) -> None:
        profile = self.folder / f"{kind}.yaml"
        content = profile_for(kind)
        profile.write_text(yaml.safe_dump({**content, "source": {**content["source"], "id": f"thu_{kind}"}}))
        load(Order(path, str(profile)), self.desk)


@pytest.fixture(scope="module")
def city(
    make_database: Callable[[], Database],
    settings: Settings,
    catalog: Catalog,
    desk_at: Callable[..., Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RasterCity]:
    folder = tmp_path_factory.mktemp("anh")
    database = make_database()
    opened = settings.model_copy(
        update={"database_url": database.url, "anonymous_view": "full", "rasters": folder / "rasters"}
    )
    desk = desk_at(database, rasters=opened.rasters_folder)
    with TestClient(create_app(opened), base_url="http://localhost:8000") as client:
        made = RasterCity(client, desk, folder)
        sheets = folder / "dem"
        sheets.mkdir()
        write(sheets / "dem.tif", heights(), catalog)
        row, column = np.mgrid[0:600, 0:600]
        write(sheets / "doc.tif", (0.6 * (row + column)).astype("float32"), catalog, transform=EAST_PLACE)
        made.deliver(sheets, "dem")
        made.deliver(write(folder / "lop.tif", CODES, catalog, crs="EPSG:32648", transform=UTM, nodata=0), "cover")
        made.deliver(write(folder / "sau.tif", DEPTHS, catalog), "depth")
        made.deliver(write(folder / "anh.tif", IMAGE, catalog, photometric="RGB"), "image")
        yield made


def cells_under(catalog: Catalog, zoom: int, grid: tuple[int, Affine], at: tuple[float, float]) -> tuple[Any, Any]:
    """Row and column, with fractions, of the cells under the pixels of a tile."""
    (srid, place), (x, y) = grid, tile_at(*at, zoom)
    pixels = pixels_of_tile(zoom, x, y).reshape(-1, 2)
    points = catalog.crs.transform(pixels, 3857, srid)
    column, row = (points[:, 0] - place.c) / place.a, (points[:, 1] - place.f) / place.e
    return row.reshape(256, 256), column.reshape(256, 256)


@pytest.mark.parametrize("zoom", [15, 17, 19])
def test_terrain_holds_the_height_of_each_pixel_by_the_pinned_shift(
    city: RasterCity, catalog: Catalog, zoom: int
) -> None:
    """On a plane that rises 0.6 m a cell both ways; PROJ's own choice of shift, 0.8 m off, would be 0.1 m off here."""
    rgb = city.tile(DEM, "terrain", zoom, SLOPE).astype(np.int64)
    told = (rgb[..., 0] * 65536 + rgb[..., 1] * 256 + rgb[..., 2]) * 0.1 - 10_000
    row, column = cells_under(catalog, zoom, (9210, EAST_PLACE), SLOPE)
    inside = (row > 1) & (row < 599) & (column > 1) & (column < 599)
    assert inside.mean() > 0.6
    assert np.abs(told - 0.6 * (row + column - 1))[inside].max() < 0.055


def test_classes_in_another_grid_have_the_colour_of_the_cell_under_each_pixel(
    city: RasterCity, catalog: Catalog
) -> None:
    pixels = city.tile(LAYERS["cover"], "color", 17)
    row, column = cells_under(catalog, 17, (32648, UTM), MIDDLE)
    colours = {int(code): one.color for code, one in catalog.domains["lop_phu_mat_dat"].values.items()}
    expected = np.array([[int(colours[code][at : at + 2], 16) for at in (1, 3, 5)] for code in CODES.flat])
    clear = (np.abs(row % 1 - 0.5) < 0.49) & (np.abs(column % 1 - 0.5) < 0.49)  # rounding decides on the very edge
    under = expected.reshape(500, 500, 3)[row.astype(int), column.astype(int)]
    assert np.array_equal(pixels[clear][:, :3], under[clear])
    assert (pixels[..., 3] == 255).all()


def test_from_afar_classes_are_still_classes(city: RasterCity, catalog: Catalog) -> None:
    pixels = city.tile(LAYERS["cover"], "color", 12)
    seen = {tuple(one) for one in pixels[pixels[..., 3] > 0][:, :3]}
    known = {
        tuple(bytes.fromhex(one.color[1:])) for one in catalog.domains["lop_phu_mat_dat"].values.values() if one.color
    }
    assert seen
    assert seen <= known


def test_dry_ground_and_what_has_no_data_is_transparent(city: RasterCity, catalog: Catalog) -> None:
    pixels = city.tile(LAYERS["depth"], "color", 16)
    row, column = cells_under(catalog, 16, (9210, PLACE), MIDDLE)
    inside = (row > 1) & (row < 598) & (column > 1) & (column < 598)
    depth = np.where(inside, DEPTHS[np.clip(row, 0, 599).astype(int), np.clip(column, 0, 599).astype(int)], 0)
    assert (pixels[(depth == 0) & inside][:, 3] < 160).all()
    assert (pixels[depth > 0.6][:, 3] > 200).all()
    assert (pixels[~inside & ((row < -1) | (row > 601) | (column < -1) | (column > 601))][:, 3] == 0).all()


def test_an_image_is_shown_as_it_is(city: RasterCity, catalog: Catalog) -> None:
    pixels = city.tile(LAYERS["image"], "color", 21)
    row, column = cells_under(catalog, 21, (9210, PLACE), MIDDLE)
    middle = (np.abs(row % 1 - 0.5) < 0.02) & (np.abs(column % 1 - 0.5) < 0.02)
    assert middle.any()
    true = IMAGE[:, row[middle].astype(int), column[middle].astype(int)].T
    assert np.abs(pixels[middle][:, :3].astype(int) - true).max() <= 14  # smoothed, near the middle of a cell


def test_hillshade_goes_on_across_the_edge_of_a_tile(city: RasterCity) -> None:
    x, y = tile_at(*MIDDLE, 17)
    left, right = (
        np.array(Image.open(io.BytesIO(city.get(f"/rasters/{DEM}/hillshade/17/{one}/{y}.png").content)))[..., 0].astype(
            int
        )
        for one in (x, x + 1)
    )
    inside = np.abs(np.diff(left, axis=1)).max()
    assert left.std() > 0.5
    assert np.abs(left[:, -1] - right[:, 0]).max() <= inside + 1


def test_slopes_to_the_north_west_are_light_and_those_away_from_it_dark(city: RasterCity) -> None:
    grey = city.tile(DEM, "hillshade", 15)
    assert grey[..., 3].max() == 255
    lit = grey[grey[..., 3] > 0][:, 0]
    assert lit.min() < 180 < lit.max()


def test_a_tile_that_did_not_change_is_a_304_whatever_else_was_published(city: RasterCity, catalog: Catalog) -> None:
    x, y = tile_at(*MIDDLE, 16)
    path = f"/rasters/{LAYERS['image']}/color/16/{x}/{y}.png"
    first = city.get(path)
    city.deliver(write(city.folder / "sau.tif", DEPTHS + np.float32(0.5) * (DEPTHS > 0), catalog), "depth")
    again = city.get(path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert int(again.headers["bando-release"]) == int(first.headers["bando-release"]) + 1


def test_a_new_version_is_seen_at_once(city: RasterCity, catalog: Catalog) -> None:
    x, y = tile_at(*MIDDLE, 16)
    path = f"/rasters/{LAYERS['depth']}/color/16/{x}/{y}.png"
    before = city.get(path)
    city.deliver(
        write(city.folder / "sau.tif", DEPTHS * np.where(DEPTHS > 0, 0.25, 1).astype("float32"), catalog), "depth"
    )
    after = city.get(path, **{"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.content != before.content


def test_tilejson_says_where_how_deep_and_in_which_colours(city: RasterCity) -> None:
    told = city.get(f"/rasters/{DEM}/color").json()
    assert (told["minzoom"], told["maxzoom"], told["tileSize"]) == (8, 15, 256)
    west, south, east, north = told["bounds"]
    assert (west < MIDDLE[0] < east, south < MIDDLE[1] < north) == (True, True)
    assert told["bando:legend"][1] == {"title": {"vi": "0 m", "en": "0 m"}, "shape": "fill", "color": "#9fd3e6"}
    assert told["bando:synthetic"] is True
    assert city.get(f"/rasters/{DEM}/terrain").json()["encoding"] == "mapbox"
    assert [one["code"] for one in city.get(f"/rasters/{LAYERS['cover']}/color").json()["bando:legend"]][:2] == [
        "1",
        "2",
    ]


def test_the_file_itself_is_read_in_ranges(city: RasterCity) -> None:
    item = city.get(f"/collections/{DEM}/items").json()["features"][0]
    sha256 = item["properties"]["sha256"]
    whole = city.get(f"/cogs/{sha256}.tif")
    assert hashlib.sha256(whole.content).hexdigest() == sha256
    assert "immutable" in whole.headers["cache-control"]
    part = city.get(f"/cogs/{sha256}.tif", Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert "content-encoding" not in whole.headers


def test_a_file_that_no_row_names_does_not_exist_for_anyone(city: RasterCity) -> None:
    stray = cog_path(city.desk.rasters, "ab" * 32)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"II*\x00 of somebody else")
    assert city.get(f"/cogs/{stray.stem}.tif").status_code == 404
    assert city.get("/cogs/..%2f..%2fkeys.tif").status_code == 404


def test_the_value_at_a_point_in_its_unit_or_in_words(city: RasterCity, catalog: Catalog) -> None:
    lon, lat = MIDDLE
    told = city.get(f"/rasters/{DEM}/value?lon={lon}&lat={lat}").json()
    ((x, y),) = catalog.crs.transform(np.array([MIDDLE]), 4326, 9210)
    true = heights()[int((NORTH - y) / CELL), int((x - WEST) / CELL)]
    assert told["value"] == pytest.approx(float(true), abs=1e-5)
    assert (told["unit"], told["datum"], told["sheet"], told["synthetic"]) == ("m", "Hòn Dấu", "dem", True)
    word = city.get(f"/rasters/{LAYERS['cover']}/value?lon={lon}&lat={lat}").json()
    assert word["class"]["vi"] == catalog.domains["lop_phu_mat_dat"].values[str(word["value"])].vi
    assert city.get(f"/rasters/{DEM}/value?lon=105&lat=10").json()["value"] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rasters/drainage.ho_ga/color", 404),
        ("/rasters/khong.co/color/9/1/1.png", 404),
        (f"/rasters/{LAYERS['cover']}/hillshade", 404),
        (f"/rasters/{DEM}/anh/9/1/1.png", 404),
        (f"/rasters/{DEM}/color/-1/0/0.png", 400),
        (f"/rasters/{DEM}/color/9/512/0.png", 400),
        (f"/rasters/{DEM}/color/9/1/1.png?x=1", 400),
        (f"/rasters/{DEM}/value?lon=nan&lat=1", 400),
        (f"/rasters/{DEM}/value?lon=1e3&lat=1", 400),
        ("/cogs/x.tif", 404),
    ],
)
def test_wrong_questions_get_a_sentence(city: RasterCity, path: str, status: int) -> None:
    answer = city.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_outside_of_all_rasters_a_tile_is_transparent(city: RasterCity) -> None:
    assert city.tile(DEM, "color", 14, (107.6, 10.0))[..., 3].max() == 0


def test_a_lost_file_leaves_a_hole_and_no_error(city: RasterCity) -> None:
    (item,) = city.get(f"/collections/{LAYERS['image']}/items").json()["features"]
    path = cog_path(city.desk.rasters, item["properties"]["sha256"])
    kept = path.rename(path.with_suffix(".away"))
    try:
        assert city.tile(LAYERS["image"], "color", 13)[..., 3].max() == 0
    finally:
        kept.rename(path)
