"""Field rules on whole columns: what a profile says about a field becomes an Arrow array of the field's own type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis_server.catalog.model import FieldType
from loaders.conditions import as_number, as_text, text_of, with_points
from loaders.profile_reader import TEMPLATE_COLUMN
from loaders.profiles import FieldRule, Profile

CITY_ZONE = "Asia/Ho_Chi_Minh"
TYPES: Mapping[FieldType, pa.DataType] = {
    "text": pa.string(),
    "code": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", "UTC"),
}
TRUE = ["true", "1", "t", "y", "yes", "x", "có", "co", "đúng"]
FALSE = ["false", "0", "f", "n", "no", "không", "khong", "sai"]
ISO_DATE = r"^(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?:$|[T ])"
ISO_TIME = r"^(?P<naive>\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.\d+)?(?P<zone>Z|\+00:?00|\+07:?00)?$"
EXCEL = "excel"
"""`date:` of a rule whose days are the numbers that workbooks count them by."""
EXCEL_START, EXCEL_END = -25_569, 2_958_466
"""Day 0 counted from 1970, and the day after 31 December 9999."""


@dataclass(frozen=True)
class Cells:
    """The rows a rule is for: their columns by name, and their geometries in the stored grid."""

    column: Callable[[str], pa.Array]
    shapes: Callable[[], np.ndarray]
    rows: int


def value_of(rule: FieldRule, cells: Cells, profile: Profile) -> pa.Array:
    """The column a rule makes, still of the type it has in the source."""
    if rule.column is not None:
        return _from_column(rule, cells.column(rule.column), profile)
    if rule.template is not None:
        return _filled_in(rule.template, cells)
    if rule.first is not None:
        return pc.coalesce(*(as_text(_member(one, cells, profile)) for one in rule.first))
    if rule.join is not None:
        return _joined([as_text(cells.column(name)) for name in rule.join], rule.by)
    if rule.measure is not None:
        size = shapely.length(cells.shapes()) if rule.measure == "length" else shapely.area(cells.shapes())
        return pa.array(np.round(size, 2), pa.float64(), from_pandas=True)
    if rule.value is None:
        return pa.nulls(cells.rows, pa.string())
    return pa.repeat(pa.scalar(text_of(rule.value)), cells.rows)


def typed(column: pa.Array, kind: FieldType, date: str | None = None) -> pa.Array:
    """The column as the field's type; null where a value is not of that type."""
    match kind:
        case "text" | "code":
            return _words(column)
        case "number":
            return _finite(as_number(column)) if not pa.types.is_boolean(column.type) else column.cast(pa.float64())
        case "integer":
            return _whole(column)
        case "boolean":
            return _truth(column)
        case "date":
            return _day(column, date)
        case "datetime":
            return _moment(column, date)


def _member(rule: FieldRule, cells: Cells, profile: Profile) -> pa.Array:
    """Inside `first`, a code without an entry is no answer."""
    if rule.column is None or rule.codes is None or rule.default is not None:
        return value_of(rule, cells, profile)
    return _decoded(_prepared(rule, cells.column(rule.column)), profile.codes_of(rule) or {})


def _from_column(rule: FieldRule, column: pa.Array, profile: Profile) -> pa.Array:
    column = _prepared(rule, column)
    codes = profile.codes_of(rule)
    if codes is not None:
        decoded = _decoded(column, codes)
        column = pc.coalesce(decoded, as_text(column)) if rule.default is None else decoded
    if rule.default is not None:
        column = pc.coalesce(as_text(column), pa.scalar(rule.default))
    return column


def _prepared(rule: FieldRule, column: pa.Array) -> pa.Array:
    if rule.extract is not None:
        column = extracted(as_text(column), rule.extract)
    if rule.decimal == "," and pa.types.is_string(column.type):
        column = with_points(column)
    if rule.scale is not None:
        column = pc.multiply(as_number(column), rule.scale)
    return column


def extracted(column: pa.Array, pattern: str) -> pa.Array:
    """The group `x` of `(?P<x>…)` in each text, or all that the pattern matches."""
    named = pattern if "(?P<" in pattern else f"(?P<whole>{pattern})"
    found = pc.extract_regex(column, named)
    return pc.struct_field(found, [0])


def _decoded(column: pa.Array, codes: Mapping[str, str]) -> pa.Array:
    place = pc.index_in(as_text(column), value_set=pa.array(codes.keys(), pa.string()))
    return pc.take(pa.array(codes.values(), pa.string()), place)


