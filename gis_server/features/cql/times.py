"""Time in filters: instants, days and intervals, and the thirteen ways in which two of them can lie (Allen's)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from gis_server.features.cql.sentences import bad_filter
from gis_server.features.cql.terms import Scope, Term
from gis_server.web.parameters import CITY_TIME, DATE, DATE_TIME, day_of

Ends = tuple["Moment", "Moment"]
RELATIONS: Mapping[str, str] = {
    "t_after": "{a} > {d}",
    "t_before": "{b} < {c}",
    "t_contains": "{a} < {c} AND {b} > {d}",
    "t_disjoint": "({b} < {c} OR {a} > {d})",
    "t_during": "{a} > {c} AND {b} < {d}",
    "t_equals": "{a} = {c} AND {b} = {d}",
    "t_finishedby": "{a} < {c} AND {b} = {d}",
    "t_finishes": "{a} > {c} AND {b} = {d}",
    "t_intersects": "{a} <= {d} AND {b} >= {c}",
    "t_meets": "{b} = {c}",
    "t_metby": "{a} = {d}",
    "t_overlappedby": "{a} > {c} AND {a} < {d} AND {b} > {d}",
    "t_overlaps": "{a} < {c} AND {b} > {c} AND {b} < {d}",
    "t_startedby": "{a} = {c} AND {b} > {d}",
    "t_starts": "{a} = {c} AND {b} < {d}",
}
"""The first reaches from a to b, the second from c to d."""


@dataclass(frozen=True)
class Moment:
    """One end of an interval: a field, a value, or open."""

    kind: Literal["date", "datetime", "open"]
    value: Term | date | datetime | None = None

    def sql(self, scope: Scope, is_end: bool, in_days: bool) -> str:
        if self.value is None:
            return f"'{'' if is_end else '-'}infinity'::{'date' if in_days else 'timestamptz'}"
        if isinstance(self.value, Term):
            return self.value.sql if self.kind == "datetime" or in_days else _day_as_time(self.value.sql, is_end)
        if in_days:
            return f"{scope.bind(self.value)}::date"
        moment = self.value if isinstance(self.value, datetime) else day_of(self.value)[is_end]
        return f"{scope.bind(moment)}::timestamptz"


def relate(scope: Scope, op: str, first: Any, second: Any) -> Term:
    """Days are compared as days; beside an instant a day is its 24 hours in the city."""
    both = (*_ends(scope, first), *_ends(scope, second))
    in_days = all(one.kind in ("date", "open") for one in both)
    relation = RELATIONS[op]
    ends = {
        name: one.sql(scope, name in "bd", in_days)
        for name, one in zip("abcd", both, strict=True)
        if f"{{{name}}}" in relation
    }
    return Term(f"({relation.format(**ends)})", "boolean")


def instant(scope: Scope, node: Mapping[str, Any]) -> Term:
    """`DATE(…)` or `TIMESTAMP(…)` as a value."""
    moment = _written(node)
    cast = "date" if moment.kind == "date" else "timestamptz"
    return Term(f"{scope.bind(moment.value)}::{cast}", "date" if moment.kind == "date" else "datetime")


def is_instant(node: Any) -> bool:
    return isinstance(node, dict) and len(node) == 1 and next(iter(node)) in ("date", "timestamp")


def _ends(scope: Scope, node: Any) -> Ends:
    if isinstance(node, dict) and set(node) == {"interval"}:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise bad_filter("INTERVAL phải có hai đầu", "an INTERVAL must have two ends")
        found = (_moment(scope, ends[0]), _moment(scope, ends[1]))
        _refuse_reversed(*found)
        return found
    one = _moment(scope, node)
    if one.kind == "open":
        raise bad_filter("“..” chỉ dùng trong INTERVAL", "“..” may be used in an INTERVAL only")
    return one, one


def _moment(scope: Scope, node: Any) -> Moment:
    if node == "..":
        return Moment("open")
    if isinstance(node, str):
        return _written({"timestamp" if DATE_TIME.fullmatch(node) else "date": node})
    if is_instant(node):
        return _written(node)
    if isinstance(node, dict) and set(node) == {"property"}:
        term = scope.property(node["property"])
        if term.kind in ("date", "datetime"):
            return Moment("date" if term.kind == "date" else "datetime", term)
    raise bad_filter(
        "thời gian phải viết là DATE('2025-07-01'), TIMESTAMP('2025-07-01T00:00:00Z'), INTERVAL(…, '..') hoặc trường "
        "ngày",
        "a time is DATE('2025-07-01'), TIMESTAMP('2025-07-01T00:00:00Z'), INTERVAL(…, '..') or a field of dates",
    )


def _written(node: Mapping[str, Any]) -> Moment:
    (kind, text), *_ = node.items()
    try:
        if kind == "date" and isinstance(text, str) and DATE.fullmatch(text):
            return Moment("date", date.fromisoformat(text))
        if kind == "timestamp" and isinstance(text, str) and DATE_TIME.fullmatch(text):
            return Moment("datetime", datetime.fromisoformat(text.upper()).astimezone(CITY_TIME))
    except (ValueError, OverflowError):
        pass
    shown = str(text)[:40]
    raise bad_filter(
        f"“{shown}” không phải là ngày hay thời điểm", f"“{shown}” is neither a date nor an instant (RFC 3339)"
    )


def _refuse_reversed(start: Moment, end: Moment) -> None:
    first, last = start.value, end.value
    if isinstance(first, Term) or isinstance(last, Term) or first is None or last is None:
        return
    if (first if isinstance(first, datetime) else day_of(first)[0]) > (
        last if isinstance(last, datetime) else day_of(last)[1]
    ):
        raise bad_filter("INTERVAL phải bắt đầu trước khi kết thúc", "an INTERVAL must start before it ends")


def _day_as_time(sql: str, is_end: bool) -> str:
    if is_end:
        return f"(({sql} + 1)::timestamp AT TIME ZONE '{CITY_TIME.key}' - interval '1 microsecond')"
    return f"({sql}::timestamp AT TIME ZONE '{CITY_TIME.key}')"
