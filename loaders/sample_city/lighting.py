"""Public lighting: lamps every 25 to 35 m in the road reserve, luminaires on them, cables from cabinets."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point

from loaders.sample_city.city import City, codes
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import beside, stations
from loaders.sample_city.streets import Street

GROUP = "lighting."
SPACING = {
    "quoc_lo": 35.0,
    "duong_tinh": 33.0,
    "chinh": 31.0,
    "ven_song": 31.0,
    "khu_vuc": 29.0,
    "noi_bo": 27.0,
    "hem": 25.0,
}
POWER = {"quoc_lo": 150, "duong_tinh": 120, "chinh": 100, "ven_song": 90, "khu_vuc": 75, "noi_bo": 60, "hem": 40}
HEIGHT = {"quoc_lo": 11.0, "duong_tinh": 10.0, "chinh": 9.0, "ven_song": 9.0, "khu_vuc": 8.0, "noi_bo": 7.0, "hem": 5.5}


@dataclass
class Row:
    """Lamps along one side of one piece of street, all on one cable."""

    street: Street
    lamps: list[Point]
    cable: LineString


def add_lighting(city: City, plan: Plan) -> None:
    """Rows of lamps on every lit street, then cabinets, each feeding the rows nearest to it."""
    rows = [row for street in plan.network.streets for row in _rows(plan, street)]
    cabinets = _cabinets(plan, rows)
    fed = shapely.STRtree(cabinets).nearest([row.lamps[0] for row in rows])
    names = codes("TU", len(cabinets), digits=3)
    city.add(GROUP + "tu_dieu_khien", cabinets, ma=names, ten=[f"Tủ chiếu sáng {name}" for name in names],
             loai_tu="NOI",
             kieu_dieu_khien=["TU_XA" if i % 2 else "HEN_GIO" for i in range(len(cabinets))], so_lo=4,
             cong_suat_kw=15.0,
             ma_pe=[f"PE99{index:08d}" for index in range(len(cabinets))])  # fmt: skip
    _add_lamps(city, plan, rows, [names[index] for index in fed])
    _add_cables(city, plan, rows, (cabinets, fed, names))


def _rows(plan: Plan, street: Street) -> list[Row]:
    """Both sides of a wide road, one side of the others; none on bridges over the river, few in the fields."""
    if street.kind == "hem" and street.line.length < 32:
        return []
    sides = (1, -1) if street.reserve >= 20 else (1,)
    off = max(0.0, street.reserve / 2 - (1.0 if street.reserve > 6 else 0.4))
    found = []
    for side in sides:
        for part in plan.ashore(street):
            places = beside(part, stations(part, SPACING[street.kind], 6.0), side * off)
            if len(places) > 1:
                found.append(
                    Row(street, [Point(place) for place in np.round(places, 3)], LineString(np.round(places, 3)))
                )
    return found


def _cabinets(plan: Plan, rows: list[Row]) -> np.ndarray:
    """One for about every twenty rows, at the first lamp of an evenly chosen row."""
    chosen = rows[:: max(1, len(rows) // max(6, len(rows) // 20))]
    return np.array(
        [Point(round(row.lamps[0].x + 0.7, 3), round(row.lamps[0].y + 0.4, 3)) for row in chosen], dtype=object
    )


def _add_lamps(city: City, plan: Plan, rows: list[Row], cabinet: list[str]) -> None:
    count = [len(row.lamps) for row in rows]
    places = np.array([lamp for row in rows for lamp in row.lamps], dtype=object)
    kind = np.repeat([row.street.kind for row in rows], count)
    names = codes("CD", len(places))
    double = kind == "quoc_lo"
    street = np.repeat(np.array([row.street.name for row in rows], dtype=object), count)
    number = np.concatenate([np.arange(1, each + 1) for each in count])
    power = np.array([POWER[value] for value in kind])
    wards = plan.units.ward_at(places)
    city.add(GROUP + "cot_den", places, ma=names, ten_tru=[f"{int(each):02d}" for each in number],
             loai_tru=np.where(kind == "hem", "HTLT", np.where(kind == "ven_song", "TRANG_TRI", "STK")),
             loai_can=np.where(double, "DOI", "DON"), chieu_cao=[HEIGHT[value] for value in kind],
             so_bo_den=np.where(double, 2, 1),
             cong_suat=power * np.where(double, 2, 1), tu_dieu_khien=np.repeat(cabinet, count), tuyen_duong=street,
             phuong_xa=[plan.units.ward_names[ward] for ward in wards])  # fmt: skip
    lamp = np.repeat(np.arange(len(places)), np.where(double, 2, 1))
    shift = np.where(np.concatenate([np.arange(each) for each in np.where(double, 2, 1)]) == 0, 0.9, -0.9)
    heads = shapely.points(np.round(shapely.get_coordinates(places)[lamp] + np.column_stack([shift, 0 * shift]), 3))
    led = plan.frame.random("luminaires").random(len(heads)) < 0.7
    city.add(GROUP + "bo_den", heads, ma=codes("BD", len(heads)), cot_den=[names[index] for index in lamp],
             loai_den=np.where(led, "LED", "SODIUM"),
             cong_suat=power[lamp], quang_thong=power[lamp] * np.where(led, 130, 95),
             nhiet_do_mau=np.where(led, 4000, 2000), dieu_khien_xa=led)  # fmt: skip


def _add_cables(city: City, plan: Plan, rows: list[Row], feeding: tuple[np.ndarray, np.ndarray, list[str]]) -> None:
    """Along each row, and from the cabinet to its first lamp where that is near."""
    cabinets, fed, names = feeding
    cables = [row.cable for row in rows]
    feeders = [
        (index, LineString([cabinets[fed[index]], row.lamps[0]]))
        for index, row in enumerate(rows)
        if cabinets[fed[index]].distance(row.lamps[0]) < 120
    ]
    shapes = [*cables, *[line for _, line in feeders]]
    cabinet = [names[fed[index]] for index in [*range(len(rows)), *[index for index, _ in feeders]]]
    hung = [row.street.kind == "hem" for row in rows] + [False] * len(feeders)
    city.add(GROUP + "tuyen_cap", shapes, ma=codes("CAP", len(shapes)), tu_dieu_khien=cabinet,
             lo=[index % 4 + 1 for index in range(len(shapes))],
             kieu_lap_dat=["NOI" if value else "NGAM" for value in hung], loai_cap="CXV/DSTA 4x16 mm²", dien_ap=380,
             chieu_dai=[round(line.length, 1) for line in shapes])  # fmt: skip