def _filled_in(template: str, cells: Cells) -> pa.Array:
    parts: list[pa.Array | pa.Scalar] = []
    for place, piece in enumerate(TEMPLATE_COLUMN.split(template)):
        parts.append(_words(cells.column(piece)) if place % 2 else pa.scalar(piece))
    if all(isinstance(part, pa.Scalar) for part in parts):
        return pa.repeat(pa.scalar(template), cells.rows)
    return pc.binary_join_element_wise(*parts, "")


def _joined(columns: list[pa.Array], by: str) -> pa.Array:
    joined = pc.binary_join_element_wise(*columns, by, null_handling="skip")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def _words(column: pa.Array) -> pa.Array:
    """Text; a whole number kept as 2.0 by a DBF is the code “2”."""
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.floor(column))
        small = pc.and_(whole, pc.less(pc.abs(column), 1e15))
        integer = pc.cast(pc.cast(pc.if_else(small, column, None), pa.int64()), pa.string())
        return pc.coalesce(integer, pc.cast(column, pa.string()))
    return as_text(column)


def _whole(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):
        return pc.cast(column, pa.int64())
    numbers = _finite(as_number(column))
    whole = pc.and_(pc.equal(numbers, pc.floor(numbers)), pc.less(pc.abs(numbers), 2.0**53))
    return pc.cast(pc.if_else(whole, numbers, None), pa.int64())


def _finite(numbers: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_finite(numbers), numbers, None)


def _truth(column: pa.Array) -> pa.Array:
    if pa.types.is_boolean(column.type):
        return column
    words = pc.utf8_lower(_words(column))
    yes, no = (pc.is_in(words, value_set=pa.array(set_of)) for set_of in (TRUE, FALSE))
    return pc.if_else(yes, True, pc.if_else(no, False, pa.scalar(None, pa.bool_())))


def _day(column: pa.Array, pattern: str | None) -> pa.Array:
    if pa.types.is_date(column.type):
        return pc.cast(column, pa.date32())
    if pa.types.is_timestamp(column.type):
        return pc.cast(pc.floor_temporal(column, unit="day"), pa.date32(), safe=False)
    if pattern == EXCEL:
        return _excel_day(column)
    words = _words(column)
    if pattern is None:
        parts = pc.extract_regex(words, ISO_DATE)
        words = pc.binary_join_element_wise(*(pc.struct_field(parts, [place]) for place in range(3)), "-")
        pattern = "%Y-%m-%d"
    return pc.cast(_parsed(words, pattern), pa.date32())


def _excel_day(column: pa.Array) -> pa.Array:
    """A day as a workbook counts them: 45000 is 2023-03-15."""
    counted = _whole(pc.floor(as_number(column)))
    possible = pc.and_(pc.greater(counted, 0), pc.less(counted, EXCEL_END))
    return pc.cast(pc.cast(pc.add(pc.if_else(possible, counted, None), EXCEL_START), pa.int32()), pa.date32())


def _moment(column: pa.Array, pattern: str | None) -> pa.Array:
    utc = TYPES["datetime"]
    if pattern == EXCEL:
        column, pattern = _excel_day(column), None
    if pa.types.is_date(column.type):
        column = pc.cast(column, pa.timestamp("us"))
    if pa.types.is_timestamp(column.type):
        return pc.cast(column if column.type.tz else _local(column), utc)
    words = _words(column)
    if pattern is not None:
        return pc.cast(_local(_parsed(words, pattern)), utc)
    parts = pc.extract_regex(words, ISO_TIME)
    naive = pc.replace_substring(pc.struct_field(parts, ["naive"]), "T", " ")
    naive = _parsed(naive, "%Y-%m-%d %H:%M:%S")
    is_utc = pc.is_in(pc.struct_field(parts, ["zone"]), value_set=pa.array(["Z", "+00:00", "+0000"]))
    days = pc.cast(_local(pc.cast(_day(words, None), pa.timestamp("us"))), utc)
    return pc.coalesce(pc.if_else(is_utc, pc.assume_timezone(naive, "UTC"), pc.cast(_local(naive), utc)), days)


def _parsed(words: pa.Array, pattern: str) -> pa.Array:
    """Times as the pattern says; null for 31 February, which strptime takes for a day in March."""
    times = pc.strptime(words, format=pattern, unit="s", error_is_null=True)
    same = pc.equal(_without_zeros(pc.strftime(times, format=pattern)), _without_zeros(words))
    return pc.if_else(same, times, None)


def _without_zeros(words: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(words, r"\b0+(\d)", r"\1")


def _local(naive: pa.Array) -> pa.Array:
    """A time without a zone is the city's time."""
    return pc.assume_timezone(pc.cast(naive, pa.timestamp("us")), CITY_ZONE)
