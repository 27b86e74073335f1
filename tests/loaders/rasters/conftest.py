"""Small GeoTIFFs made in the test, and a load that keeps their COGs in the test's own folder."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import yaml
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from loaders.pipeline import Desk, Order, load
from loaders.report import Report

WEST, NORTH, CELL = 603_000.0, 1_192_000.0, 5.0
NODATA = -9999.0
LAYERS = {
    "dem": "raster.mo_hinh_so_do_cao",
    "cover": "raster.lop_phu_mat_dat",
    "image": "raster.anh_vien_tham",
    "depth": "drainage.do_sau_ngap",
}


def heights(side: int = 600) -> Any:
    """Hilly ground with a corner without data; no two cells alike."""
    y, x = np.mgrid[0:side, 0:side].astype("float32")
    cells = 5 + 2 * np.sin(x / 40) + np.cos(y / 30) + x / 1000
    cells[:20, :30] = NODATA
    return cells.astype("float32")


def write(path: Path, cells: Any, catalog: Catalog, **more: Any) -> Path:
    """A GeoTIFF on the city grid; `more` overrides."""
    bands = cells if cells.ndim == 3 else cells[np.newaxis]
    about = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype.name,
        "crs": rasterio.crs.CRS.from_wkt(catalog.crs.srtext(9210)),
        "transform": Affine(CELL, 0, WEST, 0, -CELL, NORTH),
        "nodata": NODATA if bands.dtype.kind == "f" else None,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **{**about, **more}) as raster:
            raster.write(bands)
    return path


def profile_for(layer: str, **more: Any) -> dict[str, Any]:
    title = {"vi": "Raster thử", "en": "Test raster"}
    source = {"id": "thu", "title": title, "licence": "CC0-1.0", "attribution": "test", "synthetic": True}
    return {"title": title, "source": source, "layers": [{"from": {"file": "*.tif"}, "to": LAYERS[layer]}], **more}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "rasters"


@pytest.fixture
def desk(fresh: Database, desk_at: Callable[..., Desk], store: Path) -> Desk:
    return desk_at(fresh, rasters=store)


@pytest.fixture
def load_raster(desk: Desk, tmp_path: Path) -> Callable[..., Report]:
    return loader_at(desk, tmp_path)


@pytest.fixture
def judge_raster(
    fresh_database: Database, desk_at: Callable[..., Desk], tmp_path: Path, store: Path
) -> Callable[..., Report]:
    """The verdict on a raster, with a database for the whole module: nothing is published."""
    loaded = loader_at(desk_at(fresh_database, rasters=store), tmp_path)
    return lambda *what, **more: loaded(*what, judge=True, **more)


def loader_at(desk: Desk, folder: Path) -> Callable[..., Report]:
    def loaded(path: Path, layer: str, profile: dict[str, Any] | None = None, **order: Any) -> Report:
        file = folder / "profile.yaml"
        file.write_text(yaml.safe_dump(profile_for(layer, **(profile or {})), allow_unicode=True))
        return load(Order(path, str(file), **order), desk)

    return loaded


@pytest.fixture
def codes_of(judge_raster: Callable[..., Report]) -> Callable[..., dict[str, int]]:
    """Code → places."""

    def checked(path: Path, layer: str, **more: Any) -> dict[str, int]:
        report = judge_raster(path, layer, **more)
        return {one.code: one.count for one in report.findings if one.code.startswith(("RAS", "GEO"))}

    return checked
