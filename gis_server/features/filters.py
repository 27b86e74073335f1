"""Filters by property (`?loai=1`): equality on visible fields whose values can be written in one way only."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.catalog.model import FieldType
from gis_server.db.statements import quoted
from gis_server.features.parameters import DATE, refused
from gis_server.features.question import Conditions

RESERVED = frozenset({"bbox", "bbox-crs", "crs", "cursor", "datetime", "f", "key", "limit", "place", "release"})
LONGEST = 1_000


def filterable(layer: Layer, view: View) -> tuple[str, ...]:
    """Fields that may be asked for: visible, and not named like another parameter."""
    return tuple(
        name
        for name in view.layers[layer.id]
        if layer.fields[name].type in READERS and name.lower() not in RESERVED and name not in RESERVED
    )


def where_equal(conditions: Conditions, layer: Layer, asked: Mapping[str, str]) -> None:
    for name, text in asked.items():
        value = READERS[layer.fields[name].type](name, text)
        conditions.add(f"served.{quoted(name)} = {conditions.bind(value)}")


def _text(name: str, text: str) -> str:
    if len(text) > LONGEST or "\x00" in text:
        raise refused(name, text, f"chữ không quá {LONGEST} ký tự", f"text of at most {LONGEST} characters")
    return text


def _integer(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        raise refused(name, text, "một số nguyên", "a whole number")
    return int(text)


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
    raise refused(name, text, "một ngày, như 2025-07-01", "a day, as 2025-07-01")


READERS: Mapping[FieldType, Callable[[str, str], Any]] = {
    "text": _text,
    "code": _text,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
}
