"""What WMS offers a caller: the maps, and every layer that has something in it, with bounds, scales and legends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.crs import WEB_MERCATOR, WGS84
from gis_server.catalog.model import Text
from gis_server.images.composing import style_of
from gis_server.images.frame import HALF_M, WORLD_PIXELS, Box, moved_box
from gis_server.images.legend import Part, legend_size, parts_of
from gis_server.web.state import LayerState, attributions, joined_bounds

PIXEL_M = 0.000_28
"""Of a screen, as OGC counts scales."""
SLACK = 1.05
"""Scales on the ground differ from Web Mercator's by the cosine of the latitude."""


@dataclass(frozen=True)
class Offer:
    """A layer of the service."""

    name: str
    title: str
    abstract: str
    bounds: Box
    """In degrees."""
    boxes: Mapping[str, Box]
    """By system, x before y."""
    thanks: str
    legend: tuple[int, int]
    max_scale: float | None

    @property
    def hint(self) -> float | None:
        """The same scale as WMS 1.1.1 tells it: metres of a pixel's diagonal."""
        return self.max_scale and self.max_scale * PIXEL_M * sqrt(2)


@dataclass(frozen=True)
class Group:
    """Layers that stand together in a client's list."""

    title: str
    offers: Sequence[Offer]


def offers_of(catalog: Catalog, view: View, states: Mapping[str, LayerState]) -> list[Group]:
    """The maps, then the layers group by group; what has nothing in it is left out."""
    ordered = sorted(catalog.maps, key=lambda name: catalog.maps[name].order)
    maps = [_offer(catalog, view, name, states) for name in ordered]
    groups = [Group("Bản đồ · Maps", [one for one in maps if one])]
    for theme, told in catalog.themes.items():
        found = [_offer(catalog, view, one, states) for one in view.layers if catalog[one].file.theme == theme]
        groups.append(Group(named(told.title), [one for one in found if one]))
    return [group for group in groups if group.offers]


def legend_of(catalog: Catalog, view: View, names: Sequence[str]) -> list[Part]:
    """The legends of maps and layers laid over each other; of layers that are nothing but names, their titles."""
    titles = {one.id: named(one.file.title) for one in catalog}
    found = parts_of([style_of(catalog, view, name) for name in names], titles)
    return found or [Part(titles[name], [{}]) for name in names if name in titles]


def layers_in(catalog: Catalog, view: View, name: str) -> list[Layer]:
    """Of a map or layer, as far as the view sees it."""
    names = catalog.maps[name].layers if name in catalog.maps else [name]
    return [catalog[one] for one in names if one in view.layers]


def shown_in(catalog: Catalog, view: View, name: str) -> list[Layer]:
    """Of a map, the layers that it begins with; UnknownLayer for what is not there, or not for this view."""
    hidden = catalog.maps[name].hidden if name in catalog.maps else ()
    found = [layer for layer in layers_in(catalog, view, name) if layer.id not in hidden]
    if not found:
        view.layer(catalog, name)
    return found


def named(title: Text) -> str:
    return f"{title.vi} · {title.en}"


def _offer(catalog: Catalog, view: View, name: str, states: Mapping[str, LayerState]) -> Offer | None:
    layers = layers_in(catalog, view, name)
    own = {layer.id: states[layer.id] for layer in layers if layer.id in states}
    bounds = joined_bounds(own)
    if bounds is None:
        return None
    portal = catalog.maps.get(name)
    told = portal or layers[0].file
    about = portal.description if portal else layers[0].file.note
    return Offer(
        name,
        named(told.title),
        named(about) if about else "",
        bounds,
        boxes_of(catalog, bounds),
        " · ".join(attributions(own)),
        legend_size(legend_of(catalog, view, [name])),
        None if portal else _scale(layers[0].file.tiles.zoom[0]),
    )


def boxes_of(catalog: Catalog, bounds: Box) -> dict[str, Box]:
    """The bounds in the systems that are asked for most."""
    boxes = {f"EPSG:{srid}": moved_box(catalog.crs, bounds, WGS84, srid) for srid in (WEB_MERCATOR, catalog.crs.stored)}
    return {"CRS:84": bounds, "EPSG:4326": bounds, **boxes}


def _scale(zoom: int) -> float:
    """The smallest scale at which a layer of tiles from this zoom on is drawn, as a denominator."""
    return round(2 * HALF_M / WORLD_PIXELS * 0.5**zoom / PIXEL_M * SLACK, 1)
