"""Power: the high-voltage line, poles and lines along streets, transformers."""

import numpy as np
import shapely
from shapely import LineString, Point

from loaders.sample_city.city import City, codes
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import beside, stations


def add_power(city: City, plan: Plan, high_voltage: list[tuple[LineString, list[Point]]]) -> None:
    """The 110 kV line, medium voltage along main roads, low voltage in streets, transformers on their poles."""
    _add_high_voltage(city, plan, high_voltage[0])
    middle = _add_rows(city, plan, ("quoc_lo", "duong_tinh", "chinh"), 22.0)
    low = _add_rows(city, plan, ("khu_vuc", "noi_bo"), 0.4)
    drops = [*middle, *low[::6]]
    count = len(drops)
    city.add("power.tram_bien_ap", [place for place, _ in drops], ma_tram=codes("TBA", count, digits=4),
             ten=[f"Trạm biến áp phân phối {i + 1}" for i in range(count)], dien_ap_kv="22/0,4",
             loai=["TREO" if i % 3 else "GIAN" for i in range(count)], hien_trang="1",
             cong_suat_kva=[160.0 if i % 2 else 400.0 for i in range(count)],
             duong_day=[code for _, code in drops])  # fmt: skip


def _add_high_voltage(city: City, plan: Plan, line: tuple[LineString, list[Point]]) -> None:
    ridge, towers = line
    city.add("power.duong_day", [ridge], ma="DZ-110-1", ten="Đường dây 110 kV Bình Sen", dien_ap_kv=110.0,
             kieu_lap_dat="NOI", loai_day="ACSR-240", so_mach=2, hien_trang="1", nut_cuoi="TBA-110")  # fmt: skip
    city.add("power.cot_dien", towers, ma=codes("T110", len(towers), digits=3), loai="THAP_SAT", chieu_cao=32.0,
             dien_ap_kv=110.0)  # fmt: skip
    station, name = plan.facility("CD11")
    city.add("power.tram_bien_ap", [station], ma_tram="TBA-110", ten=name, loai="TRUNG_GIAN", dien_ap_kv="110/22",
             cong_suat_kva=63_000.0, duong_day="DZ-110-1", hien_trang="1")  # fmt: skip


def _add_rows(city: City, plan: Plan, kinds: tuple[str, ...], volts: float) -> list[tuple[Point, str]]:
    """Poles every 38 m along streets with a line over them; the middle pole and the line's code of each."""
    low, poles = volts < 1, 0
    found: list[tuple[Point, str]] = []
    for street in plan.network.of(*kinds):
        for part in plan.ashore(street):
            if part.length < 30:
                continue
            places = np.round(beside(part, stations(part, 38.0, 4.0), street.reserve / 2 - 0.5), 3)
            code = f"DZ-{'04' if low else '22'}-{len(found) + 1:04d}"
            city.add("power.duong_day", [LineString(places)], ma=code, ten=f"Đường dây {street.name}", dien_ap_kv=volts,
                     kieu_lap_dat="NOI", loai_day="ABC 4x95" if low else "AC-95", so_mach=1,
                     hien_trang="1")  # fmt: skip
            city.add("power.cot_dien", shapely.points(places), ma=codes("TH" if low else "TT", len(places), poles + 1),
                     loai="BTLT", chieu_cao=8.5 if low else 14.0, dien_ap_kv=volts,
                     tuyen_duong=street.name)  # fmt: skip
            found.append((Point(places[len(places) // 2]), code))
            poles += len(places)
    return found
