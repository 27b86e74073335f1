"""One pass over a raster, window by window: statistics, what is wrong and where, and the cells for the COG."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rasterio.windows import Window

from loaders.rasters.cells import NOT_FINITE, CellRules, Cells, Mask
from loaders.rasters.sheet import Sheet

HIGH, WIDE = 512, 4096
"""Cells of a window, down and across: a bounded share of memory whatever the raster's size."""
SQUARE = 512
"""One place a code in each square of so many cells."""
MOST_PLACES = 100
BEAT_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """A cell and its value."""

    column: int
    row: int
    value: float


@dataclass
class Scan:
    """What the cells of a raster hold."""

    cells: int = 0
    valid: int = 0
    not_a_number: int = 0
    hidden: int = 0
    """Cells with the value that means “no data”."""
    least: float = np.inf
    greatest: float = -np.inf
    total: float = 0.0
    edge: tuple[float, float] = (np.inf, -np.inf)
    """Least and greatest value along the four sides."""
    counts: Counter[str] = field(default_factory=Counter)
    places: defaultdict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))

    @property
    def replaced(self) -> bool:
        """Whether some cells are no finite number."""
        return bool(self.not_a_number or self.counts[NOT_FINITE])

    @property
    def mean(self) -> float:
        return self.total / self.valid


def windows(sheet: Sheet) -> Iterator[Window]:
    width, height = sheet.source.width, sheet.source.height
    for row in range(0, height, HIGH):
        for column in range(0, width, WIDE):
            yield Window(column, row, min(WIDE, width - column), min(HIGH, height - row))


def scan(
    sheet: Sheet, rules: CellRules, found: Scan, keep: Callable[[Cells, Mask, Window], None] | None
) -> Iterator[None]:
    """Reads every cell once into `found`; `keep` gets each window and its cells with data. Yields now and then."""
    beat = time.monotonic()
    for window in windows(sheet):
        bands = sheet.source.read(window=window)
        valid = _valid(sheet, rules, bands, window)
        _count(found, rules, bands, valid)
        _look_along_edges(found, sheet, bands, window)
        if len(bands) == 1:
            _find(found, rules, (bands[0], valid), window)
        if keep is not None:
            keep(bands, valid, window)
        if time.monotonic() - beat > BEAT_SECONDS:
            beat = time.monotonic()
            yield


def _valid(sheet: Sheet, rules: CellRules, bands: Cells, window: Window) -> Mask:
    """Of an image, what its mask or its fourth band shows; of numbers, all that are not “no data”."""
    if rules.rule.kind != "imagery":
        return rules.valid(bands[0])
    mask: Mask = sheet.source.dataset_mask(window=window) > 0
    return mask


def _count(found: Scan, rules: CellRules, bands: Cells, valid: Mask) -> None:
    found.cells += valid.size
    found.valid += int(valid.sum())
    if bands.dtype.kind == "f":
        found.not_a_number += int(np.isnan(bands[0]).sum())
    if rules.nodata is not None:
        found.hidden += int((bands[0] == rules.nodata).sum())
    if not valid.any():
        return
    values = rules.true(bands[:3, valid] if rules.rule.kind == "imagery" else bands[0][valid])
    found.least = min(found.least, float(values.min()))
    found.greatest = max(found.greatest, float(values.max()))
    found.total += float(values.sum(dtype=np.float64)) / (len(values) if values.ndim == 2 else 1)


def _look_along_edges(found: Scan, sheet: Sheet, bands: Cells, window: Window) -> None:
    sides: list[Any] = []
    if window.row_off == 0:
        sides.append(bands[:, 0, :])
    if window.row_off + window.height == sheet.source.height:
        sides.append(bands[:, -1, :])
    if window.col_off == 0:
        sides.append(bands[:, :, 0])
    if window.col_off + window.width == sheet.source.width:
        sides.append(bands[:, :, -1])
    for side in sides:
        found.edge = (min(found.edge[0], float(side.min())), max(found.edge[1], float(side.max())))


def _find(found: Scan, rules: CellRules, read: tuple[Cells, Mask], window: Window) -> None:
    cells, valid = read
    for code, mask in rules.faults(cells, valid):
        count = int(mask.sum())
        found.counts[code] += count
        if not count or len(found.places[code]) >= MOST_PLACES:
            continue
        rows, columns = np.nonzero(mask)
        _, firsts = np.unique(columns // SQUARE, return_index=True)
        for first in firsts:
            row, column = int(rows[first]), int(columns[first])
            value = float(rules.true(cells[row, column]))
            found.places[code].append(Place(int(window.col_off) + column, int(window.row_off) + row, value))
