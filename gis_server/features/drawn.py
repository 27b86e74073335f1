"""Shapes that callers draw and send: a strict body, and the shape in the stored grid, widened where asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from fastapi import Request
from shapely.geometry.base import BaseGeometry

from gis_server.catalog.crs import CrsBook
from gis_server.errors import BadRequest
from gis_server.features.cql.reading import read_json
from gis_server.features.cql.shapes import in_grid, read_shape
from gis_server.features.crs import read_crs
from gis_server.features.widening import refuse_tangle, widened
from gis_server.web.body import body_of

MOST_BYTES = 1_000_000
MOST_WITHIN_M = 5_000.0
MOST_POINTS = 200_000
"""Of all that is asked about."""


@dataclass(frozen=True)
class Drawn:
    """A shape of a request in the stored grid, and how far around it to look, in metres."""

    shape: BaseGeometry
    within_m: float
    area: BaseGeometry
    """All that is asked about: the shape, widened, as far as it lies in the outline of the place."""
    is_placed: bool = False
    """Whether nothing beyond the outline of a place is asked about."""


async def read_body(request: Request, keys: frozenset[str], needed: frozenset[str]) -> Mapping[str, Any]:
    """A JSON object of these keys."""
    content = await body_of(request, MOST_BYTES)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("Nội dung gửi lên phải là JSON (UTF-8).", "The body must be JSON (UTF-8).") from error
    body = read_json(text)
    if not isinstance(body, dict) or not needed <= set(body) <= keys:
        known, must = ", ".join(sorted(keys)), ", ".join(sorted(needed))
        vi, en = (f" có {must}", f" with {must}") if needed else ("", "")
        raise BadRequest(
            f"Nội dung gửi lên phải là một đối tượng JSON{vi}; các khóa dùng được: {known}.",
            f"The body must be a JSON object{en}; its keys may be: {known}.",
        )
    return body


def read_drawn(body: Mapping[str, Any], book: CrsBook, outline: BaseGeometry | None) -> Drawn:
    """The shape of the body, within the outline of its place; or the place itself. May take seconds."""
    crs, shape = read_crs("crs", _text(body, "crs"), book.stored), body.get("shape")
    if shape is None and outline is not None:
        return _drawn(outline, _within_m(body), None)
    if not isinstance(shape, dict):
        raise BadRequest(
            "Cần shape (một hình học GeoJSON) hoặc place (mã hay tên một đơn vị hành chính).",
            "shape is a GeoJSON geometry; or give place, the code or name of an administrative unit.",
        )
    return _drawn(in_grid(book, read_shape(shape, crs), crs, True), _within_m(body), outline)


def _drawn(shape: BaseGeometry, within_m: float, outline: BaseGeometry | None) -> Drawn:
    refuse_tangle(shape)
    area = widened(shape, within_m)
    if shapely.get_num_coordinates(area) > MOST_POINTS:
        raise BadRequest(
            f"Hình mở rộng ra {within_m:g} m có quá {MOST_POINTS} đỉnh; vẽ đơn giản hơn hoặc chia nhỏ.",
            f"The shape, widened by {within_m:g} m, has more than {MOST_POINTS} points; draw it more simply.",
        )
    return Drawn(shape, within_m, area if outline is None else shapely.intersection(area, outline), outline is not None)


def _within_m(body: Mapping[str, Any]) -> float:
    within = body.get("within_m", 0)
    if not _is_number(within) or not 0 <= within <= MOST_WITHIN_M:
        raise BadRequest(
            f"within_m phải là một số từ 0 đến {MOST_WITHIN_M:g} (mét).",
            f"within_m must be a number from 0 to {MOST_WITHIN_M:g} (metres).",
        )
    return float(within)


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} phải là một chuỗi chữ.", f"{name} must be a string.")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
