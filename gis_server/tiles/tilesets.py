"""What a tileset is: one layer, or the visible layers of a portal map."""

from dataclasses import dataclass

from gis_server.access.views import View, unknown_layer
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Text
from gis_server.db.rows import way_name


@dataclass(frozen=True)
class Drawn:
    """A layer as this caller's tiles carry it."""

    layer: Layer
    fields: tuple[str, ...]
    rows: str
    """What a FROM takes as the rows that the caller may see."""
    seen: str
    """The name of these rows in the drawing tables."""

    @property
    def zoom(self) -> tuple[int, int]:
        return self.layer.file.tiles.zoom


@dataclass(frozen=True)
class Tileset:
    """A layer or a map, cut down to one view."""

    id: str
    title: Text
    description: Text | None
    layers: tuple[Drawn, ...]

    @property
    def zoom(self) -> tuple[int, int]:
        zooms = [drawn.zoom for drawn in self.layers]
        return min(low for low, _ in zooms), max(high for _, high in zooms)

    def at(self, zoom: int) -> tuple[Drawn, ...]:
        return tuple(drawn for drawn in self.layers if drawn.zoom[0] <= zoom <= drawn.zoom[1])


def find_tileset(catalog: Catalog, view: View, name: str) -> Tileset:
    """The tileset of a layer or map; one of which the caller may see nothing does not exist."""
    if name in catalog.maps:
        portal = catalog.maps[name]
        layers = tuple(_drawn(catalog[one], view) for one in portal.layers if one in view.layers)
        if layers:
            return Tileset(name, portal.title, portal.description, layers)
        raise unknown_layer(name)
    layer = view.layer(catalog, name)
    return Tileset(name, layer.file.title, layer.file.note, (_drawn(layer, view),))


def maps_of(catalog: Catalog, view: View) -> list[Tileset]:
    """The portal maps of which the caller may see something."""
    return [
        find_tileset(catalog, view, name) for name, one in catalog.maps.items() if set(one.layers) & set(view.layers)
    ]


def _drawn(layer: Layer, view: View) -> Drawn:
    visible = view.fields[layer.id]
    fields = tuple(name for name in layer.file.tiles.fields if name in visible)
    return Drawn(layer, fields, view.rows(layer), way_name(view.conditions.get(layer.id)))
