"""Waste water: collectors that fall to a pumping station, a pressure main to the plant."""

import numpy as np
import shapely
from shapely import LineString, Point

from loaders.sample_city.city import City, codes
from loaders.sample_city.drainage import Manhole, Pipe, diameter, sewer
from loaders.sample_city.flow import Forest, forest, own_area, serviced
from loaders.sample_city.plan import Plan

WASTE_SIZES = [(0, 300), (20_000, 400), (80_000, 600), (200_000, 800)]
PLANT_INVERT_M, WASTE_SLOPE = -3.2, 0.0016


def add_wastewater(city: City, plan: Plan) -> None:
    """Collectors that fall to a pumping station, a pressure main to the plant, manholes and separation chambers."""
    usable = serviced(plan)
    degree = np.bincount(
        np.concatenate([plan.graph.start[usable], plan.graph.end[usable]]), minlength=len(plan.graph.nodes)
    )
    inner = np.flatnonzero(degree >= 3)
    order = np.argsort(shapely.distance(plan.graph.nodes[inner], plan.water.canals[1].water), kind="stable")
    tree = forest(plan.graph, usable, inner[order[:1]])
    tree = _main_streets_only(plan, tree)
    holes, pipes = sewer(
        plan, tree, own_area(plan, plan.graph.nodes), ("NT", lambda distance: PLANT_INVERT_M + WASTE_SLOPE * distance)
    )
    _add_collectors(city, pipes)
    _add_chambers(city, plan, holes)
    _add_works(city, plan, holes[0].place)


def _add_chambers(city: City, plan: Plan, holes: list[Manhole]) -> None:
    """Manholes, and at every so many of them a separation chamber."""
    places = np.array([hole.place for hole in holes], dtype=object)
    level = np.round([hole.level for hole in holes], 4)
    lid = np.round(np.maximum(plan.ground.of(places), level + 0.8), 2)
    city.add("wastewater.ho_ga_nuoc_thai", places, ma=[hole.name for hole in holes], cao_do_nap=lid, cao_do_day=level,
             kich_thuoc="1200x1200", vat_lieu="BTCT", vat_lieu_nap="GANG", luu_vuc="LVNT-01", nam_do=2024,
             tuyen_duong=[plan.street_name(hole.street) for hole in holes])  # fmt: skip
    wells = np.arange(1, len(holes), max(1, len(holes) // 14))
    city.add("wastewater.gieng_tach", places[wells], ma=codes("GT", len(wells), digits=3), cao_do_nap=lid[wells],
             cao_do_day=level[wells], cao_do_tran=np.round(level[wells] + 0.55, 3), co_van_ngan_trieu=True,
             luu_vuc="LVNT-01", nam_do=2024)  # fmt: skip


def _add_works(city: City, plan: Plan, start: Point) -> None:
    """The pumping station, its pressure main, and the plant."""
    plant, name = plan.facility("CO04")
    goal = plant.representative_point()
    main = LineString([start, (start.x, goal.y), goal])
    city.add("wastewater.mang_luoi_thoat_nuoc_thai", [main], ma="NTA-001", loai="AP_LUC", hinh_dang="TRON",
             kich_thuoc="D500", duong_kinh_mm=500, vat_lieu="HDPE", chieu_dai=round(main.length, 1),
             nut_dau="TBNT-01", nut_cuoi="NMXL-01", luu_vuc="LVNT-01")  # fmt: skip
    city.add("wastewater.tram_bom_nuoc_thai", [start], ma="TBNT-01", ten="Trạm bơm nước thải Bà Lài",
             cong_suat_m3h=1800.0, so_to_may=3, nut_cuoi="NMXL-01", luu_vuc="LVNT-01", hien_trang="1")  # fmt: skip
    city.add("wastewater.nha_may_xu_ly", [plant], ma="NMXL-01", ten=name, cong_suat_m3_ngay=30_000.0,
             cong_nghe="Bùn hoạt tính cải tiến", nguon_tiep_nhan="Rạch Bà Lài", luu_vuc="LVNT-01",
             hien_trang="1")  # fmt: skip


def _main_streets_only(plan: Plan, tree: Forest) -> Forest:
    """The separate net so far reaches streets near its root only: no alleys, at most 900 m."""
    kinds = plan.kinds(plan.graph.street)
    keep = (tree.down_edge >= 0) & (tree.distance < 900) & (kinds[tree.down_edge] != "hem")
    for node in tree.wet[::-1]:
        below = int(tree.down_node[node])
        keep[node] = keep[node] and (below in tree.roots or keep[below])
    edge, node = np.where(keep, tree.down_edge, -1), np.where(keep, tree.down_node, -1)
    return Forest(edge, node, tree.distance, tree.root, tree.roots)


def _add_collectors(city: City, pipes: list[Pipe]) -> None:
    size = diameter(np.array([pipe.drained for pipe in pipes]), WASTE_SIZES)
    upper, lower = (np.round([pipe.levels[end] for pipe in pipes], 4) for end in (0, 1))
    length = np.array([round(pipe.line.length, 2) for pipe in pipes])
    city.add("wastewater.mang_luoi_thoat_nuoc_thai", [pipe.line for pipe in pipes], ma=codes("NTC", len(pipes)),
             loai=np.where(size >= 600, "CHINH", np.where(size >= 400, "BAO", "NHANH")),
             hinh_dang="TRON", kich_thuoc=[f"D{value}" for value in size], duong_kinh_mm=size,
             vat_lieu=np.where(size >= 600, "BTCT", "HDPE"), chieu_dai=length,
             do_doc=np.round((upper - lower) / np.maximum(length, 0.01) * 1000, 2), cao_do_day_dau=upper,
             cao_do_day_cuoi=lower,
             nut_dau=[pipe.ends[0] for pipe in pipes], nut_cuoi=[pipe.ends[1] for pipe in pipes], luu_vuc="LVNT-01",
             nam_do=2024)  # fmt: skip
