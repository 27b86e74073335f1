"""The transport group of the base data: centre lines, surfaces, edges, bridges, railway, harbour and airstrip."""

import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Polygon

from loaders.sample_city.city import City, whole_polygons
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import lines, polygons, smooth, surface
from loaders.sample_city.streets import Street

GROUP = "base_transport."
CODE = {
    "quoc_lo": "GK04",
    "duong_tinh": "GK05",
    "chinh": "GK02",
    "ven_song": "GK02",
    "khu_vuc": "GK02",
    "noi_bo": "GK02",
    "hem": "GK06",
}
LANES = {"quoc_lo": 6, "duong_tinh": 4, "chinh": 4, "ven_song": 2, "khu_vuc": 2, "noi_bo": 2, "hem": 1}
ORDER = ("quoc_lo", "duong_tinh", "chinh", "ven_song", "khu_vuc", "noi_bo", "hem")


def add_transport(city: City, plan: Plan) -> None:
    """All layers of the group but the marine ones."""
    _add_centre_lines(city, plan)
    paved = _add_surfaces(city, plan)
    _add_bridges(city, plan)
    _add_railway(city, plan)
    _add_places(city, plan, paved)


def _add_centre_lines(city: City, plan: Plan) -> None:
    graph = plan.graph
    streets = [plan.network.streets[index] for index in graph.street]
    kinds = plan.kinds(graph.street)
    on_bridge = shapely.intersects(graph.edges, plan.water.all)
    city.add(GROUP + "duong_bo", graph.edges, maDoiTuong=[CODE[kind] for kind in kinds],
             loaiDuongBo=np.where(np.isin(kinds, ["quoc_lo", "duong_tinh", "chinh"]), "1", "4"), capKyThuat="2",
             loaiChatLieuTraiMat=np.where(kinds == "hem", "1", "2"), loaiHienTrangSuDung="1",
             chieuXeChay="2", viTri="1", soLanDuong=[LANES[kind] for kind in kinds],
             chieuRong=[round(street.width, 1) for street in streets], ten=[street.name for street in streets],
             lienKetGiaoThong=[("1" if crossing else None) for crossing in on_bridge],
             tenQuocLo=[street.name if street.kind == "quoc_lo" else None for street in streets],
             tenDuongTinh=[street.name if street.kind == "duong_tinh" else None for street in streets],
             tenDuongDoThi=[street.name if street.kind in ("chinh", "khu_vuc",
                                                           "ven_song") else None for street in streets])  # fmt: skip


def _add_surfaces(city: City, plan: Plan) -> Polygon:
    """Carriageways class by class, the wider ones first, each without what is already paved."""
    done = Polygon()
    for kind in ORDER:
        streets = plan.network.of(kind)
        paved = shapely.union_all([shapely.buffer(s.line, s.width / 2, quad_segs=3) for s in streets], grid_size=0.001)
        pieces = polygons(shapely.difference(paved, done, grid_size=0.001))
        widths = {street.name: street.width for street in streets}
        tree = shapely.STRtree([street.line for street in streets])
        nearest = tree.nearest([piece.representative_point() for piece in pieces]) if pieces else []
        names = [streets[int(index)].name for index in nearest]
        city.add(
            GROUP + "mat_duong_bo", pieces, ten=names, chieuRong=[round(widths[name], 1) for name in names], viTri="1"
        )
        done = surface(shapely.union(done, paved, grid_size=0.001))
    edges = [LineString(ring.coords) for part in polygons(done) for ring in [part.exterior, *part.interiors]]
    city.add(GROUP + "mep_duong_bo", edges, loaiMepDuong="Mép phần xe chạy", viTri="1")
    return done


def _add_bridges(city: City, plan: Plan) -> None:
    """A bridge wherever a road crosses water; culverts under roads over the rural ditches."""
    waters = [(plan.water.river, "Cầu Vàm Sen")] + [(canal.water, "Cầu " + canal.name) for canal in plan.water.canals]
    surfaces, names, sizes = [], [], []
    culverts = []
    for water, name in waters:
        for number, street in enumerate(_crossing(plan, water)):
            for part in lines(street.line.intersection(water.buffer(7))):
                if street.kind in ("hem", "noi_bo"):
                    culverts.append(part)
                    continue
                surfaces.append(shapely.buffer(part, street.width / 2 + 1.2, cap_style="flat"))
                names.append(f"{name} {number + 1}" if number else name)
                sizes.append((round(part.length, 1), round(street.width + 2.4, 1)))
    city.add(GROUP + "cau_giao_thong", whole_polygons(surfaces), ten=names, loaiCauGiaoThong="1", loaiChucNangCau="2",
             chieuDai=[size[0] for size in sizes], chieuRong=[size[1] for size in sizes], taiTrong=30.0)  # fmt: skip
    ditch = plan.network.of("chinh")[-1].line
    culverts.append(LineString([ditch.interpolate(0.4, normalized=True).buffer(9).exterior.coords[0],
                                ditch.interpolate(0.4, normalized=True).buffer(9).exterior.coords[32]]))  # fmt: skip
    city.add(GROUP + "cong_giao_thong", culverts, maDoiTuong="GG06", ten="Cống ngang đường", loaiCongGiaoThong="1")


