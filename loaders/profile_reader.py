"""Reads profiles and holds them against the catalog; every mistake in a file is reported at once, by file and key."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Domain
from gis_server.catalog.rasters import FACTS
from gis_server.catalog.words import read_yaml
from gis_server.errors import ProfileInvalid
from loaders.conditions import mistakes_in, pattern_mistake
from loaders.grid.national import known_grids
from loaders.grid.reading import parse_reading
from loaders.labels import labels_of
from loaders.personal import read_personal
from loaders.profiles import AUTO, CodesFile, FieldRule, LayerRule, Profile, Turned

LABELS = "labels"
PROFILES = Path(__file__).parent / "profiles"
TEMPLATE_COLUMN = re.compile(r"\{([^{}]+)\}")


def read_profile(name: str, catalog: Catalog, beside: Path | None = None) -> Profile:
    """A profile by name, by path, or lying beside a delivery's manifest; ProfileInvalid lists every mistake."""
    path = _path_of(name, beside)
    try:
        profile = Profile.model_validate(read_yaml(path))
    except yaml.YAMLError as error:
        raise invalid(path, [" ".join(str(error).split())]) from None
    except ValidationError as error:
        raise invalid(path, [_sentence(one) for one in error.errors(include_url=False)]) from None

    profile = _with_facts(_with_labels(profile, catalog), catalog)
    if mistakes := contradictions(profile, catalog):
        raise invalid(path, mistakes)
    return profile


def _with_labels(profile: Profile, catalog: Catalog) -> Profile:
    """`codes: labels` becomes the table of the field's own code list, words → code."""
    rules = []
    for rule in profile.layers:
        fields = {name: _labelled(field, _domain(rule, name, catalog)) for name, field in rule.fields.items()}
        rules.append(rule.model_copy(update={"fields": fields}))
    return profile.model_copy(update={"layers": rules})


def _labelled(field: FieldRule, domain: Domain | None) -> FieldRule:
    if domain is None:
        return field
    if field.codes == LABELS:
        return field.model_copy(update={"codes": labels_of(domain)})
    return field.model_copy(update={"first": [_labelled(one, domain) for one in field.first]}) if field.first else field


def _domain(rule: LayerRule, name: str, catalog: Catalog) -> Domain | None:
    layer = catalog.layers.get(rule.to)
    about = layer.fields.get(name) if layer is not None else None
    return None if about is None or about.domain is None else catalog.domains[about.domain]


def _with_facts(profile: Profile, catalog: Catalog) -> Profile:
    """What is measured of a raster fills the fields of that name, unless the profile says otherwise."""
    facts = {name: FieldRule(column=name) for name in FACTS if name not in profile.fields}
    rasters = {layer.id for layer in catalog if layer.file.raster is not None}
    rules = [
        rule.model_copy(update={"fields": {**facts, **rule.fields}}) if rule.to in rasters else rule
        for rule in profile.layers
    ]
    return profile.model_copy(update={"layers": rules})


def invalid(path: Path, mistakes: list[str]) -> ProfileInvalid:
    listed = "\n".join(f"  {path.name}: {mistake}" for mistake in mistakes)
    return ProfileInvalid(
        f"Hồ sơ nạp {path.name} có {len(mistakes)} lỗi:\n{listed}",
        f"The profile {path.name} has {len(mistakes)} mistakes; they are listed above.",
    )


def _path_of(name: str, beside: Path | None) -> Path:
    candidates = [PROFILES / f"{name}.yaml", Path(name)]
    if beside is not None:
        candidates.insert(0, beside / name)
    for path in candidates:
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in PROFILES.glob("*.yaml")))
    raise ProfileInvalid(
        f"Không có hồ sơ nạp “{name}”. Các hồ sơ nạp có sẵn: {known}.",
        f"There is no profile “{name}”. Available profiles: {known}.",
    )


def _sentence(error: Any) -> str:
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"


