"""Writes the Cloud-Optimised GeoTIFF: first a plain tiled copy while the raster is scanned, then GDAL's COG of it."""

import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window

from gis_server.catalog import CrsBook
from gis_server.catalog.rasters import RasterRule
from gis_server.errors import DeliveryUnreadable
from loaders.rasters.cells import Cells, Mask
from loaders.rasters.digest import sha256_of
from loaders.rasters.gdal import opened
from loaders.rasters.sheet import Sheet

TILE = 512
RESAMPLING = {"continuous": "AVERAGE", "classes": "MODE", "imagery": "AVERAGE"}
"""How overviews are made: a mean of class codes would be a class of something else."""
GREY, COLOUR, CLEAR = ColorInterp.gray, (ColorInterp.red, ColorInterp.green, ColorInterp.blue), ColorInterp.alpha


class PlainCopy:
    """The delivered cells in tiles, uncompressed names and tags left behind; what is no number becomes “no data”."""

    def __init__(self, sheet: Sheet, crs: CrsBook, path: Path) -> None:
        self.sheet, self.path = sheet, path
        source = sheet.source
        about = {"driver": "GTiff", "width": source.width, "height": source.height, "count": source.count,
                 "dtype": source.dtypes[0], "crs": grid_of(sheet.srid, crs), "transform": sheet.transform,
                 "tiled": True, "blockxsize": TILE, "blockysize": TILE, "compress": "zstd", "zstd_level": 1,
                 "bigtiff": "IF_SAFER", "sparse_ok": True}  # fmt: skip
        if source.count > 1:
            about |= {"interleave": "pixel", "photometric": "RGB" if source.count in (3, 4) else "MINISBLACK"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            self.out = rasterio.open(path, "w", **about)

    def keep(self, bands: Cells, valid: Mask, window: Window) -> None:
        """One window; NaN and infinity become the value that means “no data”, or NaN where there is none."""
        if bands.dtype.kind == "f" and not valid.all():
            bad = ~np.isfinite(bands)
            if bad.any():
                nodata = self.sheet.nodata
                bands = np.where(bad, np.nan if nodata is None else nodata, bands).astype(bands.dtype)
        self.out.write(bands, window=window)

    def drop(self) -> None:
        self.out.close()
        self.path.unlink()

    def finish(self, nodata: float | None, rule: RasterRule) -> None:
        """Everything that is known only when all cells were seen."""
        if nodata is not None:
            self.out.nodata = nodata
        self.out.scales, self.out.offsets = self.sheet.source.scales, self.sheet.source.offsets
        if rule.kind == "imagery" and self.sheet.bands > 1:
            self.out.colorinterp = [*COLOUR, CLEAR][: self.sheet.bands]
        else:
            self.out.colorinterp = [GREY] * self.sheet.bands
        self.out.close()


def make_room(sheet: Sheet, folder: Path) -> None:
    """DeliveryUnreadable where the disk cannot hold the raster twice, unpacked: the copy and the COG."""
    source = sheet.source
    needed = 2 * source.width * source.height * source.count * sheet.dtype.itemsize
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DeliveryUnreadable(
            f"{sheet.name}: đĩa của {folder.parent} còn {free / 2**30:,.1f} GiB, cần đến {needed / 2**30:,.1f} GiB. "
            "Chưa có gì thay đổi. Giải phóng chỗ rồi nạp lại.",
            f"{sheet.name}: the disk of {folder.parent} has {free / 2**30:,.1f} GiB left, up to "
            f"{needed / 2**30:,.1f} GiB are needed. Nothing was changed. Free some space, then load again.",
        )


def write_cog(copy: Path, target: Path, rule: RasterRule, name: str) -> str:
    """The COG of a plain copy, and the SHA-256 of its bytes; the same cells give the same bytes."""
    options: dict[str, Any] = {"driver": "COG", "compress": "DEFLATE", "level": 6, "predictor": "YES",
                               "blocksize": TILE, "overviews": "IGNORE_EXISTING", "bigtiff": "IF_SAFER",
                               "overview_resampling": RESAMPLING[rule.kind]}  # fmt: skip
    rasterio.shutil.copy(copy, target, **options)
    if not is_cog(target):
        raise DeliveryUnreadable(
            f"{name}: không ghi được GeoTIFF tối ưu (COG); đây là lỗi của chương trình.",
            f"{name}: no valid Cloud-Optimised GeoTIFF could be written; the program is at fault.",
        )
    return sha256_of(target)


def is_cog(path: Path) -> bool:
    """GDAL's own mark, square tiles, and overviews down to one tile."""
    with opened(path) as made:
        marked = made.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG"
        tiled = all(shape == (TILE, TILE) for shape in made.block_shapes)
        smallest = max(made.width, made.height) / max([1, *made.overviews(1)])
        return marked and tiled and smallest <= 2 * TILE


def grid_of(srid: int, crs: CrsBook) -> CRS:
    """A grid of the city with the pinned shift written out; any other by its EPSG code."""
    return CRS.from_wkt(crs.srtext(srid)) if srid in crs.file.grids else CRS.from_epsg(srid)
