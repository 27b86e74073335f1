"""Institutions, residential areas, place names, pipelines, power lines and the rest of the settlement group."""

from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Point

from loaders.sample_city.city import City, whole_polygons
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import axes_of, inside_points

GROUP = "base_settlement."


def add_settlement(city: City, plan: Plan) -> None:
    """All layers of the group but the houses."""
    _add_facilities(city, plan)
    _add_areas(city, plan)
    _add_pipelines(city, plan)


def _add_facilities(city: City, plan: Plan) -> None:
    """Institutions as the surface of their parcel, small ones as points."""
    grouped = defaultdict(list)
    for facility in plan.uses.facilities:
        grouped[facility.layer].append(facility)
    for layer, facilities in grouped.items():
        extra = {key for facility in facilities for key in facility.extra}
        shapes = [plan.fabric.parcels[f.parcel] for f in facilities]
        shapes = [
            shape.representative_point() if f.point else shape for f, shape in zip(facilities, shapes, strict=True)
        ]
        columns = {key: [f.extra.get(key) for f in facilities] for key in sorted(extra)}
        city.add(
            GROUP + layer, shapes, maDoiTuong=[f.code for f in facilities], ten=[f.name for f in facilities], **columns
        )
    towers = [f for f in plan.uses.facilities if f.code == "CD09"]
    pipes = [_across(plan, f.parcel) for f in towers]
    city.add(
        GROUP + "cong_trinh_cong_nghiep",
        pipes,
        maDoiTuong="CD06",
        ten="Băng tải nguyên liệu",
        loaiCongTrinhCongNghiep="7",
    )


def _across(plan: Plan, parcel: int) -> LineString:
    axes = axes_of(plan.fabric.parcels[parcel])
    return LineString(
        [axes.place(axes.length * 0.3, axes.depth * 0.45), axes.place(axes.length * 0.62, axes.depth * 0.5)]
    )


def _add_areas(city: City, plan: Plan) -> None:
    """Residential areas are built-up quarters; industry is a zone; hamlets have names."""
    town = [quarter for quarter in plan.network.quarters if quarter.style in ("co", "moi", "biet_thu", "vuon")]
    inner = [quarter.area.buffer(-10, join_style="mitre") for quarter in town]
    kept = [index for index, area in enumerate(inner) if not area.is_empty]
    town, inner = [town[index] for index in kept], [inner[index] for index in kept]
    random = plan.frame.random("hamlets")
    names = [plan.names.nth("hamlets", index) for index in range(len(town))]
    urban = [quarter.style != "vuon" for quarter in town]
    city.add(GROUP + "khu_dan_cu", whole_polygons(inner), maDoiTuong="CA02",
             loaiKhuDanCu=["1" if yes else "2" for yes in urban],
             soDan=[int(quarter.area.area * (0.022 if yes else 0.004)) for quarter,
                    yes in zip(town, urban, strict=True)], ten=names)  # fmt: skip
    places = inside_points([quarter.area for quarter in town])
    city.add(GROUP + "dia_danh_dan_cu", places, maDoiTuong="DA02", ten=names,
             danhTuChung=["31" if name.startswith("Khu phố") else "1" for name in names])  # fmt: skip
    industry = [quarter.area for quarter in plan.network.quarters if quarter.style == "cong_nghiep"]
    zone = shapely.union_all(industry)
    parts = shapely.get_parts(zone)
    city.add(GROUP + "khu_chuc_nang_dac_thu", parts, maDoiTuong="CT03",
             ten=[f"Khu công nghiệp Vĩnh Sen {index + 1}" for index in range(len(parts))])  # fmt: skip
    fields = plan.fabric.parcels[plan.uses.having("LUC", "CLN")]
    tombs = inside_points(fields[random.permutation(len(fields))[:6]])
    city.add(GROUP + "ha_tang_ky_thuat_khac", tombs, maDoiTuong="CR14", ten="Mộ độc lập", chieuCao=1.2)


def _add_pipelines(city: City, plan: Plan) -> None:
    """A raw-water main along the national road and a gas main along the provincial road."""
    for kind, what in (("quoc_lo", "1"), ("duong_tinh", "2")):
        roads = [street.line.offset_curve(street.reserve / 2 - 3) for street in plan.network.of(kind)]
        parts = [part for road in roads for part in shapely.get_parts(road) if part.length > 50]
        city.add(GROUP + "duong_ong_dan", parts, maDoiTuong="CR11", loaiOngDan=what)


def add_high_voltage(city: City, plan: Plan) -> list[tuple[LineString, list[Point]]]:
    """A 110 kV line from the north-west over the fields to the substation, with its towers."""
    station = plan.uses.first("CD11").parcel
    goal = plan.fabric.parcels[station].representative_point()
    points = np.array(
        [plan.frame.at(-0.0 + 0.005, 0.80), plan.frame.at(0.30, 0.955), plan.frame.at(0.62, 0.965), (goal.x, goal.y)]
    )
    line = LineString(points)
    count = max(4, round(line.length / 190))
    towers = [line.interpolate(share, normalized=True) for share in np.linspace(0.01, 0.985, count)]
    ridge = LineString([tower.coords[0] for tower in towers])
    city.add(GROUP + "duong_day_tai_dien", [ridge], maDoiTuong="CR09", dienAp=110.0)
    city.add(GROUP + "cot_dien", towers, maDoiTuong="CR06")
    return [(ridge, towers)]
