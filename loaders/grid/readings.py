"""Every reading of a file's numbers that puts it into the country at all, simplest first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog.crs import WEB_MERCATOR, WGS84, WGS84_UTM
from loaders.grid.hints import Hints
from loaders.grid.national import Country
from loaders.grid.reading import VN2000_DEGREES, Axes, Reading, Unit, is_wgs84

Points = NDArray[np.float64]

SAME_M = 5.0
"""Readings that put a file this near to each other are one for our purpose."""
NEARLY_ALL = 0.9
VN2000_UTM = (3405, 3406)
"""The 6-degree zones; the city lies at the end of the first."""
MISTAKEN = (9210, 5897, 3405, 32648)
"""Grids of the region that are taken for one another before a file is moved to degrees: 82 km, 56 m / 357 m, 226 m."""


@dataclass(frozen=True)
class Placed:
    """A reading and where it puts the sample, in the stored grid and in WGS 84 degrees."""

    reading: Reading
    points: Points
    degrees: Points

    def same(self, other: "Placed") -> bool:
        apart = np.hypot(*(self.points - other.points).T)
        return bool(np.nanmedian(np.where(np.isfinite(apart), apart, np.inf)) < SAME_M)


def placed(reading: Reading, points: Points, country: Country) -> Placed:
    stored = reading.stored(points, country.book)
    return Placed(reading, stored, country.degrees(stored))


def readings(points: Points, hints: Hints, country: Country, *, mistakes: bool) -> list[Placed]:
    """What a person or the file says first, then all that is possible; of readings that agree only the first."""
    found: list[Placed] = []
    for reading in [*_said(hints), *_possible(points, hints, country, mistakes=mistakes)]:
        one = placed(reading, points, country)
        told = reading in _said(hints)
        if (told or country.in_country(one.degrees).mean() >= NEARLY_ALL) and not any(one.same(each) for each in found):
            found.append(one)
    return found


def _said(hints: Hints) -> list[Reading]:
    declared = hints.declared.readings if hints.declared is not None else ()
    return [*([hints.given] if hints.given is not None else []), *declared]


def _possible(points: Points, hints: Hints, country: Country, *, mistakes: bool) -> Iterator[Reading]:
    if _are_degrees(points):
        yield from _of_degrees(points, mistakes=mistakes)
        return
    named = [country.provinces[code].srid for code in country.named_in(hints.path)]
    grids = dict.fromkeys([*hints.book.file.grids, *WGS84_UTM, *VN2000_UTM, *named])
    plain = [Reading(srid) for srid in [*grids, WEB_MERCATOR]]
    both: tuple[Axes, ...] = ("xy", "yx")
    units: tuple[Unit, ...] = ("m", "mm", "km")
    for axes in both:
        for unit in units:
            yield from (Reading(one.srid, axes, unit) for one in plain)
            if mistakes:
                yield from (Reading(one.srid, axes, unit, True) for one in plain if not _is_utm(one.srid))


def usual(points: Points, hints: Hints) -> Iterator[Reading]:
    """What files mostly are, or are mostly mistaken for: plain metres and degrees, with and without the shift."""
    if _are_degrees(points):
        yield from _of_degrees(points, mistakes=True)
        return
    for srid in dict.fromkeys([*hints.book.file.grids, *WGS84_UTM]):
        yield Reading(srid)
        if not _is_utm(srid):
            yield Reading(srid, unshifted=True)


def _of_degrees(points: Points, *, mistakes: bool) -> Iterator[Reading]:
    axes: Axes = "yx" if np.nanmedian(points[:, 0]) < np.nanmedian(points[:, 1]) else "xy"
    yield from (Reading(srid, axes) for srid in (WGS84, VN2000_DEGREES))
    if mistakes:
        yield from (
            Reading(WGS84, axes, mistaken=(was, taken)) for was in MISTAKEN for taken in MISTAKEN if was != taken
        )


def _are_degrees(points: Points) -> bool:
    return bool((np.abs(np.nanmedian(points, axis=0)) <= 180).all())


def _is_utm(srid: int) -> bool:
    """UTM without the shift is UTM on the other datum, which is a grid of its own."""
    return srid in VN2000_UTM or (is_wgs84(srid) and srid != WEB_MERCATOR)
