"""The sprite sheet: the same bytes every time, no icon over another, both resolutions alike."""

import io
import json
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

from gis_server.portals.sprites import Sprites, draw_sheet
from gis_server.settings import HOME

FOLDER = HOME / "styles" / "sprites"
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="{0}" height="{0}" fill="{1}"/></svg>'
)


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    for name, size, color in (("a", 9, "#ff0000"), ("b", 15, "#00ff00"), ("c", 21, "#0000ff")):
        (tmp_path / f"{name}.svg").write_text(SQUARE.format(size, color), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("ratio", [1, 2])
def test_each_icon_stands_where_the_index_says(squares: Path, ratio: int) -> None:
    sheet = draw_sheet(squares, ratio)
    index, image = json.loads(sheet.index), Image.open(io.BytesIO(sheet.image))
    for name, size, color in (("a", 9, (255, 0, 0)), ("b", 15, (0, 255, 0)), ("c", 21, (0, 0, 255))):
        place = index[name]
        assert (place["width"], place["height"], place["pixelRatio"]) == (size * ratio, size * ratio, ratio)
        box = (place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"])
        assert image.crop(box).getcolors() == [((size * ratio) ** 2, (*color, 255))]


def test_the_same_files_make_the_same_bytes() -> None:
    assert draw_sheet(FOLDER, 1) == draw_sheet(FOLDER, 1)


def test_every_drawing_is_on_both_sheets_and_none_overlaps() -> None:
    names = {path.stem for path in FOLDER.glob("*.svg")}
    sheets = {ratio: json.loads(draw_sheet(FOLDER, ratio).index) for ratio in (1, 2)}
    assert sheets[1].keys() == sheets[2].keys() == names
    for one, other in combinations(sheets[1].values(), 2):
        apart_x = one["x"] + one["width"] < other["x"] or other["x"] + other["width"] < one["x"]
        apart_y = one["y"] + one["height"] < other["y"] or other["y"] + other["height"] < one["y"]
        assert apart_x or apart_y
    for name, place in sheets[1].items():
        assert sheets[2][name]["width"] == 2 * place["width"]


def test_no_icon_is_empty() -> None:
    sheet = draw_sheet(FOLDER, 2)
    image = Image.open(io.BytesIO(sheet.image))
    for name, place in json.loads(sheet.index).items():
        box = (place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"])
        assert image.crop(box).getchannel("A").getbbox() is not None, name


def test_a_sheet_is_drawn_once(squares: Path) -> None:
    sprites = Sprites(squares)
    first = sprites.sheet(1)
    (squares / "d.svg").write_text(SQUARE.format(9, "#000000"), encoding="utf-8")
    assert sprites.sheet(1) is first
