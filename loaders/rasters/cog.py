"""Writes the Cloud-Optimised GeoTIFF: first a plain tiled copy while the raster is scanned, then GDAL's COG of it."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from gis_server.catalog import CrsBook
from gis_server.catalog.rasters import RasterRule
from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from loaders.rasters.cells import Cells, Mask
from loaders.rasters.gdal import bounded, opened
from loaders.rasters.scan import BEAT_SECONDS, Scan
from loaders.rasters.sheet import Sheet

TILE = 512
RESAMPLING = {"continuous": "AVERAGE", "classes": "MODE", "imagery": "AVERAGE"}
"""How overviews are made: a mean of class codes would be a class of something else."""
GREY, COLOUR, CLEAR = ColorInterp.gray, (ColorInterp.red, ColorInterp.green, ColorInterp.blue), ColorInterp.alpha


class CogWriter:
    """Takes the delivered cells window by window; names and tags of the file stay behind, with whoever wrote them."""

    def __init__(self, sheet: Sheet, crs: CrsBook, folder: Path) -> None:
        self.sheet, self.plain, self.cog = sheet, folder / "plain.tif", folder / "cog.tif"
        self.nodata = sheet.nodata
        source = sheet.source
        about = {"driver": "GTiff", "width": source.width, "height": source.height, "count": source.count,
                 "dtype": source.dtypes[0], "crs": grid_of(sheet.srid, crs), "transform": sheet.transform,
                 "tiled": True, "blockxsize": TILE, "blockysize": TILE, "compress": "zstd", "zstd_level": 1,
                 "bigtiff": "IF_SAFER", "sparse_ok": True}  # fmt: skip
        if source.count > 1:
            about |= {"interleave": "pixel", "photometric": "RGB"}
        self.out = rasterio.open(self.plain, "w", **about)

    def keep(self, bands: Cells, valid: Mask, window: Window) -> None:
        """One window; NaN and infinity become the value that means “no data”, or NaN where there is none."""
        if bands.dtype.kind == "f" and not valid.all():
            bad = ~np.isfinite(bands)
            if bad.any():
                bands = np.where(bad, np.nan if self.nodata is None else self.nodata, bands).astype(bands.dtype)
        self.out.write(bands, window=window)

    def finish(self, rule: RasterRule, found: Scan) -> Iterator[None]:
        """Makes the COG of what was kept, where there is anything in it; yields while GDAL works."""
        if self.nodata is None and found.replaced:
            self.nodata = float("nan")
        self._say_all(rule)
        if found.valid:
            yield from _while_working(lambda: _write_cog(self.plain, self.cog, rule))
            if not is_cog(self.cog):
                raise _no_cog(self.sheet.name)
        self.plain.unlink()

    def _say_all(self, rule: RasterRule) -> None:
        """What is known only when all cells were seen, and what GDAL wants last."""
        if self.nodata is not None:
            self.out.nodata = self.nodata
        self.out.scales, self.out.offsets = self.sheet.source.scales, self.sheet.source.offsets
        colours = rule.kind == "imagery" and self.sheet.bands > 1
        self.out.colorinterp = [*COLOUR, CLEAR][: self.sheet.bands] if colours else [GREY]
        self.out.close()


def _write_cog(plain: Path, cog: Path, rule: RasterRule) -> None:
    """The same cells give the same bytes."""
    options: dict[str, Any] = {"driver": "COG", "compress": "DEFLATE", "level": 6, "predictor": "YES",
                               "blocksize": TILE, "overviews": "IGNORE_EXISTING", "bigtiff": "IF_SAFER",
                               "overview_resampling": RESAMPLING[rule.kind]}  # fmt: skip
    with bounded():  # settings of GDAL belong to a thread
        rasterio.shutil.copy(plain, cog, **options)


def _while_working(work: Callable[[], None]) -> Iterator[None]:
    """Runs it in a thread, and yields now and then until it is done."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        while wait([done], BEAT_SECONDS).not_done:
            yield
        done.result()


def make_room(sheet: Sheet, folder: Path) -> None:
    """DeliveryUnreadable where the disk cannot hold the raster twice, unpacked: the copy and the COG."""
    source = sheet.source
    needed = 2 * source.width * source.height * source.count * sheet.dtype.itemsize
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DeliveryUnreadable(
            f"{sheet.name}: đĩa của {folder.parent} còn {vietnamese(free / 2**30, 1)} GiB, cần đến "
            f"{vietnamese(needed / 2**30, 1)} GiB. "
            "Chưa thay đổi gì. Hãy giải phóng chỗ rồi nạp lại.",
            f"{sheet.name}: the disk of {folder.parent} has {free / 2**30:,.1f} GiB left, up to "
            f"{needed / 2**30:,.1f} GiB are needed. Nothing was changed. Free some space, then load again.",
        )


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


def _no_cog(name: str) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"{name}: không ghi được GeoTIFF tối ưu (COG); đây là lỗi của chương trình; hãy báo quản trị viên.",
        f"{name}: no valid Cloud-Optimised GeoTIFF could be written; the program is at fault.",
    )
