"""The road network: main roads on a warped lattice, a road along the water, streets and alleys that cut the blocks."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Point, Polygon

from loaders.sample_city.frame import SOUTH, WEST, Frame, Points
from loaders.sample_city.shapes import Axes, axes_of, cut_in_two, faces, inside_points, lines, owner_of, polygons
from loaders.sample_city.streets import BANK_M, LO_GIOI, Network, Quarter, Street
from loaders.sample_city.water import Water

SIZES = {"co": (45, 80), "moi": (56, 122), "biet_thu": (60, 130), "cong_nghiep": (150, 230), "ruong": (165, 260),
         "vuon": (110, 200), "rung": (900, 900)}  # fmt: skip
"""Largest depth and length of a cell by style of quarter, metres."""


def network(frame: Frame, water: Water) -> Network:
    """The whole network of the frame."""
    shore = polygons(water.big.buffer(BANK_M + 60).buffer(-60))[0].simplify(0.5)
    streets = _main_roads(frame, water, shore) + _waterside(frame, water, shore)
    land = frame.box.difference(shore)
    lots = [street.line for street in streets]
    found = faces([frame.box.boundary, shore.boundary, water.canal_area.buffer(1.5).boundary, *lots])
    dry = owner_of(inside_points(found), [shore, water.canal_area.buffer(1.6)]) < 0
    quarters = [Quarter(area, _style(frame, area)) for area in found[dry] if area.intersection(land).area > 400]
    _complete(frame, quarters)
    random = frame.random("streets")
    centre = Point(frame.at(0.72, 0.58))
    cutter = _Cutter(streets, random, [])
    for quarter in sorted(quarters, key=lambda quarter: quarter.area.distance(centre)):
        cutter.divide(quarter, quarter.area)
    if not cutter.park:
        _make_park(quarters)
    return Network(streets, quarters)


def _warp(frame: Frame, u: Points, v: Points) -> Points:
    """From the lattice's own coordinates to the ground: turned, and bent by two long waves."""
    phase = frame.random("warp").uniform(0, 2 * np.pi, 4)
    turn = np.radians(11)
    x = u * np.cos(turn) - v * np.sin(turn) + 46 * np.sin(v / 235 + phase[0]) + 26 * np.sin(u / 190 + phase[1])
    y = u * np.sin(turn) + v * np.cos(turn) + 52 * np.sin(u / 265 + phase[2]) + 24 * np.sin(v / 170 + phase[3])
    return np.column_stack([WEST + x, SOUTH + y])


def _lattice(frame: Frame) -> tuple[Points, Points]:
    """Uneven distances between main roads, beyond the frame on every side."""
    random = frame.random("lattice")
    reach = frame.width + frame.height
    u = np.cumsum(random.uniform(255, 400, int(reach / 255) + 2)) - 420
    v = np.cumsum(random.uniform(235, 370, int(reach / 235) + 2)) - 0.35 * frame.width
    return u[u < frame.width + 700], v[v < frame.height + 500]


def _main_roads(frame: Frame, water: Water, shore: Polygon) -> list[Street]:
    u, v = _lattice(frame)
    kinds_v = _kinds(v, 0.52 * frame.height - 0.10 * frame.width, "quoc_lo")
    kinds_u = _kinds(u, 0.70 * frame.width, "duong_tinh")
    random = frame.random("main roads")
    streets = []
    for place, kind in zip(v, kinds_v, strict=True):
        streets += _clipped(frame, _lattice_line(frame, u, place, True), kind, (water, shore, random))
    for place, kind in zip(u, kinds_u, strict=True):
        streets += _clipped(frame, _lattice_line(frame, v, place, False), kind, (water, shore, random))
    return streets


def _kinds(places: Points, wanted: float, kind: str) -> list[str]:
    best = int(np.argmin(np.abs(places - wanted)))
    return [kind if index == best else "chinh" for index in range(len(places))]


def _lattice_line(frame: Frame, knots: Points, place: float, along: bool) -> list[LineString]:
    """One line of the lattice as its pieces from knot to knot."""
    pieces = []
    for start, end in pairwise(knots):
        run = np.linspace(start, end, 16)
        fixed = np.full_like(run, place)
        pieces.append(LineString(_warp(frame, run, fixed) if along else _warp(frame, fixed, run)))
    return pieces


def _clipped(
    frame: Frame, pieces: list[LineString], kind: str, rules: tuple[Water, Polygon, np.random.Generator]
) -> list[Street]:
    """Main roads cross the water; others end at the road along it and now and then leave a piece out."""
    water, shore, random = rules
    bridged = kind in ("quoc_lo", "duong_tinh")
    kept = [piece for piece in pieces if bridged or random.random() > 0.13]
    whole = shapely.line_merge(shapely.union_all(kept)).intersection(frame.box)
    whole = whole.difference(water.sea.buffer(BANK_M) if bridged else shore)
    return [Street(kind, part, reserve=LO_GIOI[kind]) for part in lines(shapely.line_merge(whole)) if part.length > 60]


def _waterside(frame: Frame, water: Water, shore: Polygon) -> list[Street]:
    """Roads along river and bay, and along canals in town."""
    inner = frame.box.buffer(-1)
    found = [("ven_song", part) for part in lines(shapely.line_merge(shore.boundary.intersection(inner)))]
    for canal in water.canals:
        if canal.urban:
            edge = canal.line.buffer(canal.width / 2 + 8).simplify(0.3).boundary
            found += [
                ("khu_vuc", part) for part in lines(shapely.line_merge(edge.intersection(inner).difference(shore)))
            ]
    return [Street(kind, part, reserve=LO_GIOI[kind]) for kind, part in found if part.length > 40]


