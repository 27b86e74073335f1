"""The parameters of WMS 1.1.1 and 1.3.0: names in any case, axes as each version writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import Request

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WGS84
from gis_server.catalog.dress import Scheme
from gis_server.errors import BadRequest
from gis_server.images.asked import check_size, offered, read_box, read_pixels
from gis_server.images.composing import MOST_NAMES, Wanted
from gis_server.images.frame import Frame
from gis_server.images.job import MEDIA, Format
from gis_server.images.wms_faults import ServiceFault, version_of
from gis_server.web.faults import read_capitals
from gis_server.web.parameters import read_instant
from gis_server.web.strict import refuse
from gis_server.web.when import When, read_when

COMMON = {"SERVICE", "REQUEST", "VERSION", "WMTVER", "KEY", "EXCEPTIONS", "UPDATESEQUENCE"}
MAP = {"LAYERS", "STYLES", "SRS", "CRS", "BBOX", "WIDTH", "HEIGHT", "FORMAT", "TRANSPARENT", "BGCOLOR"}
THEN = {"TIME", "RELEASE"}
POINT = {"QUERY_LAYERS", "INFO_FORMAT", "FEATURE_COUNT", "X", "Y", "I", "J"}
SIGNS = {"LAYER", "STYLE", "RULE", "SCALE", "SLD_VERSION", "FEATURETYPE"}
IGNORED = {
    *("DPI", "MAP_RESOLUTION", "FORMAT_OPTIONS"),  # QGIS, one for each server that it knows
    *("FI_POINT_TOLERANCE", "FI_LINE_TOLERANCE", "FI_POLYGON_TOLERANCE", "WITH_GEOMETRY", "WITH_MAPTIP"),
    *("MAP", "TILED", "TILESORIGIN", "BUFFER", "LANGUAGE", "_DC", "_OLSALT", "RANDOM", "REASPECT", "REFERER"),
    *(
        "BOXSPACE",
        "SPACE",
        "LAYERSPACE",
        "ITEMFONTSIZE",
        "LAYERTITLE",
        "RULELABEL",
        "LEGEND_OPTIONS",
        "SHOWRULEDETAILS",
    ),
}
"""What well-known clients send beside the standard's, and what changes nothing here. Any other name is an error."""
KNOWN = frozenset(COMMON | MAP | THEN | POINT | SIGNS | IGNORED)
SCHEMES: Mapping[str, Scheme] = {"": "light", "default": "light", "light": "light", "dark": "dark"}
WHITE = "0xFFFFFF"


@dataclass(frozen=True)
class Asked:
    """A request's parameters by their names in capitals."""

    version: str
    given: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        return self.given.get(name, default)

    def need(self, name: str) -> str:
        if name not in self.given:
            raise BadRequest(f"Thiếu tham số {name}.", f"The parameter {name} is missing.")
        return self.given[name]


@dataclass(frozen=True)
class GetMap:
    """A map as WMS asks for it."""

    wanted: Wanted
    frame: Frame
    form: Format
    ground: str
    """Under what the map leaves open; none for a transparent picture."""


def read_asked(request: Request) -> Asked:
    given = read_capitals(request)
    refuse(list(given), KNOWN)
    asked = Asked(version_of(request), given)
    if asked.get("SERVICE", "WMS").upper() != "WMS":
        raise BadRequest("SERVICE ở đây phải là WMS; WMTS ở /wmts.", "SERVICE must be WMS here; WMTS is at /wmts.")
    return asked


def read_map(asked: Asked, crs: CrsBook) -> GetMap:
    """A map's own ground lies over BGCOLOR, which many clients send whatever is asked for."""
    wanted = read_wanted(asked)
    form = read_format(asked.get("FORMAT", "image/png"))
    is_clear = asked.get("TRANSPARENT", "FALSE").upper() == "TRUE"
    color = _color(asked.get("BGCOLOR") or WHITE)
    return GetMap(replace(wanted, clear=is_clear), read_frame(asked, crs), form, "" if is_clear else color)


def read_wanted(asked: Asked) -> Wanted:
    names = tuple(asked.need("LAYERS").split(","))
    if len(names) > MOST_NAMES or not all(names):
        raise BadRequest(f"LAYERS phải nêu từ 1 đến {MOST_NAMES} lớp.", f"LAYERS must name 1 to {MOST_NAMES} layers.")
    styles = asked.get("STYLES").split(",") if asked.get("STYLES") else [""] * len(names)
    if len(styles) != len(names):
        raise BadRequest(
            "STYLES phải có đúng một kiểu cho mỗi lớp.", "STYLES must have exactly one style for each layer."
        )
    return Wanted(names, tuple(read_style(style) for style in styles))


