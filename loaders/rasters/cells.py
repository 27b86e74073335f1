"""What is wrong with cells: each code with the cells that have it, for one window of a raster at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog.rasters import RasterRule

Cells = NDArray[Any]
Mask = NDArray[np.bool_]

FILLER, UNKNOWN_CLASS, FRACTION = "RAS-02", "RAS-04", "RAS-05"
OUT_OF_RANGE, NOT_FINITE = "RAS-06", "RAS-07"
LOWEST_FLOAT = float(np.finfo(np.float32).min)
FILLERS = (-9999.0, -99999.0, -32768.0, -32767.0, 32767.0, 65535.0, LOWEST_FLOAT, -LOWEST_FLOAT,
           float(np.finfo(np.float64).min), 1e20, -1e20)  # fmt: skip
"""Values by which programs mean “no data”."""
CLASS_FILLERS = (*FILLERS, 0.0, 255.0)


@dataclass(frozen=True)
class CellRules:
    """The rules of one raster: its number type, how cells become true values, and what the layer allows."""

    rule: RasterRule
    codes: tuple[int, ...]
    nodata: float | None
    scale: tuple[float, float]

    def valid(self, cells: Cells) -> Mask:
        """Cells with data, NaN and infinity not among them."""
        mask: Mask = np.isfinite(cells) if cells.dtype.kind == "f" else np.ones(cells.shape, bool)
        if self.nodata is not None and np.isfinite(self.nodata):
            mask &= cells != cells.dtype.type(self.nodata)
        return mask

    def true(self, cells: Any) -> Any:
        """Values in the layer's unit."""
        factor, offset = self.scale
        return cells if (factor, offset) == (1.0, 0.0) else cells * factor + offset

    def faults(self, cells: Cells, valid: Mask) -> Iterator[tuple[str, Mask]]:
        if cells.dtype.kind == "f":
            yield NOT_FINITE, self._not_finite(cells)
        if self.rule.kind == "continuous":
            yield from self._out_of_range(cells, valid)
        elif self.rule.kind == "classes":
            yield from self._no_class(cells, valid)

    def hides_values(self) -> bool:
        """Whether the value for “no data” is one that the layer knows."""
        if self.nodata is None or not np.isfinite(self.nodata):
            return False
        if self.rule.range is not None:
            return self.rule.range[0] <= float(self.true(self.nodata)) <= self.rule.range[1]
        return self.nodata in self.codes

    def _not_finite(self, cells: Cells) -> Mask:
        """Infinity always; NaN where another value means “no data”."""
        if self.nodata is None or np.isnan(self.nodata):
            return np.isinf(cells)
        return ~np.isfinite(cells)

    def _out_of_range(self, cells: Cells, valid: Mask) -> Iterator[tuple[str, Mask]]:
        assert self.rule.range is not None
        low, high = self.rule.range
        true = self.true(cells)
        outside = valid & ((true < low) | (true > high))
        if outside.any():
            filler = outside & _among(cells, FILLERS)
            yield FILLER, filler
            yield OUT_OF_RANGE, outside & ~filler

    def _no_class(self, cells: Cells, valid: Mask) -> Iterator[tuple[str, Mask]]:
        with np.errstate(invalid="ignore"):
            code = np.clip(cells, 0, 255).astype(np.uint8)
        strange = valid & ~(self._known[code] & (code == cells))
        if strange.any():
            fraction = strange & (cells != np.rint(cells))
            filler = strange & ~fraction & _among(cells, CLASS_FILLERS)
            yield FRACTION, fraction
            yield FILLER, filler
            yield UNKNOWN_CLASS, strange & ~fraction & ~filler

    @cached_property
    def _known(self) -> Mask:
        table = np.zeros(256, bool)
        table[list(self.codes)] = True
        return table


def _among(cells: Cells, values: tuple[float, ...]) -> Mask:
    """Comparison in double precision, as 1e20 is no int16."""
    found = np.zeros(cells.shape, bool)
    for value in values:
        with np.errstate(over="ignore"):
            found |= cells == (np.asarray(value, cells.dtype) if cells.dtype.kind == "f" else value)
    return found
