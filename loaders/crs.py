"""Which of the city's grids a file is in, read from its meridian and scale, never from the name someone gave it."""

from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WEB_MERCATOR, WGS84, WGS84_UTM
from gis_server.errors import DeliveryUnreadable

VN2000_DEGREES = 4756


def srid_of(said: str | None, book: CrsBook, name: str) -> int:
    """SRID of what a file says about its coordinates; DeliveryUnreadable where it says nothing, or nothing we know."""
    if not said:
        raise DeliveryUnreadable(
            f"{name} không nói tọa độ ở hệ nào (thiếu .prj?). Ghi `crs:` trong hồ sơ nạp, "
            f"chọn một trong: {_known(book)}.",
            f"{name} does not say which grid it is in (no .prj?). Say `crs:` in the profile, one of: {_known(book)}.",
        )
    try:
        crs = CRS.from_user_input(said)
    except CRSError as error:
        raise _unknown(name, said, book) from error
    if crs.is_bound and crs.source_crs is not None:  # TOWGS84 beside the grid; the shift is pinned by us
        crs = crs.source_crs
    found = _stated(said, book) or (_degrees(crs) if crs.is_geographic else _grid(crs, book))
    if found is None:
        raise _unknown(name, crs.name, book)
    return found


def _stated(said: str, book: CrsBook) -> int | None:
    """A code that the file gives itself, as GDAL hands it on; names and guesses are not looked at."""
    authority, _, code = said.partition(":")
    return int(code) if authority == "EPSG" and code.isdigit() and int(code) in book.known else None


def _degrees(crs: CRS) -> int | None:
    if _is_wgs84(crs):
        return WGS84
    return VN2000_DEGREES if _is_vn2000(crs) else None


def _grid(crs: CRS, book: CrsBook) -> int | None:
    """A transverse Mercator by its numbers; its datum tells UTM on WGS 84 from UTM on VN-2000."""
    if crs.coordinate_operation is not None and "Pseudo Mercator" in crs.coordinate_operation.method_name:
        return WEB_MERCATOR
    numbers = _numbers(crs)
    if numbers is None:
        return None
    meridian, scale = numbers
    if _is_wgs84(crs):
        return next((srid for srid, east in WGS84_UTM.items() if (east, 0.9996) == (meridian, scale)), None)
    if not _is_vn2000(crs):
        return None
    for srid, grid in book.file.grids.items():
        if abs(grid.central_meridian - meridian) < 1e-9 and abs(grid.scale_factor - scale) < 1e-9:
            return srid
    return None


def _numbers(crs: CRS) -> tuple[float, float] | None:
    operation = crs.coordinate_operation
    if operation is None or "mercator" not in operation.method_name.lower().replace("_", " "):
        return None
    values: dict[str, Any] = {
        parameter.name.lower().replace("_", " "): parameter.value for parameter in operation.params
    }
    meridian = values.get("longitude of natural origin", values.get("central meridian"))
    scale = values.get("scale factor at natural origin", values.get("scale factor"))
    if meridian is None or scale is None or _origin(values) != (500_000.0, 0.0):
        return None
    return float(meridian), float(scale)


def _origin(values: dict[str, Any]) -> tuple[float, float]:
    return float(values.get("false easting", 0)), float(values.get("false northing", 0))


def _is_wgs84(crs: CRS) -> bool:
    return "wgs" in _datum(crs) or "world geodetic system 1984" in _datum(crs)


def _is_vn2000(crs: CRS) -> bool:
    words = _datum(crs).replace("-", "").replace("_", "").replace(" ", "")
    return "vn2000" in words or "vietnam2000" in words


def _datum(crs: CRS) -> str:
    geodetic = crs.geodetic_crs
    return "" if geodetic is None or geodetic.datum is None else geodetic.datum.name.lower()


def _known(book: CrsBook) -> str:
    return ", ".join(str(srid) for srid in sorted(book.known))


def _unknown(name: str, said: str, book: CrsBook) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"{name}: hệ tọa độ “{said[:120]}” không phải một lưới của thành phố. Ghi `crs:` trong hồ sơ nạp, "
        f"chọn một trong: {_known(book)}.",
        f"{name}: “{said[:120]}” is none of the city's grids. Say `crs:` in the profile, one of: {_known(book)}.",
    )
