"""Works out a style expression for one imagined feature, so that a legend shows exactly what the map draws."""

import operator as op
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gis_server.catalog.expressions import Expression


@dataclass(frozen=True)
class Feature:
    """A feature that need not exist: attributes, kind of geometry and the zoom it is looked at."""

    kind: str
    zoom: float
    properties: Mapping[str, Any] = field(default_factory=dict)


def evaluate(expression: Expression, feature: Feature) -> Any:
    """The value of an expression; None where MapLibre would fall back to the property's default."""
    if isinstance(expression, str) or not isinstance(expression, Sequence):
        return expression
    if not expression or not isinstance(expression[0], str):
        return list(expression)
    name = expression[0]
    if name in _SPECIAL:
        return _SPECIAL[name](expression, feature)
    if name in _PLAIN:
        return _calm(_PLAIN[name], [evaluate(part, feature) for part in expression[1:]])
    return list(expression)


def _calm(function: Callable[..., Any], values: list[Any]) -> Any:
    """None instead of an exception: an expression over a missing value has no value."""
    try:
        return function(*values)
    except (TypeError, ValueError):
        return None


def _case(expression: Expression, feature: Feature) -> Any:
    for condition, value in zip(expression[1:-1:2], expression[2:-1:2], strict=True):
        if evaluate(condition, feature) is True:
            return evaluate(value, feature)
    return evaluate(expression[-1], feature)


def _match(expression: Expression, feature: Feature) -> Any:
    value = evaluate(expression[1], feature)
    for labels, result in zip(expression[2:-1:2], expression[3:-1:2], strict=True):
        if value == labels or (isinstance(labels, list) and value in labels):
            return evaluate(result, feature)
    return evaluate(expression[-1], feature)


def _step(expression: Expression, feature: Feature) -> Any:
    value = evaluate(expression[1], feature)
    if value is None:
        return None
    chosen = expression[2]
    for stop, result in zip(expression[3::2], expression[4::2], strict=True):
        if value >= stop:
            chosen = result
    return evaluate(chosen, feature)


def _interpolate(expression: Expression, feature: Feature) -> Any:
    value = evaluate(expression[2], feature)
    if value is None:
        return None
    stops = list(zip(expression[3::2], expression[4::2], strict=True))
    below = [stop for stop in stops if stop[0] <= value] or stops[:1]
    above = [stop for stop in stops if stop[0] > value]
    low = evaluate(below[-1][1], feature)
    high = evaluate(above[0][1], feature) if above else low
    if not above or value < below[-1][0] or not isinstance(low, int | float) or not isinstance(high, int | float):
        return low
    share = (value - below[-1][0]) / (above[0][0] - below[-1][0])
    return low + (high - low) * share


def _coalesce(expression: Expression, feature: Feature) -> Any:
    values = (evaluate(part, feature) for part in expression[1:])
    return next((value for value in values if value is not None), None)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


_SPECIAL: Final[Mapping[str, Callable[[Expression, Feature], Any]]] = {
    "get": lambda expression, feature: feature.properties.get(expression[1]),
    "has": lambda expression, feature: expression[1] in feature.properties,
    "literal": lambda expression, _: expression[1],
    "zoom": lambda _, feature: feature.zoom,
    "geometry-type": lambda _, feature: feature.kind,
    "case": _case,
    "match": _match,
    "step": _step,
    "interpolate": _interpolate,
    "coalesce": _coalesce,
    "all": lambda expression, feature: all(evaluate(part, feature) is True for part in expression[1:]),
    "any": lambda expression, feature: any(evaluate(part, feature) is True for part in expression[1:]),
}

_PLAIN: Final[Mapping[str, Callable[..., Any]]] = {
    "==": op.eq,
    "!=": op.ne,
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
    "!": op.not_,
    "in": lambda value, several: value in several,
    "concat": lambda *parts: "".join(_text(part) for part in parts),
    "to-string": _text,
    "downcase": str.lower,
    "slice": lambda text, *bounds: text[slice(*bounds)],
    "to-number": float,
    "+": lambda *parts: sum(parts),
    "-": op.sub,
    "*": op.mul,
    "/": op.truediv,
    "%": op.mod,
}
