"""Street trees along roads with room for them, parks, and green strips."""

import numpy as np
import shapely

from loaders.sample_city.city import City, codes, whole_polygons
from loaders.sample_city.plan import Plan
from loaders.sample_city.shapes import beside, lines, polygons, stations

GROUP = "greenery."


def add_greenery(city: City, plan: Plan) -> None:
    """Trees stand between the lamps, on the other lines of the pavement; parks are parcels."""
    _add_trees(city, plan)
    parks = [
        one
        for one in plan.uses.facilities
        if one.layer == "cong_trinh_van_hoa" and one.code in ("CN06", "CN15", "CN23")
    ]
    shapes = [plan.fabric.parcels[one.parcel] for one in parks]
    kind = {"CN06": "CONG_VIEN", "CN15": "QUANG_TRUONG", "CN23": "VUON_HOA"}
    city.add(GROUP + "cong_vien", shapes, ma=codes("CV", len(parks), digits=3), ten=[one.name for one in parks],
             loai=[kind[one.code] for one in parks],
             dien_tich_m2=[round(shape.area, 1) for shape in shapes], gio_mo_cua="05:00-22:00", hien_trang="1",
             dia_chi=[plan.addresses.text[one.parcel] or None for one in parks])  # fmt: skip
    medians = [
        (street, part)
        for street in plan.network.of("quoc_lo")
        for part in lines(street.line.difference(plan.water.all.buffer(9)))
    ]
    strips = [shapely.buffer(part, 1.1, cap_style="flat") for _, part in medians]
    banks = [part for canal in plan.water.canals if canal.urban
             for part in polygons(canal.water.buffer(3.2).difference(shapely.union(plan.water.all.buffer(1),
                 plan.fabric.corridor))) if part.area > 25]  # fmt: skip
    city.add(GROUP + "mang_xanh", whole_polygons([*strips, *banks]), ma=codes("MX", len(strips) + len(banks), digits=4),
             ten=["Dải phân cách"] * len(strips) + ["Mảng xanh ven kênh"] * len(banks),
             loai=["DAI_PHAN_CACH"] * len(strips) + ["VEN_KENH"] * len(banks),
             dien_tich_m2=[round(float(shape.area), 1) for shape in [*strips, *banks]],
             tuyen_duong=[street.name for street, _ in medians] + [None] * len(banks))  # fmt: skip


def _add_trees(city: City, plan: Plan) -> None:
    random = plan.frame.random("trees")
    places, streets = [], []
    for street in plan.network.of("quoc_lo", "duong_tinh", "chinh", "ven_song", "khu_vuc"):
        for side in (1, -1):
            for part in plan.ashore(street):
                spots = beside(part, stations(part, 11.0, 13.0), side * (street.reserve / 2 - 1.9))
                kept = spots[random.random(len(spots)) < 0.86]
                places.append(kept)
                streets += [street.name] * len(kept)
    points = shapely.points(np.round(np.vstack(places), 3))
    species = random.integers(0, len(plan.names.lists["trees"]), max(1, len(set(streets))))
    of_street = {name: int(species[index % len(species)]) for index, name in enumerate(dict.fromkeys(streets))}
    rows = plan.names.trees(np.array([of_street[name] for name in streets]))
    height = np.round(random.uniform(4, 8, len(rows)) + 4.2 * np.array([int(row[2]) for row in rows]), 1)
    city.add(GROUP + "cay_xanh_duong_pho", points, ma_cay=codes("CX", len(rows)), loai_cay=[row[0] for row in rows],
             ten_khoa_hoc=[row[1] for row in rows],
             phan_loai=np.where(height <= 10, "1", np.where(height <= 15, "2", "3")), chieu_cao=height,
             duong_kinh_than_cm=np.round(height * random.uniform(1.8, 3.2, len(rows))),
             duong_kinh_tan=np.round(height * 0.55, 1), tinh_trang=random.choice(["TOT", "TRUNG_BINH", "SAU_BENH",
                 "NGHIENG"], len(rows), p=[0.8, 0.15, 0.03, 0.02]).tolist(),
             cay_bao_ton=(height > 19.5), nam_trong=(2024 - height * 1.6).astype(int), tuyen_duong=streets)  # fmt: skip
