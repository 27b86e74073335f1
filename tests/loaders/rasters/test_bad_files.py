"""GeoTIFFs that are broken, disguised or impossible: one sentence, no crash, nothing kept."""

import struct
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio

from gis_server.errors import DeliveryUnreadable
from gis_server.settings import HOME
from loaders.rasters import cog
from tests.loaders.rasters.conftest import heights, write

VRT = (
    '<VRTDataset rasterXSize="20" rasterYSize="20"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
    "<SourceFilename>/vsicurl/http://169.254.169.254/x.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
)


def tiff(entries, big=False):
    """A header with one directory: (tag, type, count, value) each, and nothing else."""
    if big:
        rows = b"".join(struct.pack("<HHQQ", *entry) for entry in sorted(entries))
        return b"II+\x00" + struct.pack("<HHQ", 8, 0, 16) + struct.pack("<Q", len(entries)) + rows + bytes(8)
    rows = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + rows + bytes(4)


def claimed(width, height, bands=1):
    return [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 8), (277, 3, 1, bands), (278, 4, 1, height), (279, 4, 1, 64), (339, 3, 1, 1)]  # fmt: skip


@pytest.fixture
def refused(judge_raster, store):
    def told(path, layer="dem"):
        with pytest.raises(DeliveryUnreadable) as error:
            judge_raster(path, layer)
        assert not store.exists()
        return error.value

    return told


def test_a_vrt_that_is_called_tif_never_meets_gdal(tmp_path, refused):
    (tmp_path / "to.tif").write_text(VRT)
    assert "nội dung là VRT" in refused(tmp_path / "to.tif").vi


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_a_raster_that_was_cut_short(tmp_path, catalog, refused, share):
    path = write(tmp_path / "to.tif", heights(), catalog, tiled=True, compress="deflate")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "to.tif" in refused(path).vi


@pytest.mark.parametrize("big", [False, True])
def test_sizes_that_nobody_can_hold(tmp_path, refused, big):
    (tmp_path / "to.tif").write_bytes(tiff(claimed(2_000_000, 2_000_000), big))
    assert "GiB" in refused(tmp_path / "to.tif").vi


def test_sixty_five_thousand_bands(tmp_path, refused):
    (tmp_path / "to.tif").write_bytes(tiff(claimed(10, 10, 65_000)))
    assert "to.tif" in refused(tmp_path / "to.tif").vi


@pytest.mark.parametrize("entries", [[], claimed(0, 0), claimed(10, 10, 0)])
def test_no_size_or_no_bands(tmp_path, refused, entries):
    (tmp_path / "to.tif").write_bytes(tiff(entries))
    assert "to.tif" in refused(tmp_path / "to.tif").vi


def test_a_raster_without_place(tmp_path, catalog, refused):
    path = write(tmp_path / "to.tif", heights(), catalog, transform=rasterio.transform.Affine.identity())
    assert "không có vị trí" in refused(path).vi


def test_several_images_in_one_file(tmp_path, catalog, refused):
    path = write(tmp_path / "to.tif", heights(), catalog)
    write(path, heights(), catalog, APPEND_SUBDATASET="YES")
    assert "2 ảnh trong một tệp" in refused(path).vi


def test_complex_numbers(tmp_path, catalog, refused):
    path = write(tmp_path / "to.tif", heights().astype("complex64"), catalog, nodata=None)
    assert "complex64" in refused(path).vi


def test_big_tiff_is_read_like_any_other(tmp_path, catalog, codes_of):
    path = write(tmp_path / "to.tif", heights(), catalog, BIGTIFF="YES")
    assert path.read_bytes()[:4] == b"II+\x00"
    assert codes_of(path, "dem") == {}


def test_files_beside_a_raster_are_not_followed(tmp_path, catalog, codes_of):
    """An .aux.xml could name other files, an .ovr other cells."""
    path = write(tmp_path / "to.tif", heights(), catalog)
    (tmp_path / "to.tif.aux.xml").write_text("<PAMDataset><PAMRasterBand band='1'><NoDataValue>7</NoDataValue>")
    (tmp_path / "to.tif.ovr").write_bytes(b"II*\x00 nonsense")
    assert codes_of(path, "dem") == {}


def test_a_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    sheet = SimpleNamespace(
        name="to.tif", source=SimpleNamespace(width=9, height=9, count=1), dtype=np.dtype("float32")
    )
    monkeypatch.setattr(cog.shutil, "disk_usage", lambda _: SimpleNamespace(free=600))
    with pytest.raises(DeliveryUnreadable, match="giải phóng chỗ rồi nạp lại"):
        cog.make_room(sheet, tmp_path)


ONLY_GEOTIFF = """
from loaders.rasters.gdal import only_geotiff, bounded, opened
only_geotiff()
import rasterio, sys
with bounded() as env:
    print(sorted(env.drivers()))
try: rasterio.open(sys.argv[1]); print("opened")
except rasterio.errors.RasterioIOError: print("refused")
"""


def test_the_child_knows_geotiff_and_nothing_else(tmp_path):
    (tmp_path / "a.vrt").write_text(VRT)
    command = [sys.executable, "-c", ONLY_GEOTIFF, str(tmp_path / "a.vrt")]
    said = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True).stdout.split("\n")
    assert said[:2] == ["['COG', 'GTiff', 'MEM']", "refused"]
