"""A map as a picture: frames drawn as SVG with a legend and a scale; it needs no network, in notebooks or reports."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from gis_server.client.errors import BandoError
from gis_server.client.frames import PALETTE

WIDTH, HEIGHT = 900.0, 560.0
MARGIN = 18.0
MOST_SHAPES = 60_000
STEPS_M = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Part:
    """Shapes that look alike, and what the legend calls them."""

    name: str
    colour: str
    shapes: Any
    is_faint: bool


@dataclass(frozen=True)
class Picture:
    """`Picture().add(frame, "thửa đất").add(other, "ngập", "#1b6ca8")`: what is added later lies above."""

    parts: tuple[Part, ...] = ()
    around: Box | None = field(default=None)

    def add(self, frame: Any, name: str, colour: str | None = None, *, is_faint: bool = False) -> "Picture":
        """A frame of GeoPandas in metres; `is_faint`: ground for others to stand out from."""
        chosen = colour or PALETTE[sum(not one.is_faint for one in self.parts) % len(PALETTE)]
        shapes = frame.geometry
        count = len(shapes) + sum(len(one.shapes) for one in self.parts)
        if count > MOST_SHAPES:
            raise BandoError(
                f"{count} hình là quá nhiều cho một bản vẽ (nhiều nhất {MOST_SHAPES}).",
                f"{count} shapes are too many for a picture (at most {MOST_SHAPES}).",
            )
        return Picture((*self.parts, Part(name, chosen, shapes, is_faint)), self.around)

    def by(self, frame: Any, column: str, words: Mapping[str, str] | None = None) -> "Picture":
        """A frame coloured by the values of a column, each with its own line in the legend."""
        found = self
        for value in sorted(frame[column].dropna().unique(), key=str):
            found = found.add(frame[frame[column] == value], (words or {}).get(value, str(value)))
        return found

    def over(self, frame: Any) -> "Picture":
        """Only the surroundings of this frame."""
        west, south, east, north = map(float, frame.total_bounds)
        room = max(east - west, north - south) / 20 + 10
        return Picture(self.parts, (west - room, south - room, east + room, north + room))

    def _repr_html_(self) -> str:
        box = self.around or _bounds(self.parts)
        if box is None:
            return "<p>Không có gì để vẽ. <i>There is nothing to draw.</i></p>"
        pen = _Pen(box)
        drawn = "".join(_group(pen, part) for part in self.parts)
        legend = "".join(_line(part) for part in self.parts if len(part.shapes))
        return (
            f'<figure class="picture"><svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" style="width:100%;height:auto;'
            f'background:#fbfaf6;border:1px solid #cfd6da">{drawn}{_scale(pen)}</svg>'
            f'<figcaption style="display:flex;flex-wrap:wrap;gap:.2rem 1.2rem">{legend}</figcaption></figure>'
        )


class _Pen:
    """From metres to units of the drawing: the whole box, north up."""

    def __init__(self, box: Box) -> None:
        west, south, east, north = box
        self.scale = min((WIDTH - 2 * MARGIN) / max(east - west, 1), (HEIGHT - 2 * MARGIN) / max(north - south, 1))
        self.x = WIDTH / 2 - self.scale * (west + east) / 2
        self.y = HEIGHT / 2 + self.scale * (south + north) / 2

    def path(self, shape: Mapping[str, Any]) -> Iterator[str]:
        """Rings and lines; points as dots of no length, which round ends make visible."""
        parts, depth = shape.get("coordinates", ()), _DEPTH.get(shape["type"], 0)
        for ring in _rings(parts, depth):
            points = [f"{self.x + x * self.scale:.1f} {self.y - y * self.scale:.1f}" for x, y, *_ in ring]
            yield f"M{'L'.join(points)}" + ("h0" if len(points) == 1 else "Z" if "Polygon" in shape["type"] else "")


_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def _rings(parts: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield [parts]
    elif depth == 1:
        yield parts
    else:
        for part in parts:
            yield from _rings(part, depth - 1)


def _group(pen: _Pen, part: Part) -> str:
    thinned = part.shapes.simplify(0.4 / pen.scale)
    shapes = [shape.__geo_interface__ for shape in thinned if shape is not None and not shape.is_empty]
    areas = "".join(path for one in shapes if "Polygon" in one["type"] for path in pen.path(one))
    lines = "".join(path for one in shapes if "Line" in one["type"] for path in pen.path(one))
    dots = "".join(path for one in shapes if "Point" in one["type"] for path in pen.path(one))
    colour, strength = escape(part.colour, quote=True), 0.12 if part.is_faint else 0.6
    drawn = (
        (areas, f'fill="{colour}" fill-opacity="{strength}" stroke-width=".6"'),
        (lines, f'fill="none" stroke-width="{1.5 if part.is_faint else 5}" stroke-linecap="round"'),
    )
    found = "".join(f'<path d="{path}" {look} fill-rule="evenodd" stroke="{colour}"/>' for path, look in drawn if path)
    dotted = f'<path d="{dots}" fill="none" stroke="{colour}" stroke-width="5" stroke-linecap="round"/>' if dots else ""
    return f'<g opacity="{0.7 if part.is_faint else 1}">{found}{dotted}</g>'


def _line(part: Part) -> str:
    swatch = f'<span style="display:inline-block;width:1.1em;height:.8em;border:1px solid {part.colour}'
    fill = f"{part.colour}{'20' if part.is_faint else '99'}"
    return f'<span>{swatch};background:{escape(fill)}"></span> {escape(part.name)} ({len(part.shapes)})</span>'


def _scale(pen: _Pen) -> str:
    metres = next((one for one in reversed(STEPS_M) if one * pen.scale <= 160), STEPS_M[0])
    length, words = metres * pen.scale, f"{metres} m" if metres < 1_000 else f"{metres // 1_000} km"
    halo = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
    return (
        f'<path d="M{MARGIN} {HEIGHT - MARGIN}h{length:.1f}" stroke="#14202b" stroke-width="3"/>'
        f'<text x="{MARGIN}" y="{HEIGHT - MARGIN - 6}" font-size="13" fill="#14202b" {halo}>{words}</text>'
    )


def _bounds(parts: Iterable[Part]) -> Box | None:
    boxes = [part.shapes.total_bounds for part in parts if len(part.shapes)]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
