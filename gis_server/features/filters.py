"""Filters: `?loai=1`, equality on visible fields; and `filter=`, CQL2 over the same fields and the geometry."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.catalog.model import FieldType
from gis_server.db.statements import quoted
from gis_server.features.cql.compiler import compile_filter
from gis_server.features.cql.reading import read_filter
from gis_server.features.cql.shapes import in_grid, read_shape
from gis_server.features.cql.terms import Kind, Scope, Term, plain
from gis_server.features.crs import Crs
from gis_server.features.here import Here
from gis_server.features.question import Conditions
from gis_server.web.parameters import DATE, DATE_TIME, NUMBER, refused

PLACES = ("bbox", "bbox-crs", "place", "datetime", "release")
FILTERS = ("filter", "filter-crs", "filter-lang")
PAGING = ("after", "cursor", "limit", "sortby")
SHOWING = ("crs", "f", "key", "properties", "skipGeometry")
RESERVED = frozenset({*PLACES, *FILTERS, *PAGING, *SHOWING})
LONGEST = 1_000
ID = "fid"
GEOMETRY = "geometry"


@dataclass(frozen=True)
class Filter:
    """A filter as it was written."""

    text: str
    language: str | None
    crs: Crs


def filterable(layer: Layer, view: View) -> tuple[str, ...]:
    """Names that may be asked for: the number of a feature, and visible fields not named like another parameter."""
    return (ID, *(name for name in view.layers[layer.id] if name not in RESERVED and name.lower() not in RESERVED))


def where_equal(conditions: Conditions, layer: Layer, asked: Mapping[str, str]) -> None:
    for name, text in asked.items():
        value = READERS["integer" if name == ID else layer.fields[name].type](name, text)
        conditions.add(f"served.{quoted(name)} = {conditions.bind(value)}")


def where_filter(conditions: Conditions, here: Here, asked: Filter) -> None:
    """The condition of a CQL2 filter. Where it could fail on a row, it is not tried on hidden ones."""
    book = here.catalog.crs

    def shape(node: Mapping[str, Any], may_cut: bool) -> str:
        found = in_grid(book, read_shape(node, asked.crs), asked.crs, may_cut)
        return f"ST_GeomFromWKB({conditions.bind(shapely.to_wkb(found))}::bytea, {book.stored})"

    scope = Scope(_properties(here.layer, here.view), conditions.bind, shape)
    condition = compile_filter(read_filter(asked.text, asked.language), scope)
    hidden = here.view.conditions.get(here.layer.id)
    if hidden and scope.can_fail:
        condition = f"(CASE WHEN {hidden} THEN {condition} ELSE false END)"
    conditions.add(condition)


def _properties(layer: Layer, view: View) -> dict[str, Term]:
    fields = {name: Term(f"served.{quoted(name)}", _kind(layer.fields[name].type)) for name in view.layers[layer.id]}
    return {ID: Term("served.fid", "integer"), **fields, GEOMETRY: Term("served.geom", "geometry")}


def _kind(type_: FieldType) -> Kind:
    return "text" if type_ == "code" else type_


def _text(name: str, text: str) -> str:
    if len(text) > LONGEST or "\x00" in text:
        raise refused(name, text, f"chữ không quá {LONGEST} ký tự", f"at most {LONGEST} characters of text")
    return plain(text)


def _integer(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        raise refused(name, text, "một số nguyên", "a whole number")
    return int(text)


def _number(name: str, text: str) -> float:
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise refused(name, text, "một số", "a number")
    return value


def _boolean(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise refused(name, text, "true hoặc false", "true or false")
    return text == "true"


def _date(name: str, text: str) -> date:
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise refused(name, text, "một ngày, ví dụ 2025-07-01", "a date such as 2025-07-01")


def _datetime(name: str, text: str) -> datetime:
    try:
        if DATE_TIME.fullmatch(text):
            return datetime.fromisoformat(text.upper())
    except ValueError:
        pass
    raise refused(name, text, "một thời điểm, ví dụ 2025-07-01T00:00:00Z", "an instant such as 2025-07-01T00:00:00Z")


READERS: Mapping[FieldType, Callable[[str, str], Any]] = {
    "text": _text,
    "code": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}
