"""Parcels: every cell between streets is cut exactly into lots, with no gap and no overlap on the millimetre grid."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon

from loaders.sample_city.frame import Frame
from loaders.sample_city.shapes import Axes, Shapes, axes_of, faces, inside_points, owner_of, polygons, rounded, surface
from loaders.sample_city.streets import Network
from loaders.sample_city.water import Water

FRONTAGE = {"co": (4.9, 0.8), "moi": (5.4, 0.05), "biet_thu": (10.5, 0.6), "cong_nghiep": (75, 9), "ruong": (26, 5),
            "vuon": (19, 3.5), "cong_cong": (25, 3)}  # fmt: skip
"""Mean and spread of the width of a lot by style, metres."""
WHOLE = ("cong_vien", "rung", "quang_truong", "nguyen")
"""Styles whose cells stay in one piece."""
PUBLIC_CELLS, WHOLE_CELLS = 24, 9
"""How many cells of three wards are kept for institutions (cut wide) and for one use (not cut)."""


@dataclass(frozen=True)
class Fabric:
    """The land between streets. Parcels of one cell tile it exactly."""

    parcels: Shapes
    cell: NDArray[np.int64]
    style: NDArray[np.str_]
    cells: Shapes
    corridor: Polygon | MultiPolygon
    """All road reserves together, with cut corners."""
    blocks: Shapes
    """Land between streets: cells and the alleys between them."""

    @property
    def area(self) -> NDArray[np.float64]:
        return np.asarray(shapely.area(self.parcels))


def fabric(frame: Frame, network: Network, water: Water) -> Fabric:
    """Cells without their road reserves, cut into lots."""
    corridor = _cornered(shapely.union_all([street.corridor for street in network.streets], grid_size=0.001))
    taken = shapely.union_all([corridor, water.canal_area.buffer(3), network.lake.buffer(1)], grid_size=0.001)
    cells, styles = _net_cells(network, taken)
    styles = _with_public(frame, cells, styles)
    random = frame.random("lots")
    cuts = [line for cell, style in zip(cells, styles, strict=True) for line in _lot_lines(cell, style, random)]
    found = faces([*shapely.boundary(cells), *cuts])
    cell_of = owner_of(inside_points(found), cells)
    parcels, cell_of = _without_slivers(found[cell_of >= 0], cell_of[cell_of >= 0])
    return Fabric(parcels, cell_of, styles[cell_of], cells, corridor, _blocks(network, taken))


def _cornered(corridor: MultiPolygon) -> Polygon | MultiPolygon:
    """Corners cut where streets meet (vát góc), as the planners draw them."""
    cut = corridor.buffer(2.5, join_style="bevel").buffer(-2.5, join_style="bevel")
    return surface(shapely.set_precision(cut.union(corridor), 0.001))


def _net_cells(network: Network, taken: MultiPolygon) -> tuple[Shapes, NDArray[np.str_]]:
    cells, styles = [], []
    shapely.prepare(taken)
    for quarter in network.quarters:
        for cell, style in quarter.cells:
            for part in polygons(shapely.difference(cell, taken, grid_size=0.001)):
                if part.area > 55 and (style == "cong_vien" or 4 * np.pi * part.area / part.length**2 > 0.12):
                    cells.append(part)
                    styles.append(style)
    return np.array(cells, dtype=object), np.array(styles, dtype="U12")


def _with_public(frame: Frame, cells: Shapes, styles: NDArray[np.str_]) -> NDArray[np.str_]:
    """Some cells in town are kept whole or cut wide, for schools, markets and offices, and spread over it."""
    random = frame.random("public cells")
    area = shapely.area(cells)
    town = np.isin(styles, ["co", "moi", "biet_thu"])
    share = frame.wards / 3
    for style, low, high, count in [("nguyen", 2600, 9000, WHOLE_CELLS), ("cong_cong", 1200, 5200, PUBLIC_CELLS)]:
        free = np.flatnonzero(town & (area > low) & (area < high) & np.isin(styles, ["co", "moi", "biet_thu"]))
        styles[random.permutation(free)[: round(count * share)]] = style
    square = np.flatnonzero((styles == "co") & (area > 1100) & (area < 2600))
    middle = shapely.Point(frame.at(0.53, 0.575))
    styles[square[np.argmin(shapely.distance(cells[square], middle))]] = "quang_truong"
    return styles


def _lot_lines(cell: Polygon, style: str, random: np.random.Generator) -> list[LineString]:
    """Cuts of one cell: a spine between two rows of lots, and cuts from it to the streets on both sides."""
    if style in WHOLE or cell.area < 90:
        return []
    axes = axes_of(cell)
    mean, spread = FRONTAGE[style]
    rows = 2 if axes.depth > (26 if style in ("co", "moi") else 40) and style != "cong_cong" else 1
    spine = axes.depth * (random.uniform(0.46, 0.54) if rows == 2 else 0.0)
    found = [] if rows == 1 else [LineString([axes.place(-3, spine), axes.place(axes.length + 3, spine)])]
    for low, high in [(spine, axes.depth + 3)] if rows == 1 else [(spine, axes.depth + 3), (-3.0, spine)]:
        found += _cross_cuts(axes, (low, high), (mean, spread), random)
    return [part for line in found for part in shapely.get_parts(line.intersection(cell.buffer(0.5)))]


def _cross_cuts(
    axes: Axes, span: tuple[float, float], frontage: tuple[float, float], random: np.random.Generator
) -> list[LineString]:
    mean, spread = frontage
    count = max(1, round(axes.length / mean))
    widths = np.clip(random.normal(mean, spread, count), 0.62 * mean, 1.9 * mean)
    places = np.cumsum(widths)[:-1] * axes.length / widths.sum()
    lean = random.normal(0, 0.02) * (span[1] - span[0])
    return [LineString([axes.place(place, span[0]), axes.place(place + lean, span[1])]) for place in places]


def _without_slivers(parcels: Shapes, cell: NDArray[np.int64]) -> tuple[Shapes, NDArray[np.int64]]:
    """Pieces too small to be a lot join the neighbour in their cell with which they share the longest side."""
    for _ in range(3):
        area = shapely.area(parcels)
        thin = 4 * np.pi * area / shapely.length(parcels) ** 2
        small = np.flatnonzero((area < 24) | ((thin < 0.2) & (area < 60)))
        tree = shapely.STRtree(parcels)
        gone = np.zeros(len(parcels), bool)
        for piece in small:
            _join(parcels, cell, gone, (int(piece), tree))
        parcels, cell = parcels[~gone], cell[~gone]
    return parcels, cell


def _join(parcels: Shapes, cell: NDArray[np.int64], gone: NDArray[np.bool_], what: tuple[int, shapely.STRtree]) -> None:
    piece, tree = what
    near = tree.query(parcels[piece], predicate="intersects")
    near = near[(near != piece) & (cell[near] == cell[piece]) & ~gone[near]]
    if len(near) == 0 or gone[piece]:
        return
    sides = shapely.length(shapely.intersection(parcels[near], parcels[piece]))
    joined = shapely.union(parcels[near[np.argmax(sides)]], parcels[piece], grid_size=0.001)
    if joined.geom_type == "Polygon":
        parcels[near[np.argmax(sides)]] = joined
        gone[piece] = True


def _blocks(network: Network, taken: MultiPolygon) -> Shapes:
    """Faces between streets (alleys belong to the block)."""
    streets = [street.corridor for street in network.streets if street.kind != "hem"]
    reserves = _cornered(shapely.union_all(streets, grid_size=0.001))
    areas = shapely.union_all([quarter.area for quarter in network.quarters], grid_size=0.001)
    found = [part for part in polygons(areas.difference(reserves)) if part.area > 120]
    return rounded(found)
