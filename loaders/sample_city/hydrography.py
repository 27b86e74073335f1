"""The hydrography group of the base data: surfaces, centre lines, banks, dikes, sluices, sea and springs."""

import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Point

from loaders.sample_city.city import City, whole_polygons
from loaders.sample_city.frame import Points
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import inside_points, lines, polygons, stations
from loaders.sample_city.water import Canal

GROUP = "base_hydrography."


def add_hydrography(city: City, plan: Plan) -> None:
    """All layers of the group."""
    _add_running_water(city, plan)
    _add_still_water(city, plan)
    _add_banks(city, plan)
    _add_works(city, plan)
    _add_sea(city, plan)


def _add_running_water(city: City, plan: Plan) -> None:
    water = plan.water
    inside = max(lines(water.river_line.intersection(plan.frame.box)), key=lambda line: line.length)
    natural = [canal for canal in water.canals if canal.name.startswith("Rạch")]
    dug = [canal for canal in water.canals if not canal.name.startswith("Rạch")]
    city.add(GROUP + "mang_dong_chay", [inside, *[canal.line.reverse() for canal in water.canals]],
             ten=["Sông Vàm Sen", *[canal.name for canal in water.canals]], huongDongChay="Hai chiều theo triều",
             chieuRong=[72.0, *[float(canal.width) for canal in water.canals]],
             loaiDongChay=["Sông", *["Rạch" if canal in natural else "Kênh" for canal in water.canals]])  # fmt: skip
    rivers = [water.river, *[canal.water.intersection(plan.frame.box).difference(water.big) for canal in natural]]
    city.add(
        GROUP + "mat_nuoc_song_suoi",
        whole_polygons(rivers),
        ten=["Sông Vàm Sen", *[canal.name for canal in natural]],
        loaiTrangThaiNuocMat="1",
    )
    surfaces = [canal.water.intersection(plan.frame.box).difference(water.big) for canal in dug]
    city.add(GROUP + "kenh_muong", whole_polygons(surfaces), maDoiTuong="KG05", ten=[canal.name for canal in dug],
             loaiHienTrangSuDung="1", chieuRong=[float(canal.width) for canal in dug])  # fmt: skip
    ditches = _ditches(plan)
    city.add(
        GROUP + "kenh_muong", ditches, maDoiTuong="KG05", ten="Mương nội đồng", loaiHienTrangSuDung="1", chieuRong=2.0
    )


