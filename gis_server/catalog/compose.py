"""Catalog and view → MapLibre style: sources, drawing order, legend; what a caller may not see leaves no trace."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from gis_server.catalog.catalog import LABELS, Catalog, Layer
from gis_server.catalog.expressions import UNKNOWN, expanded, without
from gis_server.catalog.legend import legend
from gis_server.catalog.model import PortalMap, Text
from gis_server.catalog.near_and_far import far_and_near
from gis_server.catalog.raster_styles import LOOKS, raster_legend, with_rasters
from gis_server.catalog.swatch import Entry
from gis_server.errors import UnknownLayer

Style = dict[str, Any]
Visible = Mapping[str, Collection[str]]
"""Layer id → fields, as in a caller's view."""
Address = Callable[[str], str]
"""From a path of the service to the address a browser fetches."""

DATA_EXTENT: Final = "base_frame.pham_vi_du_lieu"
"""The layer whose areas say what kind of data lies where."""
SPRITE: Final = "/sprites/bando"
FONT: Final = ["sans-serif"]
"""Labels are drawn with the browser's own fonts (the style names no `glyphs`), which have every Vietnamese letter."""


def same_host(path: str) -> str:
    return path


def compose_style(catalog: Catalog, map_id: str, visible: Visible, address: Address = same_host) -> Style:
    """The style of a portal's map: areas and lines in the map's order, then symbols and labels above them all."""
    portal = _map(catalog, map_id)
    layers = [catalog[layer_id] for layer_id in portal.layers if layer_id in visible]
    drawn = {layer.id: _drawn(catalog, layer, visible[layer.id], map_id) for layer in layers}
    switched = [_switched(one, portal) for one in _labels_last(drawn.values())]
    style = {
        **_frame(portal.title, map_id, address),
        "center": list(portal.center),
        "zoom": portal.zoom,
        "metadata": {
            "bando:map": map_id,
            "bando:title": portal.title.model_dump(),
            "bando:description": portal.description.model_dump(),
            "bando:layers": [layer.id for layer in layers],
            "bando:hidden": [layer.id for layer in layers if layer.id in portal.hidden],
            "bando:legend": {layer.id: _legend(catalog, layer, drawn[layer.id]) for layer in layers},
        },
        "layers": [_background(portal), *switched, *_watermarks(layers, map_id)],
    }
    return with_rasters(style, address)


def layer_style(catalog: Catalog, layer_id: str, visible: Visible, address: Address = same_host) -> Style:
    """The style of one layer over its own tileset, to be added to any map."""
    if layer_id not in visible:
        raise unknown(layer_id)
    layer = catalog[layer_id]
    drawn = _drawn(catalog, layer, visible[layer_id], layer_id)
    style = {
        **_frame(layer.file.title, layer_id, address),
        "metadata": {
            "bando:title": layer.file.title.model_dump(),
            "bando:layers": [layer_id],
            "bando:hidden": [],
            "bando:legend": {layer_id: _legend(catalog, layer, drawn)},
        },
        "layers": [*drawn, _watermark(layer, layer_id)],
    }
    return with_rasters(style, address)


def with_archives(catalog: Catalog, style: Style, visible: Collection[str], address: Address = same_host) -> Style:
    """A map's style with the archives that lie beneath its layers, above the background."""
    names = [name for name in catalog.maps[style["metadata"]["bando:map"]].under if name in visible]
    ground, *layers = style["layers"]
    return {
        **style,
        "sources": {
            **style["sources"],
            **{name: catalog.archives[name].source(address(f"/archives/{name}")) for name in names},
        },
        "layers": [ground, *(_lettered(one) for name in names for one in catalog.archives[name].layers(name)), *layers],
    }


def _lettered(one: Style) -> Style:
    """Labels in the font of all others, unless the style layer names one."""
    layout = one.get("layout", {})
    return {**one, "layout": {"text-font": FONT, **layout}} if "text-field" in layout else one


def visible_maps(catalog: Catalog, visible: Visible) -> dict[str, PortalMap]:
    """Maps of which the caller sees at least one layer."""
    return {name: portal for name, portal in catalog.maps.items() if any(layer in visible for layer in portal.layers)}


def unknown(name: str) -> UnknownLayer:
    return UnknownLayer(f"Không có bản đồ hay lớp “{name}”.", f"There is no map or layer “{name}”.")


def _map(catalog: Catalog, map_id: str) -> PortalMap:
    if map_id not in catalog.maps:
        raise unknown(map_id)
    return catalog.maps[map_id]


def _frame(title: Text, tileset: str, address: Address) -> Style:
    return {
        "version": 8,
        "name": title.vi,
        "sprite": address(SPRITE),
        "sources": {tileset: {"type": "vector", "url": address(f"/tiles/{tileset}")}},
    }


