"""A style in another dress: dark colours for night work, and glyph files for clients without fonts of their own."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Literal

from coloraide import Color

from gis_server.catalog.raster_styles import rasters_drawn

Scheme = Literal["light", "dark"]
FACES: Final = ("Noto Sans Regular", "Noto Sans Bold", "Noto Sans Italic")
"""Font faces of which glyph files are made; the first stands in for every other."""
BROWSER_FONT: Final = "sans-serif"
DARKEST: Final = 0.19
"""OKLCH lightness of what is white by day."""
SPAN: Final = 0.74
"""How much of the lightness scale is left at night: black by day becomes a soft grey-white."""
SPREAD: Final = 0.75
"""Below 1, the pale colours that most areas have by day lie further apart at night."""
GREYED: Final = 0.4
KEPT: Final = 8
"""What is nearly white by day would be a muddy brown at night: it loses most of its colour, the rest keeps it."""
COLOUR_STARTS: Final = ("#", "rgb", "hsl")


def in_the_dark(style: dict[str, Any]) -> dict[str, Any]:
    """The style with every colour turned over in lightness, hue kept: what was pale is dark, and contrasts stay.

    Pictures come with colours of their own, and so do their legends.
    """
    metadata = style["metadata"]
    pictures = rasters_drawn(style)
    legend = {
        name: entries if name in pictures else _each(entries, dark_colour)
        for name, entries in metadata["bando:legend"].items()
    }
    return {
        **style,
        "metadata": {**metadata, "bando:scheme": "dark", "bando:legend": legend},
        "layers": [{**layer, "paint": _dark_paint(layer)} if "paint" in layer else layer for layer in style["layers"]],
    }


def with_glyphs(style: dict[str, Any], template: str) -> dict[str, Any]:
    """The style for clients that draw letters from glyph files at `template`; fonts are named as those files are."""
    layers = [{**layer, "layout": _fonts(layer["layout"])} if "layout" in layer else layer for layer in style["layers"]]
    return {**style, "glyphs": template, "layers": layers}


@lru_cache(maxsize=4096)
def dark_colour(word: str) -> str:
    """A CSS colour at night; any other word as it is."""
    if not word.startswith(COLOUR_STARTS):
        return word
    colour = Color(word).convert("oklch")
    colour["lightness"] = DARKEST + SPAN * max(0.0, 1 - colour["lightness"]) ** SPREAD
    colour["chroma"] *= min(1.0, GREYED + colour["chroma"] * KEPT)
    seen = colour.convert("srgb").fit()
    return str(seen.to_string(hex=True) if colour.alpha() == 1 else seen.to_string(comma=True, precision=3))


def _dark_paint(layer: dict[str, Any]) -> dict[str, Any]:
    """Words on a sign, such as the number of a road, keep the colours that were chosen for the sign."""
    on_a_sign = "icon-text-fit" in layer.get("layout", {})
    return {
        name: value if on_a_sign and name.startswith("text-") else _each(value, dark_colour)
        for name, value in layer["paint"].items()
    }


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON value with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(part, change) for key, part in value.items()}
    return [_each(part, change) for part in value] if isinstance(value, list) else value


def _fonts(value: Any) -> Any:
    """The same JSON value with every font stack narrowed to one face that there are glyphs of."""
    if isinstance(value, dict):
        return {key: _fonts(part) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    if BROWSER_FONT in value:
        return [next((face for face in FACES if face in value), FACES[0])]
    return [_fonts(part) for part in value]
