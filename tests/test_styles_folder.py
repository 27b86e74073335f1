"""The folder tests itself: every layer has a style that reads what tiles carry, and MapLibre accepts all of it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.compose import compose_style, layer_style, visible_maps
from gis_server.catalog.expressions import domains_read, fields_read
from gis_server.settings import HOME

STYLES = HOME / "styles"
VALIDATOR = HOME / "node_modules" / ".bin" / "gl-style-validate"
IMAGES = (("layout", "icon-image"), ("paint", "fill-pattern"))
SPRITES = frozenset(path.stem for path in (STYLES / "sprites").glob("*.svg"))


def results(expression: Any) -> Iterator[str]:
    """The constants an expression may come to."""
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, list):
        first = {"match": 3, "case": 2, "step": 2}[expression[0]]
        ends = expression[first::2] if expression[0] == "step" else [*expression[first:-1:2], expression[-1]]
        for one in ends:
            yield from results(one)


def images(catalog: Catalog, layer: Layer) -> set[str]:
    """Icons and patterns a layer's style may ask for."""
    styled = catalog.styles[layer.file.style].layers
    asked = [one[block][name] for one in styled for block, name in IMAGES if name in one.get(block, {})]
    return {name for one in asked for name in results(one)}


def test_every_layer_has_a_style_of_its_own_path(catalog: Catalog) -> None:
    for layer in catalog:
        assert layer.file.style == f"{layer.group}/{layer.name}"
        assert layer.file.style in catalog.styles


def test_styles_read_only_fields_that_tiles_carry(catalog: Catalog) -> None:
    wrong = {
        layer.id: missing
        for layer in catalog
        for one in catalog.styles[layer.file.style].layers
        if (missing := fields_read(one) - set(layer.file.tiles.fields))
    }
    assert wrong == {}


def test_styles_name_code_lists_that_exist_and_codes_of_the_field(catalog: Catalog) -> None:
    for layer in catalog:
        styled = catalog.styles[layer.file.style].layers
        assert frozenset().union(*(domains_read(one) for one in styled)) <= set(catalog.domains), layer.id
        for one in styled:
            for field, label in matched(one):
                domain = layer.fields[field].domain
                assert domain is None or label in catalog.domains[domain].values, f"{layer.id}: {field} = {label}"


def matched(value: Any) -> Iterator[tuple[str, str]]:
    """(field, code) of every match, comparison or list test over a field."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list):
        return
    if len(value) > 2 and isinstance(value[1], list) and value[1][:1] == ["get"]:
        yield from ((value[1][1], label) for label in labels(value))
    for one in value:
        yield from matched(one)


def labels(test: list[Any]) -> list[str]:
    """What a field is compared with."""
    if test[0] == "match":
        return [one for label in test[2:-1:2] for one in (label if isinstance(label, list) else [label])]
    if test[0] == "in":
        return list(test[2][1])
    return [test[2]] if test[0] in ("==", "!=") and isinstance(test[2], str) else []


def test_style_layers_begin_no_earlier_than_the_tiles(catalog: Catalog) -> None:
    for layer in catalog:
        for one in catalog.styles[layer.file.style].layers:
            low, high = layer.file.tiles.zoom
            assert one.get("minzoom", low) <= high, layer.id
            assert one.get("maxzoom", 24) > low, layer.id


def test_styles_ask_for_sprites_that_exist_and_every_sprite_is_asked_for(catalog: Catalog) -> None:
    asked = {layer.id: images(catalog, layer) for layer in catalog}
    assert {name: missing for name, some in asked.items() if (missing := some - SPRITES)} == {}
    themes = {theme.icon for theme in catalog.themes.values()}
    assert set().union(*asked.values(), themes) == SPRITES


def test_sprites_are_small_and_say_where_borrowed_drawings_come_from() -> None:
    for path in (STYLES / "sprites").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        size = re.search(r'width="(\d+)" height="(\d+)"', text)
        assert size is not None
        assert max(map(int, size.groups())) <= 27, path.name
        assert ("translate(4.1 4.1)" in text) == ("Maki" in text and "CC0" in text), path.name


def test_no_style_file_is_without_a_layer(catalog: Catalog) -> None:
    files = {f"{path.parent.name}/{path.stem}" for path in STYLES.glob("*/*.yaml") if path.parent.name != "maps"}
    assert files == {layer.file.style for layer in catalog}


def test_labels_use_fonts_of_the_browser(catalog: Catalog) -> None:
    """Without `glyphs` the browser draws the letters; a stack must end in a generic family, or some may lack ế or ợ."""
    for name, style in catalog.styles.items():
        for one in style.layers:
            font = one.get("layout", {}).get("text-font", ["sans-serif"])
            assert font[-1] == "sans-serif", name


@pytest.fixture(scope="module")
def validator() -> Path:
    if shutil.which("node") is None or not VALIDATOR.exists():
        pytest.fail(f"{VALIDATOR} is missing: run `npm ci`")
    return VALIDATOR


def test_maplibre_accepts_every_style_in_every_view(catalog: Catalog, validator: Path, tmp_path: Path) -> None:
    for view in compile_views(catalog).values():
        for name in visible_maps(catalog, view.layers):
            write(tmp_path / f"{view.name}-{name}.json", compose_style(catalog, name, view.layers, absolute))
        for layer in view.layers:
            write(tmp_path / f"{view.name}-{layer}.json", layer_style(catalog, layer, view.layers, absolute))
    for layer in catalog:
        bare = {layer.id: tuple(layer.key)}
        write(tmp_path / f"bare-{layer.id}.json", layer_style(catalog, layer.id, bare, absolute))
    files = sorted(map(str, tmp_path.glob("*.json")))
    assert len(files) > 2 * len(catalog.layers)
    checked = subprocess.run([validator, *files], capture_output=True, text=True, check=False)
    assert checked.stdout == ""
    assert checked.returncode == 0, checked.stderr


def test_the_validator_would_notice(validator: Path, tmp_path: Path, catalog: Catalog) -> None:
    style = layer_style(catalog, "drainage.vung_ngap", {"drainage.vung_ngap": ("ma",)}, absolute)
    style["layers"][0]["paint"]["fill-colour"] = "#ffffff"
    write(tmp_path / "wrong.json", style)
    checked = subprocess.run([validator, tmp_path / "wrong.json"], capture_output=True, text=True, check=False)
    assert "fill-colour" in checked.stdout


def absolute(path: str) -> str:
    return f"http://127.0.0.1:8000{path}"


def write(path: Path, style: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(style), encoding="utf-8")
