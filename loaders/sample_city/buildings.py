"""Houses inside parcels, blocks of houses, outbuildings, fences; cadastral parcels and their sheets."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from loaders.sample_city.city import City, whole_polygons
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import Shapes, axes_of, inside_points

HOUSE_OF_USE = {"ODT": "2", "ONT": "2", "TMD": "6", "DGD": "7", "DYT": "7", "DCH": "7", "TSC": "4", "CAN": "3",
                "CQP": "3", "DVH": "7",
                "DTT": "7", "TON": "7", "TIN": "7", "SKK": "8", "SKC": "8", "DNL": "9", "DCT": "9", "DRA": "9",
                "DBV": "9", "DCK": "9",
                "DDD": "7", "NTS": "10", "CLN": "2"}  # fmt: skip
"""Kind of building (loaiNha) by use of the parcel; other uses carry none."""
STOREY_M = 3.4


def add_buildings(city: City, plan: Plan) -> None:
    """Houses, and what goes with them."""
    parcel, house = _houses(plan)
    random = plan.frame.random("houses")
    storeys = _storeys(plan, parcel, random)
    use = plan.uses.code[parcel]
    flat = _flats(plan, parcel)
    city.add("base_settlement.nha", house, maDoiTuong="CA04", soTang=storeys.tolist(),
             loaiNha=np.where(flat, "1", [HOUSE_OF_USE[code] for code in use]),
             mucDoKienCo=np.where(use == "ONT", "2", np.where(random.random(len(house)) < 0.82, "1", "2")),
             chieuCao=np.round(storeys * STOREY_M + 1.1, 1), ten=[_name_of(plan, index) for index in parcel],
             diaChi=[plan.addresses.text[index] or None for index in parcel])  # fmt: skip
    _add_blocks(city, plan, (parcel, house, storeys))
    _add_outbuildings(city, plan, (parcel, house))
    _add_fences(city, plan)


def _name_of(plan: Plan, parcel: int) -> str | None:
    return next((f.name for f in plan.uses.facilities if f.parcel == parcel and not f.point), None)


def _houses(plan: Plan) -> tuple[NDArray[np.int64], Shapes]:
    """A house on most parcels: a town house fills the front of its lot, others stand free in theirs."""
    random = plan.frame.random("footprints")
    built = np.flatnonzero(np.isin(plan.uses.code, list(HOUSE_OF_USE)))
    chance = np.where(np.isin(plan.uses.code[built], ["CLN", "NTS"]), 0.12, 0.965)
    built = built[random.random(len(built)) < chance]
    parcels, town = plan.fabric.parcels[built], np.isin(plan.fabric.style[built], ["co", "moi"])
    town &= plan.fabric.area[built] < 320
    shapes = np.empty(len(built), dtype=object)
    for index, parcel in enumerate(parcels):
        shapes[index] = _town_house(plan, int(built[index]), parcel, random) if town[index] else _free(parcel, random)
    good = shapely.area(shapes) > 9
    return built[good], shapes[good]


def _town_house(plan: Plan, index: int, parcel: Polygon, random: np.random.Generator) -> Polygon:
    """The lot without a yard at the back, away from its street."""
    axes = axes_of(parcel)
    yard = axes.length * random.choice([0.0, 0.12, 0.2, 0.3])
    street = plan.addresses.street[index]
    line = plan.network.streets[street].line if street >= 0 else LineString([axes.corner, axes.corner])
    low, high = shapely.Point(axes.place(0, axes.depth / 2)), shapely.Point(axes.place(axes.length, axes.depth / 2))
    start, end = (0.0, axes.length - yard) if line.distance(low) <= line.distance(high) else (yard, axes.length)
    strip = Polygon([axes.place(start - 1e-3 * (yard == 0), -1), axes.place(end, -1), axes.place(end, axes.depth + 1),
                     axes.place(start - 1e-3 * (yard == 0), axes.depth + 1)])  # fmt: skip
    inner = parcel.buffer(-0.02, join_style="mitre")
    return _largest(shapely.set_precision(inner.intersection(strip), 0.001))


def _free(parcel: Polygon, random: np.random.Generator) -> Polygon:
    """A rectangle along the lot's own axes, drawn in until it lies inside."""
    axes = axes_of(parcel)
    share = random.uniform(0.5, 0.68) if axes.length * axes.depth < 1500 else random.uniform(0.22, 0.45)
    limit = 78.0 if axes.length * axes.depth > 5000 else 34.0
    length, depth = min(axes.length * share, limit), min(axes.depth * share, limit * 0.6)
    centre = (
        np.array(parcel.representative_point().coords[0])
        if random.random() < 0.4
        else axes.place(axes.length / 2, axes.depth / 2)
    )
    u, v = axes.along * length / 2, axes.across * depth / 2
    house = Polygon([centre - u - v, centre + u - v, centre + u + v, centre - u + v])
    return _largest(shapely.set_precision(house.intersection(parcel.buffer(-0.6)), 0.001))


