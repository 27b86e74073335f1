"""Planning: projects, blocks with indices, road reserves, corridors; in known places unlike today's use."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from loaders.sample_city.city import City, codes, whole_polygons
from loaders.sample_city.landcover import sheets
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import inside_points, lines, owner_of, polygons

GROUP = "planning."
FUNCTION = {
    "co": ("DC_MAT_DO_CAO", "DAT_O_Nhomnhao", "60-80", "3-6", "2.5-4.0"),
    "moi": ("O_LIEN_KE", "DAT_O_Nhomnhao", "60-75", "3-5", "2.4-3.5"),
    "biet_thu": ("O_BIET_THU", "DAT_O_Nhomnhao", "40-50", "2-3", "1.0-1.5"),
    "cong_nghiep": ("CONG_NGHIEP", "DAT_SX_Congnghiep", "55-60", "1-3", "0.8-1.8"),
    "ruong": ("NONG_NGHIEP", "DAT_NN_Nongnghiep", "5", "1", "0.05"),
    "vuon": ("O_LANG_XOM", "DAT_O_Langxom", "30-40", "2-3", "0.8-1.2"),
    "cong_vien": ("CONG_VIEN", "DAT_HTXH_CayxanhCC", "5", "1", "0.05"),
    "rung": ("LAM_NGHIEP", "DAT_NN_Rungphongho", "0", "0", "0"),
    "cong_cong": ("CC_DON_VI_O", "DAT_Dichvu", "40", "3-5", "1.2-2.0"),
    "nguyen": ("TRUONG_HOC", "DAT_HTXH_Truonghoc", "40", "3-4", "1.2-1.6"),
    "quang_truong": ("QUANG_TRUONG", "DAT_HTXH_CayxanhCC", "0", "0", "0"),
}
"""Function, symbol, density %, storeys and floor-area ratio by what a block is today."""
CHANGED = ("TM_DA_CHUC_NANG", "DAT_Dichvu", "40-55", "9-25", "5.0-8.0")
GREENED = ("DAT_CX_DO_THI", "DAT_HTXH_CayxanhCC", "5", "1", "0.05")
DECISION, APPROVED = "1234/QĐ-UBND (mẫu)", "2022-06-15"


def add_planning(city: City, plan: Plan) -> None:
    """The whole group."""
    projects = _add_projects(city, plan)
    _add_blocks(city, plan, projects)
    _add_road_lines(city, plan)
    _add_corridors(city, plan)
    _add_changes(city, plan)


def _add_projects(city: City, plan: Plan) -> NDArray[np.object_]:
    """A zoning plan for each ward's land, and two detailed plans inside."""
    zones = np.array([ward.intersection(plan.frame.box) for ward in plan.units.wards], dtype=object)
    detail = [quarter.area for quarter in plan.network.quarters if quarter.style in ("moi", "biet_thu")][:2]
    shapes = whole_polygons([*zones, *detail])
    count = len(shapes)
    kinds = ["QPK"] * len(zones) + ["QCT"] * len(detail)
    names = [f"Đồ án quy hoạch phân khu tỷ lệ 1/2000 {name}" for name in plan.units.ward_names]
    names += [f"Đồ án quy hoạch chi tiết tỷ lệ 1/500 khu dân cư số {index + 1}" for index in range(len(detail))]
    city.add(GROUP + "du_an_quy_hoach", shapes, ma=codes("QH", count, digits=3),
             ma_ho_so_qh=[f"79{kind}001{index + 1:04d}" for index, kind in enumerate(kinds)],
             ma_thong_tin_qh=[f"7925{2 if kind == 'QPK' else 3}1099{index:03d}" for index, kind in enumerate(kinds)],
             ten=names, loai=kinds,
             ty_le=[2000 if kind == "QPK" else 500 for kind in kinds],
             dien_tich_ha=[round(shape.area / 10_000, 3) for shape in shapes],
             dan_so_hien_trang=[int(shape.area * 0.0065) for shape in shapes],
             dan_so_quy_hoach=[int(shape.area * 0.011) for shape in shapes],
             trang_thai=["DA_DUYET"] * (count - 1) + ["LAY_Y_KIEN"], chu_dau_tu="Ban quản lý dự án mẫu",
             don_vi_tu_van="Viện quy hoạch mẫu",
             co_quan_phe_duyet="Ủy ban nhân dân Thành phố", so_quyet_dinh=DECISION,
             ngay_phe_duyet=[APPROVED] * (count - 1) + [None])  # fmt: skip
    return np.array([f"QH-{index + 1:03d}" for index in range(len(zones))], dtype=object)


