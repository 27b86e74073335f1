"""Writes the city the way agencies deliver: a folder each with its manifest, the height model, the series."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import rasterio
from rasterio.transform import Affine

from gis_server.catalog import Catalog
from gis_server.catalog.words import read_yaml
from loaders.profile_reader import read_profile
from loaders.sample_city.city import City
from loaders.sample_city.names import FOLDER
from loaders.sample_city.outbound import outputs
from loaders.sample_city.relief import CELL_M
from loaders.sample_city.writers import spoil_shapefiles, write
from loaders.selection import how_to_read

MANIFEST = "giao_nop.yaml"
MARK = "# bando sample"
"""First words of a manifest by which a folder is known to be a sample city."""
SOURCE = (
    'source: {id: mau, title: {vi: "Thành phố mẫu (dữ liệu tổng hợp, không đo đạc)", '
    'en: "Sample city (synthetic, not surveyed)"}, '
    "licence: CC0-1.0, attribution: bando sample, synthetic: true}\n"
)
NODATA = -9999.0


def deliver(city: City, catalog: Catalog, folder: Path, tell: Callable[[str], None] = lambda step: None) -> None:
    """The whole delivery into an empty folder."""
    agencies: list[dict[str, Any]] = read_yaml(FOLDER / "deliveries.yaml")
    folder.mkdir(parents=True, exist_ok=True)
    items = [(f"{agency['folder']}/*", agency["profile"]) for agency in agencies]
    (folder / MANIFEST).write_text(_manifest(items), encoding="utf-8")
    for agency in agencies:
        tell(agency["folder"])
        _deliver_agency(city, catalog, folder / agency["folder"], agency)
    tell("mo_hinh_so_do_cao")
    _write_dem(city, catalog, folder / "mo_hinh_so_do_cao")
    _write_series(city, folder / "chuoi_thoi_gian")


def _manifest(items: list[tuple[str, str]]) -> str:
    lines = [f'  - {{file: "{file}", profile: {profile}}}\n' for file, profile in items]
    return f"{MARK}: dữ liệu tổng hợp, không đo đạc · synthetic data, not surveyed\n{SOURCE}items:\n" + "".join(lines)


def _deliver_agency(city: City, catalog: Catalog, folder: Path, agency: dict[str, Any]) -> None:
    folder.mkdir()
    profile = read_profile(agency["profile"], catalog)
    for output in outputs(city, profile, catalog, agency.get("file")):
        write(folder, output, how_to_read(output.file, profile), catalog.crs)
    if "prj" in agency:
        spoil_shapefiles(folder, True, agency.get("cpg"))
    (folder / MANIFEST).write_text(_manifest([("*", agency["profile"])]), encoding="utf-8")


def _write_dem(city: City, catalog: Catalog, folder: Path) -> None:
    """Heights as a GeoTIFF on the city grid, VN-2000 in full in its keys."""
    folder.mkdir()
    heights = city.ground.heights.astype(np.float32)
    profile = {"driver": "GTiff", "width": heights.shape[1], "height": heights.shape[0], "count": 1,
               "dtype": "float32", "nodata": NODATA,
               "crs": rasterio.crs.CRS.from_wkt(catalog.crs.srtext(catalog.crs.stored)), "compress": "deflate",
               "predictor": 3, "tiled": True,
               "transform": Affine(CELL_M, 0.0, city.ground.west, 0.0, -CELL_M, city.ground.north)}  # fmt: skip
    with rasterio.open(folder / "dem_5m.tif", "w", **profile) as raster:
        raster.write(heights, 1)
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION="Synthetic height model, metres above Hon Dau; bando sample")


def _write_series(city: City, folder: Path) -> None:
    """Readings as loggers export them: local time, day first."""
    folder.mkdir()
    for name, table in city.series.items():
        pyarrow.csv.write_csv(table, folder / name)
