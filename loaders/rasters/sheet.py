"""One delivered GeoTIFF: opened, its size, bands and place judged by its header alone, before any cell is read."""

import glob
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError

from gis_server.catalog import CrsBook
from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from loaders.crs import srid_of
from loaders.profiles import AUTO, FileRule
from loaders.rasters.gdal import bounded, opened

MOST_BYTES = 10 << 30
MOST_BANDS = 16
EDGE_POINTS = 32
"""Corners of a footprint's side: a straight side in one grid is a slight curve in another."""
DEGREES = frozenset({4326, 4756})
WORLD_FILES = (".tfw", ".tifw", ".wld")


@dataclass(frozen=True)
class Sheet:
    """An open raster with its place."""

    name: str
    source: Any
    transform: Affine
    srid: int
    nodata: float | None
    world_file: Affine | None
    """What a file beside it says of the place, where there is one."""

    @property
    def bands(self) -> int:
        return int(self.source.count)

    @property
    def dtype(self) -> np.dtype[Any]:
        kind: np.dtype[Any] = np.dtype(self.source.dtypes[0])
        return kind

    @property
    def scale(self) -> tuple[float, float]:
        """True value = cell × the first + the second."""
        return float(self.source.scales[0]), float(self.source.offsets[0])

    @property
    def has_palette(self) -> bool:
        return ColorInterp.palette in self.source.colorinterp

    @property
    def has_mask(self) -> bool:
        flags = self.source.mask_flag_enums[0]
        return MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags

    @property
    def north_up(self) -> bool:
        return self.transform.b == self.transform.d == 0 and self.transform.a > 0 > self.transform.e

    def stored(self, crs: CrsBook, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cells, shape (n, 2), column then row with fractions, as points of the stored grid (m, millimetres)."""
        a, b, c, d, e, f = self.transform[:6]
        x, y = a * cells[:, 0] + b * cells[:, 1] + c, d * cells[:, 0] + e * cells[:, 1] + f
        return np.round(crs.transform(np.column_stack([x, y]), self.srid, crs.stored), 3)

    def footprint(self, crs: CrsBook) -> shapely.Polygon:
        """The whole raster, cells without data included, in the stored grid."""
        width, height, along = self.source.width, self.source.height, np.linspace(0, 1, EDGE_POINTS + 1)[:-1]
        sides = [(along * width, 0 * along), (0 * along + width, along * height),
                 (width - along * width, 0 * along + height), (0 * along, height - along * height)]  # fmt: skip
        ring = np.vstack([np.column_stack(side) for side in sides])
        return shapely.Polygon(self.stored(crs, ring))

    def cell_m(self, crs: CrsBook) -> float:
        """Side of a cell in metres; where the grid is in degrees, of a square as large as a cell."""
        if self.srid in DEGREES:
            area = self.footprint(crs).area / (self.source.width * self.source.height)
            return round(float(area**0.5), 3)
        return round(float(abs(self.transform.determinant) ** 0.5), 4)


@contextmanager
def open_source(path: Path, name: str) -> Iterator[Any]:
    """The raster by its header; DeliveryUnreadable where it cannot be opened or is more than can be read."""
    with warnings.catch_warnings(), bounded():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            source = opened(path)
        except RasterioIOError as error:
            raise _unreadable(name, error) from error
        with source:
            _refuse_sizes(source, name)
            yield source


@contextmanager
def open_sheet(path: Path, name: str, how: FileRule, crs: CrsBook) -> Iterator[Sheet]:
    """The raster with its place; DeliveryUnreadable where it has none."""
    with open_source(path, name) as source:
        beside = world_file(path)
        transform = placed(source, beside, name)
        srid = _given(how, name) or srid_of(grid_said(source, path), crs, name)
        nodata = _fitting(how.nodata if how.nodata is not None else source.nodata, source.dtypes[0])
        yield Sheet(name, source, transform, srid, nodata, beside)


def _given(how: FileRule, name: str) -> int | None:
    """The grid that the profile gives; cells cannot be turned or rescaled as coordinates can."""
    if how.crs in (None, AUTO):
        return None
    if not str(how.crs).isdecimal():
        raise DeliveryUnreadable(
            f"{name}: crs: {how.crs}: với raster chỉ ghi mã EPSG của lưới, như 9210.",
            f"{name}: crs: {how.crs}: of a raster say the grid's EPSG number only, as 9210.",
        )
    return int(str(how.crs))


def grid_said(source: Any, path: Path) -> str | None:
    """What the raster, or a .prj beside it, says of its grid."""
    return str(source.crs.to_wkt()) if source.crs else _projection_file(path)


def _refuse_sizes(source: Any, name: str) -> None:
    if len(source.subdatasets) > 1:
        raise DeliveryUnreadable(
            f"{name} chứa {len(source.subdatasets)} ảnh trong một tệp; hãy giao nộp mỗi ảnh một tệp.",
            f"{name} holds {len(source.subdatasets)} images in one file; deliver each in a file of its own.",
        )
    if not 1 <= source.count <= MOST_BANDS:
        raise DeliveryUnreadable(
            f"{name} khai {vietnamese(source.count)} kênh; chỉ đọc được từ 1 đến {MOST_BANDS}.",
            f"{name} claims {source.count:,} bands; 1 to {MOST_BANDS} can be read.",
        )
    size = source.width * source.height * sum(np.dtype(kind).itemsize for kind in source.dtypes)
    if size > MOST_BYTES:
        raise DeliveryUnreadable(
            f"{name} khai {vietnamese(source.width)} × {vietnamese(source.height)} ô, {source.count} kênh: "
            f"{vietnamese(size / 2**30)} GiB khi mở, "
            f"nhiều hơn {MOST_BYTES >> 30} GiB. Hãy giao nộp theo mảnh nhỏ hơn.",
            f"{name} claims {source.width:,} × {source.height:,} cells, {source.count} bands: {size / 2**30:,.0f} GiB, "
            f"more than {MOST_BYTES >> 30} GiB. Deliver smaller sheets.",
        )
    if any(np.dtype(kind).kind == "c" for kind in source.dtypes) or len(set(source.dtypes)) > 1:
        raise DeliveryUnreadable(
            f"{name}: kiểu số {', '.join(sorted(set(source.dtypes)))} không đọc được; hãy giao nộp một kiểu số thực "
            "hoặc số nguyên.",
            f"{name}: cells of {', '.join(sorted(set(source.dtypes)))} are not read; deliver one real number type.",
        )


def _fitting(nodata: float | None, kind: str) -> float | None:
    """A value for “no data” that cells of this type cannot hold says nothing."""
    if nodata is None or np.dtype(kind).kind == "f":
        return nodata
    limits = np.iinfo(kind)
    return nodata if limits.min <= nodata <= limits.max and nodata == int(nodata) else None


def placed(source: Any, beside: Affine | None, name: str) -> Affine:
    """From cells to coordinates: as the GeoTIFF says, else as the world file says."""
    found = beside if source.transform.is_identity and beside is not None else source.transform
    if found.is_identity or not np.isfinite(found[:6]).all() or found.determinant == 0:
        ways = ("chỉ có điểm khống chế (GCP)", "control points (GCP) only") if source.gcps[0] else ("", "")
        raise DeliveryUnreadable(
            f"{name} không có vị trí{ways[0] and ': ' + ways[0]}: GeoTIFF thiếu tọa độ và không có tệp .tfw. "
            "Hãy giao nộp ảnh đã nắn, kèm tọa độ.",
            f"{name} has no place{ways[1] and ': ' + ways[1]}: neither in the GeoTIFF nor in a .tfw beside it. "
            "Deliver it rectified, with its place.",
        )
    return found


def world_file(path: Path) -> Affine | None:
    """Six numbers for the centre of the first cell, as a transform of corners."""
    named = path.parent.glob(f"{glob.escape(path.stem)}.*")
    beside = {one.suffix.lower(): one for one in named if not one.is_symlink()}
    found = next((beside[ending] for ending in WORLD_FILES if ending in beside), None)
    if found is None:
        return None
    try:
        a, d, b, e, x, y = (float(number) for number in found.read_text("ascii")[:1000].split())
    except (ValueError, UnicodeDecodeError):
        return None
    return Affine(a, b, x, d, e, y) * Affine.translation(-0.5, -0.5)


def _projection_file(path: Path) -> str | None:
    beside = path.with_suffix(".prj")
    return beside.read_text(errors="replace")[:10_000] if beside.is_file() and not beside.is_symlink() else None


def _unreadable(name: str, error: Exception) -> DeliveryUnreadable:
    words = " ".join(str(error).split()).rpartition("/")[2][:200]
    return DeliveryUnreadable(
        f"{name} không mở được: tệp bị hỏng, bị cắt ngắn hoặc không phải GeoTIFF ({words}). Hãy yêu cầu giao nộp lại.",
        f"{name} cannot be opened: it is damaged, cut short or no GeoTIFF ({words}). Ask for it again.",
    )
