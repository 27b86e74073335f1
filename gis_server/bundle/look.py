"""How a bundle's map looks: its styles over the archive, its icons, and letters for clients without fonts."""

import shutil
from pathlib import Path
from typing import Any, Final

import orjson

from gis_server.bundle.order import House, Order
from gis_server.catalog.compose import compose_style, layer_style
from gis_server.catalog.dress import FACES, in_the_dark, with_glyphs
from gis_server.catalog.raster_styles import LOOKS
from gis_server.errors import AssetsMissing
from gis_server.portals.sprites import FILES, draw_sheet
from gis_server.web.answers import JSON

ARCHIVE: Final = "map.pmtiles"
SPRITE: Final = "sprites/bando"
GLYPHS: Final = "glyphs/{fontstack}/{range}.pbf"
LETTERS: Final = ("0-255", "256-511", "512-767", "768-1023", "7680-7935", "8192-8447", "8448-8703")
"""Latin with all Vietnamese letters, combining marks, punctuation and signs: 7 of 256 files a face."""
Style = dict[str, Any]


def styles_of(house: House, order: Order) -> dict[str, Style]:
    """By day and by night, over the archive; pictures are not in it, so neither are their layers."""
    shelf, catalog = order.shelf, house.catalog
    compose = compose_style if shelf.tileset.id in catalog.maps else layer_style
    style = _over_archive(compose(catalog, shelf.tileset.id, shelf.view.layers))
    return {"light": style, "dark": in_the_dark(style)}


def left_out(house: House, order: Order) -> list[str]:
    """Layers of the map that are pictures."""
    return [drawn.layer.id for drawn in order.shelf.tileset.layers if drawn.layer.file.raster is not None]


def write_look(house: House, styles: dict[str, Style], folder: Path) -> None:
    """`style.json`, `style-dark.json`, sprites and glyphs, for whatever draws MapLibre styles."""
    for name, style in (("style.json", styles["light"]), ("style-dark.json", styles["dark"])):
        (folder / name).write_bytes(orjson.dumps(with_glyphs(style, GLYPHS), option=orjson.OPT_INDENT_2))
    _write_sprites(house, folder / "sprites")
    _write_glyphs(house, folder / "glyphs")


def _over_archive(style: Style) -> Style:
    layers = [one for one in style["layers"] if one["type"] not in LOOKS]
    drawn = {one["source"] for one in layers if "source" in one}
    sources = {name: {"type": "vector", "url": f"pmtiles://{ARCHIVE}"} for name in style["sources"] if name in drawn}
    return {**style, "sprite": SPRITE, "sources": sources, "layers": layers}


def _write_sprites(house: House, folder: Path) -> None:
    folder.mkdir()
    icons = house.settings.styles_folder / "sprites"
    for name, (ratio, kind) in FILES.items():
        sheet = draw_sheet(icons, ratio)
        (folder / name).write_bytes(sheet.index if kind == JSON else sheet.image)


def _write_glyphs(house: House, folder: Path) -> None:
    for face in FACES:
        (folder / face).mkdir(parents=True)
        for letters in LETTERS:
            origin = house.settings.glyphs_folder / face / f"{letters}.pbf"
            if not origin.exists():
                raise AssetsMissing(
                    f"Thiếu {origin}: tệp ký tự chưa được tạo. Chạy “tools/setup” trong thư mục mã nguồn.",
                    f"{origin} is missing: the glyph files were not made. Run “tools/setup” in the project's folder.",
                )
            shutil.copyfile(origin, folder / face / origin.name)