def _crossing(plan: Plan, water: Polygon) -> list[Street]:
    return [street for street in plan.network.streets if street.line.intersects(water)]


def _add_railway(city: City, plan: Plan) -> None:
    """A metro line above the provincial road, its station, and an underpass at the great crossing."""
    road = max(plan.network.of("duong_tinh"), key=lambda street: street.line.length)
    track = max(lines(road.line.offset_curve(-8.0)), key=lambda line: line.length)
    city.add(GROUP + "duong_sat", [track], loaiDuongSat="1", loaiChucNangDuongSat="2", loaiHienTrangSuDung="2",
             loaiKhoDuongSat="2", loaiKetCauDuongSat="2", ten="Tuyến metro mẫu Bình Sen")  # fmt: skip
    station = shapely.buffer(
        shapely.ops.substring(track, track.length * 0.52, track.length * 0.52 + 110), 9, cap_style="flat"
    )
    city.add(GROUP + "ben_bai", [station], loaiBenBai="Ga đường sắt đô thị", ten="Ga Vàm Sen")
    trunk = max(plan.network.of("quoc_lo"), key=lambda street: street.line.length)
    middle = trunk.line.project(trunk.line.intersection(road.line).centroid)
    tunnel = shapely.buffer(shapely.ops.substring(trunk.line, middle - 70, middle + 70), 8.5, cap_style="flat")
    city.add(GROUP + "ham_giao_thong", [tunnel], ten="Hầm chui Ngã tư Bình Sen", loaiHamGiaoThong="1", chieuDai=140.0,
             chieuRong=17.0, chieuCao=4.75)  # fmt: skip


def _add_places(city: City, plan: Plan, paved: Polygon) -> None:
    """Bus station, helipad, airstrip, harbour, pavements."""
    free = plan.fabric.parcels[np.isin(plan.uses.code, ["SKK"])]
    largest = free[np.argsort(-shapely.area(free))]
    city.add(GROUP + "ben_bai", largest[:1], loaiBenBai="Bến xe", ten="Bến xe Bình Sen")
    pad = largest[1].representative_point().buffer(11, quad_segs=4)
    city.add(GROUP + "bai_dap_truc_thang", [pad], maDoiTuong="GN01", viTriBaiDap="1", ten="Bãi đáp trực thăng Bình Sen")
    fields = [quarter.area for quarter in plan.network.quarters if quarter.style == "ruong"]
    field = max(fields, key=lambda area: area.buffer(-40).area)
    from_point, to_point = _long_way(field.buffer(-25))
    city.add(GROUP + "duong_bang", [LineString([from_point, to_point]).buffer(12, cap_style="flat")], maDoiTuong="GN04")
    kerbs = shapely.difference(plan.fabric.corridor, shapely.union(paved, plan.water.all), grid_size=0.001)
    pavement = [part for part in polygons(kerbs) if part.area > 40]
    city.add(GROUP + "cac_doi_tuong_duong_bo_khac", pavement, loaiDoiTuong="Vỉa hè", ten="Vỉa hè")
    medians = [street.line for street in plan.network.of("quoc_lo")]
    city.add(GROUP + "cac_doi_tuong_duong_bo_khac", medians, loaiDoiTuong="Dải phân cách", ten="Dải phân cách giữa")


def _long_way(area: Polygon) -> tuple[tuple[float, float], tuple[float, float]]:
    box = shapely.get_coordinates(shapely.oriented_envelope(area))
    centre = area.representative_point()
    side = box[1] - box[0] if np.hypot(*(box[1] - box[0])) > np.hypot(*(box[2] - box[1])) else box[2] - box[1]
    ray = LineString([np.array(centre.coords[0]) - side, np.array(centre.coords[0]) + side]).intersection(area)
    inner = max(lines(ray), key=lambda line: line.length)
    return inner.coords[0], inner.coords[-1]


