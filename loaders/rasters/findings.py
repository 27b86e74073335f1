"""The findings of a raster: what its header and its cells say, each with a value to show and a place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis_server.catalog import CrsBook
from gis_server.catalog.rasters import RasterRule
from gis_server.figures import vietnamese
from loaders.rasters.cells import NOT_FINITE, CellRules
from loaders.rasters.scan import Scan
from loaders.rasters.sheet import Sheet

UNSAID_EDGE, HIDDEN, SHEARED, EMPTY = "RAS-01", "RAS-03", "RAS-08", "RAS-09"
TINY, WRONG_FORM, WORLD_FILE_LIES, LOSSY, ONE_VALUE = "RAS-10", "RAS-11", "RAS-12", "RAS-13", "RAS-14"
UNUSABLE = frozenset({SHEARED, WRONG_FORM})
"""With one of these the cells are not even read."""
SMALL = 16
LOSSY_WAYS = frozenset({"jpeg", "webp", "lerc", "jxl"})
BANDS = {"continuous": (1,), "classes": (1,), "imagery": (1, 3, 4)}


@dataclass(frozen=True)
class Found:
    """A code, what to show, and the cell it is about (column, row)."""

    code: str
    value: str
    at: tuple[float, float]


def of_header(sheet: Sheet, rule: RasterRule) -> Iterator[Found]:
    """What is wrong before any cell is read."""
    source, middle = sheet.source, _middle(sheet)
    if not sheet.north_up:
        yield Found(SHEARED, ", ".join(f"{one:g}" for one in sheet.transform[:6]), middle)
    if form := _wrong_form(sheet, rule):
        yield Found(WRONG_FORM, form, middle)
    if min(source.width, source.height) < SMALL:
        yield Found(TINY, f"{source.width} × {source.height}", middle)
    if sheet.world_file is not None and (shift := _shift_m(sheet)) > 0.01:
        yield Found(WORLD_FILE_LIES, f"{shift:,.2f} m", middle)
    way = "" if source.compression is None else source.compression.value.lower()
    if rule.kind != "imagery" and way in LOSSY_WAYS:
        yield Found(LOSSY, way.upper(), middle)


def of_cells(sheet: Sheet, rules: CellRules, scan: Scan) -> Iterator[Found]:
    """What is wrong with the cells, and with what is said to be no data."""
    middle = _middle(sheet)
    if not scan.valid:
        yield Found(EMPTY, f"{sheet.source.width} × {sheet.source.height}", middle)
        return
    if scan.least == scan.greatest:
        yield Found(ONE_VALUE, f"{scan.least:g}", middle)
    elif _has_silent_edge(sheet, rules, scan):
        yield Found(UNSAID_EDGE, f"{scan.edge[0]:g}", (0.5, 0.5))
    if scan.hidden and rules.hides_values():
        yield Found(HIDDEN, f"{rules.nodata:g}: {_share(scan.hidden, scan.cells)}", middle)
    for code, places in scan.places.items():
        share = _share(scan.counts[code], scan.cells if code == NOT_FINITE else scan.valid)
        for place in places:
            yield Found(code, f"{place.value:.7g}; {share}", (place.column + 0.5, place.row + 0.5))


def as_marks(sheet: Sheet, crs: CrsBook, findings: list[Found]) -> str | None:
    """The findings as JSON, with their places in the stored grid: what `checks/raster.sql` reads."""
    if not findings:
        return None
    places = sheet.stored(crs, np.array([one.at for one in findings], dtype=float))
    told: list[dict[str, Any]] = [
        {"code": one.code, "value": one.value, "x": float(x), "y": float(y)}
        for one, (x, y) in zip(findings, places, strict=True)
    ]
    return json.dumps(told)


def _wrong_form(sheet: Sheet, rule: RasterRule) -> str | None:
    if sheet.bands not in BANDS[rule.kind]:
        return f"{sheet.bands} kênh · bands"
    if rule.kind == "imagery":
        if sheet.has_palette:
            return "bảng màu · palette"
        return None if sheet.dtype in (np.uint8, np.uint16) else f"{sheet.dtype}"
    return "mặt nạ · mask" if sheet.has_mask else None


def _has_silent_edge(sheet: Sheet, rules: CellRules, scan: Scan) -> bool:
    """All four sides hold one value, and nothing is said to be no data."""
    masked = rules.rule.kind == "imagery" and scan.valid < scan.cells
    return rules.nodata is None and not scan.not_a_number and not masked and scan.edge[0] == scan.edge[1]


def _shift_m(sheet: Sheet) -> float:
    """How far a world file moves the first corner, in the raster's own units."""
    assert sheet.world_file is not None
    return float(np.hypot(sheet.world_file.c - sheet.transform.c, sheet.world_file.f - sheet.transform.f))


def _share(count: int, of: int) -> str:
    return f"{vietnamese(count)} ô · cells, {vietnamese(100 * count / of, 1)} %"


def _middle(sheet: Sheet) -> tuple[float, float]:
    return sheet.source.width / 2, sheet.source.height / 2