def _largest(shape: Polygon) -> Polygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return max(parts, key=lambda part: part.area) if parts else Polygon()


def _flats(plan: Plan, parcel: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Large commercial lots in new quarters carry blocks of flats."""
    return np.asarray((plan.uses.code[parcel] == "TMD") & (plan.fabric.area[parcel] > 500))


def _storeys(plan: Plan, parcel: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    use, style = plan.uses.code[parcel], plan.fabric.style[parcel]
    town = random.choice([1, 2, 3, 4, 5], len(parcel), p=[0.2, 0.32, 0.27, 0.14, 0.07])
    storeys = np.where(style == "co", town, np.where(style == "moi", random.choice([3, 4, 5], len(parcel)), 2))
    storeys = np.where(np.isin(use, ["ONT", "CLN", "NTS", "SKK", "SKC", "DNL", "DCT", "DRA"]), 1, storeys)
    storeys = np.where(np.isin(use, ["DGD", "DYT", "TSC", "CAN"]), 3, storeys)
    return np.asarray(np.where(_flats(plan, parcel), random.integers(9, 19, len(parcel)), storeys))


def _add_blocks(city: City, plan: Plan, built: tuple[NDArray[np.int64], Shapes, NDArray[np.int64]]) -> None:
    """Khối nhà: adjoining houses of one cell together."""
    parcel, house, storeys = built
    town = np.isin(plan.fabric.style[parcel], ["co", "moi"])
    cells = plan.fabric.cell[parcel]
    shapes, floors = [], []
    for cell in np.unique(cells[town]):
        mine = np.flatnonzero(town & (cells == cell))
        joined = shapely.buffer(
            shapely.union_all(shapely.buffer(house[mine], 0.25, join_style="mitre")), -0.25, join_style="mitre"
        )
        shapes.append(joined)
        floors.append(float(storeys[mine].mean()))
    grade = ["5" if floor < 1.6 else "4" if floor < 4 else "3" for floor in floors]
    city.add(
        "base_settlement.khoi_nha", whole_polygons(shapes), maDoiTuong="CA01", nhomSoTang=grade, nhomChieuCao=grade
    )


def _add_outbuildings(city: City, plan: Plan, built: tuple[NDArray[np.int64], Shapes]) -> None:
    """Steps before public buildings."""
    parcel, house = built
    public = np.flatnonzero(np.isin(plan.uses.code[parcel], ["TSC", "DGD", "DYT", "DVH", "TON", "TIN"]))
    steps = []
    for index in public:
        axes = axes_of(house[index])
        middle = axes.place(axes.length / 2, 0)
        u, v = axes.along * 2.2, axes.across * -1.4
        steps.append(Polygon([middle - u, middle + u, middle + u + v, middle - u + v]))
    city.add(
        "base_settlement.cong_trinh_phu_tro", steps, maDoiTuong=["CG01" if i % 3 else "CG03" for i in range(len(steps))]
    )


def _add_fences(city: City, plan: Plan) -> None:
    closed = plan.uses.having("DGD", "DYT", "TSC", "CAN", "SKK", "SKC", "DNL", "DCT", "TON")
    walls = [LineString(parcel.exterior.coords) for parcel in plan.fabric.parcels[closed]]
    city.add(
        "base_settlement.ranh_gioi",
        walls,
        maDoiTuong=["CU05" if code in ("CAN", "SKK", "DNL") else "CU01" for code in plan.uses.code[closed]],
    )
    banned = [LineString(parcel.exterior.coords) for parcel in plan.fabric.parcels[plan.uses.having("CQP")]]
    city.add("base_settlement.ranh_gioi", banned, maDoiTuong="CU02")


SHEET_M = 300.0
"""Side of a cadastral sheet at 1:500, on the kilometre grid's lines."""


def add_cadastre(city: City, plan: Plan) -> None:
    """Parcels with sheet and parcel numbers that start again in every old commune, and the sheets."""
    parcels, fabric = plan.fabric.parcels, plan.fabric
    commune = plan.units.commune_at(parcels)
    centre = shapely.get_coordinates(inside_points(parcels))
    square = np.floor(centre / SHEET_M).astype(int)
    sheet, number = _sheet_numbers(commune, square, centre)
    random = plan.frame.random("cadastre")
    legal = np.round(
        fabric.area * (1 + np.where(random.random(len(parcels)) < 0.12, random.normal(0, 0.012, len(parcels)), 0)), 1
    )
    town = np.isin(plan.uses.code, ["ODT", "ONT"])
    ward = plan.units.ward_of[commune]
    city.add("cadastre.thua_dat", parcels, ma_xa_cu=[plan.units.commune_code(index) for index in commune],
             so_to=[str(value) for value in sheet], so_thua=[str(value) for value in number],
             ma_thua_dat=[f"{plan.units.commune_code(c)}.{s}.{n}" for c, s,
                          n in zip(commune, sheet, number, strict=True)],
             ma_xa=[plan.units.ward_code(index) for index in ward],
             dien_tich=np.round(fabric.area, 1), dien_tich_phap_ly=legal, loai_dat=plan.uses.code.tolist(),
             ky_hieu_muc_dich=plan.uses.code.tolist(), nguon_goc=np.where(town, "1", "5"),
             ky_hieu_doi_tuong=np.where(town, "GDC", "UBS"), da_cap_gcn=(random.random(len(parcels)) < 0.87),
             dia_chi=[_full_address(plan, index, ward[index]) for index in range(len(parcels))],
             hieu_luc_tu="2014-07-01")  # fmt: skip
    _add_sheets(city, plan, (commune, square, sheet, number))


def _full_address(plan: Plan, parcel: int, ward: int) -> str:
    text = plan.addresses.text[parcel]
    return f"{text}, {plan.units.ward_names[ward]}" if text else plan.units.ward_names[ward]


def _sheet_numbers(
    commune: NDArray[np.int64], square: NDArray[np.int64], centre: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sheets run from north-west to south-east in each commune, parcels likewise on each sheet."""
    order = np.lexsort([centre[:, 0], -np.floor(centre[:, 1] / 30), square[:, 0], -square[:, 1], commune])
    sheet, number = np.zeros(len(order), int), np.zeros(len(order), int)
    last, on_sheet, in_sheet = (-1, -1, -1), 0, 0
    for index in order:
        place = (int(commune[index]), int(square[index, 0]), int(square[index, 1]))
        if place != last:
            on_sheet = on_sheet + 1 if place[0] == last[0] else 1
            in_sheet, last = 0, place
        in_sheet += 1
        sheet[index], number[index] = on_sheet, in_sheet
    return sheet, number


def _add_sheets(city: City, plan: Plan, numbered: tuple[NDArray[np.int64], ...]) -> None:
    commune, square, sheet, number = numbered
    keys = np.unique(np.column_stack([commune, sheet, square]), axis=0)
    areas, counts = [], []
    for which, on_sheet, x, y in keys:
        cell = shapely.box(x * SHEET_M, y * SHEET_M, (x + 1) * SHEET_M, (y + 1) * SHEET_M)
        areas.append(cell.intersection(plan.units.communes[which]))
        counts.append(int(number[(commune == which) & (sheet == on_sheet)].max()))
    city.add("cadastre.to_ban_do_dia_chinh", whole_polygons(areas),
             ma_xa_cu=[plan.units.commune_code(row[0]) for row in keys],
             so_to=[str(row[1]) for row in keys], ty_le="500", so_thua=counts,
             phien_hieu=[f"{int(row[3] * SHEET_M / 1000)} {int(row[2] * SHEET_M / 1000)}-{row[1]}" for row in keys],
             kinh_tuyen_truc="105°45'", nam_thanh_lap=2004, nam_chinh_ly=2021,
             don_vi_thuc_hien="Đơn vị đo đạc mẫu")  # fmt: skip
