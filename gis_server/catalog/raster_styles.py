"""Rasters in MapLibre styles: their own sources beside the vector tiles, and legends of their colours."""

from collections.abc import Callable, Mapping
from typing import Any

from gis_server.catalog.catalog import Catalog, Layer

LOOKS: Mapping[str, tuple[str, str]] = {"raster": ("raster", "color"), "hillshade": ("raster-dem", "terrain")}
"""Type of style layer → type of its source, and the look that it draws."""
SIDE = 256


def with_rasters(style: dict[str, Any], address: Callable[[str], str]) -> dict[str, Any]:
    """The style with a source for each raster that it draws; such layers have no layer of the vector tiles."""
    sources, layers = dict(style["sources"]), []
    for one in style["layers"]:
        if one["type"] in LOOKS:
            kind, look = LOOKS[one["type"]]
            name = f"{one['source-layer']}/{look}"
            more = {"encoding": "mapbox"} if kind == "raster-dem" else {}
            sources[name] = {"type": kind, "url": address(f"/rasters/{name}"), "tileSize": SIDE, **more}
            one = {key: value for key, value in one.items() if key != "source-layer"} | {"source": name}
        layers.append(one)
    return {**style, "sources": sources, "layers": layers}


def rasters_drawn(style: dict[str, Any]) -> set[str]:
    """Ids of the catalog's layers that a style draws as pictures."""
    return {one["source"].rpartition("/")[0] for one in style["layers"] if one["type"] in LOOKS}


def raster_legend(catalog: Catalog, layer: Layer) -> list[dict[str, Any]]:
    """A line for each colour of the ramp, or for each class that has one."""
    rule = layer.file.raster
    if rule is None or rule.kind == "imagery":
        return []
    if rule.domain is not None:
        values = catalog.domains[rule.domain].values
        named = [({"vi": one.vi, "en": one.en}, one.color, code) for code, one in values.items() if one.color]
        return [{"title": title, "shape": "fill", "color": color, "code": code} for title, color, code in named]
    return [_stop(value, color, rule.unit or "") for value, color in rule.ramp if not color.endswith("00", 7)]


def _stop(value: float, color: str, unit: str) -> dict[str, Any]:
    words = f"{value:g} {unit}"
    faint = {"opacity": round(int(color[7:], 16) / 255, 2)} if len(color) > 7 else {}
    return {"title": {"vi": words, "en": words}, "shape": "fill", "color": color[:7], **faint}
