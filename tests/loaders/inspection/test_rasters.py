"""`bando inspect` describes a GeoTIFF and guesses its layer, from some of its cells."""

import numpy as np

from loaders.inspection.draft import draft_profile
from loaders.inspection.survey import inspect_delivery
from loaders.profile_reader import read_profile
from tests.loaders.rasters.conftest import heights, write


def only(found):
    assert found.problems == {}
    (layer,) = found.layers
    return layer


def test_heights_lead_to_the_height_model(tmp_path, catalog):
    seen = only(inspect_delivery(write(tmp_path / "mo_hinh_so_do_cao.tif", heights(), catalog), catalog))
    assert (seen.kinds, seen.raster.kind) == ({"Polygon": 1}, "continuous")
    assert seen.targets[0].layer == "raster.mo_hinh_so_do_cao"
    assert "[9210]" in seen.grid.vi
    assert {one.name: one.examples for one in seen.columns}["so_cot"] == ("600",)


def test_codes_that_were_interpolated_are_told_before_anything_is_loaded(tmp_path, catalog):
    codes = np.random.default_rng(1).choice(np.array([1, 2, 7, 11], "float32"), (300, 300))
    codes[:, 100:200] = (codes[:, 100:200] + np.random.default_rng(2).random((300, 100)) * 3).astype("float32")
    seen = only(inspect_delivery(write(tmp_path / "lop.tif", codes, catalog), catalog))
    assert seen.raster.kind == "classes"
    assert seen.verdict is not None
    assert "nội suy" in seen.verdict.vi


def test_images_are_images_and_a_draft_of_their_profile_can_be_read(tmp_path, catalog):
    image = np.random.default_rng(1).integers(0, 255, (3, 64, 64), dtype=np.uint8)
    found = inspect_delivery(write(tmp_path / "anh.tif", image, catalog, photometric="RGB"), catalog)
    assert [one.layer for one in only(found).targets] == ["raster.anh_vien_tham"]
    path = tmp_path / "anh.yaml"
    path.write_text(draft_profile(found, catalog))
    assert read_profile(str(path), catalog).layers[0].to == "raster.anh_vien_tham"


def test_a_raster_without_a_grid_is_described_all_the_same(tmp_path, catalog):
    seen = only(inspect_delivery(write(tmp_path / "dem.tif", heights(), catalog, crs=None), catalog))
    assert "ghi `crs:`" in seen.grid.vi


def test_drawn_files_are_never_guessed_to_be_rasters(tmp_path, catalog):
    path = tmp_path / "mo_hinh_so_do_cao.csv"
    path.write_text("ma,sha256,luoi,so_cot,x,y\nA,B,9210,1,603514,1191454\n")
    assert not [one for one in only(inspect_delivery(path, catalog)).targets if one.layer.startswith("raster.")]