def contradictions(profile: Profile, catalog: Catalog) -> list[str]:
    """Every place where a profile names something that the catalog or the profile itself does not have."""
    mistakes = list(_of_crs(profile, catalog))
    for place, rule in enumerate(profile.layers):
        where = f"layers.{place}"
        mistakes += mistakes_in(f"{where}.from.where", rule.source.where)
        if isinstance(rule.geometry, Turned):
            mistakes += mistakes_in(f"{where}.geometry.reverse_where", rule.geometry.reverse_where)
        if rule.to not in catalog.layers:
            mistakes.append(f"{where}.to: there is no layer {rule.to}")
            continue
        mistakes += _of_rule(where, rule, profile, catalog)
    for place, classes in enumerate(profile.classes):
        if not any(fnmatchcase(name, classes.layers) for name in catalog.layers):
            mistakes.append(f"classes.{place}.layers: no layer is called {classes.layers}")
    mistakes += _of_tables(profile)
    for place, skip in enumerate(profile.skip):
        mistakes += mistakes_in(f"skip.{place}.from.where", skip.source.where)
    return mistakes


def _of_crs(profile: Profile, catalog: Catalog) -> Iterator[str]:
    named = [("crs", profile.crs), *((f"files.{place}.crs", rule.crs) for place, rule in enumerate(profile.files))]
    for key, srid in named:
        if srid in (None, AUTO):
            continue
        try:
            parse_reading(srid or "", known_grids(catalog.crs))
        except ValueError as error:
            yield f"{key}: {error}"
    for place, rule in enumerate(profile.files):
        if (rule.east is None) != (rule.north is None):
            yield f"files.{place}: `east` and `north` go together"


def _of_tables(profile: Profile) -> Iterator[str]:
    personal = read_personal()
    for name, table in profile.codes.items():
        if isinstance(table, CodesFile):
            if personal.by_name(table.value):
                yield f"codes.{name}.value: {table.value} holds personal data"
            if table.extract is not None:
                yield from pattern_mistake(f"codes.{name}.extract", table.extract)


def _of_rule(where: str, rule: LayerRule, profile: Profile, catalog: Catalog) -> Iterator[str]:
    layer = catalog[rule.to]
    fields = profile.fields_of(rule, set(layer.fields))
    for name, field in fields.items():
        if name not in layer.fields:
            yield f"{where}.fields.{name}: layer {layer.id} has no such field"
        else:
            yield from _of_field(f"{where}.fields.{name}", field, profile, _codes(layer, name, catalog))
    for name in {*layer.key, *(name for name, one in layer.fields.items() if one.required)} - set(fields):
        yield f"{where}.fields: {layer.id}.{name} is required and nothing fills it"


def _of_field(where: str, field: FieldRule, profile: Profile, codes: set[str] | None) -> Iterator[str]:
    if isinstance(field.codes, str) and field.codes not in profile.codes:
        yield f"{where}.codes: the profile has no table of codes “{field.codes}”"
        return
    if field.extract is not None:
        yield from pattern_mistake(f"{where}.extract", field.extract)
    for place, member in enumerate(field.first or []):
        yield from _of_field(f"{where}.first.{place}", member, profile, codes)
    if codes is not None:
        for code in sorted(_written(field, profile) - codes):
            yield f"{where}: “{code}” is not in the code list"


def _written(field: FieldRule, profile: Profile) -> set[str]:
    """The codes that a rule writes by name."""
    named = {*(profile.codes_of(field) or {}).values(), field.default}
    if field.value is not None:
        named.add(str(field.value))
    return {code for code in named if code is not None}


def _codes(layer: Layer, name: str, catalog: Catalog) -> set[str] | None:
    domain = layer.fields[name].domain
    return None if domain is None else set(catalog.domains[domain].values)


def columns_of(field: FieldRule, also_optional: bool = True) -> set[str]:
    """The columns a field rule reads."""
    named = {field.column, *(field.join or [])} if also_optional or not field.optional else set()
    named |= set(TEMPLATE_COLUMN.findall(field.template or ""))
    for member in field.first or []:
        named |= columns_of(member, also_optional)
    return {name for name in named if name is not None}