def add_harbour(city: City, plan: Plan) -> None:
    """River harbour, piers, a lock at the canal, lights and buoys in the fairway, and the marine areas."""
    river = plan.water.river_line
    quay_at = river.line_locate_point(river.interpolate(0.72, normalized=True))
    bank = max(
        lines(plan.water.river.boundary.intersection(river.interpolate(quay_at).buffer(110))),
        key=lambda line: line.length,
    )
    quay = shapely.ops.substring(bank, bank.length * 0.3, bank.length * 0.7)
    city.add(
        GROUP + "ben_cang",
        whole_polygons([quay.buffer(9).difference(plan.water.river)]),
        maDoiTuong="GM03",
        ten="Bến cảng sông Vàm Sen",
    )
    _add_piers(city, quay, river)
    _add_lock(city, plan)
    _add_marks(city, plan)


def _add_piers(city: City, quay: LineString, river: LineString) -> None:
    piers = [
        shapely.buffer(
            LineString(
                [quay.interpolate(s, normalized=True), _towards(quay.interpolate(s, normalized=True), river, 16)]
            ),
            2.5,
            cap_style="flat",
        )
        for s in (0.25, 0.75)
    ]
    city.add(GROUP + "cau_tau", piers, maDoiTuong="GM08", loaiCauTau=["1", "2"])


def _add_lock(city: City, plan: Plan) -> None:
    canal = plan.water.canals[0]
    lock = shapely.buffer(
        shapely.ops.substring(canal.line, canal.gate + 17, canal.gate + 47), canal.width * 0.35, cap_style="flat"
    )
    city.add(GROUP + "nhom_au_tau", [lock], maDoiTuong="GM01")
    gates = [
        shapely.buffer(canal.line.interpolate(canal.gate + at), canal.width * 0.4, quad_segs=1).exterior
        for at in (17, 47)
    ]
    city.add(GROUP + "nhom_au_tau", [LineString(list(gate.coords)[:3]) for gate in gates], maDoiTuong="GM09")


def _towards(point: shapely.Point, line: LineString, metres: float) -> tuple[float, float]:
    goal = line.interpolate(line.project(point))
    share = metres / point.distance(goal)
    return point.x + (goal.x - point.x) * share, point.y + (goal.y - point.y) * share


def _add_marks(city: City, plan: Plan) -> None:
    frame = plan.frame
    fairway = LineString(smooth(frame.places(np.array([(0.432, 0.10), (0.45, 0.055), (0.50, 0.03), (0.52, 0.005)])), 3))
    spots = [fairway.interpolate(share, normalized=True) for share in (0.15, 0.4, 0.65, 0.9)]
    marks = [_off(spot, 14 if number % 2 else -14) for number, spot in enumerate(spots)]
    city.add(GROUP + "bao_hieu_dan_luong_hang_hai_duong_thuy", marks, maDoiTuong=["GA03", "GA03", "GA04", "GA01"],
             coDen=[True, True, False, True],
             huongBaoHieu=["1", "2", "1", "2"], hinhDang=["6", "3", "4", "1"], mauSac=["3", "4", "3", "17"],
             phoiHopMauSac="1")  # fmt: skip
    areas = [
        shapely.Point(frame.at(0.80, 0.04)).buffer(55, quad_segs=6),
        fairway.buffer(28),
        shapely.Point(frame.at(0.30, 0.025)).buffer(26, quad_segs=6),
    ]
    city.add(GROUP + "cac_doi_tuong_hang_hai_hai_van", [area.intersection(plan.water.sea) for area in areas],
             maDoiTuong=["GC05", "GC24", "GC19"], ten=["Khu neo đậu Vịnh Sen", "Luồng Vàm Sen",
                                                       "Lồng bè Vịnh Sen"])  # fmt: skip
    points = [
        plan.water.islands[0].representative_point(),
        shapely.Point(frame.at(0.55, 0.035)),
        shapely.Point(frame.at(0.90, 0.05)),
    ]
    city.add(GROUP + "cac_doi_tuong_hang_hai_hai_van", points, maDoiTuong=["GC04", "GC23", "GC26"],
             ten=["Đèn biển Hòn Sen", "Trạm nghiệm triều Vịnh Sen", "Xác tàu đắm"])  # fmt: skip


def _off(point: shapely.Point, metres: float) -> shapely.Point:
    return shapely.Point(point.x + metres, point.y)
