"""TileJSON 3.0 of a tileset, with the code lists of its fields."""

from collections.abc import Mapping
from typing import Any

from gis_server.catalog import Catalog
from gis_server.catalog.model import FieldType
from gis_server.drawing.rules import is_labelled, rule_of
from gis_server.tiles.tilesets import Drawn, Tileset
from gis_server.web.state import LayerState, attributions, joined_bounds

CITY: tuple[float, float, float, float] = (106.3, 8.3, 107.7, 11.6)
"""Bounds of an empty tileset: the city with its islands."""
SYNTHETIC = "Boolean (true: dữ liệu giả lập, không đo đạc · synthetic data, not measured)"
TYPES: Mapping[FieldType, str] = {"integer": "Number", "number": "Number", "boolean": "Boolean"}


def tilejson(catalog: Catalog, tileset: Tileset, states: Mapping[str, LayerState], tiles: str) -> dict[str, Any]:
    """The document; `tiles` is the address template."""
    low, high = tileset.zoom
    labelled = [drawn for drawn in tileset.layers if is_labelled(drawn.layer)]
    bounds = joined_bounds(states) or CITY
    return {
        "tilejson": "3.0.0",
        "name": tileset.title.vi,
        "description": (tileset.description or tileset.title).vi,
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": low,
        "maxzoom": high,
        "bounds": list(bounds),
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, min(max(low, 12), high)],
        "attribution": " · ".join(attributions(states)),
        "vector_layers": [*map(vector_layer, tileset.layers), *map(label_layer, labelled)],
        "bando:title": tileset.title.model_dump(),
        "bando:codes": {drawn.layer.id: codes for drawn in tileset.layers if (codes := _codes(catalog, drawn))},
        "bando:synthetic": sorted(
            layer for layer, state in states.items() if any(source["synthetic"] for source in state.sources)
        ),
    }


def vector_layer(drawn: Drawn) -> dict[str, Any]:
    """A layer of the tiles: zooms, and fields with their words."""
    layer = drawn.layer
    fields = {name: _described(drawn, name) for name in drawn.fields}
    if rule_of(layer) is not None:
        fields["merged"] = "Number (số đối tượng được gộp vào đây · number of features merged into this one)"
    return {
        "id": layer.id,
        "description": f"{layer.file.title.vi} · {layer.file.title.en}",
        "minzoom": drawn.zoom[0],
        "maxzoom": drawn.zoom[1],
        "fields": {**fields, "synthetic": SYNTHETIC},
    }


def label_layer(drawn: Drawn) -> dict[str, Any]:
    """Where the names of a layer stand."""
    layer = drawn.layer
    rule = rule_of(layer)
    said = rule.by if rule is not None else ()
    return {
        "id": layer.labels,
        "description": f"{layer.file.title.vi}: nhãn · {layer.file.title.en}: labels",
        "minzoom": drawn.zoom[0],
        "maxzoom": drawn.zoom[1],
        "fields": {
            **{name: _described(drawn, name) for name in drawn.fields if name in said},
            "synthetic": SYNTHETIC,
        },
    }


def _described(drawn: Drawn, name: str) -> str:
    rule = drawn.layer.fields[name]
    kind = TYPES.get(rule.type, "String")
    return f"{kind} ({rule.help.vi} · {rule.help.en})" if rule.help else kind


def _codes(catalog: Catalog, drawn: Drawn) -> dict[str, Any]:
    domains = {name: drawn.layer.fields[name].domain for name in drawn.fields}
    return {
        name: {code: {"vi": value.vi, "en": value.en} for code, value in catalog.domains[domain].values.items()}
        for name, domain in domains.items()
        if domain is not None
    }
