"""Derives a layer's legend from the style's own expressions: one entry for each look that the map tells apart."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from gis_server.catalog.catalog import Layer
from gis_server.catalog.expressions import Expression, fields_read
from gis_server.catalog.model import Domain, FieldRule, LegendItem, Text
from gis_server.catalog.swatch import TELLING, Entry, StyleLayer, swatch

UNCLASSIFIED: Final = Text(vi="Chưa phân loại", en="Not classified")
"""What the code list and the ranges leave over: features without a value."""
NAMES_SHOWN: Final = 4
"""Codes drawn alike share an entry; more of them than this are counted instead of named."""


@dataclass(frozen=True)
class Class:
    """Features that a legend may tell apart by one field: a title, an example, and the code or the span of numbers."""

    field: str
    title: Text
    example: Any
    code: str | None = None
    expired: bool = False
    span: tuple[float | None, float | None] | None = None
    """From this number on, and below that one; open where there is none."""


def legend(
    layer: Layer, styled: Sequence[StyleLayer], domains: Mapping[str, Domain], extra: Collection[LegendItem] = ()
) -> list[Entry]:
    """Entries field by field, in the order of the code lists; a layer drawn in one way has one entry, its own title."""
    plain = swatch(layer, styled, {})
    entries = [entry for name in _fields(layer, styled) for entry in _told_by(layer, styled, domains, name)]
    if plain and not entries:
        entries = [{"title": layer.file.title.model_dump(), **plain}]
    elif plain and not any(plain.items() <= entry.items() for entry in entries):
        entries.append({"title": UNCLASSIFIED.model_dump(), **plain})
    return entries + [item.model_dump(exclude_none=True) for item in extra]


def _fields(layer: Layer, styled: Sequence[StyleLayer]) -> list[str]:
    """Fields that decide how a feature looks, the most telling property first."""
    found = [name for expression in _telling(styled) for name in sorted(fields_read(expression))]
    return [name for name in dict.fromkeys(found) if name in layer.fields]


def _telling(styled: Sequence[StyleLayer]) -> list[Expression]:
    """What decides how a feature looks; labels are no part of a legend."""
    shown = [one for one in styled if one["type"] != "symbol" or "icon-image" in one.get("layout", {})]
    values = [{**one.get("layout", {}), **one.get("paint", {})} for one in shown]
    told = [value[name] for name in TELLING for value in values if name in value]
    return told + [one["filter"] for one in shown if "filter" in one]


def _told_by(layer: Layer, styled: Sequence[StyleLayer], domains: Mapping[str, Domain], name: str) -> list[Entry]:
    """Entries of one field; none when all its values look alike."""
    looks: list[tuple[Entry, list[Class]]] = []
    for one in _classes(name, layer.fields[name], styled, domains):
        look = swatch(layer, styled, {name: one.example})
        if look is None:
            continue
        same = next((classes for known, classes in looks if known == look), None)
        if same is None:
            looks.append((look, [one]))
        else:
            same.append(one)
    return [_entry(look, classes) for look, classes in looks] if len(looks) > 1 else []


def _entry(look: Entry, classes: Sequence[Class]) -> Entry:
    codes = [one.code for one in classes if one.code is not None]
    coded = {"field": classes[0].field, "codes": codes} if codes else {}
    spans = [one.span for one in classes if one.span is not None]
    ranged = {"field": classes[0].field, "spans": spans} if spans else {}
    return {"title": _title(classes).model_dump(), **look, **coded, **ranged}


def _title(classes: Sequence[Class]) -> Text:
    """The words of the codes in use, before those no longer given; many are cut short with their number."""
    titles = [one.title for one in sorted(classes, key=lambda one: one.expired)]
    shown, rest = titles[:NAMES_SHOWN], len(titles) - NAMES_SHOWN
    more = f" … (+{rest})" if rest > 0 else ""
    return Text(vi="; ".join(one.vi for one in shown) + more, en="; ".join(one.en for one in shown) + more)


def _classes(
    name: str, rule: FieldRule, styled: Sequence[StyleLayer], domains: Mapping[str, Domain]
) -> Iterator[Class]:
    if rule.domain is not None:
        for code, value in domains[rule.domain].values.items():
            yield Class(name, Text(vi=value.vi, en=value.en), code, code, value.until is not None)
    elif rule.type in ("integer", "number"):
        yield from _ranges(name, rule, _steps(name, _telling(styled)))
    elif rule.type == "boolean" and rule.help is not None:
        yield Class(name, rule.help, True)
        yield Class(name, Text(vi=f"{rule.help.vi}: không", en=f"{rule.help.en}: no"), False)


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
    yield Class(name, _amount(f"< {steps[0]:g}{unit}"), steps[0] - 1e-6, span=(None, steps[0]))
    for low, high in pairwise(steps):
        yield Class(name, _amount(f"{low:g} – {high:g}{unit}"), low, span=(low, high))
    yield Class(name, _amount(f"≥ {steps[-1]:g}{unit}"), steps[-1], span=(steps[-1], None))


def _amount(words: str) -> Text:
    return Text(vi=words.replace(".", ","), en=words)
