"""The legend of maps and layers as a picture, with the signs that the viewer shows."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import escape

from gis_server.catalog.dress import Scheme
from gis_server.images.furniture import INK, LETTER, LETTER_WIDTH

Entry = Mapping[str, Any]
SIGN, ROW, HEAD = 28, 22, 26
"""Width of a sign; heights of a line and of a layer's title, in pixels."""
EDGE, GAP, BETWEEN = 6, 8, 7
MOST_LETTERS = 90


@dataclass(frozen=True)
class Part:
    """The legend of one layer."""

    title: str
    entries: Sequence[Entry]

    @property
    def is_single(self) -> bool:
        """A layer drawn in one way is its own only line."""
        return len(self.entries) == 1


def parts_of(styles: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[Part]:
    """The legends of the layers that are shown, the uppermost first; once each."""
    found: dict[str, Part] = {}
    for style in reversed(styles):
        told = style["metadata"]
        for name in reversed(told["bando:layers"]):
            entries = told["bando:legend"].get(name, [])
            if entries and name not in told["bando:hidden"]:
                found.setdefault(name, Part(titles[name], entries))
    return list(found.values())


def legend_size(parts: Sequence[Part]) -> tuple[int, int]:
    """Width and height of the picture."""
    letters = max((len(words) for part in parts for words in _words(part)), default=10)
    height = sum(ROW * len(part.entries) + (0 if part.is_single else HEAD) + BETWEEN for part in parts)
    return round(2 * EDGE + SIGN + GAP + letters * LETTER * LETTER_WIDTH * 1.08), max(height + 2 * EDGE, ROW)


def legend_svg(parts: Sequence[Part], scheme: Scheme, icons: Path) -> str:
    width, height = legend_size(parts)
    ink, paper = INK[scheme]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="Noto Sans" '
        f'font-size="{LETTER}"><rect width="{width}" height="{height}" fill="{paper}"/>'
        f'<g fill="{ink}">{"".join(_drawn(parts, icons))}</g></svg>'
    )


def _drawn(parts: Sequence[Part], icons: Path) -> Iterator[str]:
    y = EDGE
    for part in parts:
        if not part.is_single:
            yield f'<text x="{EDGE}" y="{y + 17}" font-weight="bold">{escape(_cut(part.title))}</text>'
            y += HEAD
        for entry, words in zip(part.entries, _lines(part), strict=True):
            yield f'<g transform="translate({EDGE} {y})">{"".join(_sign(entry, icons))}</g>'
            yield f'<text x="{EDGE + SIGN + GAP}" y="{y + 15}">{escape(words)}</text>'
            y += ROW
        y += BETWEEN


def _sign(look: Entry, icons: Path) -> Iterator[str]:
    """A look in 28 × 22 pixels."""
    middle = ROW / 2
    match look.get("shape"):
        case "fill":
            yield _area(look)
        case "line":
            yield from _line(look, middle)
        case "circle":
            outline = escape(str(look.get("outline", "none")))
            yield f'<circle cx="14" cy="{middle:g}" r="5" fill="{escape(str(look["color"]))}" stroke="{outline}"/>'
    for name in (look.get("pattern"), look.get("icon")):
        if name:
            yield from _icon(icons / f"{name}.svg")


def _area(look: Entry) -> str:
    opacity = f'fill-opacity="{look["opacity"]:g}"' if "opacity" in look else ""
    color, outline = escape(str(look["color"])), escape(str(look.get("outline", "#00000033")))
    return f'<rect x="1" y="3" width="26" height="16" rx="1.5" fill="{color}" {opacity} stroke="{outline}"/>'


def _line(look: Entry, middle: float) -> Iterator[str]:
    width = min(max(float(look.get("width", 1)), 1.0), 7.0)
    path = f'<path d="M1 {middle:g}H27" fill="none"'
    if "casing" in look:
        yield f'{path} stroke="{escape(str(look["casing"]))}" stroke-width="{width + 2:g}"/>'
    dash = " ".join(f"{float(one) * width:g}" for one in look.get("dash") or ())
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    yield f'{path} stroke="{escape(str(look["color"]))}" stroke-width="{width:g}"{dashed}/>'


def _icon(path: Path) -> Iterator[str]:
    if path.is_file():
        data = base64.b64encode(path.read_bytes()).decode()
        yield f'<image x="5" y="2" width="18" height="18" href="data:image/svg+xml;base64,{data}"/>'


def _words(part: Part) -> list[str]:
    return [*_lines(part), _cut(part.title)]


def _lines(part: Part) -> list[str]:
    if part.is_single:
        return [_cut(part.title)]
    return [_cut(" · ".join(dict.fromkeys((one["title"]["vi"], one["title"]["en"])))) for one in part.entries]


def _cut(words: str) -> str:
    return words if len(words) <= MOST_LETTERS else words[: MOST_LETTERS - 1] + "…"