def read_style(text: str) -> Scheme:
    if text.lower() not in SCHEMES:
        raise ServiceFault(
            "StyleNotDefined",
            f"Không có kiểu vẽ “{text[:40]}”; có: light, dark.",
            "There is no such style; there are: light, dark.",
        )
    return SCHEMES[text.lower()]


def read_format(text: str) -> Format:
    """Parameters of a media type (`; mode=8bit`) are for other servers."""
    kind = text.partition(";")[0].strip().lower()
    for form, media in MEDIA.items():
        if kind == media or kind == media.replace("jpeg", "jpg"):
            return form
    known = ", ".join(MEDIA.values())
    raise ServiceFault("InvalidFormat", f"FORMAT: chọn {known}.", f"FORMAT: choose {known}.")


def read_frame(asked: Asked, crs: CrsBook) -> Frame:
    width, height = read_pixels("WIDTH", asked.need("WIDTH")), read_pixels("HEIGHT", asked.need("HEIGHT"))
    check_size(width, height)
    srid, is_north_first = _system(asked, crs)
    west, south, east, north = read_box(asked.need("BBOX"))
    box = (south, west, north, east) if is_north_first else (west, south, east, north)
    return Frame(srid, box, width, height)


def read_spot(asked: Asked, frame: Frame) -> tuple[float, float]:
    """Column and row of the pixel that was clicked, in its middle."""
    across, down = ("X", "Y") if asked.version == "1.1.1" else ("I", "J")
    column, row = asked.get("I", asked.get("X")), asked.get("J", asked.get("Y"))
    digits = all(one.isascii() and one.isdigit() and len(one) < 6 for one in (column, row))
    if not (digits and int(column) < frame.width and int(row) < frame.height):
        words = f"{across}, {down}: 0…{frame.width - 1}, 0…{frame.height - 1}"
        raise ServiceFault(
            "InvalidPoint", f"Điểm nằm ngoài ảnh. {words}.", f"The point lies outside the image. {words}."
        )
    return int(column) + 0.5, int(row) + 0.5


def read_then(asked: Asked) -> When:
    """TIME is a day or an instant, or a span of which the end counts; RELEASE, our own, a number as well."""
    time = asked.get("TIME")
    if time in ("", "current"):
        return read_when(asked.get("RELEASE") or None)
    moment = read_instant(time.split("/")[min(time.count("/"), 1)], is_end=True)
    if moment is None or asked.get("RELEASE"):
        vi, en = (
            "TIME: một ngày (2026-07-01) hoặc thời điểm, không cùng RELEASE.",
            "TIME: a day (2026-07-01) or an instant, without RELEASE.",
        )
        raise ServiceFault("InvalidDimensionValue", vi, en)
    return When(moment=moment)


def _system(asked: Asked, crs: CrsBook) -> tuple[int, bool]:
    """The grid, and whether its box is written north first: degrees by EPSG's name in 1.3.0."""
    name = "SRS" if asked.version == "1.1.1" else "CRS"
    text = (asked.given.get(name) or asked.need("CRS" if name == "SRS" else "SRS")).upper()
    if text in ("CRS:84", "OGC:CRS84"):
        return WGS84, False
    code = text.removeprefix("EPSG:")
    if not (code.isascii() and code.isdigit() and len(code) < 6 and int(code) in offered(crs)):
        known = ", ".join(systems(crs))
        raise ServiceFault(f"Invalid{name}", f"{name}: chọn {known}.", f"{name}: choose {known}.")
    return int(code), int(code) == WGS84 and asked.version == "1.3.0"


def systems(crs: CrsBook) -> list[str]:
    return [*(f"EPSG:{one}" for one in offered(crs)), "CRS:84"]


def _color(text: str) -> str:
    digits = text.removeprefix("0x").removeprefix("0X").removeprefix("#")
    if len(digits) != 6 or not all(one in "0123456789abcdefABCDEF" for one in digits):
        raise BadRequest("BGCOLOR phải có dạng 0xRRGGBB.", "BGCOLOR must be written as 0xRRGGBB.")
    return f"#{digits}"
