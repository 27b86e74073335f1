"""A style by night and with glyph files: every colour turned over, nothing else touched, every letter drawable."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from coloraide import Color

from gis_server.catalog import Catalog
from gis_server.catalog.compose import compose_style
from gis_server.catalog.dress import FACES, dark_colour, in_the_dark, with_glyphs
from gis_server.catalog.raster_styles import rasters_drawn


@pytest.fixture(params=["nen", "thoat_nuoc", "quy_hoach", "giao_thong"])
def style(request: pytest.FixtureRequest, catalog: Catalog) -> dict[str, Any]:
    return compose_style(catalog, request.param, {layer.id: set(layer.fields) for layer in catalog})


def colours(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("#", "rgb", "hsl")):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from colours(part)


def lightness(word: str) -> float:
    return float(Color(word).convert("oklch")["lightness"])


def test_no_style_names_a_colour_by_a_word(style: dict[str, Any]) -> None:
    """Words are left alone by night, as a code of a `match` may be one."""
    for layer in style["layers"]:
        for name, value in layer.get("paint", {}).items():
            if name.endswith("color") and isinstance(value, str):
                assert value.startswith(("#", "rgb", "hsl")), (layer["id"], name)


def test_by_night_light_is_dark_and_contrasts_keep_their_order(style: dict[str, Any]) -> None:
    dark = in_the_dark(style)
    background = dark["layers"][0]["paint"]["background-color"]
    assert lightness(background) < 0.3
    pairs = {(day, dark_colour(day)) for day in colours(style["layers"])}
    by_day = sorted(pairs, key=lambda pair: lightness(pair[0]))
    for (_, lighter), (_, darker) in pairwise(by_day):
        assert lightness(lighter) > lightness(darker) - 0.04


def test_words_on_a_sign_keep_their_colours(catalog: Catalog) -> None:
    style = compose_style(catalog, "nen", {layer.id: set(layer.fields) for layer in catalog})
    signs = [place for place, layer in enumerate(style["layers"]) if "icon-text-fit" in layer.get("layout", {})]
    assert signs
    for place in signs:
        day, night = (one["layers"][place]["paint"]["text-color"] for one in (style, in_the_dark(style)))
        assert day == night


def test_by_night_only_colours_differ(style: dict[str, Any]) -> None:
    def without(value: Any) -> Any:
        text = json.dumps(value)
        for colour in set(colours(value)):
            text = text.replace(json.dumps(colour), '"C"')
        return text

    assert without(in_the_dark(style)["layers"]) == without(style["layers"])


def test_the_legend_wears_the_colours_of_the_map(style: dict[str, Any]) -> None:
    dark = in_the_dark(style)
    drawn = set(colours(dark["layers"])) | {dark_colour(one) for one in colours(style["layers"])}
    pictures = rasters_drawn(style)
    day, night = (
        [entries for name, entries in one["metadata"]["bando:legend"].items() if name not in pictures]
        for one in (style, dark)
    )
    assert set(colours(night)) <= drawn
    assert len(set(colours(night))) > len(set(colours(day))) / 2


def test_the_legend_of_a_picture_wears_the_colours_of_the_picture(catalog: Catalog) -> None:
    style = compose_style(catalog, "thoat_nuoc", {layer.id: set(layer.fields) for layer in catalog})
    pictures = rasters_drawn(style)
    assert "drainage.do_sau_ngap" in pictures
    for name in pictures:
        assert in_the_dark(style)["metadata"]["bando:legend"][name] == style["metadata"]["bando:legend"][name]


def test_transparency_stays() -> None:
    assert Color(dark_colour("rgba(255, 255, 255, 0.88)")).alpha() == pytest.approx(0.88)


def test_every_label_is_drawn_from_a_face_that_has_glyphs(style: dict[str, Any]) -> None:
    dressed = with_glyphs(style, "/glyphs/{fontstack}/{range}.pbf")
    stacks = [layer["layout"]["text-font"] for layer in dressed["layers"] if "text-font" in layer.get("layout", {})]
    assert stacks
    assert all(len(stack) == 1 and stack[0] in FACES for stack in stacks)
    assert "sans-serif" not in json.dumps(dressed)
