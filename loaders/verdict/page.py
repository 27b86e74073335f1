"""The verdict as one page that needs nothing but itself: Vietnamese first, list and map of findings, fit for print."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gis_server.catalog.model import Text
from gis_server.paper.paper import paper
from loaders.checks.finding import Located
from loaders.verdict.advice import next_step, read_advice
from loaders.verdict.ground import ground, sheet_of
from loaders.verdict.verdict import WORDS, Place, Verdict

MOST_LISTED = 20_000
"""Findings on the page; the GeoPackage and the JSON have all of them."""
WRITTEN = "%d/%m/%Y %H:%M"
Row = tuple[Located, Place | None]


def page(verdict: Verdict, written: datetime) -> bytes:
    """The HTML file; `written` is in the city's time."""
    kinds, rows = _kinds(verdict), _rows(verdict)
    listed = rows[:MOST_LISTED]
    severities = [severity for severity in WORDS if any(one["severity"] == severity for one in kinds)]
    content = {
        "report": verdict.report, "written": f"{written:{WRITTEN}}", "words": WORDS, "severities": severities,
        "refused": verdict.refused, "refusals": verdict.report.get("refusals", []),
        "to_look_at": any(one["severity"] in ("error", "warning") and one["count"] > one["waived"] for one in kinds),
        "next_step": next_step(verdict), "numbers": _numbers(verdict), "kinds": kinds,
        "clean": _clean(verdict), "files": _files(verdict), "not_listed": len(rows) - len(listed),
    }  # fmt: skip
    return paper(Path(__file__).parent, "page", content, _data(verdict, listed, severities))


def _kinds(verdict: Verdict) -> list[dict[str, Any]]:
    """A line for each code, layer and field, the gravest and most frequent first."""
    advice = read_advice()
    lines = []
    for one in verdict.report["findings"]:
        about, title = verdict.codes[one["code"]], title_of(verdict, one["layer"])
        said = {"severity": about.severity, "vi": about.vi, "en": about.en, "waived": one.get("waived", 0)}
        lines.append({**one, **said, "title": title, "advice": advice.get(one["code"])})
    order = list(WORDS)
    return sorted(lines, key=lambda one: (order.index(one["severity"]), -one["count"], one["layer"]))


def title_of(verdict: Verdict, name: str) -> Text:
    """A layer's title; findings about letters name the delivered file instead of a layer."""
    known = verdict.catalog.layers.get(name)
    return Text(vi=f"Tệp {name}", en=f"File {name}") if known is None else known.file.title


def _rows(verdict: Verdict) -> list[Row]:
    """Findings one by one, the gravest first; where no row is kept (about files, waivers) the examples."""
    rows: list[Row] = list(zip(verdict.located, verdict.places, strict=True))
    kept = {(one.layer, one.code, one.field) for one in verdict.located}
    for one in verdict.report["findings"]:
        said = (one["layer"], one["code"], one["field"])
        if said not in kept:
            examples = one["examples"] or [{"key": None, "value": None}]
            rows += [(Located(*said, each["key"], each["value"], False, None, None), None) for each in examples]
    order = list(WORDS)
    return sorted(rows, key=lambda row: (row[0].waived, order.index(verdict.codes[row[0].code].severity)))


def _data(verdict: Verdict, rows: list[Row], severities: list[str]) -> dict[str, Any]:
    """What the page's script draws and lists."""
    advice = read_advice()
    codes = {one.code: verdict.codes[one.code] for one, _ in rows}
    layers = dict.fromkeys(one.layer for one, _ in rows)
    sheet = sheet_of([at for _, at in rows if at is not None])
    return {
        "severities": [{"id": one, "vi": WORDS[one][0], "en": WORDS[one][1]} for one in severities],
        "codes": {
            code: {"severity": about.severity, "vi": about.vi, "en": about.en, "advice": _plain(advice.get(code))}
            for code, about in sorted(codes.items())
        },
        "layers": {layer: _plain(title_of(verdict, layer)) for layer in layers},
        "findings": [_finding(one, at, sheet) for one, at in rows],
        "ground": ground(verdict, sheet),
    }


def _finding(one: Located, at: Place | None, sheet: tuple[float, float]) -> list[Any]:
    said = [one.layer, one.code, one.field, one.key, one.value, one.waived]
    if at is None:
        return [*said, None, None]
    place = [round(at.east, 3), round(at.north, 3), round(at.longitude, 7), round(at.latitude, 7)]
    return [*said, place, [round(at.east - sheet[0], 2), round(at.north - sheet[1], 2)]]


def _plain(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"vi": text.vi, "en": text.en}


def _numbers(verdict: Verdict) -> list[tuple[Text, int]]:
    """The account and the findings that nobody answers for."""
    lines = verdict.report["account"].values()
    account = (
        ("dòng đọc", "rows read", sum(line["read"] for line in lines)),
        ("qua cổng kiểm tra", "passed the gate", sum(line["loaded"] for line in lines)),
        ("để riêng", "set aside", sum(sum(line["set_aside"].values()) for line in lines)),
        (
            "bỏ qua, có lý do",
            "left out, with a reason",
            sum(why["count"] for line in lines for why in line["left_out"]),
        ),
    )
    counted: Counter[str] = Counter()
    for one in verdict.report["findings"]:
        counted[verdict.codes[one["code"]].severity] += one["count"] - one.get("waived", 0)
    found = [(*WORDS[severity], counted[severity]) for severity in WORDS if counted[severity]]
    return [(Text(vi=vi, en=en), number) for vi, en, number in (*account, *found)]


def _clean(verdict: Verdict) -> list[tuple[Text, str, int]]:
    found = {one["layer"] for one in verdict.report["findings"]}
    layers: Mapping[str, Any] = verdict.report["layers"]
    return [(title_of(verdict, name), name, about["rows"]) for name, about in layers.items() if name not in found]


def _files(verdict: Verdict) -> list[tuple[dict[str, str], list[str]]]:
    """Files that were not read, by reason."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for name, why in verdict.report["files_left_out"].items():
        by_reason.setdefault((why["vi"], why["en"]), []).append(name)
    return [({"vi": vi, "en": en}, names) for (vi, en), names in by_reason.items()]
