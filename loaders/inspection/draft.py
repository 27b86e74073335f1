"""Proposes a profile for a delivery: YAML with the evidence of each choice, and everything that it does not map."""

import re
from collections.abc import Iterator

import yaml

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Domain
from gis_server.errors import DeliveryUnreadable
from loaders.classes import Delivered, class_rules
from loaders.fields import EXCEL
from loaders.inspection.facts import ColumnFacts, Inspection, LayerFacts
from loaders.labels import labels_of
from loaders.matching import likely_columns
from loaders.profile_reader import read_profile
from loaders.profiles import FieldRule

BASE = "nen_dia_ly"
"""The profile that knows both generations of base-data classes."""
DAY_FIRST = r"^\d{1,2}[/-]\d{1,2}[/-]\d{4}$"
COUNTED_DAY = r"^[2-6]\d{4}$"
"""How a workbook counts the days of 1954 to 2091."""
COMMA = r"^-?[\d.]+,\d+$"
HEAD = """\
# Bản nháp của `bando profile draft` cho {path}. Hãy đọc từng dòng, sửa những chỗ ghi CẦN, rồi nạp thử với --dry-run.
# A draft by `bando profile draft`. Read every line, mend what says CẦN (needed), then load it with --dry-run.
title: {{vi: "{path} (nháp)", en: "{path} (draft)"}}
source:                                   # CẦN: đơn vị giao nộp dữ liệu · needed: the supplier of the data
  id: {source}
  title: {{vi: "CẦN: tên đơn vị giao nộp", en: "NEEDED: name of the supplier"}}
  licence: agency
  attribution: "CẦN"
"""


def draft_profile(found: Inspection, catalog: Catalog) -> str:
    """The text of a profile that can be read as it stands; DeliveryUnreadable where no layer could be guessed."""
    rules = [one for one in found.layers if one.targets and one.verdict is None]
    rest = [one for one in found.layers if one not in rules]
    if not rules:
        raise DeliveryUnreadable(
            f"Không đoán được lớp đích nào cho {found.path}. Hãy xem `bando inspect` và chọn lớp bằng `bando layers`.",
            f"No target layer could be guessed for {found.path}. See `bando inspect` and `bando layers`.",
        )
    source = "".join(letter for letter in found.path.lower() if letter in "abcdefghijklmnopqrstuvwxyz0123456789_")
    lines = [HEAD.format(path=found.path, source=f"nhap_{source}"[:40]), *_grids(rules), *_tables(rules), "layers:\n"]
    drafted = _Draft(catalog)
    for one in rules:
        lines += drafted.rule(one)
    if rest:
        lines.append("skip:\n")
        lines += [line for one in rest for line in _skip(one)]
    return "".join(lines)


def _grids(rules: list[LayerFacts]) -> Iterator[str]:
    said = sorted({one.grid.vi for one in rules})
    for words in said:
        yield "# lưới · grid: {}\n".format(words.replace("\n", "\n#   "))
    if any("crs:" in words for words in said) and not any("crs" in one.reading for one in rules):
        yield "# CẦN · needed: crs: 9210   # hoặc lưới khác · or another grid\n"


def _tables(rules: list[LayerFacts]) -> Iterator[str]:
    """How each table is read. One `files` rule a file: of a workbook, the sheets that are laid out like the surest."""
    best: dict[str, LayerFacts] = {}
    for one in rules:
        if one.reading and one.targets[0].confidence > (
            best[one.file].targets[0].confidence if one.file in best else 0
        ):
            best[one.file] = one
    if best:
        yield "files:\n"
    for name, one in best.items():
        asked = "   # CẦN: xác nhận lưới · needed: confirm the grid" if "crs:" in one.grid.vi else ""
        sheets = [other for other in rules if other.file == name and other.reading]
        reading = dict(one.reading)
        if "sheet" in reading:
            reading["sheet"] = [other.layer for other in sheets if _laid_out(other) == _laid_out(one)]
        yield f"  - {_flow({'file': name.rpartition('/')[2], **reading})}{asked}\n"
        for other in sheets:
            if _laid_out(other) != _laid_out(one):
                yield f"  # CẦN · needed: {_plain(other.layer)}: bày khác, hồ sơ riêng · a profile apart\n"


def _laid_out(one: LayerFacts) -> dict[str, object]:
    return {key: said for key, said in one.reading.items() if key != "sheet"}


def _place(one: LayerFacts) -> dict[str, str]:
    return {"file": one.file.rpartition("/")[2]} | ({"layer": one.layer} if one.layer else {})


def _skip(one: LayerFacts) -> Iterator[str]:
    vi = one.verdict.vi if one.verdict else "không đoán được lớp đích"
    en = one.verdict.en if one.verdict else "no target layer could be guessed"
    yield f"  - {{from: {_flow(_place(one))}, reason: {_flow({'vi': vi, 'en': en})}}}\n"


