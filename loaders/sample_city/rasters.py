"""The ground as rasters, each with a fault-free form agencies use: heights, flood depth, land cover, an image."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine

from gis_server.catalog import Catalog, CrsBook
from loaders.sample_city.city import City
from loaders.sample_city.relief import CELL_M, Ground
from loaders.sample_city.shapes import owner_of

NODATA = -9999.0
FLOOD_LEVEL_M = 1.6
"""Above Hòn Dấu, of the modelled spring tide."""
COVER_CELL_M = 10.0
UTM = 32648
COVERS = {"be_mat_khu_dan_cu": 7, "be_mat_cong_trinh": 7, "cay_hang_nam": 5, "cay_lau_nam": 2, "rung": 2,
          "phu_thuc_vat_khac": 11, "dat_trong": 8, "nuoc_mat": 1}  # fmt: skip
"""Class of the satellite map by land cover layer."""
COLOURS = {0: (72, 104, 130), 1: (84, 118, 142), 2: (62, 92, 56), 5: (142, 150, 84), 7: (164, 156, 148),
           8: (178, 160, 128), 11: (120, 142, 84)}  # fmt: skip
MADE = "2025:09:30 08:00:00"
LABEL = "Synthetic, not measured; bando sample"


def write_rasters(city: City, catalog: Catalog, folder: Path) -> None:
    """Four GeoTIFFs; land cover in UTM on WGS 84, as it is downloaded, the others on the city grid."""
    folder.mkdir()
    ground, stored = city.ground, catalog.crs.srtext(catalog.crs.stored)
    place = Affine(CELL_M, 0.0, ground.west, 0.0, -CELL_M, ground.north)
    about = {"crs": rasterio.crs.CRS.from_wkt(stored), "transform": place}
    _write(folder / "dem_5m.tif", ground.heights[np.newaxis], {**about, "nodata": NODATA, "predictor": 3})
    _write(folder / "do_sau_ngap_trieu_1m6.tif", _depths(ground), {**about, "nodata": NODATA, "predictor": 3})
    utm, moved = _utm_cells(ground, catalog.crs)
    cover = _cover(city, moved)[np.newaxis]
    _write(folder / "lop_phu_10m.tif", cover, {"crs": f"EPSG:{UTM}", "transform": utm, "nodata": 0})
    image = _image(ground, _cover(city, _centres(place, ground.heights.shape)))
    _write(folder / "anh_5m.tif", image, {**about, "photometric": "RGB", "interleave": "pixel"})


def _write(path: Path, bands: NDArray[Any], about: dict[str, Any]) -> None:
    count, height, width = bands.shape
    form = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": bands.dtype.name}
    with rasterio.open(path, "w", **form, compress="deflate", tiled=True, **about) as raster:
        raster.write(bands)
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION=LABEL, TIFFTAG_DATETIME=MADE)


def _depths(ground: Ground) -> NDArray[np.float32]:
    """Of still water at one level; what always lies under water is no flood."""
    depth = np.maximum(FLOOD_LEVEL_M - ground.heights, 0).astype(np.float32)
    return np.where(ground.heights < -0.5, np.float32(NODATA), np.round(depth, 2))[np.newaxis]


def _centres(place: Affine, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Of cells, shape (rows, columns, 2), in the raster's own grid."""
    column, row = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    return np.stack([place.a * column + place.c, place.e * row + place.f], axis=-1)


def _utm_cells(ground: Ground, crs: CrsBook) -> tuple[Affine, NDArray[np.float64]]:
    """Cells in UTM over the middle of the ground, on whole tens of metres, and their centres on the city grid."""
    rows, columns = ground.heights.shape
    middle = np.array([[ground.west + CELL_M * columns / 2, ground.north - CELL_M * rows / 2]])
    east, north = crs.transform(middle, crs.stored, UTM)[0]
    high, wide = int(rows * CELL_M / COVER_CELL_M), int(columns * CELL_M / COVER_CELL_M)
    west = COVER_CELL_M * np.round((east - COVER_CELL_M * wide / 2) / COVER_CELL_M)
    top = COVER_CELL_M * np.round((north + COVER_CELL_M * high / 2) / COVER_CELL_M)
    place = Affine(COVER_CELL_M, 0.0, float(west), 0.0, -COVER_CELL_M, float(top))
    centres = _centres(place, (high, wide))
    return place, crs.transform(centres.reshape(-1, 2), UTM, crs.stored).reshape(centres.shape)


def _cover(city: City, centres: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The class at points of the city grid; 0 where the land cover layers have nothing."""
    tables = {name: city.tables[f"base_landcover.{name}"].geometry for name in COVERS}
    shapes = np.concatenate(list(tables.values()))
    codes = np.concatenate([np.full(len(tables[name]), code) for name, code in COVERS.items()])
    owner = owner_of(shapely.points(centres.reshape(-1, 2)), shapes)
    return np.where(owner < 0, 0, codes[owner]).astype(np.uint8).reshape(centres.shape[:2])


def _image(ground: Ground, cover: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colours of the land cover in the light of a low sun."""
    table = np.zeros((256, 3))
    for code, colour in COLOURS.items():
        table[code] = colour
    slope = np.gradient(ground.heights.astype(float), CELL_M)
    light = np.clip(1 + 1.5 * (slope[1] - slope[0]), 0.6, 1.3)
    texture = 1 + 0.06 * np.sin(np.arange(cover.size).reshape(cover.shape) * 2.399963)
    shaded = table[cover] * (light * texture)[..., np.newaxis]
    return np.moveaxis(np.clip(shaded, 1, 255).astype(np.uint8), -1, 0)
