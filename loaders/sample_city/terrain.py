"""Relief, control and frame of the base data: heights read from the ground, benchmarks, sheets, extent."""

import numpy as np
import shapely
from shapely import LineString, Point

from gis_server.catalog import CrsBook
from loaders.sample_city.city import City
from loaders.sample_city.frame import SOUTH, WEST
from loaders.sample_city.hydrography import soundings
from loaders.sample_city.plan import Plan
from loaders.sample_city.relief import HILL, contours
from loaders.sample_city.shapes import inside_points, lines


def add_relief(city: City, plan: Plan) -> None:
    """Spot heights, contours, soundings, depth contours and banks, all from the one ground."""
    _add_spots(city, plan)
    _add_contours(city, plan)
    places, bed = soundings(plan)
    city.add("base_relief.diem_do_sau", shapely.points(places), maDoiTuong="ED02", doSau=np.round(-bed, 2))
    hill = Point(plan.frame.at(*HILL))
    top, foot = hill.buffer(25), hill.buffer(105)
    inside = plan.frame.box
    city.add("base_relief.dia_hinh_dac_biet", lines(foot.boundary.intersection(inside)), maDoiTuong="EC01",
             ten="Sườn Gò Sao",
             tyCaoTyDo=8.5, loaiThanhPhanDiaHinh="1")  # fmt: skip
    city.add(
        "base_relief.dia_hinh_dac_biet",
        [top],
        maDoiTuong="EC04",
        ten="Đỉnh Gò Sao",
        tyCaoTyDo=9.0,
        loaiThanhPhanDiaHinh="2",
    )


def _add_spots(city: City, plan: Plan) -> None:
    """On an uneven net over the land, and at every third junction."""
    random = plan.frame.random("spot heights")
    x = np.arange(WEST + 25, WEST + plan.frame.width - 20, 70)
    y = np.arange(SOUTH + 25, SOUTH + plan.frame.height - 20, 70)
    net = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2) + random.uniform(-18, 18, (len(x) * len(y), 2))
    dry = ~shapely.contains_xy(plan.water.all.union(plan.network.lake).buffer(5), net)
    junctions = shapely.get_coordinates(plan.graph.nodes[plan.graph.degree >= 3][::3])
    dry_nodes = ~shapely.contains_xy(plan.water.all.buffer(5), junctions)
    places = np.round(np.vstack([net[dry], junctions[dry_nodes]]), 3)
    kind = np.array(["2"] * int(dry.sum()) + ["1"] * int(dry_nodes.sum()))
    city.add(
        "base_relief.diem_do_cao",
        shapely.points(places),
        maDoiTuong="EA01",
        doCao=np.round(plan.ground.at(places), 2),
        loaiDiemDoCao=kind,
    )


def _add_contours(city: City, plan: Plan) -> None:
    """Half a metre apart on land; one metre apart under water, where depth is positive downwards."""
    wet = shapely.union(plan.water.big, plan.water.canal_area).buffer(-0.5)
    shapely.prepare(wet)
    shapes, heights = contours(plan.ground, np.arange(0.5, 13, 0.5))
    city.add("base_relief.duong_binh_do", shapes, maDoiTuong="EA02", doCao=heights,
             loaiDuongBinhDo=np.where(heights % 2.5 == 0, "1", "2"), loaiKhoangCaoDeu="1")  # fmt: skip
    shapes, heights = contours(plan.ground, np.arange(-7.0, 0, 1.0))
    below = shapely.intersects(shapes, wet)
    city.add("base_relief.duong_binh_do_sau", shapes[below], maDoiTuong="ED03", doSau=-heights[below],
             loaiDuongBinhDo="1", loaiKhoangCaoDeu="2")  # fmt: skip


