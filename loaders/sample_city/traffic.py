"""Traffic management: segments, junctions and signals, cameras, signs, counting, buses, parking, road works."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import shapely
import shapely.ops
from shapely import LineString, Point

from loaders.sample_city.city import City, codes
from loaders.sample_city.flooding import START
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import beside, stations

GROUP = "traffic."
MAIN = ("quoc_lo", "duong_tinh", "chinh", "ven_song", "khu_vuc")
MANAGED = {"quoc_lo": "QL", "duong_tinh": "DT", "chinh": "DDT", "ven_song": "DDT", "khu_vuc": "DDT", "noi_bo": "DX"}
ROLE = {
    "quoc_lo": "TRUC_CHINH",
    "duong_tinh": "CHINH",
    "chinh": "LIEN_KV",
    "ven_song": "CHINH_KV",
    "khu_vuc": "KHU_VUC",
    "noi_bo": "NHOM_NHA",
}
SPEED = {"quoc_lo": 80, "duong_tinh": 60, "chinh": 50, "ven_song": 50, "khu_vuc": 40, "noi_bo": 30}
LANES = {"quoc_lo": 6, "duong_tinh": 4, "chinh": 4, "ven_song": 2, "khu_vuc": 2, "noi_bo": 2}


def add_traffic(city: City, plan: Plan) -> None:
    """The whole group."""
    segments = _add_segments(city, plan)
    signals = _add_junctions(city, plan)
    _add_on_site(city, plan, signals)
    _add_counting(city, plan, segments)
    _add_buses(city, plan)
    _add_parking(city, plan)
    _add_works(city, plan, segments)


def _add_segments(city: City, plan: Plan) -> np.ndarray:
    """Every edge of a street but alleys."""
    graph = plan.graph
    kinds = plan.kinds(graph.street)
    used = np.flatnonzero(kinds != "hem")
    names = np.array(codes("DD", len(graph.edges)), dtype=object)
    kind = kinds[used]
    length = shapely.length(graph.edges[used])
    widths = [plan.network.streets[index].width for index in graph.street[used]]
    city.add(GROUP + "doan_duong", graph.edges[used], ma=names[used], ten=plan.street_names(graph.street[used]),
             cap_quan_ly=[MANAGED[value] for value in kind], chuc_nang=[ROLE[value] for value in kind],
             nut_dau=[f"NG-{node + 1:05d}" for node in graph.start[used]],
             nut_cuoi=[f"NG-{node + 1:05d}" for node in graph.end[used]],
             chieu_xe_chay=np.where((kind == "khu_vuc") & (used % 9 == 0), "1", "2"),
             so_lan=[LANES[value] for value in kind],
             chieu_rong=np.round(widths, 1), chieu_dai=np.round(length, 1),
             toc_do_toi_da=[SPEED[value] for value in kind],
             tai_trong_toi_da=np.where(kind == "noi_bo", 10.0, 30.0), hien_trang="1",
             gio_cam_tai=[("06:00-09:00, 16:00-20:00" if value in ("chinh",
                 "khu_vuc") else None) for value in kind])  # fmt: skip
    return used


def _add_junctions(city: City, plan: Plan) -> np.ndarray:
    """Where streets other than alleys meet; signals where two main roads do."""
    graph = plan.graph
    kinds = plan.kinds(graph.street)
    degree = np.zeros(len(graph.nodes), int)
    wide = np.zeros(len(graph.nodes), int)
    for ends in (graph.start, graph.end):
        np.add.at(degree, ends[kinds != "hem"], 1)
        np.add.at(wide, ends[np.isin(kinds, ["quoc_lo", "duong_tinh", "chinh", "ven_song"])], 1)
    dry = ~shapely.intersects(graph.nodes, plan.water.all)
    nodes = np.flatnonzero((degree >= 3) & dry)
    lit = (wide[nodes] >= 3) & (np.isin(nodes, _ends_of(plan, "quoc_lo", "duong_tinh")) | (wide[nodes] >= 4))
    cycle = plan.frame.random("signals").integers(5, 9, len(nodes)) * 15
    city.add(GROUP + "nut_giao", graph.nodes[nodes], ma=[f"NG-{node + 1:05d}" for node in nodes],
             ten=[_junction_name(plan, int(node)) for node in nodes],
             loai=np.where(degree[nodes] == 3, "NGA_BA", np.where(degree[nodes] == 4, "NGA_TU", "NHIEU_NHANH")),
             co_den=lit,
             che_do_den=[("THEO_GIO" if on else None) for on in lit],
             chu_ky_den=[(int(value) if on else None) for value, on in zip(cycle, lit, strict=True)],
             so_pha=[(int(min(4, count - 1)) if on else None) for count, on in zip(degree[nodes], lit, strict=True)],
             tu_tin_hieu=[(f"TTH-{node + 1:05d}" if on else None) for node, on in zip(nodes, lit, strict=True)],
             hien_trang="1")  # fmt: skip
    return nodes[lit]


def _ends_of(plan: Plan, *kinds: str) -> np.ndarray:
    edges = np.isin(plan.kinds(plan.graph.street), kinds)
    return np.unique(np.concatenate([plan.graph.start[edges], plan.graph.end[edges]]))


def _junction_name(plan: Plan, node: int) -> str:
    graph = plan.graph
    edges = np.flatnonzero((graph.start == node) | (graph.end == node))
    names = sorted(
        {plan.network.streets[index].name for index in graph.street[edges] if plan.network.streets[index].kind != "hem"}
    )
    return " - ".join(names)


def _add_on_site(city: City, plan: Plan, signals: np.ndarray) -> None:
    """Cameras at signals, signs before junctions, stop lines and centre lines."""
    nodes = plan.graph.nodes[signals]
    places = shapely.points(np.round(shapely.get_coordinates(nodes) + np.array([9.0, 7.0]), 3))
    names = codes("CAM", len(nodes), digits=3)
    city.add(GROUP + "camera", places, ma=names, ten=[_junction_name(plan, int(node)) for node in signals],
             loai=["QUAN_SAT" if i % 3 else "DEM_XE" for i in range(len(nodes))],
             huong=[float((i * 67) % 360) for i in range(len(nodes))],
             nut_giao=[f"NG-{node + 1:05d}" for node in signals], hien_trang="1")  # fmt: skip
    _add_on_streets(city, plan)


def _add_on_streets(city: City, plan: Plan) -> None:
    streets = [street for street in plan.network.of(*MAIN) if street.line.length > 90]
    rows = [
        ("W.224", "W", "Đường người đi bộ cắt ngang"),
        ("P.127", "P", "Tốc độ tối đa cho phép"),
        ("I.439", "I", "Tên cầu"),
        ("R.301a", "R", "Đi thẳng"),
        ("P.130", "P", "Cấm dừng xe và đỗ xe"),
    ]
    count = 0
    for number, street in enumerate(streets):
        part = max(plan.ashore(street), key=lambda line: line.length)
        spots = beside(part, stations(part, 180.0, 25.0), -(street.reserve / 2 - 0.8))
        picks = [rows[(number + index) % len(rows)] for index in range(len(spots))]
        city.add(GROUP + "bien_bao", shapely.points(np.round(spots, 3)), ma=codes("BB", len(spots), count + 1),
                 ma_bien=[row[0] for row in picks],
                 nhom=[row[1] for row in picks], noi_dung=[row[2] for row in picks], huong=float((number * 41) % 360),
                 tuyen_duong=street.name)  # fmt: skip
        count += len(spots)
    marks = [street for street in streets if street.kind in ("quoc_lo", "duong_tinh", "chinh", "khu_vuc")]
    city.add(GROUP + "vach_son", [street.line for street in marks], ma=codes("VS", len(marks)),
             ma_vach=["2.1" if s.kind == "quoc_lo" else "1.1" for s in marks],
             mau=["VANG" if street.kind in ("quoc_lo", "duong_tinh") else "TRANG" for street in marks],
             tuyen_duong=[street.name for street in marks])  # fmt: skip


def _add_counting(city: City, plan: Plan, segments: np.ndarray) -> None:
    """Counting stations on main roads, and a month of hourly speeds for their segments."""
    kinds = plan.kinds(plan.graph.street)
    names = np.array(codes("DD", len(plan.graph.edges)), dtype=object)
    main = segments[
        np.isin(kinds[segments], ["quoc_lo", "duong_tinh", "chinh"]) & (shapely.length(plan.graph.edges[segments]) > 40)
    ]
    dry = main[~shapely.intersects(plan.graph.edges[main], plan.water.all)]
    chosen = dry[:: max(1, len(dry) // 8)][:8]
    middle = shapely.line_interpolate_point(plan.graph.edges[chosen], 0.5, normalized=True)
    city.add(GROUP + "tram_dem", middle, ma=codes("TD", len(chosen), digits=2),
             ten=["Trạm đếm xe " + name for name in plan.street_names(plan.graph.street[chosen])],
             loai=["CAMERA" if i % 2 else "VONG_TU" for i in range(len(chosen))], doan_duong=names[chosen],
             so_lan=[LANES[kind] for kind in kinds[chosen]],
             chu_ky_phut=15, huong=90.0, ngay_hoat_dong="2022-03-01", hien_trang="1")  # fmt: skip
    city.series["toc_do.csv"] = _speed_series(plan, dry[:40], names, kinds)


def _speed_series(plan: Plan, segments: np.ndarray, names: np.ndarray, kinds: np.ndarray) -> pa.Table:
    """Hourly mean speeds over a week: slow at 7 and 17:30, fast at night."""
    random = plan.frame.random("speeds")
    hours = np.arange(7 * 24)
    rush = np.exp(-((((hours % 24) - 7.3) / 1.4) ** 2)) + np.exp(-((((hours % 24) - 17.5) / 1.7) ** 2))
    rush = rush * np.where(hours // 24 % 7 >= 5, 0.45, 1.0)
    stamps = [(START + timedelta(hours=int(hour))).strftime("%d/%m/%Y %H:%M") for hour in hours]
    free = np.array([SPEED[kinds[segment]] * 0.72 for segment in segments])
    speed = free[:, None] * (1 - 0.55 * rush[None, :]) + random.normal(0, 1.6, (len(segments), len(hours)))
    return pa.table({"ma_doan": np.repeat(names[segments].astype(str), len(hours)), "thoi_gian": stamps * len(segments),
                     "toc_do_kmh": np.round(np.maximum(speed, 4).ravel(), 1)})  # fmt: skip


def _add_buses(city: City, plan: Plan) -> None:
    """Three routes along the longest roads, both directions, with stops every 350 m."""
    longest = sorted(
        plan.network.of("quoc_lo", "duong_tinh", "chinh", "ven_song"), key=lambda street: -street.line.length
    )[:3]
    stops = 0
    for number, street in enumerate(longest):
        route, label = f"{101 + number}", f"Bến xe Bình Sen - {street.name}"
        city.add(GROUP + "tuyen_buyt", [street.line, street.line.reverse()],
                 ma=[f"BUS-{route}-DI", f"BUS-{route}-VE"], so_hieu=route, ten=label,
                 chieu=["DI", "VE"], gio_bat_dau="05:00", gio_ket_thuc="20:30", gian_cach_phut=15 + 5 * number,
                 gia_ve=7000,
                 chieu_dai=round(street.line.length, 1), don_vi_van_hanh="Hợp tác xã vận tải mẫu",
                 hieu_luc_tu="2025-07-01")  # fmt: skip
        dry = max(plan.ashore(street), key=lambda line: line.length)
        for side in (1, -1):
            places = beside(dry, stations(dry, 350.0, 40.0), side * (street.reserve / 2 - 1.6))
            city.add(GROUP + "tram_dung_buyt", shapely.points(np.round(places, 3)),
                     ma=codes("TDB", len(places), stops + 1, 4),
                     ten=[f"{street.name} {index + 1}" for index in range(len(places))],
                     tuyen=route, loai=["NHA_CHO" if i % 2 else "TRU" for i in range(len(places))],
                     co_mai_che=[bool(i % 2) for i in range(len(places))],
                     tiep_can_xe_lan=[bool(i % 3 == 0) for i in range(len(places))], tuyen_duong=street.name,
                     hien_trang="1")  # fmt: skip
            stops += len(places)


def _add_parking(city: City, plan: Plan) -> None:
    lots = plan.fabric.parcels[np.flatnonzero((plan.uses.code == "TMD") & (plan.fabric.area > 300))][:4]
    city.add(GROUP + "bai_do_xe", lots, ma=codes("BDX", len(lots), digits=3),
             ten=[f"Bãi giữ xe số {i + 1}" for i in range(len(lots))], loai="MAT_DAT",
             suc_chua_o_to=[int(lot.area / 28) for lot in lots], suc_chua_xe_may=[int(lot.area / 3) for lot in lots],
             thu_phi=True, gio_hoat_dong="24/24", hien_trang="1")  # fmt: skip
    street = plan.network.of("khu_vuc")[0].line
    city.add(GROUP + "bai_do_xe", [street.interpolate(0.4, normalized=True)], ma="BDX-901", ten="Đỗ xe lòng đường",
             loai="LONG_DUONG", suc_chua_o_to=12,
             suc_chua_xe_may=0, thu_phi=True, gio_hoat_dong="06:00-22:00", hien_trang="1")  # fmt: skip


def _add_works(city: City, plan: Plan, segments: np.ndarray) -> None:
    names = np.array(codes("DD", len(plan.graph.edges)), dtype=object)
    long = segments[shapely.length(plan.graph.edges[segments]) > 90]
    dug = long[:: max(1, len(long) // 5)][:5]
    pieces: list[LineString] = [shapely.ops.substring(plan.graph.edges[edge], 15, 75) for edge in dug]
    city.add(GROUP + "cong_trinh_tren_duong", pieces, ma=codes("CTD", len(dug), digits=3),
             ten=[f"Lắp đặt cống {name}" for name in plan.street_names(plan.graph.street[dug])],
             loai=["THOAT_NUOC", "DAO_DUONG", "SUA_DUONG", "XAY_DUNG", "SU_CO"][: len(dug)],
             trang_thai=["DANG", "SAP", "DANG", "XONG", "DANG"][: len(dug)],
             tu_ngay=["2025-09-15", "2025-12-01", "2025-10-20", "2025-03-02", "2025-11-18"][: len(dug)],
             den_ngay=["2026-01-31", "2026-02-15", "2025-12-24", "2025-06-30", None][: len(dug)],
             so_lan_chan=[1, 1, 2, 1, 0][: len(dug)],
             cam_xe=False, doan_duong=names[dug], so_giay_phep=[f"GP-{i + 101}/2025" for i in range(len(dug))],
             chu_dau_tu="Ban quản lý dự án mẫu",
             tuyen_duong=plan.street_names(plan.graph.street[dug]))  # fmt: skip
    hole = Point(pieces[0].interpolate(0.5, normalized=True))
    city.add(GROUP + "cong_trinh_tren_duong", [hole.buffer(4, quad_segs=3)], ma="CTD-901", ten="Sụt mặt đường",
             loai="SU_CO", trang_thai="DANG",
             tu_ngay="2025-11-20", so_lan_chan=1, cam_xe=False, doan_duong=names[dug[0]])  # fmt: skip
