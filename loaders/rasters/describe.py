"""Looks at a raster without a layer in mind: its form, some of its cells, and what kind it seems to be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_server.catalog.rasters import RasterKind
from loaders.rasters.sheet import grid_said, open_source, placed, world_file
from loaders.readers.stream import GEOMETRY, Chunk, Stream

SIDE = 1024
"""Cells looked at, at most, across and down: every so-many-th one."""
FEW_VALUES = 64
WHOLE_SHARE = 0.3
"""From this share of whole numbers among others on, fractions look like codes that were resampled."""
KIND, RESAMPLED = "loai_raster", "noi_suy"


@dataclass(frozen=True)
class Look:
    """What some cells look like."""

    kind: RasterKind
    resampled: bool
    least: float | None
    greatest: float | None


def described(path: Path, name: str) -> Stream:
    """A stream of one row in the raster's own grid; its columns are a description, for people and for guesses."""
    with open_source(path, name) as source:
        transform = placed(source, world_file(path), name)
        width, height = source.width, source.height
        corners = [transform * corner for corner in ((0, 0), (width, 0), (width, height), (0, height))]
        look = _look(source)
        row = {
            KIND: look.kind,
            RESAMPLED: look.resampled,
            "so_cot": width,
            "so_hang": height,
            "so_kenh": source.count,
            "kieu_so": source.dtypes[0],
            "do_phan_giai": round(abs(transform.determinant) ** 0.5, 7),
            "gia_tri_trong": None if source.nodata is None else f"{source.nodata:g}",
            "nho_nhat": look.least,
            "lon_nhat": look.greatest,
            GEOMETRY: shapely.to_wkb(shapely.Polygon(corners)),
        }
        said = grid_said(source, path)
    stream = Stream(name, "", None, iter([Chunk(name, pa.Table.from_pylist([row]))]), frozenset(row) - {GEOMETRY})
    stream.said = said
    return stream


def _look(source: Any) -> Look:
    share = min(1.0, SIDE / max(source.width, source.height))
    shape = (max(1, int(source.height * share)), max(1, int(source.width * share)))
    cells = source.read(1, out_shape=shape, masked=True).compressed()
    cells = cells[np.isfinite(cells)]
    if source.count >= 3:
        return Look("imagery", False, *_limits(cells))
    whole = float((cells == np.rint(cells)).mean()) if len(cells) else 0.0
    few = len(np.unique(cells)) <= FEW_VALUES
    resampled = not few and WHOLE_SHARE <= whole < 1 and _small(cells)
    kind: RasterKind = "classes" if resampled or (whole == 1 and few and _small(cells)) else "continuous"
    return Look(kind, resampled, *_limits(cells))


def _small(cells: NDArray[Any]) -> bool:
    """Class codes are small numbers that are not negative."""
    return bool(len(cells)) and float(cells.min()) >= 0 and float(cells.max()) <= 255


def _limits(cells: NDArray[Any]) -> tuple[float | None, float | None]:
    return (float(cells.min()), float(cells.max())) if len(cells) else (None, None)
