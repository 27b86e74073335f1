"""What stands on a picture beside the map: whom to thank, how old it is, a scale bar, an arrow north, a title."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape

from gis_server.catalog.dress import Scheme
from gis_server.catalog.model import Text
from gis_server.web.parameters import CITY_TIME

MARKS = ("scale", "north", "title")
LETTER, LINE = 11, 15
"""Height of the small print and of its lines, in logical pixels."""
LETTER_WIDTH = 0.56
"""Of a letter on average, in heights."""
EDGE = 8
BAR_SHARE = 0.22
"""The scale bar is at most this part of the picture's width."""
PRINT_SHARE = 0.35
"""Nor is more of its height than this taken by words, however small it is."""
INK: Mapping[Scheme, tuple[str, str]] = {"light": ("#22262b", "#ffffff"), "dark": ("#e9ecef", "#15181c")}
"""Ink, and the paper under it."""


@dataclass(frozen=True)
class Told:
    """What is written on a picture."""

    title: Text
    thanks: Sequence[str]
    as_of: datetime | None
    release: int
    synthetic: bool
    pixel_m: float
    """Metres on the ground."""


@dataclass(frozen=True)
class Board:
    """The picture to write on."""

    width: int
    height: int
    scheme: Scheme
    marks: Sequence[str]


def furniture(board: Board, told: Told) -> str:
    """SVG of the picture's size."""
    lines = small_print(board, told)
    foot = board.height - len(lines) * LINE - 6
    parts = [*_print(board, lines, foot)]
    if "scale" in board.marks:
        parts += _scale_bar(board, told.pixel_m, foot - 14)
    if "north" in board.marks:
        parts += _arrow(board)
    if "title" in board.marks:
        parts += _title(board, told.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{board.width}" height="{board.height}" '
        f'font-family="Noto Sans" font-size="{LETTER}">{"".join(parts)}</svg>'
    )


def small_print(board: Board, told: Told) -> list[str]:
    """Thanks, age and, where data is made up, that it is: in as many lines as they need."""
    words = [*told.thanks]
    if told.as_of is not None:
        day = told.as_of.astimezone(CITY_TIME)
        words.append(
            f"Dữ liệu đến {day:%d/%m/%Y} (bản công bố {told.release}) · data as of {day:%Y-%m-%d} (release "
            f"{told.release})"
        )
    if told.synthetic:
        words.insert(0, "DỮ LIỆU GIẢ LẬP, KHÔNG ĐO ĐẠC · SYNTHETIC DATA, NOT MEASURED")
    room = max(int((board.width - 2 * EDGE) / LETTER / LETTER_WIDTH), 12)
    most = max(1, int(board.height * PRINT_SHARE / LINE))
    return list(_wrapped(" · ".join(words), room))[:most]


def round_length(most_m: float) -> float:
    """The longest of 1, 2, 5 × 10ⁿ metres that is not longer."""
    power = 10.0 ** len(str(int(most_m))) if most_m >= 1 else 1.0
    while power > 1e-3:
        for one in (5, 2, 1):
            if one * power <= most_m:
                return one * power
        power /= 10
    return most_m


def _wrapped(words: str, room: int) -> Iterator[str]:
    line = ""
    for word in words.split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _print(board: Board, lines: Sequence[str], foot: int) -> Iterator[str]:
    ink, paper = INK[board.scheme]
    if lines:
        yield _sheet((0, foot, board.width, board.height - foot), paper, 0)
    for number, line in enumerate(lines):
        yield f'<text x="{EDGE}" y="{foot + 2 + (number + 0.8) * LINE:g}" fill="{ink}">{escape(line)}</text>'


def _scale_bar(board: Board, pixel_m: float, foot: int) -> Iterator[str]:
    """Four parts, ink and paper in turn; its length is true in the middle of the picture."""
    ink, paper = INK[board.scheme]
    length_m = round_length(board.width * BAR_SHARE * pixel_m)
    width = length_m / pixel_m
    words = (f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m").replace(".", ",")
    yield _sheet((EDGE, foot - 18, width + 22 + 7 * len(words), 24), paper)
    for part in range(4):
        place = f'x="{EDGE + 6 + part * width / 4:.2f}" y="{foot - 9}" width="{width / 4:.2f}" height="6"'
        yield f'<rect {place} fill="{paper if part % 2 else ink}" stroke="{ink}" stroke-width="0.8"/>'
    yield f'<text x="{EDGE + 12 + width:.1f}" y="{foot - 2}" fill="{ink}">{words}</text>'


def _arrow(board: Board) -> Iterator[str]:
    """Grid north is up; B is for Bắc."""
    ink, paper = INK[board.scheme]
    yield f'<g transform="translate({board.width - 34} 10)">{_sheet((0, 0, 26, 44), paper)}'
    yield f'<path d="M13 4 L20 26 L13 21 L6 26 Z" fill="none" stroke="{ink}" stroke-width="1"/>'
    yield f'<path d="M13 4 L20 26 L13 21 Z" fill="{ink}"/>'
    yield f'<text x="13" y="40" text-anchor="middle" font-weight="bold" font-size="12" fill="{ink}">B</text></g>'


def _title(board: Board, title: Text) -> Iterator[str]:
    ink, paper = INK[board.scheme]
    width = max(len(title.vi) * 17 * 0.6, len(title.en) * LETTER * LETTER_WIDTH) + 2 * EDGE
    yield _sheet((EDGE, 10, width, 44), paper)
    yield f'<text x="{2 * EDGE}" y="31" font-size="17" font-weight="bold" fill="{ink}">{escape(title.vi)}</text>'
    yield f'<text x="{2 * EDGE}" y="47" fill="{ink}">{escape(title.en)}</text>'


def _sheet(at: tuple[float, float, float, float], paper: str, corner: int = 3) -> str:
    """Paper that the map shines through."""
    x, y, width, height = at
    place = f'x="{x:g}" y="{y:g}" width="{width:.0f}" height="{height:g}" rx="{corner}"'
    return f'<rect {place} fill="{paper}" fill-opacity="0.82"/>'
