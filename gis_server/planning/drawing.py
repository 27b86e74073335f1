"""Draws a map as SVG, for the page and the paper alike: shapes, the ground in question, its corners, grid, scale."""

from collections.abc import Iterator

import shapely
from markupsafe import Markup, escape

from gis_server.catalog.swatch import Entry
from gis_server.planning.maps import PAPER_MM, Sheet, Shown

UNIT = 4.0
"""Units of the drawing in a millimetre of paper."""
WIDTH, HEIGHT = (mm * UNIT for mm in PAPER_MM)
MOST_CORNERS = 40
"""With more of them the numbers would hide the map."""
NEAREST_LABELS = 30.0
STEPS_M = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
INK = "#14202b"


class Pen:
    """From metres of the map's grid to units of the drawing."""

    def __init__(self, sheet: Sheet) -> None:
        self.west, self.north = sheet.frame[0], sheet.frame[3]
        self.per_metre = WIDTH / (sheet.frame[2] - sheet.frame[0])

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.west) * self.per_metre, (self.north - y) * self.per_metre

    def path(self, shape: shapely.Geometry) -> str:
        return "".join(self._run(part) for part in shapely.get_parts(shape))

    def _run(self, part: shapely.Geometry) -> str:
        if part.geom_type == "Polygon":
            return "".join(self._points(ring.coords) + "Z" for ring in (part.exterior, *part.interiors))
        return self._points(part.coords) + ("h0" if part.geom_type == "Point" else "")

    def _points(self, coordinates: shapely.coords.CoordinateSequence) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*self.at(x, y)) for x, y, *_ in coordinates)


def draw(sheet: Sheet) -> Markup:
    """The whole map; nothing in it comes from elsewhere."""
    pen = Pen(sheet)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{escape(sheet.title.vi)} · {escape(sheet.title.en)}" font-family="Noto Sans, sans-serif">',
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fbfaf6"/>',
        *(_feature(pen, one) for one in sheet.shown),
        *_ground(pen, sheet),
        *_labels(pen, sheet),
        *_grid(pen, sheet),
        *_scale_bar(pen),
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="none" stroke="{INK}" stroke-width="1.5"/></svg>',
    ]
    return Markup("".join(parts))


def swatch_svg(look: Entry) -> Markup:
    """A look by itself, for the legend."""
    shape = {
        "fill": '<path d="M2 2H26V16H2Z" {}/>',
        "line": '<path d="M2 9H26" {}/>',
    }.get(str(look.get("shape")), '<circle cx="14" cy="9" r="4" {}/>')
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="swatch" viewBox="0 0 28 18">{shape.format(_paint(look))}</svg>'
    )


def _feature(pen: Pen, one: Shown) -> str:
    if one.shape.geom_type.endswith("Point"):
        dots = (pen.at(point.x, point.y) for point in shapely.get_parts(one.shape))
        return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" {_paint(one.look)}/>' for x, y in dots)
    return f'<path d="{pen.path(one.shape)}" {_paint(one.look, "Line" in one.shape.geom_type)}/>'


def _paint(look: Entry, is_line: bool = False) -> str:
    color = escape(str(look.get("color", "#9a9a9a")))
    if look.get("shape") == "line" or is_line:
        dash = " ".join(f"{float(part) * 2:g}" for part in look.get("dash", []))
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return f'fill="none" stroke="{color}" stroke-width="{max(float(look.get("width", 1.5)), 1.2):g}"{dashed}'
    outline = escape(str(look.get("outline", "#6b6256")))
    opacity = f"{float(look.get('opacity', 1)):g}"
    return f'fill="{color}" fill-opacity="{opacity}" fill-rule="evenodd" stroke="{outline}" stroke-width="0.8"'


def _ground(pen: Pen, sheet: Sheet) -> Iterator[str]:
    path = pen.path(sheet.ground)
    yield f'<path d="{path}" fill="none" stroke="#fff" stroke-width="6" stroke-linejoin="round"/>'
    yield f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="3" stroke-linejoin="round"/>'
    middle = sheet.ground.centroid
    if len(sheet.corners) > MOST_CORNERS:
        return
    for number, x, y in sheet.corners:
        at_x, at_y = pen.at(x, y)
        away = ((x - middle.x) or 1e-9, (y - middle.y) or 1e-9)
        length = (away[0] ** 2 + away[1] ** 2) ** 0.5
        yield f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="2.6" fill="{INK}"/>'
        yield _text(at_x + 11 * away[0] / length, at_y - 11 * away[1] / length + 4, str(number), 11, "bold")


def _labels(pen: Pen, sheet: Sheet) -> Iterator[str]:
    """Words that do not lie on each other, the nearest to the ground first."""
    middle = sheet.ground.centroid
    taken: list[tuple[float, float]] = []
    for one in sorted((one for one in sheet.shown if one.label), key=lambda one: one.shape.distance(middle)):
        point = one.shape.representative_point()
        x, y = pen.at(point.x, point.y)
        if all(abs(x - a) > NEAREST_LABELS or abs(y - b) > NEAREST_LABELS / 2 for a, b in taken):
            taken.append((x, y))
            yield _text(x, y + 4, one.label[:40], 10)


def _text(x: float, y: float, words: str, size: int, weight: str = "normal") -> str:
    said = escape("".join(letter for letter in words if letter.isprintable()))
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="middle" fill="{INK}"'
    halo = 'stroke="#fff" stroke-width="2.5" paint-order="stroke" stroke-linejoin="round"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style} {halo}>{said}</text>'


def _grid(pen: Pen, sheet: Sheet) -> Iterator[str]:
    """Crosses at whole metres of the grid, their coordinates along the lower and the left edge (X north, Y east)."""
    west, south, east, north = sheet.frame
    step = next((one for one in STEPS_M if one * 5 >= east - west), STEPS_M[-1])
    columns = range(int(west // step + 1) * step, int(east) + 1, step)
    rows = range(int(south // step + 1) * step, int(north) + 1, step)
    for column in columns:
        x, _ = pen.at(column, 0)
        if 60 < x < WIDTH - 60:
            yield _text(x, HEIGHT - 5, f"Y {column}", 9)
        for row in rows:
            _, y = pen.at(0, row)
            yield f'<path d="M{x - 4:.1f} {y:.1f}h8M{x:.1f} {y - 4:.1f}v8" stroke="{INK}" stroke-width="0.6"/>'
    for row in rows:
        _, y = pen.at(0, row)
        if 30 < y < HEIGHT - 30:
            yield f'<g transform="rotate(-90 10 {y:.1f})">{_text(10, y + 2, f"X {row}", 9)}</g>'


def _scale_bar(pen: Pen) -> Iterator[str]:
    """Below the north arrow in the upper right corner."""
    metres = next((one for one in reversed(STEPS_M) if one * pen.per_metre <= 130), STEPS_M[0])
    right, length = WIDTH - 20, metres * pen.per_metre
    yield f'<path d="M{right - length:.1f} 44h{length:.1f}" stroke="{INK}" stroke-width="3"/>'
    yield _text(right - length / 2, 38, f"{metres} m", 10)
    yield f'<path d="M{right} 8l5 14l-5 -4l-5 4z" fill="{INK}"/>'
    yield _text(right - 14, 20, "B·N", 10, "bold")
