"""A large raster through the loader: time against GDAL's own COG, and the memory of loader and reading child together.

`python -m benchmarks.raster [side]`; 20,000 cells a side are 1.6 GB.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from benchmarks.measure import CONSOLE, claim, ms_of
from benchmarks.place import Bench, fresh_installation
from gis_server.catalog import read_catalog
from gis_server.rasters.reading import Cells
from gis_server.releases.rasters import stored
from gis_server.tiles.address import TileAddress
from gis_server.tiles.raster_cells import SIDE as SIDE_PX
from gis_server.tiles.raster_cells import WORLD_M
from gis_server.tiles.raster_looks import coloured, png
from gis_server.tiles.raster_painter import Painter, Painting, Sheet

SIDE, GRID = 6_000, 32648
ROWS = 500
LIMIT_MIB = 1536.0
PROFILE = {
    "title": {"vi": "đo", "en": "bench"},
    "source": {"id": "do_raster", "title": {"vi": "đo", "en": "bench"}, "licence": "CC0-1.0", "attribution": "bench",
               "synthetic": True},
    "layers": [{"from": {"file": "*.tif"}, "to": "raster.mo_hinh_so_do_cao"}],
}  # fmt: skip


def bench(place: Bench, side: int = SIDE) -> None:
    """Loads heights with noise, then lets GDAL alone write the same COG."""
    with tempfile.TemporaryDirectory(prefix="bando-raster-") as name:
        folder = Path(name)
        path = _write(folder / "dem.tif", side)
        profile = folder / "profile.yaml"
        profile.write_text(json.dumps(PROFILE))
        first, again = (place.bando("load", str(path), "--profile", str(profile)) for _ in range(2))
        started = time.perf_counter()
        rasterio.shutil.copy(path, folder / "cog.tif", driver="COG", compress="DEFLATE", level=6, predictor="YES",
                             overview_resampling="AVERAGE", bigtiff="IF_SAFER", num_threads=2)  # fmt: skip
        alone = time.perf_counter() - started
        _bench_tiles(place)
    CONSOLE.print(f"raster: {side:,} × {side:,} float32, {side * side * 4 / 2**30:.2f} GiB")
    claim("raster: checked, kept and published, against GDAL's COG alone", first.seconds, alone, "s", "s GDAL")
    claim("raster: the same again, nothing changed", again.seconds, first.seconds, "s", "s first load")
    claim("raster: most memory of any one process", first.peak_mib, LIMIT_MIB, "MiB", "MiB limit")


def _bench_tiles(place: Bench) -> None:
    """Cold tiles of the raster that was just loaded, against GDAL's own warp of the same COG to the same pixels."""
    settings = place.settings
    catalog = read_catalog(settings.layers_folder, settings.styles_folder)
    painter = Painter(settings.rasters_folder, catalog)
    layer = catalog["raster.mo_hinh_so_do_cao"]
    rule = layer.file.raster
    assert rule is not None
    (path,) = stored(settings.rasters_folder)
    ours, theirs = [], []
    for zoom, x, y in _tiles(path):
        what = Painting(layer, "color", TileAddress(zoom, x, y), 1, (Sheet(path.stem, GRID),))
        ours.append(ms_of(lambda what=what: png(painter.pixels(what))))
        theirs.append(ms_of(lambda at=what.at: png(coloured(rule, catalog.domains, _warped(path, at)))))
    claim("raster: cold tile z13…z18, median of 120", median(ours), median(theirs), "ms", "ms GDAL warp")


def _tiles(path: Path) -> list[tuple[int, int, int]]:
    """Tiles spread over the raster."""
    random = np.random.default_rng(2)
    with rasterio.open(path) as raster:
        box = transform_bounds(raster.crs, "EPSG:3857", *raster.bounds)
    found = []
    for zoom in range(13, 19):
        tile = WORLD_M / 2**zoom
        for _ in range(20):
            east, north = random.uniform(box[0], box[2]), random.uniform(box[1], box[3])
            found.append((zoom, int((east + WORLD_M / 2) / tile), int((WORLD_M / 2 - north) / tile)))
    return found


def _warped(path: Path, at: TileAddress) -> Cells:
    tile = WORLD_M / 2**at.z
    place = Affine(tile / SIDE_PX, 0, at.x * tile - WORLD_M / 2, 0, -tile / SIDE_PX, WORLD_M / 2 - at.y * tile)
    with rasterio.open(path) as raster:
        about = {"crs": "EPSG:3857", "transform": place, "width": SIDE_PX, "height": SIDE_PX}
        with WarpedVRT(raster, **about, resampling=Resampling.bilinear) as warped:
            return Cells(warped.read().astype(float), warped.read_masks(1) > 0)


def _write(path: Path, side: int) -> Path:
    """Waves of the ground and centimetres of noise: what a laser survey leaves for a compressor."""
    random = np.random.default_rng(1)
    about = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32", "nodata": -9999.0,
             "crs": f"EPSG:{GRID}", "transform": Affine(2, 0, 650_000, 0, -2, 1_230_000), "compress": "lzw",
             "predictor": 3, "bigtiff": "IF_SAFER"}  # fmt: skip
    x = np.arange(side)[np.newaxis]
    with rasterio.open(path, "w", **about) as raster:
        for row in range(0, side, ROWS):
            y = np.arange(row, min(side, row + ROWS))[:, np.newaxis]
            cells = 20 + 10 * np.sin(x / 700) + 8 * np.cos(y / 900) + random.random((len(y), side))
            raster.write(np.round(cells, 2).astype(np.float32), 1, window=Window(0, row, side, len(y)))
    return path


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else SIDE)
