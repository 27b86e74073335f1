"""WMTS asked with parameters (KVP), as old desktop programs do: a tile by layer, style, matrix, row and column."""

from collections.abc import Mapping
from typing import Protocol
from xml.sax.saxutils import escape

from fastapi import Request
from starlette.responses import Response

from gis_server.catalog import Catalog
from gis_server.errors import BadRequest, Busy, MapError
from gis_server.tiles.address import read_address
from gis_server.tiles.grids import WEB
from gis_server.tiles.raster_looks import Look, looks_of
from gis_server.tiles.raster_routes import raster_answer
from gis_server.tiles.wmts import FORMS, INFO, NAMES, OWS, PNG
from gis_server.web.asking import View
from gis_server.web.faults import fault_answer, read_capitals, route_with_faults
from gis_server.web.strict import refuse
from gis_server.web.when import When, read_when

OPERATIONS = ("GetCapabilities", "GetTile", "GetFeatureInfo")
TILE = ("LAYER", "STYLE", "FORMAT", "TILEMATRIXSET", "TILEMATRIX", "TILEROW", "TILECOL")
REST = ("SERVICE", "REQUEST", "VERSION", "ACCEPTVERSIONS", "ACCEPTFORMATS", "SECTIONS", "UPDATESEQUENCE", "KEY", "DPI")
THEN = ("TIME", "RELEASE")
POINT = ("I", "J", "INFOFORMAT")
KNOWN = frozenset((*TILE, *POINT, *THEN, *REST))
Question = Mapping[str, str]


class DrawTile(Protocol):
    """Answers with a tile of a map or layer drawn as a picture: name, style, format; zoom, column, row."""

    async def __call__(
        self, request: Request, view: View, what: tuple[str, str, str], at: tuple[str, str, str], when: When
    ) -> Response: ...


class TileInfo(Protocol):
    """Tells what lies under a pixel of a tile: name, format; zoom, column, row, column and row of the pixel."""

    async def __call__(
        self, request: Request, view: View, what: tuple[str, str], at: tuple[str, ...], when: When
    ) -> Response: ...


class OwsFault(BadRequest):
    """What OWS has a code for; it points at the parameter."""

    def __init__(self, code: str, locator: str, vi: str, en: str) -> None:
        super().__init__(vi, en)
        self.code, self.locator = code, locator


def tell_fault(request: Request, error: MapError) -> Response:
    """An exception report of OWS 1.1."""
    code = "NoApplicableCode" if isinstance(error, Busy) else "InvalidParameterValue"
    locator = ""
    if isinstance(error, OwsFault):
        code, locator = error.code, f' locator="{error.locator}"'
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ows:ExceptionReport xmlns:ows="{OWS}" version="1.1.0">'
        f'<ows:Exception exceptionCode="{code}"{locator}><ows:ExceptionText>{escape(f"{error.vi} · {error.en}")}'
        "</ows:ExceptionText></ows:Exception></ows:ExceptionReport>\n"
    )
    return fault_answer(error, body, "text/xml; charset=utf-8")


KvpRoute = route_with_faults(tell_fault)


def read_question(request: Request) -> Question:
    given = read_capitals(request)
    refuse(list(given), KNOWN)
    if given.get("SERVICE", "WMTS").upper() != "WMTS":
        raise OwsFault("InvalidParameterValue", "service", "SERVICE ở đây phải là WMTS.", "SERVICE must be WMTS here.")
    name = next((one for one in OPERATIONS if one.lower() == (given.get("REQUEST") or OPERATIONS[0]).lower()), None)
    if name is None:
        known = ", ".join(OPERATIONS)
        raise OwsFault("OperationNotSupported", "request", f"REQUEST: chọn {known}.", f"REQUEST: choose {known}.")
    return {**given, "REQUEST": name}


async def get_tile(request: Request, view: View, asked: Question) -> Response:
    """A raster's own tile, or one that is drawn."""
    name, media = _need(asked, "LAYER"), _need(asked, "FORMAT")
    at, when = _place(asked), _then(asked)
    if media not in FORMS:
        known = ", ".join(FORMS)
        raise OwsFault("InvalidParameterValue", "format", f"FORMAT: chọn {known}.", f"FORMAT: choose {known}.")
    catalog: Catalog = request.app.state.catalog
    layer = view.layer(catalog, name) if name not in catalog.maps else None
    if layer is None or layer.file.raster is None:
        draw: DrawTile = request.app.state.draw_tile
        return await draw(request, view, (name, asked.get("STYLE") or "light", FORMS[media]), at, when)
    look = _look(asked.get("STYLE") or "color", looks_of(layer.file.raster))
    if media != PNG:
        raise OwsFault(
            "InvalidParameterValue",
            "format",
            f"Lớp raster chỉ có định dạng {PNG}.",
            f"Raster layers are offered as {PNG} only.",
        )
    return await raster_answer(request, view, (layer, look), read_address(*at), when)


async def get_feature_info(request: Request, view: View, asked: Question) -> Response:
    """Features and values under a pixel."""
    spot = *_place(asked), _need(asked, "I"), _need(asked, "J")
    tell: TileInfo = request.app.state.tile_info
    what = _need(asked, "LAYER"), asked.get("INFOFORMAT") or next(iter(INFO))
    return await tell(request, view, what, spot, _then(asked))


def open_ended(url: str) -> str:
    """Clients write their parameters behind it."""
    return f"{url}&" if "?" in url else f"{url}?"


def _place(asked: Question) -> tuple[str, str, str]:
    grid = _need(asked, "TILEMATRIXSET")
    if grid != WEB:
        raise OwsFault(
            "InvalidParameterValue",
            "tilematrixset",
            f"Ở đây chỉ có lưới ô {WEB}.",
            f"Only the tile matrix set {WEB} is offered here.",
        )
    return _need(asked, "TILEMATRIX"), _need(asked, "TILECOL"), _need(asked, "TILEROW")


def _then(asked: Question) -> When:
    """TIME or RELEASE, where one is given."""
    return read_when(asked.get("RELEASE") or (asked.get("TIME") if asked.get("TIME") != "current" else None) or None)


def _need(given: Question, name: str) -> str:
    if not given.get(name):
        raise OwsFault(
            "MissingParameterValue", name.lower(), f"Thiếu tham số {name}.", f"The parameter {name} is missing."
        )
    return given[name]


def _look(asked: str, looks: tuple[Look, ...]) -> Look:
    for look in looks:
        if look == asked and look in NAMES:
            return look
    known = ", ".join(one for one in looks if one in NAMES)
    raise OwsFault("InvalidParameterValue", "style", f"STYLE: chọn {known}.", f"STYLE: choose {known}.")
