"""rasterio's GDAL as the reading child uses it: GeoTIFF only, no files beside it, a bounded cache."""

from pathlib import Path

import rasterio
import rasterio._env
from rasterio.env import Env

DRIVERS = frozenset({"GTiff", "COG", "MEM"})
OPTIONS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": 256 << 20,
    "GDAL_NUM_THREADS": "2",
}
"""Nothing is read from or written to files beside the raster; world files we read ourselves."""


def only_geotiff() -> None:
    """Takes all other drivers away; for the whole process, and for good."""
    with Env() as env:
        others = sorted(set(env.drivers()) - DRIVERS)
    if not others:
        return
    rasterio._env.set_gdal_config("GDAL_SKIP", ",".join(others))
    rasterio._env._have_registered_drivers = False  # the only way to make rasterio register, and so skip, again
    again = rasterio._env.GDALEnv()
    again.start()
    left = set(again.drivers()) - DRIVERS
    if left:
        raise RuntimeError(f"raster drivers that should be gone: {', '.join(sorted(left))}")


def bounded() -> Env:
    """The environment to open, read and write in."""
    return Env(**OPTIONS)


def opened(path: Path) -> rasterio.DatasetReader:
    return rasterio.open(path, driver="GTiff", sharing=False)