def _plans_of(plan: Plan) -> tuple[NDArray[np.object_], list[tuple[str, str, str, str, str]]]:
    """Blocks and what is planned for them: today's use, but one in nine towers and one in seven green."""
    blocks = plan.fabric.blocks[shapely.area(plan.fabric.blocks) > 400]
    inside = owner_of(inside_points(plan.fabric.cells), blocks)
    style_of_cell = np.full(len(plan.fabric.cells), "ruong", dtype="U12")
    style_of_cell[plan.fabric.cell] = plan.fabric.style
    wanted = []
    for index in range(len(blocks)):
        mine = style_of_cell[inside == index]
        kinds, counts = np.unique(mine, return_counts=True)
        style = str(kinds[np.argmax(counts)]) if len(kinds) else "ruong"
        rule = FUNCTION[style]
        if style in ("co", "vuon") and index % 9 == 4:
            rule = CHANGED
        elif style in ("co", "moi", "ruong") and index % 7 == 3:
            rule = GREENED
        wanted.append(rule)
    return blocks, wanted


def _add_blocks(city: City, plan: Plan, projects: NDArray[np.object_]) -> None:
    blocks, wanted = _plans_of(plan)
    names = codes("OP", len(blocks), digits=4)
    project = [projects[ward] for ward in plan.units.ward_at(blocks)]
    area = np.round(shapely.area(blocks), 1)
    numbers = {
        key: [_range(rule[place]) for rule in wanted]
        for key, place in (("mat_do", 2), ("tang_cao", 3), ("he_so_sdd", 4))
    }
    limits = {
        f"{key}_{end}": [pair[which] for pair in pairs]
        for key, pairs in numbers.items()
        for which, end in enumerate(("min", "max"))
    }
    city.add(GROUP + "o_pho", blocks, ma=names, ma_do_an=project, chuc_nang=[rule[0] for rule in wanted],
             chuc_nang_chi_tiet="Theo đồ án mẫu",
             dien_tich=area, ty_le_dien_tich=np.round(100 * area / area.sum(), 3), dan_so=(area * 0.012).astype(int),
             mat_do=[rule[2] + " %" for rule in wanted],
             tang_cao=[rule[3] + " tầng" for rule in wanted], he_so_sdd=[rule[4] for rule in wanted],
             chieu_cao=[f"≤ {_range(rule[3])[1] * 3.6 + 2:.0f} m" for rule in wanted],
             chieu_cao_max=[_range(rule[3])[1] * 3.6 + 2 for rule in wanted], so_quyet_dinh=DECISION,
             ngay_phe_duyet=APPROVED, **limits)  # fmt: skip
    city.add(GROUP + "quy_hoach_su_dung_dat", blocks, ma=codes("SDD", len(blocks), digits=4), ma_do_an=project,
             chuc_nang=[rule[0] for rule in wanted],
             ky_hieu=[rule[1] for rule in wanted], o_pho=names, dien_tich=area, so_quyet_dinh=DECISION,
             ngay_phe_duyet=APPROVED)  # fmt: skip
    _add_planned_roads(city, plan, blocks)


def _add_planned_roads(city: City, plan: Plan, blocks: NDArray[np.object_]) -> None:
    """Between the blocks, sheet by sheet; and the waters."""
    inner = shapely.intersection(plan.fabric.corridor, plan.frame.box, grid_size=0.001)
    roads = polygons(shapely.difference(shapely.union_all(polygons(inner)), shapely.union_all(blocks), grid_size=0.001))
    roads = [
        part
        for road in roads
        for sheet in sheets(plan)
        for part in polygons(shapely.intersection(road, sheet, grid_size=0.001))
        if part.area > 5
    ]
    city.add(GROUP + "quy_hoach_su_dung_dat", roads, ma=codes("SDD-GT", len(roads), digits=3), chuc_nang="GIAO_THONG",
             ky_hieu="DAT_HTKT_DuongGT",
             dien_tich=[round(part.area, 1) for part in roads], so_quyet_dinh=DECISION,
             ngay_phe_duyet=APPROVED)  # fmt: skip
    water = polygons(plan.water.all.intersection(plan.frame.box))
    city.add(GROUP + "quy_hoach_su_dung_dat", water, ma=codes("SDD-MN", len(water), digits=3), chuc_nang="MAT_NUOC",
             ky_hieu="DAT_KHAC_Songsuoi",
             dien_tich=[round(part.area, 1) for part in water], so_quyet_dinh=DECISION,
             ngay_phe_duyet=APPROVED)  # fmt: skip


def _range(words: str) -> tuple[float, float]:
    parts = [float(part) for part in words.split("-")]
    return parts[0], parts[-1]


