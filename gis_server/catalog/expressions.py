"""Style expressions as data: what they read, code lists written out, hidden fields taken out without breaking."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from gis_server.catalog.model import Domain

Expression = Any
"""A JSON value: a constant, or a list whose first element names an operator."""

UNKNOWN: Final = object()
"""What is left of an expression that cannot be said without a hidden field."""


def fields_read(expression: Expression) -> frozenset[str]:
    """Names of the feature's own attributes an expression looks at."""
    return frozenset(_fields(expression))


def _fields(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Mapping):
        if "domain" in expression:
            yield expression["field"]
        for value in expression.values():
            yield from _fields(value)
    elif isinstance(expression, Sequence) and not isinstance(expression, str):
        if len(expression) == 2 and expression[0] in ("get", "has") and isinstance(expression[1], str):
            yield expression[1]
        elif not (expression and expression[0] == "literal"):
            for part in expression:
                yield from _fields(part)


def domains_read(expression: Expression) -> frozenset[str]:
    """Names of the code lists an expression takes its colours from."""
    if isinstance(expression, Mapping):
        own = [expression["domain"]] if "domain" in expression else []
        return frozenset(own).union(*(domains_read(value) for value in expression.values()))
    if isinstance(expression, Sequence) and not isinstance(expression, str):
        return frozenset().union(*(domains_read(part) for part in expression))
    return frozenset()


def expanded(expression: Expression, domains: Mapping[str, Domain]) -> Expression:
    """`{domain, field, default}` written out as a match over the colours of the code list."""
    if isinstance(expression, Mapping):
        if "domain" in expression:
            return _domain_match(domains[expression["domain"]], expression["field"], expression["default"])
        return {key: expanded(value, domains) for key, value in expression.items()}
    if isinstance(expression, Sequence) and not isinstance(expression, str):
        return [expanded(part, domains) for part in expression]
    return expression


def _domain_match(domain: Domain, field: str, default: str) -> Expression:
    by_color: dict[str, list[str]] = {}
    for code in domain.values:
        if color := color_of(domain, code):
            by_color.setdefault(color, []).append(code)
    if not by_color:
        return default
    arms = [part for color, codes in by_color.items() for part in (codes, color)]
    return ["match", ["to-string", ["get", field]], *arms, default]


def color_of(domain: Domain, code: str) -> str | None:
    """A code's colour: its own, or the one of the nearest ancestor that has one."""
    seen: set[str] = set()
    step: str | None = code
    while step is not None and step in domain.values and step not in seen:
        seen.add(step)
        if color := domain.values[step].color:
            return color
        step = domain.values[step].parent
    return None


def without(expression: Expression, hidden: Collection[str]) -> Expression:
    """The expression as it looks to someone for whom the hidden fields do not exist; UNKNOWN when nothing is left."""
    if not fields_read(expression) & set(hidden):
        return expression
    operator = expression[0] if isinstance(expression, list) else None
    if operator in ("get", "has"):
        return UNKNOWN
    reduce = _REDUCERS.get(str(operator), _whole_or_nothing)
    return reduce(expression, hidden)


def _whole_or_nothing(expression: Expression, hidden: Collection[str]) -> Expression:
    if isinstance(expression, Mapping):
        return UNKNOWN
    parts = [without(part, hidden) for part in expression]
    return UNKNOWN if any(part is UNKNOWN for part in parts) else parts


def _conditions(expression: Expression, hidden: Collection[str]) -> Expression:
    kept = [part for part in (without(part, hidden) for part in expression[1:]) if part is not UNKNOWN]
    return [expression[0], *kept] if kept else UNKNOWN


def _coalesce(expression: Expression, hidden: Collection[str]) -> Expression:
    left = _conditions(expression, hidden)
    return left[1] if left is not UNKNOWN and len(left) == 2 else left


def _case(expression: Expression, hidden: Collection[str]) -> Expression:
    arms: list[Expression] = []
    for condition, value in zip(expression[1:-1:2], expression[2:-1:2], strict=True):
        pair = [without(condition, hidden), without(value, hidden)]
        if not any(part is UNKNOWN for part in pair):
            arms += pair
    return _arms_or_default(["case"], arms, without(expression[-1], hidden))


def _match(expression: Expression, hidden: Collection[str]) -> Expression:
    default = without(expression[-1], hidden)
    if fields_read(expression[1]) & set(hidden):
        return default
    arms: list[Expression] = []
    for labels, value in zip(expression[2:-1:2], expression[3:-1:2], strict=True):
        left = without(value, hidden)
        if left is not UNKNOWN:
            arms += [labels, left]
    return _arms_or_default(["match", expression[1]], arms, default)


def _arms_or_default(head: list[Expression], arms: list[Expression], default: Expression) -> Expression:
    if default is UNKNOWN:
        return UNKNOWN
    return [*head, *arms, default] if arms else default


def _ramp(expression: Expression, hidden: Collection[str]) -> Expression:
    """`step` and `interpolate`: a ramp over a hidden field flattens to its first value."""
    start = 2 if expression[0] == "step" else 4
    place = 1 if expression[0] == "step" else 2
    if fields_read(expression[place]) & set(hidden):
        return without(expression[start], hidden)
    return _whole_or_nothing(expression, hidden)


def _format(expression: Expression, hidden: Collection[str]) -> Expression:
    sections: list[Expression] = []
    for text, options in zip(expression[1::2], expression[2::2], strict=True):
        left = without(text, hidden)
        if left is not UNKNOWN:
            sections += [left, options]
    return ["format", *sections] if sections else UNKNOWN


_REDUCERS: Final[Mapping[str, Callable[[Expression, Collection[str]], Expression]]] = {
    "all": _conditions,
    "coalesce": _coalesce,
    "case": _case,
    "match": _match,
    "step": _ramp,
    "interpolate": _ramp,
    "format": _format,
}
