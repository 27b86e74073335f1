"""What holds the water back and what measures it: gates, pumps, basins, gauges, floods, and their series."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import shapely
import shapely.ops
from shapely import LineString, Point

from loaders.sample_city.city import City, codes, whole_polygons
from loaders.sample_city.plan import Plan
from loaders.sample_city.relief import LOW_SPOTS, Ground
from loaders.sample_city.shapes import lines, polygons

GROUP = "drainage."
TIDES = [(12.4206, 0.62, 0.4), (12.0, 0.26, 1.1), (23.9345, 0.58, 2.0), (25.8193, 0.42, 0.7)]
"""Period in hours, amplitude in metres and phase of M2, S2, K1 and O1: the mixed tide of the river mouth."""
START = datetime(2025, 10, 1)  # noqa: DTZ001  local time, as loggers write it; the zone stands in the profile
DAYS = 31


def add_works(city: City, plan: Plan) -> None:
    """Gates, pumps, the basin, canals, gauges."""
    water = plan.water
    gates = [canal.line.interpolate(canal.gate) for canal in water.canals]
    city.add(GROUP + "cong_kiem_soat_trieu", gates, ma=codes("CT", len(gates), digits=2),
             ten=["Cống " + canal.name for canal in water.canals],
             loai_cua=["PHANG", "LAT", "CLAPE", "PHANG"], so_cua=[2, 1, 2, 1],
             be_rong_cua=[float(canal.width / 2) for canal in water.canals],
             cao_trinh_nguong=-2.6, cao_trinh_dinh=2.8, muc_nuoc_dong=1.2, co_au_thuyen=[True, False, False, False],
             kenh_rach=[canal.name for canal in water.canals], hien_trang="1")  # fmt: skip
    pumps = [Point(shapely.get_coordinates(shapely.shortest_line(canal.water.boundary, gate.buffer(12).exterior))[0])
             for canal, gate in zip(water.canals[:2], gates, strict=False)]  # fmt: skip
    city.add(GROUP + "tram_bom", pumps, ma=codes("TB", len(pumps), digits=2),
             ten=["Trạm bơm " + canal.name for canal in water.canals[:2]],
             loai=["CO_DINH", "TIEU_UNG"], cong_suat_m3h=[14_400.0, 7_200.0], so_to_may=[4, 2], cao_trinh_bat=0.6,
             cao_trinh_tat=-0.2,
             co_may_phat=True, hien_trang="1")  # fmt: skip
    lake = plan.network.lake
    city.add(GROUP + "ho_dieu_tiet", [lake], ma="HDT-01", ten="Hồ Sen", dien_tich_m2=round(lake.area, 1),
             dung_tich_m3=round(lake.area * 2.2),
             cao_do_day=-1.5, muc_nuoc_thap_nhat=-0.4, muc_nuoc_cao_nhat=0.9, hien_trang="1")  # fmt: skip
    _add_canals(city, plan)
    _add_gauges(city, plan)


def _add_canals(city: City, plan: Plan) -> None:
    water = plan.water
    river = max(lines(water.river_line.intersection(plan.frame.box)), key=lambda line: line.length)
    city.add(GROUP + "kenh_rach", [river, *[canal.line.reverse() for canal in water.canals]],
             ma=codes("KR", 1 + len(water.canals), digits=2),
             ten=["Sông Vàm Sen", *[canal.name for canal in water.canals]],
             loai=["SONG", "KENH", "RACH", "KENH", "RACH"],
             be_rong=[72.0, *[float(canal.width) for canal in water.canals]],
             cao_do_day=[-7.5, *[-2.6] * len(water.canals)],
             chieu_dai=[round(river.length, 1), *[round(canal.line.length, 1) for canal in water.canals]],
             anh_huong_trieu=True,
             hien_trang="1", nam_do=2024)  # fmt: skip


def _add_gauges(city: City, plan: Plan) -> None:
    parcels = plan.fabric.parcels[plan.uses.having("TSC", "DYT", "DCT")]
    rain = [parcel.representative_point() for parcel in parcels[:: max(1, len(parcels) // 4)]][:4]
    names = ["Tân Hòa", "Bà Lài", "Vàm Sen", "Giồng Dứa"][: len(rain)]
    city.add(GROUP + "tram_do_mua", rain, ma=codes("MUA", len(rain), digits=2),
             ten=["Trạm đo mưa " + name for name in names],
             thiet_bi="Chao lật 0,2 mm", chu_ky_phut=10, ngay_hoat_dong="2019-05-01", hien_trang="1")  # fmt: skip
    river = plan.water.river_line
    spots = [river.interpolate(share, normalized=True) for share in (0.12, 0.55)] + [
        plan.water.canals[0].line.interpolate(150.0)
    ]
    city.add(GROUP + "tram_muc_nuoc", spots, ma=codes("MN", 3, digits=2),
             ten=["Trạm mực nước Thượng Sen", "Trạm mực nước Vàm Sen", "Trạm mực nước Rạch Cát"],
             song=["Sông Vàm Sen", "Sông Vàm Sen", "Kênh Rạch Cát"], loai="SONG", cao_do_so_0=0.0, bao_dong_1=1.3,
             bao_dong_2=1.4, bao_dong_3=1.5,
             chu_ky_phut=10, ngay_hoat_dong="2018-01-01", hien_trang="1")  # fmt: skip
    city.series["do_mua.csv"] = _rain_series(plan, codes("MUA", len(rain), digits=2))
    city.series["muc_nuoc.csv"] = _level_series(plan, codes("MN", 3, digits=2))


def _times(step_minutes: int) -> list[datetime]:
    return [START + timedelta(minutes=step_minutes * index) for index in range(DAYS * 1440 // step_minutes)]


def _rain_series(plan: Plan, stations: list[str]) -> pa.Table:
    """Ten-minute rain: afternoon storms of the wet season, a little different at each gauge."""
    random = plan.frame.random("rain")
    times = _times(10)
    hour = np.array([(time - START).total_seconds() / 3600 for time in times])
    total = np.zeros(len(times))
    for day in np.flatnonzero(random.random(DAYS) < 0.55):
        centre, length = 24 * day + random.normal(16, 1.6), random.uniform(0.5, 1.6)
        total += random.gamma(1.6, 7) * np.exp(-(((hour - centre) / length) ** 2)) / 3
    columns = [
        np.round(np.round(total * random.uniform(0.7, 1.25) * (random.random(len(times)) > 0.1) / 0.2) * 0.2, 1)
        for _ in stations
    ]
    return _long_table(stations, times, ("mua_mm", columns))


def tide(hours: np.ndarray) -> np.ndarray:
    """Level above Hòn Dấu in metres."""
    return np.asarray(
        0.15 + sum(height * np.cos(2 * np.pi * hours / period - phase) for period, height, phase in TIDES)
    )


def _level_series(plan: Plan, stations: list[str]) -> pa.Table:
    """The tide, later and flatter upstream, with a little noise."""
    random = plan.frame.random("levels")
    times = _times(10)
    hour = np.array([(time - START).total_seconds() / 3600 for time in times])
    columns = [
        np.round(tide(hour - lag) * damping + random.normal(0, 0.012, len(times)), 3)
        for lag, damping in ((0.9, 0.88), (0.4, 0.95), (0.6, 0.9))
    ]
    return _long_table(stations, times, ("muc_nuoc_m", columns))


def _long_table(stations: list[str], times: list[datetime], values: tuple[str, list[np.ndarray]]) -> pa.Table:
    name, columns = values
    stamp = [time.strftime("%d/%m/%Y %H:%M") for time in times]
    return pa.table(
        {"ma_tram": np.repeat(stations, len(times)), "thoi_gian": stamp * len(stations), name: np.concatenate(columns)}
    )


def add_floods(city: City, plan: Plan) -> None:
    """Points, roads and areas that flood: the hollows of the ground, where they meet a street."""
    places = [_lowest_on_street(plan, share) for share in LOW_SPOTS]
    depth = np.round(np.clip(1.55 - plan.ground.of(np.array(places, dtype=object)), 0.15, 0.6), 2)
    names = plan.street_names(shapely.STRtree([street.line for street in plan.network.streets]).nearest(places))
    grade = ["1" if value >= 0.2 else "0" for value in depth]
    city.add(GROUP + "diem_ngap", places, ma=codes("DN", len(places), digits=3),
             ten=[f"Điểm ngập {name}" for name in names],
             nguyen_nhan=["MUA_TRIEU" if i % 2 else "MUA" for i in range(len(places))], muc_do=grade, do_sau=depth,
             thoi_gian_ngap_phut=[40 + 15 * i for i in range(len(places))],
             so_lan_nam=[6 + i for i in range(len(places))],
             ngay_ghi_nhan="2025-10-08", giai_phap="Nâng cấp cống, lắp van ngăn triều")  # fmt: skip
    roads = [_around(plan, place, 70) for place in places]
    city.add(GROUP + "tuyen_duong_ngap", roads, ma=codes("TDN", len(roads), digits=3), ten_duong=names,
             nguyen_nhan="MUA_TRIEU", muc_do=grade,
             do_sau=depth, chieu_dai=[round(road.length, 1) for road in roads], thoi_gian="2025-10-08T17:40:00+07:00",
             thoi_gian_het="2025-10-08T19:30:00+07:00")  # fmt: skip
    wet = _below(plan.ground, plan)
    city.add(GROUP + "vung_ngap", whole_polygons(wet), ma=codes("VN", len(wet), digits=3),
             dot_ngap="Triều cường 08/10/2025 (kịch bản mẫu)",
             la_kich_ban=True, nguyen_nhan="MUA_TRIEU", muc_do="1", do_sau_nho_nhat=0.0, do_sau_lon_nhat=0.5,
             thoi_gian="2025-10-08T18:00:00+07:00",
             dien_tich_ha=[round(area.area / 10_000, 3) for area in wet])  # fmt: skip


def _lowest_on_street(plan: Plan, share: tuple[float, float]) -> Point:
    """The lowest point of the streets near a hollow."""
    hollow = Point(plan.frame.at(*share)).buffer(60)
    near = [line for street in plan.network.streets for line in lines(street.line.intersection(hollow))]
    places = [line.interpolate(at) for line in near for at in np.arange(0, line.length, 4.0)] or [hollow.centroid]
    heights = plan.ground.of(np.array(places, dtype=object))
    dry = ~shapely.intersects(places, plan.water.all.buffer(6))
    return places[int(np.argmin(np.where(dry, heights, 99)))]


def _around(plan: Plan, place: Point, metres: float) -> LineString:
    street = min((street.line for street in plan.network.streets), key=place.distance)
    at = street.project(place)
    return shapely.ops.substring(street, max(0, at - metres), min(street.length, at + metres))


STANDING_M = 0.28
"""How deep water stands in the middle of a hollow."""


def _below(ground: Ground, plan: Plan) -> list[shapely.Polygon]:
    """Around each hollow the ground less than that much above its lowest point, as squares of the grid joined."""
    rows, columns = np.indices(ground.heights.shape).reshape(2, -1)
    x, y = ground.west + 5.0 * columns, ground.north - 5.0 * rows
    squares = shapely.box(x, y - 5, x + 5, y)
    heights, dry = ground.heights.ravel(), ~shapely.intersects(squares, plan.water.all.buffer(9))
    found = []
    for share in LOW_SPOTS:
        east, north = plan.frame.at(*share)
        near = dry & (np.hypot(x + 2.5 - east, y - 2.5 - north) < 90)
        if near.any():
            low = near & (heights < heights[near].min() + STANDING_M)
            joined = shapely.union_all(squares[low]).buffer(4).buffer(-4)
            found += [part for part in polygons(joined) if part.area > 200]
    return found