def _add_road_lines(city: City, plan: Plan) -> None:
    """Reserve widths on centre lines, red lines on the edges of the reserve, building lines behind, boundary posts."""
    streets = [street for street in plan.network.streets if street.kind != "hem"]
    city.add(GROUP + "lo_gioi", [street.line for street in streets], ma=codes("LG", len(streets), digits=4),
             ten_duong=[street.name for street in streets],
             lo_gioi=[street.reserve for street in streets],
             chieu_rong_hien_huu=[round(street.width, 1) for street in streets], so_quyet_dinh=DECISION,
             ngay_phe_duyet=APPROVED)  # fmt: skip
    red, label = [], []
    fronts = shapely.boundary(plan.fabric.blocks)
    tree = shapely.STRtree(fronts)
    for street in streets:
        reach = shapely.buffer(street.line, street.reserve / 2 + 0.1, cap_style="flat")
        for ring in fronts[np.sort(tree.query(reach, predicate="intersects"))]:
            parts = lines(shapely.line_merge(ring.intersection(reach)))
            red += [part for part in parts if part.length > 6]
            label += [street for part in parts if part.length > 6]
    city.add(GROUP + "chi_gioi_duong_do", red, ma=codes("CGDD", len(red), digits=4),
             ten_duong=[street.name for street in label], lo_gioi=[street.reserve for street in label],
             so_quyet_dinh=DECISION, ngay_phe_duyet=APPROVED)  # fmt: skip
    _add_building_lines(city, plan)
    posts = np.unique(np.vstack([np.asarray(line.coords)[[0, -1]] for line in red[::4]]), axis=0)
    city.add(GROUP + "moc_gioi_quy_hoach", shapely.points(posts), ma=codes("MG", len(posts), digits=4),
             so_hieu=codes("M", len(posts), digits=3), loai="CHI_GIOI",
             toa_do_x=np.round(posts[:, 1], 3), toa_do_y=np.round(posts[:, 0], 3),
             cao_do=np.round(plan.ground.at(posts), 2), so_quyet_dinh=DECISION, ngay_phe_duyet=APPROVED)  # fmt: skip


def _add_building_lines(city: City, plan: Plan) -> None:
    """Three metres behind the edge of every third block."""
    new = plan.fabric.blocks[np.arange(len(plan.fabric.blocks)) % 3 == 0]
    back = [
        LineString(part.exterior.coords)
        for block in new
        for part in polygons(block.buffer(-3, join_style="mitre"))
        if part.area > 60
    ]
    city.add(
        GROUP + "chi_gioi_xay_dung",
        back,
        ma=codes("CGXD", len(back), digits=4),
        khoang_lui=3.0,
        ap_dung="Công trình xây dựng mới",
        so_quyet_dinh=DECISION,
        ngay_phe_duyet=APPROVED,
    )


def _add_corridors(city: City, plan: Plan) -> None:
    """Along waters 15 to 50 m, along the high-voltage line 15 m either side, along the national road."""
    inside, water = plan.frame.box, plan.water
    shapes = [
        water.river.buffer(50).difference(water.all),
        *[canal.water.buffer(15).difference(water.all) for canal in water.canals],
    ]
    names = ["Hành lang bờ Sông Vàm Sen", *["Hành lang bờ " + canal.name for canal in water.canals]]
    kinds, widths = ["SONG_RACH"] * len(shapes), [50.0, *[15.0] * len(water.canals)]
    power = city.tables["base_settlement.duong_day_tai_dien"].geometry
    shapes += [shapely.buffer(line, 15) for line in power] + [
        LineString(street.line.coords).buffer(street.reserve / 2 + 10) for street in plan.network.of("quoc_lo")
    ]
    names += ["Hành lang lưới điện 110 kV"] * len(power) + [street.name for street in plan.network.of("quoc_lo")]
    kinds += ["DIEN"] * len(power) + ["DUONG_BO"] * (len(shapes) - len(kinds) - len(power))
    widths += [15.0] * (len(shapes) - len(widths))
    city.add(GROUP + "hanh_lang_an_toan", whole_polygons([shape.intersection(inside) for shape in shapes]),
             ma=codes("HL", len(shapes), digits=3), loai=kinds, ten=names,
             chieu_rong=widths, so_quyet_dinh=DECISION, ngay_phe_duyet=APPROVED)  # fmt: skip


def _add_changes(city: City, plan: Plan) -> None:
    """This year's plan: fields and empty lots that become housing, a school, a road."""
    chosen = np.concatenate([plan.uses.having("LUC")[:14], plan.uses.having("BCS")[:10]])
    wanted = ["ODT" if index % 3 else "DGD" for index in range(len(chosen))]
    shapes = plan.fabric.parcels[chosen]
    city.add(GROUP + "ke_hoach_su_dung_dat", shapes, ma=codes("KH", len(chosen), digits=3),
             loai_dat_hien_trang=plan.uses.code[chosen].tolist(), loai_dat=wanted, ky="2025",
             dien_tich_ha=[round(shape.area / 10_000, 4) for shape in shapes],
             du_an=["Khu dân cư mẫu" if use == "ODT" else "Trường học mẫu" for use in wanted],
             so_quyet_dinh="88/QĐ-UBND (mẫu)", ngay_phe_duyet="2025-01-10", ngay_het_hieu_luc="2025-12-31")  # fmt: skip
