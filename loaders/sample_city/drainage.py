"""Drainage: pipes that fall along the streets to outfalls on the water, manholes on all their ends."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon

from loaders.sample_city.city import City, codes, whole_polygons
from loaders.sample_city.flooding import add_floods, add_works
from loaders.sample_city.flow import TOWN, Forest, forest, nearest_water, outfall_nodes, own_area, serviced
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import surface

GROUP = "drainage."
SLOPE, OUTFALL_M, SPAN_M = 0.0009, -0.75, 36.0
"""Fall of every pipe, invert at the outfall above Hòn Dấu, longest span between manholes."""
SIZES_MM = [(0, 400), (3_000, 600), (9_000, 800), (25_000, 1000), (60_000, 1200), (120_000, 1500)]
"""Diameter by square metres drained."""


@dataclass
class Manhole:
    """A manhole: where, how deep, on which street, in which catchment."""

    name: str
    place: Point
    level: float
    street: int
    root: int


@dataclass
class Pipe:
    """A pipe between two manholes, drawn downstream."""

    line: LineString
    levels: tuple[float, float]
    ends: tuple[str, str]
    street: int
    root: int
    drained: float


def add_drainage(city: City, plan: Plan) -> None:
    """The whole group."""
    usable = serviced(plan)
    roots = outfall_nodes(plan, usable)
    tree = forest(plan.graph, usable, roots)
    label = {int(root): f"LV-{index + 1:02d}" for index, root in enumerate(roots)}
    holes, pipes = sewer(plan, tree, own_area(plan, plan.graph.nodes), ("HG", level_above_outfall))
    _add_pipes(city, plan, pipes, label)
    _add_manholes(city, plan, holes, label)
    _add_outfalls(city, plan, holes[: len(roots)], label)
    _add_catchments(city, plan, tree, label)
    add_works(city, plan)
    add_floods(city, plan)


def sewer(
    plan: Plan, tree: Forest, own: NDArray[np.float64], rules: tuple[str, Callable[[float], float]]
) -> tuple[list[Manhole], list[Pipe]]:
    """Each edge of the forest cut into spans of equal length, manholes on all ends, those of the roots first."""
    prefix, level = rules
    graph, load = plan.graph, tree.load(own)
    holes = [
        Manhole(f"{prefix}-CX{index + 1:03d}", graph.nodes[node], level(0.0), -1, int(node))
        for index, node in enumerate(tree.roots)
    ]
    name_of = {int(node): holes[index].name for index, node in enumerate(tree.roots)}
    pipes: list[Pipe] = []
    for node in tree.wet[::-1]:
        edge, down = int(tree.down_edge[node]), int(tree.down_node[node])
        line = graph.edges[edge] if graph.start[edge] == node else graph.edges[edge].reverse()
        marks = np.linspace(0, line.length, max(1, int(np.ceil(line.length / SPAN_M))) + 1)
        street, root = int(graph.street[edge]), int(tree.root[node])
        levels = [level(float(tree.distance[down]) + line.length - mark) for mark in marks]
        names = [f"{prefix}-{len(holes) + step:05d}" for step in range(len(marks) - 1)] + [name_of[down]]
        name_of[int(node)] = names[0]
        places = [graph.nodes[node], *[line.interpolate(mark) for mark in marks[1:-1]]]
        holes += [Manhole(names[step], places[step], levels[step], street, root) for step in range(len(places))]
        pipes += [Pipe(shapely.ops.substring(line, marks[step], marks[step + 1]), (levels[step], levels[step + 1]),
                       (names[step], names[step + 1]), street, root,
                       float(load[node])) for step in range(len(marks) - 1)]  # fmt: skip
    return holes, pipes


def level_above_outfall(distance: float) -> float:
    """Invert level that far above the outfall."""
    return OUTFALL_M + SLOPE * distance


def diameter(drained: NDArray[np.float64], sizes: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Diameter in millimetres by what is drained."""
    limits = np.array([limit for limit, _ in sizes])
    return np.array([size for _, size in sizes])[np.searchsorted(limits, drained, side="right") - 1]


def _add_pipes(city: City, plan: Plan, pipes: list[Pipe], label: dict[int, str]) -> None:
    size = diameter(np.array([pipe.drained for pipe in pipes]), SIZES_MM)
    names = plan.street_names(np.array([pipe.street for pipe in pipes]))
    upper, lower = (np.round([pipe.levels[end] for pipe in pipes], 4) for end in (0, 1))
    length = np.array([round(pipe.line.length, 2) for pipe in pipes])
    common = {
        "chieu_dai": length, "do_doc": np.round((upper - lower) / np.maximum(length, 0.01) * 1000, 2),
        "cao_do_day_dau": upper, "cao_do_day_cuoi": lower, "nut_dau": np.array([pipe.ends[0] for pipe in pipes]),
        "nut_cuoi": np.array([pipe.ends[1] for pipe in pipes]), "tuyen_duong": np.array(names, dtype=object),
        "luu_vuc": np.array([label[pipe.root] for pipe in pipes]), "nam_do": np.full(len(pipes), 2024),
        "cap": np.where(size >= 1200, "1", np.where(size >= 1000, "2", np.where(size >= 600, "3", "4"))),
    }  # fmt: skip
    lines = np.array([pipe.line for pipe in pipes], dtype=object)
    box_ones = np.flatnonzero(size >= min(1500, size.max()))[::2]
    round_ones = np.setdiff1d(np.arange(len(size)), box_ones)
    city.add(GROUP + "tuyen_cong", lines[round_ones], ma=codes("TC", len(round_ones)), loai="CHUNG", hinh_dang="TRON",
             so_ong=1,
             kich_thuoc=[f"D{value}" for value in size[round_ones]], duong_kinh_mm=size[round_ones], vat_lieu="BTCT",
             **{name: values[round_ones] for name, values in common.items()})  # fmt: skip
    city.add(GROUP + "cong_hop", lines[box_ones], ma=codes("CH", len(box_ones)), ten="Cống hộp", loai="CHUNG",
             so_khoang=1,
             chieu_rong_mm=1600, chieu_cao_mm=1500, vat_lieu="BTCT",
             **{name: values[box_ones] for name, values in common.items()})  # fmt: skip


