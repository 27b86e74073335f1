"""A delivered GeoTIFF becomes a served footprint and a COG that holds the very same cells."""

import hashlib
import struct

import numpy as np
import pytest
import rasterio
import shapely

from gis_server.releases.rasters import cog_path, stored
from loaders.pipeline import Order
from loaders.pipeline import load as load_delivery
from tests.loaders.rasters.conftest import CELL, NODATA, NORTH, WEST, heights, write


def only(ask, columns, layer="raster.mo_hinh_so_do_cao"):
    (row,) = ask(f"SELECT {columns} FROM {layer}")
    return row


def test_a_height_model_is_served_with_what_was_measured(tmp_path, catalog, load_raster, ask, store):
    cells = heights()
    report = load_raster(write(tmp_path / "to_12.tif", cells, catalog), "dem")
    assert report.release is not None
    assert report.rows == {"raster.mo_hinh_so_do_cao": 1}
    row = only(ask, "ma, sha256, luoi, do_phan_giai, so_cot, so_hang, kieu_so, gia_tri_trong, ty_le_co_so_lieu")
    assert row[:1] + row[2:] == ("to_12", 9210, 5.0, 600, 600, "float32", "-9999", pytest.approx(99.833, abs=0.001))
    valid = cells[cells != NODATA]
    assert only(ask, "nho_nhat, lon_nhat, trung_binh") == pytest.approx(
        (valid.min(), valid.max(), valid.mean(dtype=float)), abs=1e-5
    )
    kept = cog_path(store, row[1])
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == row[1]
    with rasterio.open(kept) as cog:
        assert np.array_equal(cog.read(1), cells)
        assert (cog.nodata, cog.transform.a, cog.bounds.left, cog.bounds.top) == (NODATA, CELL, WEST, NORTH)


def test_the_cog_is_laid_out_for_reading_parts_over_http(tmp_path, catalog, load_raster, store):
    load_raster(write(tmp_path / "dem.tif", heights(1500), catalog), "dem")
    (kept,) = stored(store)
    with rasterio.open(kept) as cog:
        assert cog.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert cog.block_shapes == [(512, 512)]
        assert cog.overviews(1) == [2, 4]
    directories, data = tiff_layout(kept.read_bytes())
    assert len(directories) == 3
    assert max(directories) < min(min(places) for places in data), "headers come before all data"
    assert data == sorted(data, key=min, reverse=True), "small overviews come before large ones"


def tiff_layout(content):
    """Places of the directories, and of the tiles of each: little-endian classic TIFF, read by hand."""
    at = struct.unpack_from("<I", content, 4)[0]
    directories, data = [], []
    while at:
        directories.append(at)
        (count,) = struct.unpack_from("<H", content, at)
        entries = [struct.unpack_from("<HHII", content, at + 2 + 12 * one) for one in range(count)]
        ((_, _, tiles, where),) = [entry for entry in entries if entry[0] == 324]
        data.append(list(struct.unpack_from(f"<{tiles}I", content, where)) if tiles > 1 else [where])
        (at,) = struct.unpack_from("<I", content, at + 2 + 12 * count)
    return directories, data


def test_the_same_raster_again_changes_nothing_and_keeps_one_file(tmp_path, catalog, load_raster, store):
    path = write(tmp_path / "dem.tif", heights(), catalog)
    assert load_raster(path, "dem").release.number == 1
    write(path, heights(), catalog, compress="lzw", tiled=True)  # other bytes, the same cells
    assert load_raster(path, "dem").release is None
    assert len(list(stored(store))) == 1


def test_a_changed_cell_is_a_new_version_and_the_old_file_stays_for_history(tmp_path, catalog, load_raster, ask, store):
    cells = heights()
    path = write(tmp_path / "dem.tif", cells, catalog)
    load_raster(path, "dem")
    cells[300, 300] += 1
    write(path, cells, catalog)
    assert load_raster(path, "dem").release.layers[0].counts.changed == 1
    now, before = only(ask, "sha256")[0], only(ask, "sha256", "history.raster__mo_hinh_so_do_cao")[0]
    assert now != before
    assert {path.stem for path in stored(store)} == {now, before}