STYLE_PLACES = [("co", 0.52, 0.60, 0.15), ("co", 0.60, 0.47, 0.11), ("moi", 0.76, 0.57, 0.13),
                ("moi", 0.47, 0.82, 0.10),
                ("biet_thu", 0.63, 0.80, 0.09), ("cong_nghiep", 0.85, 0.87, 0.12), ("co", 0.49, 0.33, 0.09),
                ("cong_nghiep", 0.06, 0.90, 0.07), ("vuon", 0.12, 0.70, 0.13), ("vuon", 0.66, 0.27, 0.11),
                ("rung", 0.86, 0.17, 0.09), ("rung", 0.07, 0.13, 0.07)]  # fmt: skip
"""Style, place and reach (shares of the frame): the nearest in units of reach wins; beyond all of them lie fields."""


PARK_AREA = (11_000, 25_000)
"""The first face of a new quarter of this size, on the way from big to small, stays whole: the park."""


def _style(frame: Frame, area: Polygon) -> str:
    x, y = area.centroid.coords[0]
    distances = []
    for _, along, up, reach in STYLE_PLACES:
        place = frame.at(along, up)
        distances.append(np.hypot(x - place[0], y - place[1]) / (reach * frame.width))
    best = int(np.argmin(distances))
    return STYLE_PLACES[best][0] if distances[best] < 1 else "ruong"


def _complete(frame: Frame, quarters: list[Quarter]) -> None:
    """A small city may lack a way of building: the quarter nearest to its place, of of a common way, takes it."""
    for style, along, up, _ in STYLE_PLACES:
        if all(quarter.style != style for quarter in quarters):
            place = Point(frame.at(along, up))
            count = Counter(quarter.style for quarter in quarters)
            spare = [quarter for quarter in quarters if count[quarter.style] > 1] or quarters
            min(spare, key=lambda quarter: quarter.area.distance(place)).style = style


def _make_park(quarters: list[Quarter]) -> None:
    """Where no face had the size for it, the largest cell near houses becomes the park."""
    town = [quarter for quarter in quarters if quarter.style in ("moi", "co", "biet_thu", "vuon")] or quarters
    best = max(town, key=lambda quarter: max(cell.area for cell, _ in quarter.cells))
    index = int(np.argmax([cell.area for cell, _ in best.cells]))
    best.cells[index] = (best.cells[index][0], "cong_vien")


@dataclass
class _Cutter:
    """Cuts quarters by streets until their cells are as small as the style wants."""

    streets: list[Street]
    random: np.random.Generator
    park: list[Polygon]

    def divide(self, quarter: Quarter, area: Polygon) -> None:
        axes = axes_of(area)
        depth, length = SIZES[quarter.style]
        if quarter.style == "moi" and PARK_AREA[0] < area.area < PARK_AREA[1] and not self.park:
            self.park.append(area)
            quarter.cells.append((area, "cong_vien"))
        elif (axes.length <= length and axes.depth <= depth) or area.area < 700:
            quarter.cells.append((area, quarter.style))
        else:
            across = axes.length > max(length, 1.15 * axes.depth) or axes.depth <= depth
            parts, inside = cut_in_two(area, _knife(axes, across, quarter.style, self.random))
            if kind := _kind_of_cut(quarter.style, area.area):
                self.streets.extend(_cut_streets(kind, lines(inside), self.random))
            for part in parts:
                self.divide(quarter, part)


def _knife(axes: Axes, across: bool, style: str, random: np.random.Generator) -> Points:
    """A gently bent line through the middle, across the longer or the shorter side."""
    regular = style in ("moi", "cong_nghiep")
    middle = random.normal(0.5, 0.015 if regular else 0.045)
    lean = random.normal(0, 0.008 if regular else 0.045)
    bend = random.normal(0, 0.004 if regular else 0.02)
    run = np.linspace(-0.1, 1.1, 13)
    place = middle + lean * (run - 0.5) + bend * np.sin(np.pi * np.clip(run, 0, 1))
    u, v = (place * axes.length, run * axes.depth) if across else (run * axes.length, place * axes.depth)
    return axes.corner + u[:, None] * axes.along + v[:, None] * axes.across


def _kind_of_cut(style: str, area: float) -> str:
    if style in ("co", "vuon", "ruong"):
        limits = {"co": (38_000, 13_000), "vuon": (70_000, 22_000), "ruong": (90_000, 1e9)}[style]
        return "khu_vuc" if area > limits[0] else "noi_bo" if area > limits[1] else "" if style == "ruong" else "hem"
    return "khu_vuc" if area > 30_000 else "noi_bo"


def _cut_streets(kind: str, parts: list[LineString], random: np.random.Generator) -> list[Street]:
    """Streets along a cut; an alley is as narrow as it happens to be, and some end blind."""
    found = []
    for part in parts:
        if part.length < 12:
            continue
        reserve = LO_GIOI[kind]
        if kind == "hem":
            reserve = round(float(random.choice([2.5, 3.0, 3.5, 4.0, 5.0, 6.0])), 1)
            part = _blind(part, random)
        found.append(Street(kind, part, reserve=reserve))
    return found


def _blind(line: LineString, random: np.random.Generator) -> LineString:
    if random.random() > 0.4 or line.length < 45:
        return line
    blind = shapely.ops.substring(line, 0, line.length - random.uniform(13, 18))
    return blind if random.random() < 0.5 else shapely.ops.substring(line, random.uniform(13, 18), line.length)