def add_control(city: City, plan: Plan) -> None:
    """Benchmarks and control points (made up)."""
    frame = plan.frame
    nodes = plan.graph.nodes[plan.graph.degree >= 3]
    dry = nodes[~shapely.intersects(nodes, plan.water.all.buffer(4))]
    local = dry[:: max(1, len(dry) // 24)]
    city.add("base_control.diem_dia_chinh", local, soHieuDiem=[f"ĐC-{index + 1:03d}" for index in range(len(local))],
             doCao=np.round(plan.ground.of(local), 3), loaiMoc="1", loaiCapHang="Địa chính cơ sở",
             namDo=2018)  # fmt: skip
    national = np.array(
        [Point(frame.at(0.24, 0.93)), Point(frame.at(0.52, 0.63)), Point(frame.at(0.88, 0.34))], dtype=object
    )
    city.add("base_control.diem_do_dac_quoc_gia", national, maDoiTuong=["BC03", "BC01", "BC02"],
             soHieuDiem=["MAU-401", "MAU-II-17", "MAU-402"],
             doCao=np.round(plan.ground.of(national), 3), loaiMoc="1", loaiCapHang=["3", "4", "4"])  # fmt: skip
    _add_origin(city, plan)


def _add_origin(city: City, plan: Plan) -> None:
    """Where heights begin, and the base station."""
    origin = np.array([Point(plan.frame.at(0.90, 0.93))], dtype=object)
    city.add(
        "base_control.diem_goc_do_dac_quoc_gia",
        origin,
        maDoiTuong="BA01",
        soHieuDiem="MAU-GỐC-1",
        doCao=np.round(plan.ground.of(origin), 3),
    )
    station = inside_points(plan.fabric.parcels[plan.uses.having("TSC")][:1])
    city.add(
        "base_control.tram_dinh_vi_ve_tinh_quoc_gia",
        station,
        maDoiTuong="BD02",
        soHieuDiem="MAU1",
        ten="Trạm CORS mẫu",
        loaiTramDinhViVeTinh="2",
    )


def add_frame(city: City, plan: Plan, crs: CrsBook) -> None:
    """Map sheets 1:5.000 and 1:2.000 on VN-2000 latitude and longitude, and what the data covers."""
    for scale, step in ((5000, 112.5 / 3600), (2000, 37.5 / 3600)):
        cells = _sheets(plan, crs, step)
        city.add("base_frame.bang_chap_manh", [shape for shape, _, _ in cells], tyLe=str(scale),
                 kinhTuyenTruc="105°45'",
                 phienHieuManh=[_sheet_name(column, row, scale) for _, column, row in cells], namThanhLap=2006,
                 namCapNhat=2024,
                 donViThucHien="Dữ liệu mẫu, không phải đo đạc")  # fmt: skip
    city.add("base_frame.pham_vi_du_lieu", [plan.frame.box], maBoDuLieu="MAU", tyLe="2000", namDoVe=2025,
             nguonDuLieu="Dữ liệu giả lập (bando sample), không đo vẽ thực địa",
             phuongPhap="Sinh tự động từ một hạt giống", doChinhXac=0.0)  # fmt: skip


def _sheets(plan: Plan, crs: CrsBook, step: float) -> list[tuple[shapely.Polygon, int, int]]:
    """Cells of a sheet division that touch the frame, with their column from 102° and row from 12° southwards."""
    corners = crs.transform(shapely.get_coordinates(plan.frame.box), crs.stored, 4756)
    first = np.floor((corners.min(axis=0) - [102, 0]) / step).astype(int)
    last = np.floor((corners.max(axis=0) - [102, 0]) / step).astype(int)
    found = []
    for column in range(first[0], last[0] + 1):
        for row in range(first[1], last[1] + 1):
            ring = np.array([(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]) * step + [
                102,
                0,
            ]
            shape = shapely.Polygon(crs.transform(ring, 4756, crs.stored))
            if shape.intersects(plan.frame.box):
                found.append((shape, column, round(12 / step) - 1 - row))
    return found


def _sheet_name(column: int, row: int, scale: int) -> str:
    """C-48-<sheet 1:100.000>-(<cell>[-letter]): 12 × 8 half degrees, then 16 × 16, then 3 × 3 cells."""
    parts = 16 if scale == 5000 else 48
    sheet = (row // parts) * 12 + column // parts + 1
    inner_row, inner_column = row % parts, column % parts
    if scale == 5000:
        return f"C-48-{sheet}-({inner_row * 16 + inner_column + 1})"
    cell = (inner_row // 3) * 16 + inner_column // 3 + 1
    return f"C-48-{sheet}-({cell}-{'abcdefghk'[(inner_row % 3) * 3 + inner_column % 3]})"


def markers(line: LineString, count: int) -> list[Point]:
    """Points spread evenly over a line, both ends included."""
    return [line.interpolate(share, normalized=True) for share in np.linspace(0, 1, count)]
