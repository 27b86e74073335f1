"""Water supply: a pipe beside every serviced street, valves, hydrants, connections, metered districts."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point

from loaders.sample_city.city import City, codes, whole_polygons
from loaders.sample_city.flow import TOWN, serviced
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import beside, lines


def add_water_supply(city: City, plan: Plan) -> None:
    """A pipe beside every serviced street, valves at its ends, hydrants, house connections, metered districts."""
    group = "water_supply."
    edges = np.flatnonzero(serviced(plan) & (shapely.length(plan.graph.edges) > 8))
    kinds = plan.kinds(plan.graph.street[edges])
    pipes = _beside_streets(plan, edges)
    size = np.select(
        [np.isin(kinds, ["quoc_lo", "duong_tinh"]), np.isin(kinds, ["chinh", "ven_song"]), kinds == "hem"],
        [600, 300, 63],
        150,
    )
    names = codes("ON", len(pipes))
    zones = _zones(plan)
    zone = shapely.STRtree(zones).nearest(
        np.array([line.interpolate(0.5, normalized=True) for line in pipes], dtype=object)
    )
    dma = [f"DMA-{index + 1:02d}" for index in range(len(zones))]
    street = plan.street_names(plan.graph.street[edges])
    city.add(group + "tuyen_ong", pipes, ma=names, cap_ong=np.where(size >= 600, "1", np.where(size >= 300, "2",
        "3")), duong_kinh_mm=size,
             vat_lieu=np.where(size >= 300, "GANG", np.where(size >= 100, "UPVC", "HDPE")), ap_luc=2.4, do_sau=1.1,
             chieu_dai=[round(line.length, 1) for line in pipes],
             dma=[dma[index] for index in zone], tuyen_duong=street,
             nut_dau=[f"NC-{node + 1:05d}" for node in plan.graph.start[edges]],
             nut_cuoi=[f"NC-{node + 1:05d}" for node in plan.graph.end[edges]])  # fmt: skip
    _add_fittings(city, pipes, size, (names, street))
    _add_connections(city, plan, pipes, (names, [dma[index] for index in zone]))
    _add_districts(city, plan, zones, dma)


def _beside_streets(plan: Plan, edges: NDArray[np.int64]) -> list[LineString]:
    """A line for each edge, inside the reserve."""
    reserve = plan.reserve(plan.graph.street[edges])
    pipes = [
        plan.graph.edges[edge].offset_curve(-max(0.4, width / 2 - 1.5))
        for edge, width in zip(edges, reserve, strict=True)
    ]
    return [max(lines(pipe), key=lambda line: line.length) for pipe in pipes]


def _add_fittings(
    city: City, pipes: list[LineString], size: NDArray[np.int64], labels: tuple[list[str], list[str]]
) -> None:
    """A valve near the start of every pipe but those in alleys, and a hydrant on the longer ones."""
    names, street = labels
    valves = np.flatnonzero(size >= 150)
    count = len(valves)
    city.add("water_supply.van", [pipes[index].interpolate(1.5) for index in valves], ma=codes("VAN", count),
             loai=["CONG" if i % 5 else "XA_KHI" for i in range(count)], duong_kinh_mm=size[valves],
             trang_thai_van=["DONG" if i % 17 == 0 else "MO" for i in range(count)],
             tuyen_ong=[names[index] for index in valves], tuyen_duong=[street[index] for index in valves])  # fmt: skip
    wide = [index for index in valves if pipes[index].length > 60]
    places = [Point(beside(pipes[index], np.array([30.0]), -0.6)[0]) for index in wide]
    city.add("water_supply.tru_cuu_hoa", places, ma=codes("TCH", len(wide), digits=4), duong_kinh_mm=100, ap_luc=1.8,
             loai=["NOI" if i % 6 else "NGAM" for i in range(len(wide))], tuyen_ong=[names[index] for index in wide],
             tuyen_duong=[street[index] for index in wide])  # fmt: skip


def _add_districts(city: City, plan: Plan, zones: np.ndarray, dma: list[str]) -> None:
    plant, name = plan.facility("CR17")
    counts = np.bincount(shapely.STRtree(zones).nearest(shapely.centroid(plan.fabric.parcels)), minlength=len(zones))
    city.add("water_supply.dma", whole_polygons(zones), ma=dma, ten=[f"Vùng cấp nước {code}" for code in dma],
             so_dau_noi=counts, that_thoat=[12.0 + i for i in range(len(dma))], nha_may_nuoc="NMN-01")  # fmt: skip
    city.add("water_supply.nha_may_nuoc", [plant], ma="NMN-01", ten=name, cong_suat_m3_ngay=45_000.0,
             nguon_nuoc="Sông Vàm Sen (mẫu)", hien_trang="1")  # fmt: skip


def _zones(plan: Plan) -> np.ndarray:
    """Metered districts: built-up quarters."""
    return np.array([quarter.area for quarter in plan.network.quarters if quarter.style in TOWN], dtype=object)


def _add_connections(city: City, plan: Plan, pipes: list[LineString], labels: tuple[list[str], list[str]]) -> None:
    """A connection on the nearest pipe for every built lot within reach."""
    names, dma = labels
    lots = plan.uses.having("ODT", "ONT", "TMD", "DGD", "DYT", "TSC", "SKC")
    centres = shapely.centroid(plan.fabric.parcels[lots])
    (lot, pipe), distance = shapely.STRtree(pipes).query_nearest(
        centres, max_distance=45, return_distance=True, all_matches=False
    )
    del distance
    places = shapely.line_interpolate_point(
        np.array(pipes, dtype=object)[pipe],
        shapely.line_locate_point(np.array(pipes, dtype=object)[pipe], centres[lot]),
    )
    use = plan.uses.code[lots][lot]
    city.add("water_supply.diem_dau_noi", places, ma=codes("DDN", len(places)),
             loai=np.where(np.isin(use, ["ODT", "ONT"]), "SINH_HOAT",
                           np.where(np.isin(use, ["TMD", "SKC"]), "SAN_XUAT", "CO_QUAN")),
             duong_kinh_mm=np.where(np.isin(use, ["ODT", "ONT"]), 20, 50), tuyen_ong=[names[index] for index in pipe],
             dma=[dma[index] for index in pipe])  # fmt: skip
