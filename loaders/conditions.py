"""Which rows a rule is for: conditions on columns, evaluated on whole Arrow columns or on one OSM object's tags."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

NUMBER = r"^\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*$"
GROUPED = r"^\s*[-+]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?\s*$"
"""Thousands with points between them."""

Scalar = str | bool | int | float


class Comparison(BaseModel):
    """A condition that is more than being equal; none of them holds for a value that is absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    differs: Scalar | list[Scalar] | None = Field(None, alias="not")
    matches: str | None = None
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None


Condition = Comparison | list[Scalar] | Scalar | None
Conditions = dict[str, Condition]

_COMPARED: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "above": ("greater", operator.gt),
    "at_least": ("greater_equal", operator.ge),
    "below": ("less", operator.lt),
    "at_most": ("less_equal", operator.le),
}


def columns_of(alternatives: Sequence[Conditions]) -> set[str]:
    return {column for conditions in alternatives for column in conditions}


def rows_where(column: Callable[[str], pa.Array], alternatives: Sequence[Conditions], rows: int) -> pa.Array:
    """The rows for which one of the alternatives holds, as a boolean mask without nulls."""
    found = pa.repeat(False, rows)
    for conditions in alternatives:
        mask = pa.repeat(True, rows)
        for name, condition in conditions.items():
            mask = pc.and_(mask, pc.fill_null(_mask(column(name), condition), False))
        found = pc.or_(found, mask)
    return found


def tags_fit(tags: Mapping[str, str], alternatives: Sequence[Conditions]) -> bool:
    """The same question about one object with tags."""
    return any(all(_fits(tags.get(name), test) for name, test in one.items()) for one in alternatives)


def as_number(column: pa.Array) -> pa.Array:
    """Numbers, also where they are written as text; null where they are not numbers."""
    if not pa.types.is_string(column.type):
        return pc.cast(column, pa.float64(), safe=False)
    return pc.cast(pc.utf8_trim_whitespace(only_matching(column, NUMBER)), pa.float64())


def with_points(column: pa.Array) -> pa.Array:
    """Texts of numbers with decimal commas, with points: 1.234,5 and 8,5. A point that groups no thousands is one."""
    grouped = pc.match_substring_regex(column, GROUPED)
    plain = pc.if_else(grouped, pc.replace_substring(column, ".", ""), column)
    return pc.replace_substring(plain, ",", ".")


def only_matching(column: pa.Array, pattern: str) -> pa.Array:
    """The texts that match; null for the others."""
    return pc.if_else(pc.match_substring_regex(column, pattern), column, pa.scalar(None, pa.string()))


def as_text(column: pa.Array) -> pa.Array:
    return column if pa.types.is_string(column.type) else pc.cast(column, pa.string())


def text_of(value: Scalar) -> str:
    """`true`, `1`, `1.5`: how Arrow writes the same value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mask(column: pa.Array, condition: Condition) -> pa.Array:
    if condition is None:
        return pc.is_null(column)
    if condition == "*":
        return pc.is_valid(column)
    if not isinstance(condition, Comparison):
        return _among(column, condition)
    mask = pa.repeat(True, len(column))
    if condition.differs is not None:
        mask = pc.and_(pc.is_valid(column), pc.invert(_among(column, condition.differs)))
    if condition.matches is not None:
        mask = pc.and_(mask, pc.match_substring_regex(as_text(column), condition.matches))
    for name, (function, _) in _COMPARED.items():
        limit = getattr(condition, name)
        if limit is not None:
            mask = pc.and_(mask, pc.call_function(function, [as_number(column), pa.scalar(float(limit))]))
    return mask


def _among(column: pa.Array, values: Scalar | list[Scalar]) -> pa.Array:
    words = [text_of(value) for value in (values if isinstance(values, list) else [values])]
    return pc.is_in(as_text(column), value_set=pa.array(words, pa.string()))


def _fits(value: str | None, condition: Condition) -> bool:
    if condition is None or value is None:
        return value is None and condition is None
    if condition == "*":
        return True
    if isinstance(condition, Comparison):
        return _fits_test(value, condition)
    return value in {text_of(one) for one in (condition if isinstance(condition, list) else [condition])}


def _fits_test(value: str, test: Comparison) -> bool:
    if test.differs is not None and _fits(value, test.differs):
        return False
    if test.matches is not None and not re.search(test.matches, value):
        return False
    limits = {name: getattr(test, name) for name in _COMPARED if getattr(test, name) is not None}
    if limits and not re.match(NUMBER, value):
        return False
    return all(_COMPARED[name][1](float(value), limit) for name, limit in limits.items())


def mistakes_in(where: str, alternatives: Sequence[Conditions]) -> list[str]:
    """Patterns that are no patterns, by key."""
    found: list[str] = []
    for conditions in alternatives:
        for name, condition in conditions.items():
            if isinstance(condition, Comparison) and condition.matches is not None:
                found += pattern_mistake(f"{where}.{name}.matches", condition.matches)
    return found


def pattern_mistake(where: str, pattern: str) -> list[str]:
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return [f"{where}: {error}"]
    return []


def any_of(value: Any) -> list[Any]:
    """One or a list, as a list."""
    return value if isinstance(value, list) else [value]
