"""The order of features: by fid, or by fields of the caller's choice; and the condition of those after a feature."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.catalog.model import FieldType
from gis_server.db.statements import quoted
from gis_server.errors import BadRequest

MOST_KEYS = 5
CASTS: Mapping[FieldType, str] = {
    "text": 'text COLLATE "vi-x-icu"',
    "code": "text",
    "integer": "bigint",
    "number": "float8",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}

JSON_TYPES: Mapping[FieldType, tuple[type, ...]] = {
    "text": (str,),
    "code": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@dataclass(frozen=True)
class SortKey:
    """One field to sort by; features without a value come last either way."""

    name: str
    type: FieldType
    descending: bool

    @property
    def sql(self) -> str:
        """Texts in the order of the Vietnamese alphabet."""
        return f"served.{quoted(self.name)}" + (' COLLATE "vi-x-icu"' if self.type == "text" else "")


Order = tuple[SortKey, ...]


def sortable(layer: Layer, view: View) -> tuple[str, ...]:
    """Fields that features can be sorted by: every one that the caller sees."""
    return view.layers[layer.id]


def read_order(text: str | None, layer: Layer, view: View) -> Order:
    """`ten,-dien_tich`: fields with commas between, `-` for descending; a `+` may have become a blank on its way."""
    if text is None:
        return ()
    keys = tuple(_key(word, layer, view) for word in text.split(",")[: MOST_KEYS + 1])
    if len(keys) > MOST_KEYS or len({key.name for key in keys}) < len(keys):
        raise BadRequest(
            f"sortby nhận nhiều nhất {MOST_KEYS} trường, mỗi trường một lần.",
            f"sortby takes at most {MOST_KEYS} fields, each once.",
        )
    return keys


def written(order: Order) -> list[str]:
    return [f"{'-' if key.descending else '+'}{key.name}" for key in order]


def order_sql(order: Order) -> str:
    directions = (f"{key.sql} {'DESC' if key.descending else 'ASC'} NULLS LAST" for key in order)
    return ", ".join((*directions, "served.fid"))


def values_sql(order: Order) -> str:
    """What the cursor must know of the last feature, as JSON."""
    return f"json_build_array({', '.join(f'served.{quoted(key.name)}' for key in order)})::text" if order else "NULL"


def after_sql(order: Order, values: Sequence[Any], bind: Callable[[Any], str]) -> str:
    """Features after the one that had these values, and the fid bound to $1."""
    beyond = "served.fid > $1"
    for key, value in reversed(list(zip(order, values, strict=True))):
        if value is None:
            beyond = f"({key.sql} IS NULL AND {beyond})"
            continue
        given = f"{bind(_value(key, value))}::{CASTS[key.type]}"
        past = f"{key.sql} {'<' if key.descending else '>'} {given}"
        beyond = f"({past} OR {key.sql} IS NULL OR ({key.sql} = {given} AND {beyond}))"
    return beyond


def _key(word: str, layer: Layer, view: View) -> SortKey:
    name = word[1:] if word[:1] in ("+", "-", " ") else word
    if name not in sortable(layer, view):
        known = ", ".join(sortable(layer, view))
        raise BadRequest(
            f"sortby: không có trường “{name[:60]}”; có: {known}.",
            f"sortby: there is no field “{name[:60]}”; there are: {known}.",
        )
    return SortKey(name, layer.fields[name].type, word.startswith("-"))


def _value(key: SortKey, value: Any) -> Any:
    """The value that JSON wrote, as the database binds it; ValueError where a cursor was forged."""
    if key.type == "date":
        return date.fromisoformat(value)
    if key.type == "datetime":
        return datetime.fromisoformat(value)
    if type(value) not in JSON_TYPES[key.type]:
        raise ValueError(key.name)
    return float(value) if key.type == "number" else value
