"""The verdict as one page that needs nothing but itself: Vietnamese first, a map for each layer, fit for print."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from gis_server.catalog.model import Text
from loaders.checks.finding import Located
from loaders.verdict.picture import Picture, draw
from loaders.verdict.verdict import WORDS, Place, Verdict

ROWS_OF_A_CODE = 40
"""The GeoPackage and the JSON have all of them."""


@dataclass(frozen=True)
class Group:
    """Findings of one code and field in a layer."""

    about: dict[str, Any]
    rows: list[tuple[Located, Place | None]]
    more: int


@dataclass(frozen=True)
class Section:
    """One layer of the page."""

    layer: str
    title: str
    title_en: str
    rows: int
    counts: dict[str, int]
    waived: int
    groups: list[Group]
    picture: Picture | None


def page(verdict: Verdict) -> str:
    """The HTML text."""
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    space = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    sections = [_section(verdict, layer) for layer in _layers(verdict)]
    clean = [(layer, verdict.catalog[layer].file.title.vi, about["rows"])
             for layer, about in verdict.report["layers"].items() if layer not in _layers(verdict)]  # fmt: skip
    return space.from_string(source).render(
        report=verdict.report, refused=verdict.refused, refusals=verdict.report.get("refusals", []),
        sections=sections, clean=clean, words=WORDS, total=_counts(verdict, verdict.report["findings"]),
    )  # fmt: skip


def _layers(verdict: Verdict) -> list[str]:
    found = {one["layer"] for one in verdict.report["findings"]}
    layers = [layer.id for layer in verdict.catalog if layer.id in found]
    return layers + sorted(found.difference(layers))


def _title(verdict: Verdict, name: str) -> Text:
    """A layer's title; findings about letters name the delivered file instead of a layer."""
    known = verdict.catalog.layers.get(name)
    return Text(vi=f"Tệp {name}", en=f"File {name}") if known is None else known.file.title


def _section(verdict: Verdict, layer: str) -> Section:
    findings = [one for one in verdict.report["findings"] if one["layer"] == layer]
    both = [pair for pair in zip(verdict.located, verdict.places, strict=True) if pair[0].layer == layer]
    order = list(WORDS)
    findings.sort(key=lambda one: (order.index(verdict.codes[one["code"]].severity), -one["count"]))
    title = _title(verdict, layer)
    return Section(
        layer, title.vi, title.en, verdict.report["layers"].get(layer, {}).get("rows", 0), _counts(verdict, findings),
        sum(one.get("waived", 0) for one in findings), [_group(verdict, one, both) for one in findings],
        draw([(one, at) for one, at in both if at is not None], verdict.outlines.get(layer, []), verdict.codes),
    )  # fmt: skip


def _group(verdict: Verdict, finding: dict[str, Any], both: list[tuple[Located, Place | None]]) -> Group:
    rows = [pair for pair in both if (pair[0].code, pair[0].field) == (finding["code"], finding["field"])]
    about = verdict.codes[finding["code"]]
    said = {**finding, "severity": about.severity, "vi": about.vi, "en": about.en}
    if not rows:  # findings about waivers and files are not rows of a table
        rows = [(_without_place(finding, example), None) for example in finding["examples"]]
    shown = rows[:ROWS_OF_A_CODE]
    return Group(said, shown, max(0, finding["count"] - len(shown)))


def _without_place(finding: dict[str, Any], example: dict[str, Any]) -> Located:
    said = (finding["layer"], finding["code"], finding["field"], example["key"], example["value"])
    return Located(*said, waived=False, x=None, y=None)


def _counts(verdict: Verdict, findings: list[dict[str, Any]]) -> dict[str, int]:
    """Findings that nobody answers for, by severity."""
    counted: Counter[str] = Counter()
    for one in findings:
        counted[verdict.codes[one["code"]].severity] += one["count"] - one.get("waived", 0)
    return {severity: counted[severity] for severity in WORDS if counted[severity]}
