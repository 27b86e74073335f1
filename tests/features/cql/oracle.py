"""What a filter means, told again in plain Python and shapely: true, false, or None where a value is missing."""

import operator
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import shapely

Row = Mapping[str, Any]
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
SPATIAL = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_touches": shapely.touches,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_equals": shapely.equals,
}
TEMPORAL: Mapping[str, str] = {
    "t_after": "a > d",
    "t_before": "b < c",
    "t_contains": "a < c & b > d",
    "t_disjoint": "b < c | a > d",
    "t_during": "c < a & b < d",
    "t_equals": "a = c & b = d",
    "t_finishedBy": "a < c & b = d",
    "t_finishes": "c < a & b = d",
    "t_intersects": "a <= d & c <= b",
    "t_meets": "b = c",
    "t_metBy": "a = d",
    "t_overlappedBy": "c < a & a < d & d < b",
    "t_overlaps": "a < c & c < b & b < d",
    "t_startedBy": "a = c & b > d",
    "t_starts": "a = c & b < d",
}
"""The first interval is a…b, the second c…d."""
ARRAYS: Mapping[str, Callable[[set[Any], set[Any]], bool]] = {
    "a_contains": lambda a, b: a >= b,
    "a_containedBy": lambda a, b: a <= b,
    "a_equals": lambda a, b: a == b,
    "a_overlaps": lambda a, b: bool(a & b),
}


def matches(tree: Any, row: Row) -> bool | None:
    """Kleene's logic, as SQL and CQL2 have it."""
    op, args = tree["op"], tree["args"]
    if op in ("and", "or"):
        return _joined(op, [matches(one, row) for one in args])
    if op == "not":
        inner = matches(args[0], row)
        return None if inner is None else not inner
    if op == "isNull":
        return value(args[0], row) is None
    if op in SPATIAL:
        return bool(SPATIAL[op](shape(args[0], row), shape(args[1], row)))
    if op in TEMPORAL:
        ends = dict(zip("abcd", (*interval(args[0], row), *interval(args[1], row)), strict=True))
        return _times(TEMPORAL[op], ends)
    if op in ARRAYS:
        return ARRAYS[op](*({value(one, row) for one in part} for part in args))
    return _plain(op, args, row)


def _plain(op: str, args: list[Any], row: Row) -> bool | None:
    if op == "in":
        found = value(args[0], row)
        return None if found is None else found in [value(one, row) for one in args[1]]
    values = [value(one, row) for one in args]
    if any(one is None for one in values):
        return None
    if op == "between":
        return bool(values[1] <= values[0] <= values[2])
    if op == "like":
        return _like(values[0], values[1])
    return COMPARISONS[op](*values)


def value(node: Any, row: Row) -> Any:
    if not isinstance(node, dict):
        return node
    if "property" in node:
        return row[node["property"]]
    if "date" in node:
        return date.fromisoformat(node["date"])
    inner = [value(one, row) for one in node["args"]]
    if any(one is None for one in inner):
        return None
    return _computed(node["op"], inner)


def _computed(op: str, inner: list[Any]) -> Any:
    if op == "casei":
        return inner[0].lower()
    if op == "accenti":
        bare = "".join(one for one in unicodedata.normalize("NFD", inner[0]) if not "\u0300" <= one <= "\u036f")
        return bare.replace("đ", "d").replace("Đ", "D")
    a, b = map(float, inner)
    if op in ("/", "%", "div") and b == 0:
        return None
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "%": lambda: a - b * int(a / b),
        "div": lambda: float(int(a / b)),
        "^": lambda: a**b,
    }[op]()


def shape(node: Any, row: Row) -> Any:
    if "property" in node:
        return row["geometry"]
    return shapely.box(*node["bbox"]) if "bbox" in node else shapely.geometry.shape(node)


def interval(node: Any, row: Row) -> tuple[date | None, date | None]:
    if "interval" not in node:
        return (value(node, row),) * 2
    start, end = node["interval"]
    return _end(start, row, date.min), _end(end, row, date.max)


def _end(node: Any, row: Row, open_: date) -> date | None:
    if isinstance(node, str):
        return open_ if node == ".." else date.fromisoformat(node)
    found: date | None = value(node, row)
    return found


def _times(relation: str, ends: Mapping[str, date | None]) -> bool | None:
    """A missing end is unknown, even beside an open one."""
    joined, word = ("or", "|") if "|" in relation else ("and", "&")
    found = []
    for part in relation.split(word):
        first, op, second = part.split()
        a, b = ends[first], ends[second]
        found.append(None if a is None or b is None else COMPARISONS[op](a, b))
    return _joined(joined, found)


def _joined(op: str, found: list[bool | None]) -> bool | None:
    decisive = op == "or"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def _like(text: str, pattern: str) -> bool:
    """By the book: every way to read the pattern is tried."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(_like(text[place:], pattern[1:]) for place in range(len(text) + 1))
    if pattern[0] == "\\":
        pattern = pattern[1:]
    elif pattern[0] == "_":
        return bool(text) and _like(text[1:], pattern[1:])
    return text[:1] == pattern[0] and _like(text[1:], pattern[1:])
