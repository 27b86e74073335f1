"""A verdict as plain data, so that one that was just reached and one kept with a release are told alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from gis_server.catalog import Catalog
from gis_server.catalog.crs import WGS84
from loaders.checks.finding import Located
from loaders.checks.registry import Code
from loaders.report import Report, as_json

WORDS = {
    "stop": ("Chặn", "stop"), "error": ("Lỗi", "error"), "repeat": ("Lặp", "repeat"),
    "warning": ("Cảnh báo", "warning"), "note": ("Đã sửa", "repaired"),
}  # fmt: skip
"""Severities in the order of a report."""


@dataclass(frozen=True)
class Place:
    """Where a finding lies: the stored grid in metres (east, north), and WGS 84 in degrees."""

    east: float
    north: float
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Verdict:
    """The report of a load as JSON, its findings one by one, and the ground they lie on."""

    report: Mapping[str, Any]
    located: list[Located]
    catalog: Catalog
    codes: Mapping[str, Code]
    outlines: Mapping[str, list[bytes]] = field(default_factory=dict)
    """Some shapes of the layers with findings (WKB, stored grid): the ground under a map of them."""
    base: Sequence[bytes] = ()
    """Wards and streets that are served around the findings (WKB, stored grid)."""

    @property
    def refused(self) -> bool:
        return bool(self.report.get("refusals") or self.report.get("error"))

    @cached_property
    def places(self) -> list[Place | None]:
        """The place of each finding; a finding about a whole layer may have none."""
        crs = self.catalog.crs
        known = [(one.x, one.y) for one in self.located if one.x is not None and one.y is not None]
        points = np.array(known, dtype=float).reshape(-1, 2)
        degrees = crs.transform(points, crs.stored, WGS84) if len(points) else points
        made = iter(Place(*map(float, (*metres, *world))) for metres, world in zip(points, degrees, strict=True))
        return [None if one.x is None else next(made) for one in self.located]

    def as_json(self) -> dict[str, Any]:
        """Everything: the report, and each finding with its key, reason and place."""
        return {**self.report, "located": [self._one(*both) for both in zip(self.located, self.places, strict=True)]}

    def _one(self, one: Located, place: Place | None) -> dict[str, Any]:
        about = self.codes[one.code]
        said = {"layer": one.layer, "code": one.code, "severity": about.severity, "vi": about.vi, "en": about.en,
                "field": one.field, "key": one.key, "value": one.value, "waived": one.waived}  # fmt: skip
        if place is None:
            return {**said, "vn2000": None, "wgs84": None}
        return {
            **said,
            "vn2000": [round(place.east, 3), round(place.north, 3)],
            "wgs84": [round(place.longitude, 8), round(place.latitude, 8)],
        }


def verdict_of(report: Report, catalog: Catalog, codes: Mapping[str, Code]) -> Verdict:
    """The verdict of a check that has just run."""
    return Verdict(as_json(report), report.located, catalog, codes, report.outlines)
