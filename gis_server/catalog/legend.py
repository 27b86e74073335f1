"""Derives a layer's legend from the style's own expressions: one entry for each class that the map tells apart."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from gis_server.catalog.catalog import Layer
from gis_server.catalog.evaluation import Feature, evaluate
from gis_server.catalog.expressions import Expression, fields_read
from gis_server.catalog.model import Domain, FieldRule, LegendItem, Text

Entry = dict[str, Any]
StyleLayer = Mapping[str, Any]

REFERENCE_ZOOM: Final = 16
"""Sizes in a legend are those of this zoom, or of the layer's lowest zoom where it begins later."""

OTHER: Final = Text(vi="Loại khác", en="Other")

_COLORS: Final = {
    "fill": "fill-color",
    "line": "line-color",
    "circle": "circle-color",
    "fill-extrusion": "fill-extrusion-color",
}
_TELLING: Final = (
    *_COLORS.values(),
    "icon-image",
    "icon-color",
    "fill-pattern",
    "line-dasharray",
    "line-width",
    "circle-radius",
)


@dataclass(frozen=True)
class Class:
    """Something a legend may tell apart: a title and the attributes of a feature that belongs to it."""

    title: Text
    properties: Mapping[str, Any]
    code: str | None = None


def legend(
    layer: Layer, styled: Sequence[StyleLayer], domains: Mapping[str, Domain], extra: Collection[LegendItem] = ()
) -> list[Entry]:
    """Entries in the order of the code lists; a layer drawn in one way has one entry, its own title."""
    plain = _swatch(layer, styled, {})
    told = [(one, _swatch(layer, styled, one.properties)) for one in _classes(layer, styled, domains)]
    entries = [_entry(one.title, look, one.code) for one, look in told if look and look != plain]
    if plain and not entries:
        entries = [_entry(layer.file.title, plain, None)]
    elif plain and _leaves_a_rest(layer, styled, told):
        entries.append(_entry(OTHER, plain, None))
    return entries + [_entry(item.title, item.model_dump(exclude={"title"}, exclude_none=True), None) for item in extra]


def _entry(title: Text, look: Mapping[str, Any], code: str | None) -> Entry:
    return {"title": title.model_dump(), **look} | ({"code": code} if code is not None else {})


def _leaves_a_rest(layer: Layer, styled: Sequence[StyleLayer], told: Sequence[tuple[Class, Entry | None]]) -> bool:
    """Are there features that none of the entries describes? Not when a ramp or a whole code list is shown."""
    plain = _swatch(layer, styled, {})
    return not told or any(look == plain for _, look in told) or all(one.code is not None for one, _ in told)


def _classes(layer: Layer, styled: Sequence[StyleLayer], domains: Mapping[str, Domain]) -> list[Class]:
    found: dict[tuple[str, str], Class] = {}
    for expression in _telling(styled):
        for name in sorted(fields_read(expression)):
            rule = layer.fields.get(name)
            for one in _classes_of(name, rule, expression, domains) if rule else ():
                found.setdefault((name, one.title.vi), one)
    return list(found.values())


def _telling(styled: Sequence[StyleLayer]) -> Iterator[Expression]:
    """The expressions that decide how a feature looks: labels are no part of a legend."""
    for one in styled:
        if one["type"] == "symbol" and "icon-image" not in one.get("layout", {}):
            continue
        values = {**one.get("layout", {}), **one.get("paint", {})}
        yield from (values[name] for name in _TELLING if name in values)
        yield one.get("filter")


def _classes_of(name: str, rule: FieldRule, expression: Expression, domains: Mapping[str, Domain]) -> Iterator[Class]:
    if rule.domain is not None:
        mentioned = set(_constants(expression))
        for code, value in domains[rule.domain].values.items():
            if code in mentioned:
                yield Class(Text(vi=value.vi, en=value.en), {name: code}, code)
    elif rule.type in ("integer", "number"):
        yield from _ranges(name, rule, _steps(name, expression))
    elif rule.type == "boolean" and rule.help:
        yield Class(rule.help, {name: True})


def _constants(expression: Expression) -> Iterator[str]:
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, Sequence):
        for part in expression:
            yield from _constants(part)


def _steps(name: str, expression: Expression) -> list[float]:
    """Thresholds of the first `step` over a field, wherever it stands."""
    if not isinstance(expression, Sequence) or isinstance(expression, str) or not expression:
        return []
    if expression[0] == "step" and name in fields_read(expression[1]):
        return [float(stop) for stop in expression[3::2]]
    return next((steps for part in expression if (steps := _steps(name, part))), [])


def _ranges(name: str, rule: FieldRule, steps: Sequence[float]) -> Iterator[Class]:
    if not steps:
        return
    unit = f" {rule.unit}" if rule.unit else ""
    yield Class(_text(f"< {steps[0]:g}{unit}"), {name: steps[0] - 1e-6})
    for low, high in pairwise(steps):
        yield Class(_text(f"{low:g} – {high:g}{unit}"), {name: low})
    yield Class(_text(f"≥ {steps[-1]:g}{unit}"), {name: steps[-1]})


def _text(words: str) -> Text:
    return Text(vi=words.replace(".", ","), en=words)


def _swatch(layer: Layer, styled: Sequence[StyleLayer], properties: Mapping[str, Any]) -> Entry | None:
    """How a feature with these attributes looks, all style layers laid over each other; None when it is not drawn."""
    look: Entry = {}
    for one in styled:
        zoom = max(REFERENCE_ZOOM, one.get("minzoom", 0))
        for kind in layer.file.geometry:
            feature = Feature(kind, zoom, properties)
            if evaluate(one.get("filter", True), feature) is True:
                _lay_over(look, one, feature)
    return look or None


def _lay_over(look: Entry, one: StyleLayer, feature: Feature) -> None:
    values = {**one.get("layout", {}), **one.get("paint", {})}
    kind = one["type"]
    if kind == "symbol":
        icon = evaluate(values.get("icon-image"), feature)
        if icon and values.get("symbol-placement", "point") == "point":
            look["icon"] = icon
            look.setdefault("shape", "icon")
        return
    color = evaluate(values.get(_COLORS.get(kind, "")), feature)
    if not isinstance(color, str):
        return
    if kind == "line":
        _draw_line(look, values, color, feature)
    else:
        look.update(shape="circle" if kind == "circle" else "fill", color=color)
        stroke = evaluate(values.get(f"{kind}-stroke-color", values.get(f"{kind}-outline-color")), feature)
        _set(look, outline=stroke, opacity=evaluate(values.get(f"{kind}-opacity"), feature))


def _draw_line(look: Entry, values: Mapping[str, Any], color: str, feature: Feature) -> None:
    """A line round an area is its outline; a line over a wider one makes the wider one its casing."""
    if look.get("shape") in ("fill", "circle"):
        look["outline"] = color
        return
    width = evaluate(values.get("line-width", 1), feature)
    if look.get("shape") == "line" and (look.get("width") or 0) > (width or 0):
        look["casing"] = look["color"]
    look.update(shape="line", color=color)
    _set(look, width=round(width, 1) if width else None, dash=evaluate(values.get("line-dasharray"), feature))


def _set(look: Entry, **values: Any) -> None:
    look.update({name: value for name, value in values.items() if value is not None})
