"""Power: the high-voltage line, poles and lines along streets, transformers."""

import numpy as np
import shapely
from shapely import LineString, Point

from loaders.sample_city.city import City, codes
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import beside, stations


def add_power(city: City, plan: Plan, high_voltage: list[tuple[LineString, list[Point]]]) -> None:
    """The 110 kV line, medium-voltage lines on poles along main roads, low voltage in streets, transformers."""
    group = "power."
    ridge, towers = high_voltage[0]
    city.add(
        group + "duong_day",
        [ridge],
        ma="DZ-110-1",
        ten="Đường dây 110 kV Bình Sen",
        dien_ap_kv=110.0,
        kieu_lap_dat="NOI",
        loai_day="ACSR-240",
        so_mach=2,
        hien_trang="1",
        nut_cuoi="TBA-110",
    )
    city.add(
        group + "cot_dien",
        towers,
        ma=codes("T110", len(towers), digits=3),
        loai="THAP_SAT",
        chieu_cao=32.0,
        dien_ap_kv=110.0,
    )
    station, name = plan.facility("CD11")
    city.add(
        group + "tram_bien_ap",
        [station],
        ma_tram="TBA-110",
        ten=name,
        loai="TRUNG_GIAN",
        dien_ap_kv="110/22",
        cong_suat_kva=63_000.0,
        duong_day="DZ-110-1",
        hien_trang="1",
    )
    kinds = (("quoc_lo", "duong_tinh", "chinh"), ("khu_vuc", "noi_bo"))
    poles, drops = 0, []
    for level, volts in enumerate((22.0, 0.4)):
        for number, street in enumerate(plan.network.of(*kinds[level])):
            for part in plan.ashore(street):
                if part.length < 30:
                    continue
                places = np.round(beside(part, stations(part, 38.0, 4.0), street.reserve / 2 - 0.5), 3)
                code = f"DZ-{'22' if level == 0 else '04'}-{number + 1}-{poles}"
                city.add(
                    group + "duong_day",
                    [LineString(places)],
                    ma=code,
                    ten=f"Đường dây {street.name}",
                    dien_ap_kv=volts,
                    kieu_lap_dat="NOI",
                    loai_day="ABC 4x95" if level else "AC-95",
                    so_mach=1,
                    hien_trang="1",
                )
                city.add(
                    group + "cot_dien",
                    shapely.points(places),
                    ma=codes("TD", len(places), poles + 1),
                    loai="BTLT",
                    chieu_cao=8.5 if level else 14.0,
                    dien_ap_kv=volts,
                    tuyen_duong=street.name,
                )
                drops += [(Point(places[len(places) // 2]), code)] if level == 0 or number % 6 == 0 else []
                poles += len(places)
    city.add(group + "tram_bien_ap", [place for place, _ in drops], ma_tram=codes("TBA", len(drops), digits=4),
             ten=[f"Trạm biến áp phân phối {i + 1}" for i in range(len(drops))],
             loai=["TREO" if i % 3 else "GIAN" for i in range(len(drops))], dien_ap_kv="22/0,4",
             cong_suat_kva=[160.0 if i % 2 else 400.0 for i in range(len(drops))],
             duong_day=[code for _, code in drops], hien_trang="1")  # fmt: skip