def _add_manholes(city: City, plan: Plan, holes: list[Manhole], label: dict[int, str]) -> None:
    places = np.array([hole.place for hole in holes], dtype=object)
    level = np.round([hole.level for hole in holes], 4)
    lid = np.round(np.maximum(plan.ground.of(places), level + 0.6), 2)
    city.add(GROUP + "ho_ga", places, ma=[hole.name for hole in holes],
             loai=["THU_THAM" if i % 3 else "THAM" for i in range(len(holes))],
             cao_do_nap=lid, cao_do_day=level, chieu_sau=np.round(lid - level, 2), kich_thuoc="1000x1000",
             vat_lieu="BTCT",
             vat_lieu_nap="GANG", co_van_ngan_trieu=False, nam_do=2024, luu_vuc=[label[hole.root] for hole in holes],
             tuyen_duong=[plan.street_name(hole.street) for hole in holes])  # fmt: skip


def _add_outfalls(city: City, plan: Plan, holes: list[Manhole], label: dict[int, str]) -> None:
    """From each root's manhole a last pipe to the water's edge, and the outfall there."""
    places, names = zip(*[nearest_water(plan, hole.place) for hole in holes], strict=True)
    marks = codes("CX", len(holes), digits=3)
    last = [LineString([hole.place, place]) for hole, place in zip(holes, places, strict=True)]
    city.add(GROUP + "tuyen_cong", last, ma=codes("TCX", len(holes), digits=3), loai="CHUNG", hinh_dang="TRON",
             so_ong=1, kich_thuoc="D1500",
             duong_kinh_mm=1500, vat_lieu="BTCT", chieu_dai=[round(line.length, 2) for line in last],
             do_doc=[round(50 / line.length, 2) for line in last],
             cao_do_day_dau=round(OUTFALL_M, 3), cao_do_day_cuoi=round(OUTFALL_M - 0.05, 3),
             nut_dau=[hole.name for hole in holes], nut_cuoi=marks,
             luu_vuc=[label[hole.root] for hole in holes], nam_do=2024, cap="1")  # fmt: skip
    city.add(GROUP + "cua_xa", list(places), ma=marks,
             loai=["VAN_LAT" if i % 2 else "TU_DO" for i in range(len(holes))], kich_thuoc="D1500",
             cao_do_day=round(OUTFALL_M - 0.05, 3), cao_do_dinh=round(OUTFALL_M + 1.45, 3),
             co_van_ngan_trieu=[bool(i % 2) for i in range(len(holes))],
             nguon_tiep_nhan=list(names), luu_vuc=[label[hole.root] for hole in holes], nam_do=2024)  # fmt: skip


def _add_catchments(city: City, plan: Plan, tree: Forest, label: dict[int, str]) -> None:
    """Blocks and streets of the parcels whose nearest node drains to the same outfall."""
    wet = np.flatnonzero(tree.root >= 0)
    town = np.isin(plan.fabric.style, TOWN)
    parcels = plan.fabric.parcels[town]
    nearest = wet[shapely.STRtree(plan.graph.nodes[wet]).nearest(shapely.centroid(parcels))]
    owner = tree.root[nearest]
    roots = [int(root) for root in tree.roots if (owner == root).any()]
    areas: list[Polygon] = []
    done = surface(shapely.union_all([plan.water.big, plan.water.canal_area]))
    for root in roots:
        gathered = (
            shapely.union_all(parcels[owner == root], grid_size=0.001).buffer(14, quad_segs=2).buffer(-9, quad_segs=2)
        )
        areas.append(shapely.difference(gathered, done, grid_size=0.001))
        done = surface(shapely.union(done, gathered, grid_size=0.001))
    names = [label[root] for root in roots]
    city.add(GROUP + "luu_vuc", whole_polygons(areas), ma=names, ten=[f"Lưu vực {name[3:]}" for name in names], cap=3,
             dien_tich_ha=[round(area.area / 10_000, 3) for area in areas], he_so_dong_chay=0.75,
             cua_xa_chinh=[f"CX-{int(name[3:]):03d}" for name in names])  # fmt: skip
