"""From names of maps and layers to one MapLibre style, whose every address leads back to the service."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from gis_server.access.views import View, unknown_layer
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.compose import compose_style, layer_style, visible_maps, with_archives
from gis_server.catalog.crs import WGS84
from gis_server.catalog.dress import Scheme, in_the_dark, with_glyphs
from gis_server.errors import BadRequest
from gis_server.images.suppliers import LETTERS, SPRITE, Beneath, FindBeneath
from gis_server.web.when import PastView

Style = dict[str, Any]
HERE = "bando://{style}/"
"""Where everything is; the style's own name is put in when it is drawn, so that no picture shares what another got."""
HIGHEST_ZOOM = 22
MOST_NAMES = 40
MOST_KEPT = 64


@dataclass(frozen=True)
class Wanted:
    """What a picture shows: maps and layers from the bottom up, each by day or by night."""

    names: tuple[str, ...]
    schemes: tuple[Scheme, ...]
    only: tuple[str, ...] | None = None
    """Of the map's layers, these alone; None for those that the map begins with."""
    clear: bool = False
    """Without the map's ground."""
    tiled: bool = False
    """It will lie beside others: words that would be cut at their edges are left out."""


@dataclass(frozen=True)
class Composition:
    """A style as text, and whose layers it shows."""

    style: str
    layers: tuple[Layer, ...]
    metadata: Mapping[str, Any]
    """Of its parts' style, the last one's."""
    thanks: tuple[str, ...] = ()
    """Whose archives lie beneath."""


class Composer:
    """Composes for each view once, and remembers the latest."""

    def __init__(self, catalog: Catalog, find_beneath: FindBeneath) -> None:
        self._catalog = catalog
        self._find_beneath = find_beneath
        self._box = _city(catalog)
        self._kept: OrderedDict[Hashable, Composition] = OrderedDict()

    def composed(self, view: View, wanted: Wanted) -> Composition:
        """UnknownLayer for what is not there, or not for this view."""
        ground = self._ground(view, wanted)
        key = view.name, wanted, tuple(one.stamp for one in ground.values())
        if key not in self._kept:
            self._kept[key] = self._compose(view, wanted, ground)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _ground(self, view: View, wanted: Wanted) -> dict[str, Beneath]:
        """Archives beneath the lowest map, as far as they can be had; under a clear picture, and in the past, none."""
        lowest = self._catalog.maps.get(wanted.names[0]) if wanted.names else None
        if lowest is None or wanted.clear or isinstance(view, PastView):
            return {}
        found = {name: self._find_beneath(view, name) for name in lowest.under if name in view.archives}
        return {name: one for name, one in found.items() if one is not None}

    def _compose(self, view: View, wanted: Wanted, ground: Mapping[str, Beneath]) -> Composition:
        if not 0 < len(wanted.names) <= MOST_NAMES:
            raise BadRequest(f"Phải nêu từ 1 đến {MOST_NAMES} lớp.", f"Name 1 to {MOST_NAMES} layers.")
        styles = [style_of(self._catalog, view, name) for name in wanted.names]
        if ground:
            styles[0] = with_archives(self._catalog, styles[0], ground)
        parts = [_dressed(one, scheme) for one, scheme in zip(styles, wanted.schemes, strict=True)]
        if wanted.only is not None:
            parts = [_switched(part, wanted.only) for part in parts]
        drawn = [one for number, part in enumerate(parts) for one in _layers(part, number, wanted)]
        style = {
            "version": 8,
            "sprite": HERE + SPRITE,
            "glyphs": HERE + LETTERS,
            "sources": {
                name: _supplied(name, one, ground[name]) if name in ground else self._source(view, name, one)
                for part in parts
                for name, one in part["sources"].items()
            },
            "layers": drawn,
        }
        shown = dict.fromkeys(name for part in parts for name in _shown(part))
        layers = tuple(self._catalog[name] for name in shown)
        thanks = tuple(self._catalog.archives[name].attribution for name in ground)
        return Composition(orjson.dumps(style).decode(), layers, parts[-1]["metadata"], thanks)

    def _source(self, view: View, name: str, given: Style) -> Style:
        """A source without TileJSON: what it would say is known here."""
        layers = self._catalog.maps[name].layers if name in self._catalog.maps else [name.partition("/")[0]]
        zooms = [self._catalog[one].file.tiles.zoom for one in layers if one in view.layers]
        rest = {key: value for key, value in given.items() if key != "url"}
        path = "rasters" if "/" in name else "tiles"
        return {
            **rest,
            "tiles": [f"{HERE}{path}/{name}/{{z}}/{{x}}/{{y}}"],
            "minzoom": min(low for low, _ in zooms),
            "maxzoom": min(HIGHEST_ZOOM, max(high for _, high in zooms)),
            "bounds": self._box,
        }


def _supplied(name: str, given: Style, one: Beneath) -> Style:
    """The source of an archive, whose addresses name its content."""
    rest = {key: value for key, value in given.items() if key != "url"}
    low, high = one.zooms
    tiles = [f"{HERE}archives/{name}/{one.stamp}/{{z}}/{{x}}/{{y}}"]
    return {**rest, "tiles": tiles, "minzoom": low, "maxzoom": high, "bounds": list(one.box)}


def style_of(catalog: Catalog, view: View, name: str) -> Style:
    """The style of a map or layer as the viewer draws it."""
    if name in catalog.maps and name in visible_maps(catalog, view.layers):
        return compose_style(catalog, name, view.layers)
    if name not in view.layers:
        raise unknown_layer(name)
    return layer_style(catalog, name, view.layers)


def _dressed(style: Style, scheme: Scheme) -> Style:
    return with_glyphs(in_the_dark(style) if scheme == "dark" else style, LETTERS)


def _switched(style: Style, only: Sequence[str]) -> Style:
    """The map with these of its layers on, and no other."""
    names = style["metadata"]["bando:layers"]
    for name in only:
        if name not in names:
            raise BadRequest(
                f"layers: “{name[:80]}” không có trong bản đồ này; có: {', '.join(names)}.",
                f"layers: “{name[:80]}” is not in this map; there are: {', '.join(names)}.",
            )
    return {**style, "metadata": {**style["metadata"], "bando:hidden": [one for one in names if one not in only]}}


def _shown(style: Style) -> list[str]:
    told = style["metadata"]
    return [name for name in told["bando:layers"] if name not in told["bando:hidden"]]


def _layers(style: Style, number: int, wanted: Wanted) -> list[Style]:
    """The style's layers that are switched on, with names of their own; only what lies lowest has a ground."""
    shown = set(_shown(style))
    found = []
    for one in style["layers"]:
        if one["type"] == "background":
            if number == 0 and not wanted.clear:
                found.append({**one, "id": f"{number} {one['id']}"})
        elif "bando:archive" in one["metadata"] or one["metadata"]["bando:layer"] in shown:
            layout = {**one.get("layout", {}), "visibility": "visible"}
            if wanted.tiled and "text-field" in layout:
                layout["symbol-avoid-edges"] = True
            found.append({**one, "id": f"{number} {one['id']}", "layout": layout})
    return found


def _city(catalog: Catalog) -> list[float]:
    """The box in degrees beyond which no tile has anything."""
    west, south, east, north = catalog.crs.file.extent
    corners = np.array([[west, south], [west, north], [east, south], [east, north]])
    points = catalog.crs.transform(corners, catalog.crs.stored, WGS84)
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return [round(float(one), 4) for one in (left - 0.02, bottom - 0.02, right + 0.02, top + 0.02)]
