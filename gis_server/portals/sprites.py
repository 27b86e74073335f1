"""The sprite sheet: every SVG of styles/sprites on one image at 1x and 2x, the same bytes for the same files."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
import resvg_py
from fastapi import APIRouter, Request
from PIL import Image
from starlette.responses import Response

from gis_server.access.who import Caller
from gis_server.errors import UnknownLayer
from gis_server.web.answers import JSON, validated

PNG: Final = "image/png"
FILES: Final[Mapping[str, tuple[int, str]]] = {
    "bando.json": (1, JSON),
    "bando.png": (1, PNG),
    "bando@2x.json": (2, JSON),
    "bando@2x.png": (2, PNG),
}
"""Name of a file of the sprite → its pixel ratio and kind."""
SHEET_WIDTH: Final = 512
"""Widest a sheet may be at 1x, in pixels; it is cut to its icons, so its size is known from the index alone."""
GAP: Final = 1
"""Transparent pixels between icons, so that smoothing never bleeds a neighbour in."""


@dataclass(frozen=True)
class Sheet:
    """One resolution of the sprite, ready for the wire."""

    index: bytes
    image: bytes


@dataclass(frozen=True)
class Icon:
    """A drawn icon and its place on the sheet, in pixels of the sheet."""

    name: str
    image: Image.Image
    x: int = 0
    y: int = 0


class Sprites:
    """Sheets of a folder of SVG files, drawn when first asked for and kept in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sheets: dict[int, Sheet] = {}

    def sheet(self, ratio: int) -> Sheet:
        if ratio not in self._sheets:
            self._sheets[ratio] = draw_sheet(self._folder, ratio)
        return self._sheets[ratio]

    def file(self, name: str) -> bytes:
        """A file of the sprite by its name in `FILES`."""
        ratio, kind = FILES[name]
        sheet = self.sheet(ratio)
        return sheet.index if kind == JSON else sheet.image


router = APIRouter(tags=["styles"])


@router.get("/sprites/{file}")
def get_sprite(request: Request, file: str, view: Caller) -> Response:
    """The icons of every style: one image and its index, for plain and for fine screens."""
    if file not in FILES:
        names = ", ".join(FILES)
        raise UnknownLayer(
            f"Không có tệp biểu tượng này; có: {names}.", f"There is no such sprite; there are: {names}."
        )
    sprites: Sprites = request.app.state.sprites
    return validated(request, sprites.file(file), FILES[file][1], {})


def draw_sheet(folder: Path, ratio: int) -> Sheet:
    """All icons of a folder at a pixel ratio (1 or 2) with the index that MapLibre reads."""
    icons = _place([_draw(path, ratio) for path in sorted(folder.glob("*.svg"))], ratio)
    width = max((icon.x + icon.image.width for icon in icons), default=1)
    height = max((icon.y + icon.image.height for icon in icons), default=1)
    canvas = Image.new("RGBA", (width, height))
    for icon in icons:
        canvas.paste(icon.image, (icon.x, icon.y))
    return Sheet(index=_index(icons, ratio), image=_png(canvas))


def _draw(path: Path, ratio: int) -> Icon:
    png = resvg_py.svg_to_bytes(svg_string=path.read_text(encoding="utf-8"), zoom=ratio, skip_system_fonts=True)
    return Icon(path.stem, Image.open(io.BytesIO(png)).convert("RGBA"))


def _place(icons: Sequence[Icon], ratio: int) -> list[Icon]:
    """Icons on shelves, tallest first."""
    placed: list[Icon] = []
    gap, x, y, shelf = GAP * ratio, 0, 0, 0
    for icon in sorted(icons, key=lambda one: (-one.image.height, one.name)):
        if x + icon.image.width > SHEET_WIDTH * ratio:
            x, y, shelf = 0, y + shelf + gap, 0
        placed.append(Icon(icon.name, icon.image, x, y))
        x += icon.image.width + gap
        shelf = max(shelf, icon.image.height)
    return placed


def _index(icons: Sequence[Icon], ratio: int) -> bytes:
    entries = {
        icon.name: {
            "x": icon.x,
            "y": icon.y,
            "width": icon.image.width,
            "height": icon.image.height,
            "pixelRatio": ratio,
        }
        for icon in icons
    }
    return orjson.dumps(entries, option=orjson.OPT_SORT_KEYS)


def _png(canvas: Image.Image) -> bytes:
    out = io.BytesIO()
    canvas.save(out, "PNG", compress_level=9)
    return out.getvalue()
