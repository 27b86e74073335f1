"""Every code of a raster, planted in a small one: found, and nothing else found."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from gis_server.errors import DeliveryUnreadable, LoadRefused
from tests.loaders.rasters.conftest import NODATA, NORTH, WEST, heights, write


def classes(side=300):
    return np.random.default_rng(2).choice(np.array([1, 2, 5, 7, 11], np.uint8), (side, side))


def edged(cells, value):
    cells[[0, -1], :] = value
    cells[:, [0, -1]] = value
    return cells


def with_cell(cells, value):
    cells[200, 250] = value
    return cells


CASES = {
    "clean": ("dem", heights(), {}, {}),
    "clean classes": ("cover", classes(), {"nodata": 0}, {}),
    "an edge of one value and no word about it": (
        "dem",
        edged(np.where(heights() == NODATA, 0, heights()), 0.0),
        {"nodata": None},
        {"RAS-01": 1},
    ),
    "a filler that is not declared": ("dem", heights(), {"nodata": None}, {"RAS-02": 1}),
    "a filler among classes": ("cover", with_cell(classes(), 255), {"nodata": 0}, {"RAS-02": 1}),
    "dry is called no data": ("depth", with_cell(np.abs(heights()) % 5, 0.0), {"nodata": 0}, {"RAS-03": 1}),
    "a class that is a hole": ("cover", classes(), {"nodata": 1}, {"RAS-03": 1}),
    "an unknown class": ("cover", with_cell(classes(), 3), {"nodata": 0}, {"RAS-04": 1}),
    "classes that were interpolated": (
        "cover",
        with_cell(classes().astype("float32"), 6.25),
        {"nodata": 0},
        {"RAS-05": 1},
    ),
    "a height that cannot be": ("dem", with_cell(heights(), 9000.0), {}, {"RAS-06": 1}),
    "NaN beside another value for no data": ("dem", with_cell(heights(), np.nan), {}, {"RAS-07": 1}),
    "infinity": ("dem", with_cell(heights(), np.inf), {}, {"RAS-07": 1}),
    "turned": ("dem", heights(), {"transform": Affine(5, 1, WEST, 1, -5, NORTH)}, {"RAS-08": 1}),
    "upside down": ("dem", heights(), {"transform": Affine(5, 0, WEST, 0, 5, NORTH)}, {"RAS-08": 1}),
    "nothing in it": ("dem", np.full((300, 300), NODATA, "float32"), {}, {"RAS-09": 1}),
    "a thumbnail": ("dem", heights()[300:310, 300:310], {}, {"RAS-10": 1}),
    "two bands of heights": ("dem", np.stack([heights(), heights()]), {}, {"RAS-11": 1}),
    "an image of real numbers": ("image", np.stack([heights()] * 3), {}, {"RAS-11": 1}),
    "heights as JPEG": ("dem", np.full((64, 64), 7, np.uint8) + classes(64), {"compress": "jpeg"}, {"RAS-13": 1}),
    "one value": ("dem", np.full((300, 300), 2, "float32"), {}, {"RAS-14": 1}),
    "far away": ("dem", heights(), {"transform": Affine(5, 0, 100_000, 0, -5, 200_000)}, {"GEO-04": 1}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_found_and_nothing_else(tmp_path, catalog, codes_of, case):
    layer, cells, about, expected = CASES[case]
    assert codes_of(write(tmp_path / "to.tif", cells.copy(), catalog, **about), layer) == expected


def test_a_finding_stands_where_the_cell_is(tmp_path, catalog, judge_raster):
    path = write(tmp_path / "to.tif", with_cell(heights(), 9000.0), catalog)
    report = judge_raster(path, "dem")
    (one,) = [one for one in report.located if one.code == "RAS-06"]
    assert (one.x, one.y) == pytest.approx((WEST + 250.5 * 5, NORTH - 200.5 * 5))
    assert one.value.startswith("9000; 1 ô")
    assert one.key == "to"


def test_nodata_that_the_profile_declares_is_believed(tmp_path, catalog, codes_of, load_raster, ask):
    path = write(tmp_path / "to.tif", heights(), catalog, nodata=None)
    assert codes_of(path, "dem", profile={"files": [{"file": "*.tif", "nodata": NODATA}]}) == {}
    load_raster(path, "dem", {"files": [{"file": "*.tif", "nodata": NODATA}]})
    assert ask("SELECT gia_tri_trong FROM raster.mo_hinh_so_do_cao") == [("-9999",)]


def test_a_world_file_places_a_raster_without_place_and_is_doubted_beside_one_that_has_it(tmp_path, catalog, codes_of):
    path = write(tmp_path / "to.tif", heights(), catalog, transform=Affine.identity())
    (tmp_path / "to.tfw").write_text(f"5\n0\n0\n-5\n{WEST + 2.5}\n{NORTH - 2.5}\n")
    assert codes_of(path, "dem") == {}
    write(path, heights(), catalog, transform=Affine(5, 0, WEST + 2.5, 0, -5, NORTH - 2.5))
    assert codes_of(path, "dem") == {"RAS-12": 1}


def test_a_raster_without_a_grid_is_placed_by_the_profile(tmp_path, catalog, codes_of):
    path = write(tmp_path / "to.tif", heights(), catalog, crs=None)
    with pytest.raises(DeliveryUnreadable, match="ghi `crs:` trong hồ sơ nạp"):
        codes_of(path, "dem")
    assert codes_of(path, "dem", profile={"crs": 9210}) == {}


def test_not_a_number_becomes_no_data_in_what_is_kept(tmp_path, catalog, load_raster, store):
    path = write(tmp_path / "to.tif", with_cell(heights(), np.nan), catalog)
    load_raster(path, "dem")
    (kept,) = store.glob("*/*.tif")
    with rasterio.open(kept) as cog:
        assert cog.read(1)[200, 250] == NODATA


def test_a_wrong_raster_is_refused_and_nothing_is_kept(tmp_path, catalog, load_raster, store, litter):
    path = write(tmp_path / "to.tif", with_cell(heights(), 9000.0), catalog)
    with pytest.raises(LoadRefused, match="RAS-06"):
        load_raster(path, "dem")
    assert load_raster(path, "dem", {"rejects": 1.0}).release is None
    assert [one.name for one in store.iterdir()] == [".khoa"]
    assert litter() == []
