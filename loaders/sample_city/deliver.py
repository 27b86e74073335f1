"""Writes the city the way agencies deliver: a folder each with its manifest, the rasters, the series."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.csv

from gis_server.catalog import Catalog
from gis_server.catalog.words import read_yaml
from loaders.profile_reader import read_profile
from loaders.sample_city.city import City
from loaders.sample_city.names import FOLDER
from loaders.sample_city.outbound import outputs
from loaders.sample_city.rasters import write_rasters
from loaders.sample_city.writers import spoil_shapefiles, write
from loaders.selection import how_to_read

MANIFEST = "giao_nop.yaml"
MARK = "# bando sample"
"""First words of a manifest by which a folder is known to be a sample city."""
SOURCE = (
    'source: {id: mau, title: {vi: "Thành phố mẫu (dữ liệu giả lập, không đo đạc)", '
    'en: "Sample city (synthetic, not surveyed)"}, '
    "licence: CC0-1.0, attribution: bando sample, synthetic: true}\n"
)
RASTERS, RASTER_PROFILE = "trung_tam_vien_tham", "mau_raster"


def deliver(city: City, catalog: Catalog, folder: Path, tell: Callable[[str], None] = lambda step: None) -> None:
    """The whole delivery into an empty folder."""
    agencies: list[dict[str, Any]] = read_yaml(FOLDER / "deliveries.yaml")
    folder.mkdir(parents=True, exist_ok=True)
    items = [(f"{agency['folder']}/*", agency["profile"]) for agency in agencies]
    items.append((f"{RASTERS}/*.tif", RASTER_PROFILE))
    (folder / MANIFEST).write_text(_manifest(items), encoding="utf-8")
    for agency in agencies:
        tell(agency["folder"])
        _deliver_agency(city, catalog, folder / agency["folder"], agency)
    tell(RASTERS)
    write_rasters(city, catalog, folder / RASTERS)
    (folder / RASTERS / MANIFEST).write_text(_manifest([("*.tif", RASTER_PROFILE)]), encoding="utf-8")
    _write_series(city, folder / "chuoi_thoi_gian")


def _manifest(items: list[tuple[str, str]]) -> str:
    lines = [f'  - {{file: "{file}", profile: {profile}}}\n' for file, profile in items]
    return f"{MARK}: dữ liệu giả lập, không đo đạc · synthetic data, not surveyed\n{SOURCE}items:\n" + "".join(lines)


def _deliver_agency(city: City, catalog: Catalog, folder: Path, agency: dict[str, Any]) -> None:
    folder.mkdir()
    profile = read_profile(agency["profile"], catalog)
    for output in outputs(city, profile, catalog, agency.get("file")):
        write(folder, output, how_to_read(output.file, profile), catalog.crs)
    if "prj" in agency:
        spoil_shapefiles(folder, True, agency.get("cpg"))
    (folder / MANIFEST).write_text(_manifest([("*", agency["profile"])]), encoding="utf-8")


def _write_series(city: City, folder: Path) -> None:
    """Readings as loggers export them: local time, day first."""
    folder.mkdir()
    for name, table in city.series.items():
        pyarrow.csv.write_csv(table, folder / name)
