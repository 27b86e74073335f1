"""The layer tree of one view: what each layer is, how sure, how fresh, from whom, and what its fields mean."""

from collections.abc import Mapping
from typing import Any

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Domain
from gis_server.web.state import LayerState


def catalogue(catalog: Catalog, view: View, states: Mapping[str, LayerState], release: int) -> dict[str, Any]:
    """Themes in the order of the screen, their visible layers, and each code list once."""
    themes = [_theme(catalog, view, theme, states) for theme in catalog.themes]
    return {
        "view": {"name": view.name, "title": catalog.views[view.name].title.model_dump()},
        "release": release,
        "themes": [theme for theme in themes if theme["layers"]],
        "domains": {name: _domain(catalog.domains[name]) for name in sorted(_domains(catalog, view))},
    }


def _theme(catalog: Catalog, view: View, name: str, states: Mapping[str, LayerState]) -> dict[str, Any]:
    theme = catalog.themes[name]
    layers = [layer for layer in catalog.of_theme(name) if layer.id in view.layers]
    return {
        "id": name,
        "title": theme.title.model_dump(),
        "icon": theme.icon,
        "layers": [_layer(layer, view.layers[layer.id], states.get(layer.id)) for layer in layers],
    }


def _layer(layer: Layer, fields: tuple[str, ...], state: LayerState | None) -> dict[str, Any]:
    file = layer.file
    return {
        "id": layer.id,
        "title": file.title.model_dump(),
        "note": file.note.model_dump() if file.note else None,
        "geometry": file.geometry,
        "scale": file.scale,
        "steward": file.steward,
        "evidence": file.evidence,
        "access": file.access,
        "standard": file.standard.model_dump() if file.standard else None,
        "zoom": file.tiles.zoom,
        "label": file.label if file.label in fields else None,
        **_served(state),
        "fields": [_field(layer, name) for name in fields],
    }


def _served(state: LayerState | None) -> dict[str, Any]:
    if state is None:
        return {"count": 0, "release": None, "updated": None, "bounds": None, "sources": []}
    return {
        "count": state.rows,
        "release": state.release,
        "updated": state.published_at.isoformat(),
        "bounds": state.bounds,
        "sources": state.sources,
    }


def _field(layer: Layer, name: str) -> dict[str, Any]:
    rule = layer.fields[name].model_dump(exclude_none=True, exclude_defaults=True)
    return {"name": name, "is_key": name in layer.key, **rule}


def _domains(catalog: Catalog, view: View) -> set[str]:
    """Code lists of visible fields only: the words of a hidden field would tell of it."""
    rules = (catalog[layer].fields[name] for layer, fields in view.layers.items() for name in fields)
    return {rule.domain for rule in rules if rule.domain is not None}


def _domain(domain: Domain) -> dict[str, Any]:
    return {
        "title": domain.title.model_dump(),
        "evidence": domain.evidence,
        "values": {code: value.model_dump(exclude_none=True) for code, value in domain.values.items()},
    }
