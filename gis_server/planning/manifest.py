"""What a dossier says and in which order: the rules of `layers/planning/_dossier.yaml`, checked against the catalog."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Strict, Text
from gis_server.catalog.words import read_yaml
from gis_server.errors import CatalogInvalid

WHERE = "layers/planning/_dossier.yaml"
Relation = Literal["overlap", "strip", "crossing", "near", "neighbour", "cells"]
NEEDS_REACH: frozenset[Relation] = frozenset({"strip", "near"})
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")]
"""A code that may stand in a statement: letters, digits and underscores only."""


class Parcels(Strict):
    """The layer of parcels, and which of its fields say what."""

    layer: str
    commune: str
    """Code of the commune that numbered the sheet."""
    commune_now: str
    """Code of the commune of today."""
    sheet: str
    number: str
    areas: list[str]
    """Recorded areas, m²."""


class Width(Strict):
    """Which field says how wide a line really is, in metres."""

    field: str
    is_: Literal["total", "side"] = Field(alias="is")


class Rule(Strict):
    """What one layer has to say about a parcel."""

    layer: str
    relation: Relation
    fields: list[str]
    reach_m: float = Field(0.0, ge=0, le=20_000)
    most: int = Field(200, ge=1, le=500)
    width: Width | None = None
    toward: str | None = None
    """Of a strip: the layer of axes on whose side it lies."""
    only: dict[str, list[Code]] = Field(default_factory=dict)
    lapsed: bool = False
    classes: list[float] = Field(default_factory=list)
    """Of cells: where each class of values begins, in the raster's unit, rising."""

    @model_validator(mode="after")
    def _keys_fit_the_relation(self) -> Self:
        if self.relation in NEEDS_REACH and not self.reach_m:
            raise ValueError(f"`reach_m` is needed for {self.relation}")
        if (self.toward is not None) != (self.relation == "strip"):
            raise ValueError("`toward` is needed for strip, and for no other")
        if bool(self.classes) != (self.relation == "cells") or self.classes != sorted(set(self.classes)):
            raise ValueError("`classes`, rising, are needed for cells, and for no other")
        if self.width is not None and (self.relation != "overlap" or not self.reach_m):
            raise ValueError("`width` goes with overlap and `reach_m`")
        return self


class Section(Strict):
    """A chapter of the dossier."""

    id: Code
    title: Text
    rules: list[Rule] = Field(min_length=1)


class MapLayer(Strict):
    layer: str
    label: str | None = None
    """The field that is written beside the shape."""


class MapRule(Strict):
    """A map of the page and the paper: layers from the lowest to the highest."""

    title: Text
    margin_m: float = Field(ge=5, le=500)
    layers: list[MapLayer] = Field(min_length=1)


class DossierFile(Strict):
    """`layers/planning/_dossier.yaml`."""

    parcels: Parcels
    meridians: dict[str, int]
    """Code of the old province → SRID of the grid of its legal areas."""
    tolerance_m: dict[int, float]
    """By denominator of scale."""
    sections: list[Section] = Field(min_length=1)
    maps: list[MapRule] = Field(default_factory=list)


@dataclass(frozen=True)
class Numbered:
    """A rule with its place in the whole file, which its rows carry back."""

    number: int
    section: Section
    rule: Rule


@dataclass(frozen=True)
class Manifest:
    """The rules, and a digest that changes whenever they do."""

    file: DossierFile
    digest: str

    @cached_property
    def rules(self) -> tuple[Numbered, ...]:
        found = [(section, rule) for section in self.file.sections for rule in section.rules]
        return tuple(Numbered(number, section, rule) for number, (section, rule) in enumerate(found))

    def seen(self, view: View) -> list[Numbered]:
        """The rules whose layers the caller may see; the others leave no trace."""
        return [one for one in self.rules if one.rule.layer in view.layers]

    def layers(self, catalog: Catalog, view: View) -> list[Layer]:
        """Every layer that a dossier of this view reads."""
        named = [self.file.parcels.layer, *(layer for one in self.rules for layer in _layers_of(one.rule))]
        return [catalog[layer] for layer in dict.fromkeys(named) if layer in view.layers]

    def tolerance_m(self, layer: Layer, parcels: Layer) -> float:
        """The coarser of the two layers' tolerances, each that of its finest scale."""
        scales = sorted(self.file.tolerance_m)
        fitting = [
            next((scale for scale in scales if scale >= min(one.file.scale)), scales[-1]) for one in (layer, parcels)
        ]
        return max(self.file.tolerance_m[scale] for scale in fitting)