def test_another_grid_keeps_its_cells_and_its_footprint_moves_by_the_pinned_shift(
    tmp_path, catalog, load_raster, ask, store
):
    place = rasterio.transform.Affine(10, 0, 685_000, 0, -10, 1_192_000)
    cells = heights()
    load_raster(write(tmp_path / "dem.tif", cells, catalog, crs="EPSG:32648", transform=place), "dem")
    corner = catalog.crs.transform(np.array([[685_000.0, 1_192_000.0]]), 32648, 9210)[0]
    wkb, grid = only(ask, "ST_AsBinary(geom), luoi")
    ring = shapely.from_wkb(wkb).exterior.coords
    assert grid == 32648
    assert np.abs(np.array(ring[0]) - corner).max() < 0.001
    (kept,) = stored(store)
    with rasterio.open(kept) as cog:
        assert cog.crs.to_epsg() == 32648
        assert np.array_equal(cog.read(1), cells)


def test_overviews_of_classes_hold_classes_only(tmp_path, catalog, load_raster, store):
    rng = np.random.default_rng(3)
    codes = rng.choice(np.array([1, 2, 5, 7, 11], np.uint8), (1200, 1200))
    load_raster(write(tmp_path / "lop.tif", codes, catalog, nodata=0), "cover")
    (kept,) = stored(store)
    with rasterio.open(kept, overview_level=0) as cog:
        assert set(np.unique(cog.read(1))) <= {1, 2, 5, 7, 11}


def test_images_keep_their_bands_and_their_transparency(tmp_path, catalog, load_raster, ask, store):
    image = np.random.default_rng(1).integers(1, 255, (4, 300, 300), dtype=np.uint8)
    image[3] = 255
    image[3, :100] = 0
    load_raster(write(tmp_path / "anh.tif", image, catalog, photometric="RGB", alpha="yes"), "image")
    bands, share = only(ask, "so_kenh, ty_le_co_so_lieu", "raster.anh_vien_tham")
    assert (bands, share) == (4, pytest.approx(66.667, abs=0.001))
    (kept,) = stored(store)
    with rasterio.open(kept) as cog:
        assert np.array_equal(cog.read(), image)
        assert [one.name for one in cog.colorinterp] == ["red", "green", "blue", "alpha"]


def test_cells_in_millimetres_are_checked_and_told_in_metres(tmp_path, catalog, load_raster, ask):
    cells = (np.clip(heights(), 0, 90) * 1000).astype(np.int16)
    path = write(tmp_path / "dem.tif", cells, catalog, nodata=-32768)
    with rasterio.open(path, "r+") as raster:
        raster.scales = (0.001,)
    load_raster(path, "dem")
    assert only(ask, "lon_nhat")[0] == pytest.approx(cells.max() / 1000)


def test_a_raster_beside_drawn_layers_is_left_out_by_name(tmp_path, catalog, load_it, ask):
    (tmp_path / "giao").mkdir()
    write(tmp_path / "giao" / "nen.tif", heights(), catalog)
    (tmp_path / "giao" / "hg.csv").write_text("ma,duong,x,y\nHG1,A,603514,1191454\n")
    profile = {
        "title": {"vi": "t", "en": "t"},
        "source": {"id": "tn", "title": {"vi": "t", "en": "t"}, "licence": "x", "attribution": "x"},
        "crs": 9210,
        "files": [{"file": "*.csv", "east": "x", "north": "y"}],
        "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma"}}],
    }
    report = load_it(tmp_path / "giao", profile)
    assert report.rows == {"drainage.ho_ga": 1}
    assert list(report.account.files_left_out) == ["nen.tif"]


def test_the_simulated_flood_of_the_real_data_is_loaded_and_says_it_is_simulated(shared_data, desk, ask):
    order = Order(shared_data / "raster" / "flood_depths_bathtub_1p5m.tif", "ngap_mo_phong_2025")
    report = load_delivery(order, desk)
    assert report.source.synthetic
    row = only(ask, "muc_nuoc, la_kich_ban, lon_nhat, ty_le_co_so_lieu, luoi", "drainage.do_sau_ngap")
    assert row == (1.5, True, 47.5, pytest.approx(27.275), 32648)


def test_the_real_manning_raster_is_refused_with_places(shared_data, desk, store):
    order = Order(shared_data / "raster" / "HoChiMinh_Manning.tif", "lop_phu_10m", judge=True)
    report = load_delivery(order, desk)
    found = {one.code: one for one in report.findings}
    assert report.refusals
    assert found["RAS-05"].count > 10
    assert "286.712" in (found["RAS-05"].examples[0].value or "")
    assert found["RAS-12"].examples[0].value == "21.73 m"
    places = [one for one in report.located if one.code == "RAS-05"]
    assert all(565_000 < one.x < 640_000 and 1_147_000 < one.y < 1_235_000 for one in places)
    assert not list(store.glob("*"))