class _Draft:
    """The rules of a draft, layer by layer."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.classes = read_profile(BASE, catalog).classes

    def rule(self, one: LayerFacts) -> Iterator[str]:
        guess = one.targets[0]
        layer = self.catalog[guess.layer]
        why = "; ".join(words.vi for words in guess.evidence)
        yield f"  # {one.rows} dòng · rows; độ tin cậy · confidence {guess.confidence:.0%}: {why}\n"
        for other in one.targets[1:]:
            yield f"  # hoặc · or: {other.layer} ({other.confidence:.0%})\n"
        if one.profiles:
            yield f"  # đã có hồ sơ nạp phù hợp · profiles that fit already: {', '.join(one.profiles)}\n"
        if one.family == "pre-2019":
            yield "  # họ trước 2019: mã có nghĩa khác · pre-2019 family: codes have other meanings\n"
        if layer.file.raster is not None:
            yield f"  - {{from: {_flow(_place(one))}, to: {layer.id}}}\n"
            return
        yield f"  - from: {_flow(_place(one))}\n    to: {layer.id}\n    fields:\n"
        yield from self._fields(one, layer)

    def _fields(self, one: LayerFacts, layer: Layer) -> Iterator[str]:
        matched, of_class = self._matched(one, layer)
        for ours, rule in layer.fields.items():
            if ours in of_class:
                column = _column(one, matched[ours])
                yield f"      {ours}: {self._of_class(of_class[ours], column, layer.fields[ours].domain)}\n"
            elif ours in matched:
                yield f"      {ours}: {self._of_column(_column(one, matched[ours]), layer, ours)}\n"
            elif ours in layer.key:
                yield f'      {ours}: {{template: "{{@file}}:{{@row}}"}}   # CẦN: khóa · needed: the key\n'
            elif rule.required:
                yield f"      {ours}: {{value: ~}}   # CẦN: trường bắt buộc · needed: required\n"
        yield from _left_out(one, set(matched.values()))

    def _matched(self, one: LayerFacts, layer: Layer) -> tuple[dict[str, str], dict[str, FieldRule]]:
        """Field → column; and the rules that the base-data model gives, where the layer is a class of it."""
        usable = [column.name for column in one.columns if column.personal is None]
        try:
            rules = class_rules(Delivered(one.file, one.layer, usable), self.classes, self.catalog)
        except DeliveryUnreadable:
            rules = []
        fields = next((rule.fields for rule in rules if rule.to == layer.id), None)
        if fields is None:
            return likely_columns(layer, usable), {}
        of_class = {ours: rule for ours, rule in fields.items() if rule.column in usable}
        return {ours: str(rule.column) for ours, rule in of_class.items()}, of_class

    def _of_class(self, rule: FieldRule, column: ColumnFacts, domain: str | None) -> str:
        """With the codes that mean another thing in this generation, and the words that stand in the column."""
        if not isinstance(rule.codes, dict) or domain is None:
            return _flow(rule.column)
        labels = labels_of(self.catalog.domains[domain])
        said = {old: code for old, code in rule.codes.items() if labels.get(old) != code or old in column.few}
        return _flow({"column": rule.column, "codes": said} if said else rule.column)

    def _of_column(self, column: ColumnFacts, layer: Layer, ours: str) -> str:
        """A column as it stands, or with what its values need: labels for codes, a date's order, decimal commas."""
        about = layer.fields[ours]
        texts = column.few or column.examples
        if about.domain is not None:
            return self._coded(column, self.catalog.domains[about.domain])
        if about.type in ("date", "datetime") and texts and all(re.match(DAY_FIRST, text) for text in texts):
            sign = "/" if "/" in texts[0] else "-"
            return _flow({"column": column.name, "date": f"%d{sign}%m{sign}%Y"})
        if about.type in ("date", "datetime") and texts and all(re.match(COUNTED_DAY, text) for text in texts):
            return _flow({"column": column.name, "date": EXCEL})
        if about.type in ("number", "integer") and any(re.match(COMMA, text) for text in texts):
            return _flow({"column": column.name, "decimal": ","})
        return _flow(column.name)

    def _coded(self, column: ColumnFacts, domain: Domain) -> str:
        """Codes or their words; what is neither is named, to be written into `codes` by hand."""
        values = [value for value in column.few or column.examples if value not in domain.values]
        labels = labels_of(domain)
        unknown = [_plain(value) for value in values if value not in labels]
        remark = f"   # mã không có trong danh mục · codes not in the list: {', '.join(unknown)}" if unknown else ""
        words = len(unknown) < len(values)
        return _flow({"column": column.name, "codes": "labels"} if words else column.name) + remark


def _column(one: LayerFacts, name: str) -> ColumnFacts:
    return next(column for column in one.columns if column.name == name)


def _left_out(one: LayerFacts, used: set[str]) -> Iterator[str]:
    for column in one.columns:
        if column.personal is not None:
            yield f"      # bỏ, dữ liệu cá nhân · dropped, personal data ({column.personal}): {_plain(column.name)}\n"
        elif column.name not in used | _places(one):
            examples = " | ".join(map(_plain, column.examples))
            yield f"      # không đưa vào trường nào · not mapped: {_plain(column.name)} ({examples})\n"


def _places(one: LayerFacts) -> set[str]:
    """Columns that became the geometry."""
    return {str(one.reading[key]) for key in ("east", "north", "to_east", "to_north", "wkt") if key in one.reading}


def _flow(value: object) -> str:
    """A value as YAML on one line; names may hold anything."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False).strip()
    return text.removesuffix("...").strip()


def _plain(text: str) -> str:
    """Text that cannot end a comment."""
    return " ".join(text.split())[:60]
