"""What a file says about its grid (.prj, WKT, EPSG code), by its numbers: meridian, scale, false easting, unit."""

import re
from dataclasses import dataclass
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WEB_MERCATOR, WGS84, WGS84_UTM
from gis_server.catalog.model import Grid, Text
from loaders.grid.reading import VN2000_DEGREES, Reading, Unit

UNITS: dict[float, Unit] = {1.0: "m", 0.001: "mm", 1000.0: "km"}
AGREE_M = 2.0
"""Variants of the national shift agree in their translations and differ in the signs of the rotations, by a metre."""


@dataclass(frozen=True)
class Declared:
    """The readings a file's own words allow, the likeliest first; none when its numbers are no grid we know."""

    readings: tuple[Reading, ...]
    name: str
    """What the file calls it."""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class _Numbers:
    """A transverse Mercator by its parameters; metres and degrees."""

    meridian: float
    scale: float
    easting: float
    northing: float
    unit: Unit


def declared(said: str | None, book: CrsBook) -> Declared | None:
    """What a file says, or None when it says nothing. Names are never looked at, codes and numbers are."""
    if not said:
        return None
    srid = _code(said, book)
    if srid is not None:
        return Declared((Reading(srid),), said)
    try:
        crs = CRS.from_user_input(said)
    except CRSError:
        return Declared((), said[:120])
    flat, shift = _without_shift(crs, said)
    readings = _degrees(flat, shift) if flat.is_geographic else _projected(flat, shift, book)
    return Declared(readings, crs.name, _notes(shift, book))


def _code(said: str, book: CrsBook) -> int | None:
    """A code that the file gives itself, as GDAL hands it on."""
    authority, _, code = said.partition(":")
    return int(code) if authority == "EPSG" and code.isdigit() and int(code) in book.known else None


def _without_shift(crs: CRS, said: str) -> tuple[CRS, tuple[float, ...]]:
    """The grid and the TOWGS84 it is bound to, if any; PROJ drops the one of a datum it knows better."""
    flat = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    found = re.search(r"TOWGS84\[([^\]]*)\]", said)
    return flat, tuple(float(one) for one in found[1].split(",")) if found else ()


def _degrees(crs: CRS, shift: tuple[float, ...]) -> tuple[Reading, ...]:
    if _is_vn2000(crs) or _is_national(shift):
        return (Reading(VN2000_DEGREES),)
    return (Reading(WGS84),) if _is_wgs84(crs) else ()


def _projected(crs: CRS, shift: tuple[float, ...], book: CrsBook) -> tuple[Reading, ...]:
    if crs.coordinate_operation is not None and "Pseudo Mercator" in crs.coordinate_operation.method_name:
        return (Reading(WEB_MERCATOR),)
    numbers = _numbers(crs)
    if numbers is None:
        return ()
    if not _is_vn2000(crs) and not _is_national(shift) and _is_wgs84(crs):
        return _on_wgs84(numbers, book)
    if not _is_vn2000(crs) and not _is_national(shift):
        return ()
    srid = _grid(numbers, book)
    if srid is None:
        return ()
    plain = Reading(srid, unit=numbers.unit)
    return (plain, Reading(srid, unit=numbers.unit, unshifted=True)) if _is_zero(shift) else (plain,)


def _on_wgs84(numbers: _Numbers, book: CrsBook) -> tuple[Reading, ...]:
    """UTM on WGS 84 is a grid of its own; a city grid on WGS 84 is either misnamed or unshifted: both are possible."""
    for utm, east in WGS84_UTM.items():
        if (numbers.meridian, numbers.scale) == (east, 0.9996):
            return (Reading(utm, unit=numbers.unit),)
    srid = _grid(numbers, book)
    if srid is None:
        return ()
    return (Reading(srid, unit=numbers.unit), Reading(srid, unit=numbers.unit, unshifted=True))


def _grid(numbers: _Numbers, book: CrsBook) -> int | None:
    return next((srid for srid, grid in book.file.grids.items() if _same(grid, numbers)), None)


def _same(grid: Grid, numbers: _Numbers) -> bool:
    return (
        abs(grid.central_meridian - numbers.meridian) < 1e-9
        and abs(grid.scale_factor - numbers.scale) < 1e-9
        and abs(grid.false_easting - numbers.easting) < 1e-3
        and abs(grid.false_northing - numbers.northing) < 1e-3
    )


def _numbers(crs: CRS) -> _Numbers | None:
    operation = crs.coordinate_operation
    if operation is None or "mercator" not in operation.method_name.lower().replace("_", " "):
        return None
    values: dict[str, Any] = {one.name.lower().replace("_", " "): one for one in operation.params}
    meridian = values.get("longitude of natural origin", values.get("central meridian"))
    scale = values.get("scale factor at natural origin", values.get("scale factor"))
    factor = crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0
    unit = UNITS.get(round(factor, 9))
    if meridian is None or scale is None or unit is None:
        return None
    east, north = (_metres(values.get(f"false {name}")) for name in ("easting", "northing"))
    return _Numbers(float(meridian.value), float(scale.value), east, north, unit)


def _metres(parameter: Any) -> float:
    return 0.0 if parameter is None else float(parameter.value) * float(parameter.unit_conversion_factor or 1.0)


def _is_wgs84(crs: CRS) -> bool:
    return "wgs" in _datum(crs) or "world geodetic system 1984" in _datum(crs)


def _is_vn2000(crs: CRS) -> bool:
    words = _datum(crs).replace("-", "").replace("_", "").replace(" ", "")
    return "vn2000" in words or "vietnam2000" in words


def _datum(crs: CRS) -> str:
    geodetic = crs.geodetic_crs
    return "" if geodetic is None or geodetic.datum is None else geodetic.datum.name.lower()


def _is_national(shift: tuple[float, ...]) -> bool:
    """The Vietnamese shift by its three translations, whatever the datum is called and the rotations are signed."""
    national = (-191.90441429, -39.30318279, -111.45032835)
    return len(shift) >= 3 and all(abs(a - b) < AGREE_M for a, b in zip(shift, national, strict=False))


def _is_zero(shift: tuple[float, ...]) -> bool:
    return len(shift) >= 3 and not any(shift)


def _notes(shift: tuple[float, ...], book: CrsBook) -> tuple[Text, ...]:
    pinned = book.file.shift.towgs84
    if not shift or (len(shift) == len(pinned) and all(abs(a - b) < 1e-6 for a, b in zip(shift, pinned, strict=True))):
        return ()
    if _is_zero(shift):
        return (
            Text(vi="TOWGS84 toàn số 0: thiếu phép chuyển hệ", en="TOWGS84 is all zeros: the datum shift is missing"),
        )
    return (
        Text(
            vi="TOWGS84 của tệp khác bộ tham số quốc gia; dùng bộ quốc gia",
            en="the file's TOWGS84 differs from the national parameters; the national ones are used",
        ),
    )