def _background(portal: PortalMap) -> Style:
    return {"id": "background", "type": "background", "paint": {"background-color": portal.background}}


def _drawn(catalog: Catalog, layer: Layer, fields: Collection[str], source: str) -> list[Style]:
    """The style layers of a layer as this caller may see them, complete but for their place in the map."""
    hidden = set(layer.fields) - set(fields)
    drawn: list[Style] = []
    for number, raw in enumerate(catalog.styles[layer.file.style].layers):
        one = _seen(expanded(raw, catalog.domains), hidden)
        if one is not None:
            parts = enumerate(far_and_near(one, layer, hidden))
            drawn += [_placed(part, layer, source, f"{number}{'-gan' * close}") for close, part in parts]
    return drawn


def _seen(raw: Style, hidden: Collection[str]) -> Style | None:
    """A style layer without hidden fields: properties fall back to their defaults, a label that cannot be said goes."""
    one = {key: value for key, value in raw.items() if key not in ("paint", "layout", "filter")}
    for block in ("paint", "layout"):
        values = {name: without(value, hidden) for name, value in raw.get(block, {}).items()}
        if kept := {name: value for name, value in values.items() if value is not UNKNOWN}:
            one[block] = kept
    rule = without(raw.get("filter", True), hidden)
    if rule is not UNKNOWN and rule is not True:
        one["filter"] = rule
    layout = one.get("layout", {})
    silent = one["type"] == "symbol" and not ("text-field" in layout or "icon-image" in layout)
    return None if silent else one


def _placed(one: Style, layer: Layer, source: str, name: str) -> Style:
    lowest = layer.file.tiles.zoom[0]
    labels = one.get("source-layer") == LABELS
    placed = {
        "id": f"{layer.id}/{name}",
        "source": source,
        "metadata": {"bando:layer": layer.id, "bando:title": layer.file.title.model_dump()},
        **one,
        "source-layer": layer.labels if labels else layer.id,
        "minzoom": max(one.get("minzoom", 0), lowest),
    }
    rule = _only_its_kind(one, layer)
    if rule is not None:
        placed["filter"] = rule
    if "text-field" in one.get("layout", {}):
        placed["layout"] = {"text-font": FONT, **one["layout"]}
    return placed


def _only_its_kind(one: Style, layer: Layer) -> Any:
    """In a layer of several geometries, areas are filled and points are dotted, never a line's vertices."""
    kind = {"fill": "Polygon", "circle": "Point"}.get(one["type"])
    rule = one.get("filter")
    if kind is None or len(layer.file.geometry) == 1:
        return rule
    own = ["==", ["geometry-type"], kind]
    return own if rule is None else ["all", own, rule]


def _labels_last(groups: Collection[list[Style]]) -> Iterator[Style]:
    for symbols in (False, True):
        for group in groups:
            yield from (one for one in group if (one["type"] == "symbol") is symbols)


def _switched(one: Style, portal: PortalMap) -> Style:
    if one["metadata"]["bando:layer"] not in portal.hidden:
        return one
    return {**one, "layout": {**one.get("layout", {}), "visibility": "none"}}


def _legend(catalog: Catalog, layer: Layer, drawn: list[Style]) -> list[Entry]:
    outlines = [one for one in drawn if one["type"] not in LOOKS]
    entries = legend(layer, outlines, catalog.domains, catalog.styles[layer.file.style].legend)
    return raster_legend(catalog, layer) or entries


def _watermarks(layers: list[Layer], source: str) -> list[Style]:
    """Synthetic data says so on every map: over the areas of the data-extent layer, or else on the data itself."""
    extent = [layer for layer in layers if layer.id == DATA_EXTENT]
    return [_watermark(layer, source) for layer in extent or layers]


def _watermark(layer: Layer, source: str) -> Style:
    line = layer.file.geometry == ("LineString",)
    return {
        "id": f"{layer.id}/synthetic",
        "type": "symbol",
        "source": source,
        "source-layer": layer.id,
        "minzoom": max(layer.file.tiles.zoom[0], 11),
        "metadata": {"bando:layer": layer.id, "bando:synthetic": True},
        "filter": ["==", ["get", "synthetic"], True],
        "layout": {
            "symbol-placement": "line" if line else "point",
            "symbol-spacing": 600,
            "text-field": "DỮ LIỆU GIẢ LẬP · SYNTHETIC",
            "text-font": FONT,
            "text-size": 10,
            "text-letter-spacing": 0.12,
            "text-max-width": 40,
            "text-padding": 90,
        },
        "paint": {
            "text-color": "#8a4b8f",
            "text-opacity": 0.65,
            "text-halo-color": "rgba(255, 255, 255, 0.8)",
            "text-halo-width": 1,
        },
    }
