"""Deliveries in a class model: which of our layers a class is, and which of its columns are our fields."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gis_server.catalog import Catalog, Layer
from gis_server.errors import DeliveryUnreadable
from loaders.families import OBJECT_CODE, Family, aliases, family_of, names_said, new_names, without_suffix
from loaders.labels import labels_of
from loaders.matching import matched_columns
from loaders.personal import DBF_LENGTH, folded
from loaders.profiles import ClassesRule, FieldRule, FromRule, LayerRule


@dataclass(frozen=True)
class Delivered:
    """One layer of a delivered file, by what it is called."""

    file: str
    layer: str
    columns: Collection[str]

    def column(self, *names: str) -> str | None:
        """The first of these columns that is there, in any spelling or cut by a DBF."""
        for wanted in map(folded, names):
            for name in self.columns:
                if folded(name) == wanted or (len(name) == DBF_LENGTH and folded(name) == wanted[:DBF_LENGTH]):
                    return name
        return None


def class_rules(one: Delivered, rules: list[ClassesRule], catalog: Catalog) -> list[LayerRule]:
    """Rules for a delivered layer, made from its class name and columns. DeliveryUnreadable where it could be of both
    generations and has codes that mean different things in them."""
    found = [(rule, layer) for rule in rules for layer in _layers(one, rule, catalog)]
    family = family_of(one.columns)
    said: set[Family] = {rule.family for rule, _ in found}
    if family is None and len(said) > 1:
        _refuse_unknown_family(one, [layer for _, layer in found])
        family = "2019+"
    return [_rule(one, rule, layer, catalog) for rule, layer in found if family in (None, rule.family)]


def _layers(one: Delivered, rule: ClassesRule, catalog: Catalog) -> Iterator[Layer]:
    """The layers that the class may be; several where today's model splits it by feature type code."""
    names = names_said(one.file, one.layer)
    split = next((glob for name, glob in rule.split.items() if folded(name) in names), None)
    classes = _classes(names, rule.family)
    for layer in catalog:
        if not fnmatchcase(layer.id, rule.layers):
            continue
        if split is not None:
            wanted = fnmatchcase(layer.id, split) and bool(_object_codes(layer, catalog))
        else:
            wanted = layer.file.standard is not None and folded(layer.file.standard.class_name) in classes
        if wanted:
            yield layer


def _classes(names: list[str], family: Family) -> set[str]:
    """Folded classes of today that these names stand for in a generation."""
    same = {*names, *map(without_suffix, names)}
    if family == "2019+":
        return same
    renamed = {folded(known) for name in names if name in aliases() for known in aliases()[name].classes}
    return renamed or same - new_names()


def _object_codes(layer: Layer, catalog: Catalog) -> list[str]:
    rule = layer.fields.get("maDoiTuong")
    return list(catalog.domains[rule.domain].values) if rule is not None and rule.domain is not None else []


def _rule(one: Delivered, rule: ClassesRule, layer: Layer, catalog: Catalog) -> LayerRule:
    others = [found for found in _layers(one, rule, catalog) if found is not layer]
    code = one.column(OBJECT_CODE) or OBJECT_CODE
    where = [{code: _object_codes(layer, catalog)}] if others else [{}]
    source = FromRule.model_validate({"where": where})
    return LayerRule.model_validate({"from": source, "to": layer.id, "fields": _fields(one, rule, layer, catalog)})


def _fields(one: Delivered, rule: ClassesRule, layer: Layer, catalog: Catalog) -> dict[str, FieldRule]:
    matched = matched_columns(layer, sorted(one.columns))
    for ours, names in rule.renamed.items():
        column = one.column(*names)
        if ours in layer.fields and ours not in matched and column is not None:
            matched[ours] = column
    fields = {ours: made for ours, column in matched.items() if (made := _field(ours, column, rule, layer, catalog))}
    return {**{key: FieldRule(column=key) for key in layer.key}, **fields}


def _field(ours: str, column: str, rule: ClassesRule, layer: Layer, catalog: Catalog) -> FieldRule | None:
    """None for a code whose old numbers nobody has written down: it is named as a column that is not read."""
    domain = layer.fields[ours].domain
    if domain is None or folded(ours) == OBJECT_CODE:
        return FieldRule(column=column)
    if rule.numbers_differ and ours not in {*rule.codes, *rule.same_codes}:
        return None
    return FieldRule(column=column, codes={**labels_of(catalog.domains[domain]), **rule.codes.get(ours, {})})


def _refuse_unknown_family(one: Delivered, layers: list[Layer]) -> None:
    coded = sorted(
        {
            column
            for layer in layers
            for ours, column in matched_columns(layer, sorted(one.columns)).items()
            if layer.fields[ours].domain is not None and folded(ours) != OBJECT_CODE
        }
    )
    if coded:
        raise DeliveryUnreadable(
            f"{one.file} · {one.layer}: không rõ lớp thuộc họ từ 2019 hay trước 2019 (thiếu phienBan, ngayThuNhan), "
            f"mà mã ở {', '.join(coded)} có nghĩa khác nhau giữa hai họ. Hãy hỏi đơn vị giao nộp, rồi viết hồ sơ nạp "
            "riêng.",
            f"{one.file} · {one.layer}: neither phienBan nor ngayThuNhan tells whether the class is from 2019 on or "
            "before, "
            f"and the numbers in {', '.join(coded)} mean different things in the two. Ask the supplier, then write a "
            "profile for this layer.",
        )
