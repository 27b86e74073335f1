"""A view is what one kind of caller may see: layers, and of each its fields and rows. Compiled once, at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import ACCESS_ORDER, Access, ViewRule
from gis_server.db.rows import rows_condition
from gis_server.db.statements import quoted, text
from gis_server.errors import UnknownLayer

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class View:
    """Layer id → visible fields; what is not in it does not exist for the caller."""

    name: str
    layers: Mapping[str, tuple[str, ...]]
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Layer id → SQL condition of the rows that are seen; layers that are not in it are seen whole."""
    archives: frozenset[str] = frozenset()
    """Archives of tiles that others made."""

    @property
    def is_public(self) -> bool:
        return self.name == "public"

    @cached_property
    def fields(self) -> Mapping[str, frozenset[str]]:
        """The fields of each layer, for asking whether one is among them."""
        return {layer: frozenset(fields) for layer, fields in self.layers.items()}

    def layer(self, catalog: Catalog, layer_id: str) -> Layer:
        """A layer by its id; hidden and unknown ones are refused in the same words."""
        if layer_id not in self.layers:
            raise unknown_layer(layer_id)
        return catalog[layer_id]

    def rows(self, layer: Layer) -> str:
        """What a FROM takes as the layer's served rows: every query of a view reads them so, and never the table."""
        return self._seen(layer, layer.table)

    def ended(self, layer: Layer) -> str:
        """The same of its ended rows: a version is seen or not by its own values."""
        return self._seen(layer, layer.history)

    def since(self, layer: Layer) -> str:
        """What a SELECT takes as the release that a row “served” is of: the last that changed what the view sees of it.

        The row's own would tell when something hidden changed, a certificate for example.
        """
        if len(self.layers[layer.id]) == len(layer.fields):
            return "served.born"
        names = [quoted(name) for name in (*self.layers[layer.id], "source", "geom")]
        sides = {side: ", ".join(f"{side}.{name}" for name in names) for side in ("past", "version")}
        own = ", ".join(f"served.{name}" for name in names)
        return text(SQL, "since", own=own, ended=self.ended(layer), **sides)

    def _seen(self, layer: Layer, table: str) -> str:
        condition = self.conditions.get(layer.id)
        return table if condition is None else f"(SELECT * FROM {table} WHERE {condition})"


def unknown_layer(layer_id: str) -> UnknownLayer:
    shown = layer_id[:80]
    return UnknownLayer(
        f"Không có lớp hay bản đồ “{shown}”. Xem danh sách lớp ở /collections.",
        f"There is no layer or map “{shown}”. The layers are listed at /collections.",
    )


def compile_views(catalog: Catalog) -> dict[str, View]:
    """Every view of `layers/_views.yaml`."""
    return {name: _compile(name, rule, catalog) for name, rule in catalog.views.items()}


def _compile(name: str, rule: ViewRule, catalog: Catalog) -> View:
    seen = {layer.id: _visible_fields(layer, rule) for layer in catalog if _admits_layer(rule, layer)}
    cut = {
        layer: condition
        for layer in seen
        if not _is_extra(rule, catalog[layer]) and (condition := rows_condition(catalog[layer], rule.level))
    }
    archives = frozenset(one for one, file in catalog.archives.items() if _reaches(rule.level, file.access))
    return View(name, seen, cut, archives)


def _admits_layer(rule: ViewRule, layer: Layer) -> bool:
    return _reaches(rule.level, layer.file.access) or _is_extra(rule, layer)


def _visible_fields(layer: Layer, rule: ViewRule) -> tuple[str, ...]:
    if _is_extra(rule, layer):
        return tuple(layer.fields)
    return tuple(
        name for name, field in layer.fields.items() if _reaches(rule.level, field.access or layer.file.access)
    )


def _is_extra(rule: ViewRule, layer: Layer) -> bool:
    return layer.id in rule.plus or f"{layer.group}.*" in rule.plus


def _reaches(level: Access, access: Access) -> bool:
    return ACCESS_ORDER.index(access) <= ACCESS_ORDER.index(level)
