"""Edited features as rows of staging: JSON values become the fields' own types, or are told as what they are not."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from shapely.geometry.base import BaseGeometry

from gis_server.catalog import Layer
from gis_server.catalog.model import FieldType
from gis_server.errors import BadRequest
from gis_server.releases.edits import Edit
from loaders.edits.present import Present
from loaders.geometry import encoded
from loaders.mapped import staging_schema
from loaders.text import tidy, to_nfc

MOST_WHOLE = 2**63


@dataclass
class Row:
    """What a feature is to be."""

    edit: int
    """Its place among the edits; it is the row's number in staging."""
    fid: int | None
    source: str
    values: dict[str, Any]
    bad: dict[str, str] = field(default_factory=dict)
    """Values that are not of their field's type, as they came."""
    shape: BaseGeometry | None = None


def row_of(place: int, edit: Edit, now: Present | None, source: str) -> Row:
    """The feature after the edit. Fields that the editor does not see, or does not name in an update, stay."""
    row = Row(place, edit.fid, source, dict.fromkeys(edit.layer.fields), shape=now.shape if now else None)
    if now is not None:
        kept = set(now.values) - (set(edit.sight.fields) if edit.verb == "replace" else set())
        row.values |= {name: now.values[name] for name in kept}
    for name, given in (edit.values or {}).items():
        row.values[name] = typed(edit.layer.fields[name].type, given)
        if given is not None and row.values[name] is None and not _is_blank(given):
            row.bad[name] = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    if now is not None:
        _refuse_other_key(edit, now, row)
    return row


def typed(kind: FieldType, given: Any) -> Any:
    """The value as the field has it; None where it is none of that type."""
    return None if given is None else READERS[kind](given)


def table_of(layer: Layer, rows: Sequence[Row], srid: int) -> pa.Table:
    """Rows as staging takes them."""
    schema, numbers = staging_schema(layer), [row.edit for row in rows]
    made: dict[str, Any] = {
        "_row": numbers,
        "_feature": numbers,
        "_bad": [json.dumps(row.bad, ensure_ascii=False) if row.bad else None for row in rows],
        "_marks": [None] * len(rows),
        **{name: [row.values[name] for row in rows] for name in layer.fields},
        "geom": encoded(np.array([row.shape for row in rows], dtype=object), srid),
    }
    return pa.table({one.name: pa.array(made[one.name], one.type) for one in schema}, schema=schema)


def _is_blank(given: Any) -> bool:
    return isinstance(given, str) and tidy(given) is None


def _text(given: Any) -> str | None:
    return tidy(to_nfc(given)) if isinstance(given, str) else None


def _whole(given: Any) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given) or given % 1:
        return None
    return int(given) if abs(given) < MOST_WHOLE else None


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    try:
        return float(given) if math.isfinite(float(given)) else None
    except OverflowError:
        return None


def _truth(given: Any) -> bool | None:
    return given if isinstance(given, bool) else None


def _day(given: Any) -> date | None:
    try:
        return date.fromisoformat(given) if isinstance(given, str) and len(given) == len("2026-07-01") else None
    except ValueError:
        return None


def _moment(given: Any) -> datetime | None:
    """Without a zone nobody knows which moment is meant."""
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


READERS: Mapping[FieldType, Callable[[Any], Any]] = {
    "text": _text,
    "code": _text,
    "integer": _whole,
    "number": _number,
    "boolean": _truth,
    "date": _day,
    "datetime": _moment,
}


def _refuse_other_key(edit: Edit, now: Present, row: Row) -> None:
    """The number of a feature and its key belong together for ever."""
    changed = [name for name in edit.layer.key if row.values[name] != now.values[name]]
    if changed:
        said = "; ".join(f"{name}: {now.values[name]} → {row.bad.get(name, row.values[name])}" for name in changed)
        raise BadRequest(
            f"{edit.layer.id} {edit.fid}: không đổi được trường khóa ({said}). Hãy xóa đối tượng này và tạo đối "
            "tượng mới.",
            f"{edit.layer.id} {edit.fid}: key fields do not change ({said}). Delete this feature and create another.",
        )