def read_manifest(layers_folder: Path, catalog: Catalog) -> Manifest:
    """The manifest, or CatalogInvalid listing every mistake by key."""
    path = layers_folder / "planning" / "_dossier.yaml"
    try:
        content = path.read_bytes()
        file = DossierFile.model_validate(read_yaml(path))
    except OSError as error:
        raise _invalid([str(error.strerror)]) from error
    except yaml.YAMLError as error:
        raise _invalid([str(error)]) from error
    except ValidationError as error:
        listed = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
        raise _invalid(listed) from error
    if mistakes := list(_contradictions(file, catalog)):
        raise _invalid(mistakes)
    return Manifest(file, hashlib.sha256(content).hexdigest()[:16])


def _contradictions(file: DossierFile, catalog: Catalog) -> Iterator[str]:
    """Layers, fields, codes and grids that are named but not there."""
    parcels = file.parcels
    own = [parcels.commune, parcels.commune_now, parcels.sheet, parcels.number, *parcels.areas]
    yield from _missing(catalog, "parcels", parcels.layer, own)
    for section in file.sections:
        for rule in section.rules:
            where = f"sections.{section.id}.{rule.layer}"
            width = [rule.width.field] if rule.width else []
            yield from _missing(catalog, where, rule.layer, [*rule.fields, *rule.only, *width])
            yield from _missing(catalog, where, rule.toward or rule.layer, [])
            if rule.layer in catalog.layers:
                yield from _no_cells(where, catalog[rule.layer], rule)
                yield from _unknown_codes(catalog, where, catalog[rule.layer], rule.only)
    for one in (one for map_rule in file.maps for one in map_rule.layers):
        yield from _missing(catalog, "maps", one.layer, [one.label] if one.label else [])
    yield from (
        f"meridians: _crs.yaml has no grid {srid}" for srid in file.meridians.values() if srid not in _grids(catalog)
    )


def _missing(catalog: Catalog, where: str, layer: str, fields: list[str]) -> Iterator[str]:
    if layer not in catalog.layers:
        yield f"{where}: there is no layer {layer}"
        return
    yield from (f"{where}: {layer} has no field {name}" for name in fields if name not in catalog[layer].fields)


def _no_cells(where: str, layer: Layer, rule: Rule) -> Iterator[str]:
    raster = layer.file.raster
    if rule.relation == "cells" and (raster is None or raster.kind != "continuous"):
        yield f"{where}: {layer.id} is no raster of measured numbers"


def _unknown_codes(catalog: Catalog, where: str, layer: Layer, only: Mapping[str, list[str]]) -> Iterator[str]:
    for name, codes in only.items():
        domain = layer.fields[name].domain if name in layer.fields else None
        known: Mapping[str, Any] = catalog.domains[domain].values if domain else {}
        yield from (f"{where}: only.{name}: there is no code {code}" for code in codes if code not in known)


def _grids(catalog: Catalog) -> Mapping[int, Any]:
    return catalog.crs.file.grids


def _layers_of(rule: Rule) -> list[str]:
    return [rule.layer, rule.toward] if rule.toward else [rule.layer]


def _invalid(mistakes: list[str]) -> CatalogInvalid:
    listed = "\n".join(f"  {WHERE}: {mistake}" for mistake in mistakes)
    return CatalogInvalid(
        f"Tệp quy tắc của hồ sơ thửa đất có {len(mistakes)} lỗi. Hãy sửa:\n{listed}",
        f"The rules of the parcel dossier have {len(mistakes)} mistakes; correct what is listed above.",
    )