def _ditches(plan: Plan) -> list[LineString]:
    """Along the long sides of field cells."""
    field = np.unique(plan.fabric.cell[plan.fabric.style == "ruong"])
    found = []
    for cell in plan.fabric.cells[field[:: max(1, len(field) // 40)]]:
        ring = LineString(cell.exterior.coords)
        found += [part for part in lines(shapely.ops.substring(ring, 0, ring.length * 0.3)) if part.length > 30]
    return found


def _add_still_water(city: City, plan: Plan) -> None:
    ponds = plan.fabric.parcels[plan.uses.having("NTS")]
    water = [shapely.buffer(pond, -2.0, join_style="mitre") for pond in ponds]
    water = [part for shape in water for part in polygons(shape) if part.area > 60]
    lake = plan.network.lake
    city.add(GROUP + "mat_nuoc_tinh", [lake, *water], ten=["Hồ Sen", *[None] * len(water)], loaiTrangThaiNuocMat="1",
             loaiMatNuocTinh=["Hồ điều tiết", *["Ao nuôi thủy sản"] * len(water)])  # fmt: skip
    orchard = plan.fabric.parcels[plan.uses.having("CLN")]
    wells = inside_points(orchard[:: max(1, len(orchard) // 12)])
    city.add(GROUP + "nguon_nuoc", wells, maDoiTuong="KM01", ten="Giếng nước", loaiNguonNuoc="3")
    city.add(GROUP + "dap", [LineString([lake.exterior.coords[0], lake.exterior.coords[2]])], ten="Đập tràn Hồ Sen",
             loaiDap="3",
             loaiChatLieu="1", khaNangLuuThong="2")  # fmt: skip
    city.add(GROUP + "thac", [Point(lake.exterior.coords[1])], ten="Thác nước nhân tạo Công viên Hồ Sen", chieuCao=1.8)


def _add_banks(city: City, plan: Plan) -> None:
    """Bank lines at the water's edge, low-water lines inside them, and lines that close one water against another."""
    water, box = plan.water, plan.frame.box
    edge = box.buffer(-0.5)
    for shape, kind in ((water.river, "5"), (water.sea, "6"), (water.canal_area, "3"), (plan.network.lake, "4")):
        others = shapely.union_all([part for part in (water.river, water.sea, water.canal_area) if part is not shape])
        bank = [
            line
            for part in lines(shape.boundary.intersection(edge))
            for line in lines(part.difference(others.buffer(0.05)))
        ]
        city.add(GROUP + "duong_bo_nuoc", bank, maDoiTuong="KE03", loaiTrangThaiDuongBoNuoc="1", loaiDuongBoNuoc=kind)
        low = shape.buffer(-1.5).boundary.intersection(edge)
        city.add(GROUP + "duong_mep_nuoc", lines(low), maDoiTuong="KE05", loaiDuongMepNuoc=kind)
    closing = [
        *lines(water.river.boundary.intersection(water.sea.buffer(0.02))),
        *lines(water.canal_area.boundary.intersection(water.big.buffer(0.02))),
    ]
    city.add(
        GROUP + "ranh_gioi_nuoc_mat_quy_uoc",
        [line for line in closing if line.length > 3],
        maDoiTuong="KE06",
        loaiRanhGioiNuocMatQuyUoc="1",
    )
    spots = [water.river_line.interpolate(share, normalized=True) for share in (0.2, 0.45, 0.7)]
    city.add(GROUP + "diem_do_cao_muc_nuoc", spots, maDoiTuong="KE01", doCao=[0.42, 0.37, 0.31])


def _add_works(city: City, plan: Plan) -> None:
    """Revetments in town, dikes in the fields, tidal gates at the mouths."""
    water = plan.water
    for canal in water.canals:
        sides = [
            part
            for part in lines(
                canal.water.boundary.difference(water.big.buffer(4)).intersection(plan.frame.box.buffer(-2))
            )
            if part.length > 40
        ]
        if canal.urban:
            city.add(
                GROUP + "bo_ke_bo_cap",
                sides,
                maDoiTuong="KG01",
                ten="Kè " + canal.name,
                loaiChatLieu="1",
                loaiThanhPhan="2",
            )
        else:
            dikes = [line for part in sides for line in lines(part.offset_curve(-4.0))]
            city.add(GROUP + "de", dikes, ten="Đê bao " + canal.name, loaiDe="1", loaiChatLieu="3", khaNangLuuThong="2")
    _add_gates(city, plan)


def _add_gates(city: City, plan: Plan) -> None:
    canals = plan.water.canals
    gates = [LineString(_across(canal)) for canal in canals]
    city.add(
        GROUP + "cong_thuy_loi",
        gates,
        ten=["Cống kiểm soát triều " + canal.name for canal in canals],
        loaiCongThuyLoi="1",
    )
    sluices = _ditches(plan)[:6]
    city.add(
        GROUP + "cong_thuy_loi", [Point(line.coords[0]) for line in sluices], ten="Cống nội đồng", loaiCongThuyLoi="2"
    )


def _across(canal: Canal) -> Points:
    """The gate from bank to bank."""
    here, ahead = (np.array(canal.line.interpolate(canal.gate + more).coords[0]) for more in (0, 1))
    step = ahead - here
    side = np.array([-step[1], step[0]]) / np.hypot(*step) * (canal.width / 2 + 2)
    return np.array([here - side, here + side])


def _add_sea(city: City, plan: Plan) -> None:
    water, frame = plan.water, plan.frame
    land = shapely.union_all(water.islands)
    city.add(GROUP + "bien_dao", whole_polygons([water.sea.difference(land)]), maDoiTuong="KA04", ten="Vịnh Sen")
    city.add(GROUP + "bien_dao", water.islands, maDoiTuong="KA02", ten=["Hòn Sen", "Hòn Cau"][: len(water.islands)])
    shore = shapely.buffer(lines(water.sea.boundary.intersection(frame.box.buffer(-1)))[0], 18).intersection(water.sea)
    flats = [part for part in polygons(shore.difference(water.river.buffer(30))) if part.area > 200]
    city.add(GROUP + "bai_boi", flats, maDoiTuong="KB01", ten="Bãi bồi Vịnh Sen", loaiBaiBoi="2", trangThaiXuatLo="3")
    rocks = [Point(frame.at(0.73, 0.025)), Point(frame.at(0.735, 0.035)), Point(frame.at(0.17, 0.035))]
    city.add(
        GROUP + "bai_da_duoi_nuoc",
        rocks,
        maDoiTuong=["KC02", "KC01", "KC01"],
        ten=["Đá Cá", None, None],
        trangThaiXuatLo=["3", "1", "1"],
    )
    names = [(water.islands[0].representative_point(), "Hòn Sen", "Hòn"),
             (Point(frame.at(0.5, 0.05)), "Vịnh Sen", "Vịnh"),
             (Point(frame.at(0.45, 0.10)), "Cửa Vàm Sen", "Cửa")]  # fmt: skip
    city.add(
        GROUP + "dia_danh_bien_dao",
        [row[0] for row in names],
        ten=[row[1] for row in names],
        danhTuChung=[row[2] for row in names],
    )


def soundings(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Places in the bay and in the fairway of the river, with the height of the bed."""
    x0, y0, x1, y1 = plan.water.sea.bounds
    grid = np.stack(np.meshgrid(np.arange(x0 + 20, x1, 60), np.arange(y0 + 20, y1, 45)), axis=-1).reshape(-1, 2)
    inside = shapely.contains_xy(
        plan.water.sea.difference(shapely.union_all(plan.water.islands).buffer(5)).buffer(-8), grid
    )
    middle = [plan.water.river_line.interpolate(at) for at in stations(plan.water.river_line, 80)]
    river = np.array([point.coords[0] for point in middle if plan.water.river.buffer(-10).contains(point)])
    places = np.round(np.vstack([grid[inside], river]), 3)
    return places, plan.ground.at(places)
