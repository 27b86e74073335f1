"""Proposes a profile for a delivery: YAML with the evidence of each choice, and everything that it does not map."""

from collections.abc import Iterator

import yaml

from gis_server.catalog import Catalog, Layer
from gis_server.errors import DeliveryUnreadable
from loaders.inspection.facts import Inspection, LayerFacts
from loaders.inspection.targets import matched_columns

HEAD = """\
# Bản nháp của `bando profile draft` cho {path}. Đọc từng dòng, sửa chỗ ghi CẦN, rồi nạp thử với --dry-run.
# A draft by `bando profile draft`. Read every line, mend what says CẦN (needed), then load it with --dry-run.
title: {{vi: "{path} (nháp)", en: "{path} (draft)"}}
source:                                   # CẦN: cơ quan giao dữ liệu · needed: the office that delivers
  id: {source}
  title: {{vi: "CẦN: tên cơ quan", en: "NEEDED: name of the office"}}
  licence: agency
  attribution: "CẦN"
"""


def draft_profile(found: Inspection, catalog: Catalog) -> str:
    """The text of a profile that can be read as it stands; DeliveryUnreadable where no layer could be guessed."""
    rules = [one for one in found.layers if one.targets and one.verdict is None]
    rest = [one for one in found.layers if one not in rules]
    if not rules:
        raise DeliveryUnreadable(
            f"Không đoán được lớp đích nào cho {found.path}. Xem `bando inspect`, chọn lớp bằng `bando layers`.",
            f"No target layer could be guessed for {found.path}. See `bando inspect` and `bando layers`.",
        )
    source = "".join(letter for letter in found.path.lower() if letter in "abcdefghijklmnopqrstuvwxyz0123456789_")
    lines = [HEAD.format(path=found.path, source=f"nhap_{source}"[:40]), *_grids(rules), "layers:\n"]
    for one in rules:
        lines += _rule(one, catalog)
    if rest:
        lines.append("skip:\n")
        lines += [line for one in rest for line in _skip(one)]
    return "".join(lines)


def _grids(rules: list[LayerFacts]) -> Iterator[str]:
    said = sorted({one.grid.vi for one in rules})
    for words in said:
        yield f"# lưới · grid: {words}\n"
    if any("crs:" in words for words in said):
        yield "# CẦN · needed: crs: 9210   # hoặc lưới khác · or another grid\n"


def _rule(one: LayerFacts, catalog: Catalog) -> Iterator[str]:
    guess = one.targets[0]
    layer = catalog[guess.layer]
    why = "; ".join(words.vi for words in guess.evidence)
    yield f"  # {one.rows} dòng · rows; tin cậy · confidence {guess.confidence:.0%}: {why}\n"
    for other in one.targets[1:]:
        yield f"  # hoặc · or: {other.layer} ({other.confidence:.0%})\n"
    if one.profiles:
        yield f"  # đã có hồ sơ hợp · profiles that fit already: {', '.join(one.profiles)}\n"
    if one.family == "pre-2019":
        yield "  # họ trước 2019: số của mã khác nghĩa, thêm `codes:` · pre-2019: other code numbers, add `codes:`\n"
    place = {"file": one.file.rpartition("/")[2]} | ({"layer": one.layer} if one.layer else {})
    if layer.file.raster is not None:
        yield f"  - {{from: {_flow(place)}, to: {layer.id}}}\n"
        return
    yield f"  - from: {_flow(place)}\n    to: {layer.id}\n    fields:\n"
    yield from _fields(one, layer, catalog)


def _fields(one: LayerFacts, layer: Layer, catalog: Catalog) -> Iterator[str]:
    usable = [column for column in one.columns if column.personal is None]
    matched = matched_columns(layer, [column.name for column in usable])
    for ours, rule in layer.fields.items():
        if ours in matched:
            yield f"      {ours}: {_flow(matched[ours])}{_codes_of(one, matched[ours], rule.domain, catalog)}\n"
        elif ours in layer.key:
            yield f'      {ours}: {{template: "{{@file}}:{{@row}}"}}   # CẦN: khóa · needed: the key\n'
        elif rule.required:
            yield f"      {ours}: {{value: ~}}   # CẦN: trường bắt buộc · needed: required\n"
    for column in one.columns:
        if column.personal is not None:
            yield f"      # bỏ, dữ liệu cá nhân · dropped, personal data ({column.personal}): {_plain(column.name)}\n"
        elif column.name not in matched.values():
            examples = " | ".join(map(_plain, column.examples))
            yield f"      # không ánh xạ · not mapped: {_plain(column.name)} ({examples})\n"


def _codes_of(one: LayerFacts, name: str, domain: str | None, catalog: Catalog) -> str:
    """A remark where the column's values are not in the code list."""
    column = next(column for column in one.columns if column.name == name)
    if domain is None:
        return ""
    unknown = [_plain(value) for value in column.examples if value not in catalog.domains[domain].values]
    return f"   # mã lạ · unknown codes: {', '.join(unknown)}" if unknown else ""


def _skip(one: LayerFacts) -> Iterator[str]:
    place = {"file": one.file.rpartition("/")[2]} | ({"layer": one.layer} if one.layer else {})
    vi = one.verdict.vi if one.verdict else "không đoán được lớp đích"
    en = one.verdict.en if one.verdict else "no target layer could be guessed"
    yield f"  - {{from: {_flow(place)}, reason: {_flow({'vi': vi, 'en': en})}}}\n"


def _flow(value: object) -> str:
    """A value as YAML on one line; names may hold anything."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000).strip()
    return text.removesuffix("...").strip()


def _plain(text: str) -> str:
    """Text that cannot end a comment."""
    return " ".join(text.split())[:60]
