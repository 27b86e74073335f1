"""Land cover: one gap-free coverage of the whole frame, its boundaries, and lone trees."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from loaders.sample_city.city import City, whole_polygons
from loaders.sample_city.frame import SOUTH, WEST
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import Shapes, faces, inside_points, lines, owner_of

GROUP = "base_landcover."
COVER_OF_USE = {"ODT": "be_mat_khu_dan_cu", "ONT": "be_mat_khu_dan_cu", "LUC": "cay_hang_nam", "HNK": "cay_hang_nam",
                "CLN": "cay_lau_nam",
                "RPH": "rung", "BCS": "dat_trong", "DKV": "phu_thuc_vat_khac", "NTD": "phu_thuc_vat_khac",
                "NTS": "nuoc_mat"}  # fmt: skip
"""Cover by use of the parcel; everything else is works surface."""
FIELDS = {
    "be_mat_cong_trinh": {"maDoiTuong": "HA01", "thucVat": "2"},
    "be_mat_khu_dan_cu": {"maDoiTuong": "HA02", "thucVat": "2"},
    "cay_hang_nam": {"loaiCayHangNam": "Lúa", "ten": "Lúa, rau màu"},
    "cay_lau_nam": {"loaiCayLauNam": "Cây ăn quả, dừa nước", "ten": "Vườn cây lâu năm"},
    "rung": {"loaiRung": "Rừng ngập mặn", "ten": "Rừng phòng hộ ven biển"},
    "phu_thuc_vat_khac": {"loaiPhuThucVat": "Cỏ, cây xanh", "ten": "Thảm cỏ"},
    "dat_trong": {"maDoiTuong": "HC01", "ten": "Đất trống"},
    "nuoc_mat": {"maDoiTuong": "HD01"},
}


def add_landcover(city: City, plan: Plan) -> None:
    """Every point of the frame belongs to exactly one cover."""
    pieces, kind = _pieces(plan)
    shapes, covers = _dissolved(pieces, kind)
    for cover, columns in FIELDS.items():
        city.add(GROUP + cover, shapes[covers == cover], **columns)
    green = np.isin(covers, ["cay_hang_nam", "cay_lau_nam", "rung"])
    edges = shapely.union_all(shapely.boundary(shapes[green]), grid_size=0.001)
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines(edges))))
    city.add(GROUP + "ranh_gioi_phu_be_mat", merged, maDoiTuong="HG01", loaiRanhGioiPhuBeMat="1")
    random = plan.frame.random("lone trees")
    field = plan.fabric.parcels[plan.uses.having("LUC", "HNK")]
    spots = inside_points(field[random.permutation(len(field))[:40]])
    city.add(GROUP + "cay_doc_lap", spots, maDoiTuong=["HE04" if i % 5 == 0 else "HE03" for i in range(len(spots))],
             tenCay="Thốt nốt", chieuCao=np.round(random.uniform(6, 16, len(spots)), 1))  # fmt: skip


def _pieces(plan: Plan) -> tuple[Shapes, NDArray[np.str_]]:
    """Faces of all boundaries together, each with its cover: islands, water, parcels, works for the rest."""
    water = [plan.water.river, plan.water.sea, plan.water.canal_area, plan.network.lake]
    used = np.array([COVER_OF_USE.get(code, "be_mat_cong_trinh") for code in plan.uses.code])
    border = [plan.frame.box.boundary, *shapely.boundary(water), *shapely.boundary(plan.water.islands)]
    found = faces(
        [
            *border,
            *_sheet_lines(plan),
            *shapely.boundary(plan.fabric.parcels),
            plan.fabric.corridor.boundary.intersection(plan.frame.box),
        ],
        0,
    )
    inside = inside_points(found)
    kind = np.full(len(found), "be_mat_cong_trinh", dtype="U20")
    parcel = owner_of(inside, plan.fabric.parcels)
    kind[parcel >= 0] = used[parcel[parcel >= 0]]
    off_road = owner_of(inside, [plan.fabric.corridor]) < 0
    kind[(parcel < 0) & off_road] = "dat_trong"
    kind[owner_of(inside, water) >= 0] = "nuoc_mat"
    kind[owner_of(inside, plan.water.islands) >= 0] = "phu_thuc_vat_khac"
    within = owner_of(inside, [plan.frame.box]) >= 0
    return found[within], _without_threads(found[within], kind[within])


def _without_threads(pieces: Shapes, kind: NDArray[np.str_]) -> NDArray[np.str_]:
    """Wedges too thin to draw are of the cover that they have most of their outline in common with, on their sheet."""
    thread = 2 * shapely.area(pieces) < 0.1 * shapely.length(pieces)
    sheet, tree, found = _sheet_of(pieces), shapely.STRtree(pieces), kind.copy()
    for piece in np.flatnonzero(thread):
        near = tree.query(pieces[piece], predicate="intersects")
        near = near[(sheet[near] == sheet[piece]) & ~thread[near]]
        if len(near):
            shared = shapely.length(shapely.intersection(pieces[near], pieces[piece]))
            found[piece] = kind[near[np.argmax(shared)]]
    return found


SHEET_M = 250.0
"""Covers are cut along sheets of this size, as they are drawn and delivered."""


def _sheet_lines(plan: Plan) -> list[LineString]:
    west, south, east, north = plan.frame.box.bounds
    upright = [LineString([(x, south), (x, north)]) for x in np.arange(west + SHEET_M, east, SHEET_M)]
    return upright + [LineString([(west, y), (east, y)]) for y in np.arange(south + SHEET_M, north, SHEET_M)]


def sheets(plan: Plan) -> Shapes:
    """The squares between the sheet lines."""
    west, south, east, north = plan.frame.box.bounds
    x, y = np.meshgrid(np.arange(west, east, SHEET_M), np.arange(south, north, SHEET_M))
    return np.asarray(
        shapely.box(x, y, np.minimum(x + SHEET_M, east), np.minimum(y + SHEET_M, north)).ravel(), dtype=object
    )


def _sheet_of(pieces: Shapes) -> NDArray[np.int64]:
    """A number for the sheet that each piece lies in."""
    sheet = np.floor((shapely.get_coordinates(inside_points(pieces)) - (WEST, SOUTH)) / SHEET_M).astype(np.int64)
    return np.asarray(sheet[:, 0] * 10_000 + sheet[:, 1])


def _dissolved(pieces: Shapes, kind: NDArray[np.str_]) -> tuple[Shapes, NDArray[np.str_]]:
    """Adjoining pieces of one cover joined, sheet by sheet."""
    shapes: list[shapely.Polygon] = []
    covers: list[str] = []
    number = _sheet_of(pieces)
    for cover in FIELDS:
        for one in np.unique(number[kind == cover]):
            joined = shapely.get_parts(shapely.coverage_union_all(pieces[(kind == cover) & (number == one)]))
            shapes += list(joined)
            covers += [cover] * len(joined)
    return whole_polygons(np.array(shapes, dtype=object)), np.array(covers)
