"""Environment: air, surface-water and groundwater stations, waste collection points."""

import numpy as np

from loaders.sample_city.city import City, codes
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import inside_points


def add_environment(city: City, plan: Plan) -> None:
    """Air, surface-water and groundwater stations, waste collection points."""
    group = "environment."
    parcel, name = plan.facility("CR21")
    crossing = plan.graph.nodes[np.argmax(plan.graph.degree)]
    city.add(group + "tram_khong_khi", [parcel.representative_point(), crossing], ma=codes("KK", 2, digits=2),
             ten=[name, "Trạm không khí ven đường Bình Sen"], kieu=["TU_DONG", "THU_CONG"],
             vi_tri_do=["DAN_CU", "GIAO_THONG"], chieu_cao_lay_mau=[3.0, 1.5],
             thong_so="PM2.5; PM10; NO2; SO2; CO; O3", chu_ky_phut=[60, 43_200], ngay_hoat_dong="2021-01-01",
             hien_trang="1")  # fmt: skip
    spots = [
        plan.water.river_line.interpolate(0.4, normalized=True),
        plan.water.canals[0].line.interpolate(0.5, normalized=True),
        plan.water.canals[1].line.interpolate(0.6, normalized=True),
    ]
    city.add(group + "tram_nuoc_mat", spots, ma=codes("NM", 3, digits=2),
             ten=["Quan trắc nước mặt Vàm Sen", "Quan trắc Kênh Rạch Cát", "Quan trắc Rạch Bà Lài"],
             kieu=["TU_DONG", "THU_CONG", "THU_CONG"],
             song=["Sông Vàm Sen", "Kênh Rạch Cát", "Rạch Bà Lài"], muc_dich=["CAP_NUOC", "GIAO_THONG", "GIAO_THONG"],
             thong_so="pH; DO; TSS; BOD5; NH4+; mặn", chu_ky_phut=[15, 43_200, 43_200], hien_trang="1")  # fmt: skip
    well, label = plan.facility("CR22")
    places = np.array(
        [well.representative_point(), inside_points(plan.fabric.parcels[plan.uses.having("CLN")][:1])[0]], dtype=object
    )
    city.add(group + "tram_nuoc_duoi_dat", places, ma=codes("NDD", 2, digits=2),
             ten=[label, "Giếng quan trắc Giồng Dứa 2"], kieu="TU_DONG", tang_chua_nuoc=["qp2-3", "n2²"],
             do_sau_gieng=[45.0, 120.0],
             cao_do_mieng=np.round(plan.ground.of(places) + 0.5, 2), thong_so="Mực nước; nhiệt độ; độ dẫn điện",
             chu_ky_phut=60, hien_trang="1")  # fmt: skip
    _add_waste(city, plan)


def _add_waste(city: City, plan: Plan) -> None:
    junk, station = plan.facility("CO06")
    streets = plan.network.of("khu_vuc")[:10]
    points = [junk.representative_point(), *[street.line.interpolate(0.3, normalized=True) for street in streets]]
    city.add("environment.diem_tap_ket_rac", points, ma=codes("RAC", len(points), digits=3),
             ten=[station, *[f"Điểm hẹn {street.name}" for street in streets]],
             loai=["TRUNG_CHUYEN", *["HEN_RAC"] * len(streets)], cong_suat_tan_ngay=[120.0, *[3.5] * len(streets)],
             gio_hoat_dong="18:00-22:00", hien_trang="1")  # fmt: skip
