"""How a bundle's map looks: its styles over the archive, its icons, and letters for clients without fonts."""

from pathlib import Path
from typing import Any, Final

import orjson

from gis_server.bundle.order import House, Order
from gis_server.catalog.compose import compose_style, layer_style
from gis_server.catalog.dress import FACES, in_the_dark, with_glyphs
from gis_server.portals.sprites import FILES, draw_sheet
from gis_server.web.answers import JSON
from gis_server.web.letters import letters

ARCHIVE: Final = "map.pmtiles"
PICTURES: Final = "rasters"
PMTILES: Final = "pmtiles://"
SPRITE: Final = "sprites/bando"
GLYPHS: Final = "glyphs/{fontstack}/{range}.pbf"
LETTERS: Final = ("0-255", "256-511", "512-767", "768-1023", "7680-7935", "8192-8447", "8448-8703")
"""Latin with all Vietnamese letters, combining marks, punctuation and signs: 7 of 256 files a face."""
Style = dict[str, Any]


def styles_of(house: House, order: Order, folder: Path) -> dict[str, Style]:
    """By day and by night, over the archives in the folder."""
    style = _over_archives(_composed(house, order), folder)
    return {"light": style, "dark": in_the_dark(style)}


def pictures_of(house: House, order: Order) -> list[tuple[str, str]]:
    """Layer and look of each picture that the map draws."""
    sources = _composed(house, order)["sources"]
    found = [name.rpartition("/") for name, one in sources.items() if one["type"] != "vector"]
    return [(layer, look) for layer, _, look in found]


def picture_file(layer: str, look: str) -> str:
    return f"{layer}.{look}.pmtiles"


def left_out(house: House, order: Order, folder: Path) -> dict[str, str]:
    """What the map on the server shows and the bundle does not, and why."""
    portal = house.catalog.maps.get(order.shelf.tileset.id)
    others = dict.fromkeys(portal.under if portal else (), "archive of others")
    empty = {
        layer: "no raster in the area"
        for layer, look in pictures_of(house, order)
        if not (folder / PICTURES / picture_file(layer, look)).exists()
    }
    return {**others, **empty}


def write_look(house: House, styles: dict[str, Style], folder: Path) -> None:
    """`style.json`, `style-dark.json`, sprites and glyphs, for whatever draws MapLibre styles."""
    for name, style in (("style.json", styles["light"]), ("style-dark.json", styles["dark"])):
        (folder / name).write_bytes(orjson.dumps(with_glyphs(style, GLYPHS), option=orjson.OPT_INDENT_2))
    _write_sprites(house, folder / "sprites")
    _write_glyphs(house, folder / "glyphs")


def _composed(house: House, order: Order) -> Style:
    """As the service composes it, with addresses that only say what is meant."""
    shelf, catalog = order.shelf, house.catalog
    compose = compose_style if shelf.tileset.id in catalog.maps else layer_style
    return compose(catalog, shelf.tileset.id, shelf.view.layers)


def _over_archives(style: Style, folder: Path) -> Style:
    sources = {name: _source(name, one) for name, one in style["sources"].items()}
    there = {name: one for name, one in sources.items() if (folder / one["url"].removeprefix(PMTILES)).exists()}
    layers = [one for one in style["layers"] if one.get("source") in (None, *there)]
    return {**style, "sprite": SPRITE, "sources": there, "layers": layers}


def _source(name: str, one: Style) -> Style:
    if one["type"] == "vector":
        return {"type": "vector", "url": f"{PMTILES}{ARCHIVE}"}
    layer, _, look = name.rpartition("/")
    return {**one, "url": f"{PMTILES}{PICTURES}/{picture_file(layer, look)}"}


def _write_sprites(house: House, folder: Path) -> None:
    folder.mkdir()
    icons = house.settings.styles_folder / "sprites"
    for name, (ratio, kind) in FILES.items():
        sheet = draw_sheet(icons, ratio)
        (folder / name).write_bytes(sheet.index if kind == JSON else sheet.image)


def _write_glyphs(house: House, folder: Path) -> None:
    for face in FACES:
        (folder / face).mkdir(parents=True)
        for span in LETTERS:
            name = f"{face}/{span}.pbf"
            (folder / name).write_bytes(letters(house.settings.glyphs_folder / name))
