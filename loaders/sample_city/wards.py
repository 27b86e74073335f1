"""Administrative units: new wards, each made from two or three old communes, along roads and waters."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from loaders.sample_city.city import City
from loaders.sample_city.frame import Frame
from loaders.sample_city.names import Names
from loaders.sample_city.shapes import Shapes, faces, inside_points, lines, owner_of
from loaders.sample_city.streets import Network
from loaders.sample_city.water import Water

FIRST_WARD, FIRST_COMMUNE, DISTRICT = 97_001, 97_501, "797"
"""Codes that no real unit has."""
REFORM = "2025-07-01"


@dataclass(frozen=True)
class Units:
    """Wards since the reform and communes before it, on land; `ward_of` says which ward a commune went to."""

    wards: Shapes
    ward_names: list[str]
    communes: Shapes
    commune_names: list[str]
    ward_of: NDArray[np.int64]

    def ward_code(self, index: int) -> str:
        return str(FIRST_WARD + 3 * int(index))

    def commune_code(self, index: int) -> str:
        return str(FIRST_COMMUNE + 3 * int(index))

    def commune_at(self, shapes: Shapes) -> NDArray[np.int64]:
        """Index of the commune of each shape, the nearest where it lies in none."""
        inside = inside_points(shapes)
        found = owner_of(inside, self.communes)
        for index in np.flatnonzero(found < 0):
            found[index] = int(np.argmin(shapely.distance(self.communes, inside[index])))
        return found

    def ward_at(self, shapes: Shapes) -> NDArray[np.int64]:
        return np.asarray(self.ward_of[self.commune_at(shapes)])


def units(frame: Frame, water: Water, network: Network, names: Names) -> Units:
    """Faces between main roads and the middles of waters, gathered around a place of each commune."""
    land = frame.box.difference(water.sea)
    main = [street.line for street in network.of("quoc_lo", "duong_tinh", "chinh")]
    middles = [water.river_line, *[canal.line for canal in water.canals]]
    cut = [part.intersection(land) for part in [*main, *middles]]
    found = faces([land.boundary, *cut])
    found = found[owner_of(inside_points(found), [land]) >= 0]
    seeds, ward_of, commune_names = _seeds(frame, names)
    centres = np.array([face.centroid.coords[0] for face in found])
    nearest = np.argmin(np.hypot(*(centres[:, None, :] - seeds[None, :, :]).transpose(2, 0, 1)), axis=1)
    for seed in set(range(len(seeds))) - set(nearest.tolist()):
        nearest[np.argmin(np.hypot(*(centres - seeds[seed]).T))] = seed
    used = np.unique(nearest)
    communes = np.array([shapely.union_all(found[nearest == index]) for index in used], dtype=object)
    ward_of = ward_of[used]
    wards = np.array([shapely.union_all(communes[ward_of == ward]) for ward in range(frame.wards)], dtype=object)
    ward_names = ["Phường " + names.nth("wards", index) for index in range(frame.wards)]
    return Units(wards, ward_names, communes, [commune_names[index] for index in used], ward_of)


def _seeds(frame: Frame, names: Names) -> tuple[NDArray[np.float64], NDArray[np.int64], list[str]]:
    """A place for each commune: wards stand in rows over the frame, their communes around them."""
    rows = max(1, round(np.sqrt(frame.wards)))
    seeds, ward_of, commune_names = [], [], []
    for ward in range(frame.wards):
        row = ward % rows
        in_row = len(range(row, frame.wards, rows))
        middle = np.array(frame.at((ward // rows + 0.5) / in_row, 0.12 + 0.88 * (row + 0.5) / rows))
        communes = names.communes(ward)
        for index, name in enumerate(communes):
            angle = 2 * np.pi * index / len(communes) + 0.7 * ward
            seeds.append(middle + 0.16 * frame.width / rows * np.array([np.cos(angle), np.sin(angle)]))
            ward_of.append(ward)
            commune_names.append(name)
    return np.array(seeds), np.array(ward_of), commune_names


def add_boundaries(city: City, frame: Frame, water: Water, all_units: Units) -> None:
    """Areas of both eras, their boundary lines and markers, and the areas at sea."""
    _add_areas(city, all_units)
    _add_lines(city, all_units)
    _add_sea(city, frame, water, all_units)


def _add_areas(city: City, all_units: Units) -> None:
    layer = "base_boundary.dia_phan_hanh_chinh_tren_dat_lien"
    count = len(all_units.wards)
    city.add(layer, all_units.wards, maDoiTuong="AD03", ten=all_units.ward_names,
             maDonViHanhChinh=[all_units.ward_code(index) for index in range(count)],
             dienTich=_km2(all_units.wards), soDan=_people(all_units.wards),
             capHanhChinh="XA", maDonViCha="79", hieuLucTu=REFORM)  # fmt: skip
    city.add(layer, all_units.communes, maDoiTuong="AD03", ten=all_units.commune_names,
             maDonViHanhChinh=[all_units.commune_code(index) for index in range(len(all_units.communes))],
             dienTich=_km2(all_units.communes), soDan=_people(all_units.communes),
             capHanhChinh="XA", maDonViCha=DISTRICT, hieuLucTu="2003-12-01", hieuLucDen="2025-06-30")  # fmt: skip
    district = shapely.union_all(all_units.communes)
    city.add(layer, [district], maDoiTuong="AD01", ten="Huyện Bình Sen", maDonViHanhChinh=DISTRICT,
             dienTich=_km2(np.array([district])), soDan=_people(np.array([district])),
             capHanhChinh="HUYEN", maDonViCha="79", hieuLucTu="2003-12-01", hieuLucDen="2025-06-30")  # fmt: skip


def _km2(areas: Shapes) -> list[float]:
    return [round(float(area) / 1_000_000, 4) for area in shapely.area(areas)]


def _people(areas: Shapes) -> list[int]:
    return [int(area * 0.0065) for area in shapely.area(areas)]


def _add_lines(city: City, all_units: Units) -> None:
    pairs = [(left, right) for left in range(len(all_units.communes)) for right in range(left)]
    sides = [all_units.communes[left].intersection(all_units.communes[right]) for left, right in pairs]
    merged = [(shapely.line_merge(shapely.union_all(lines(side))), pair)
              for side, pair in zip(sides, pairs, strict=True) if lines(side)]  # fmt: skip
    shapes = [line for line, _ in merged]
    labels = all_units.commune_names
    city.add("base_boundary.duong_dia_gioi_hanh_chinh", shapes, loaiHienTrangPhapLy="1",
             donViHanhChinhLienKeTrai=[labels[left] for _, (left, _) in merged],
             donViHanhChinhLienKePhai=[labels[right] for _, (_, right) in merged],
             chieuDai=[round(line.length, 1) for line in shapes])  # fmt: skip
    corners = np.unique(
        np.vstack([shapely.get_coordinates(line)[[0, -1]] for shape in shapes for line in lines(shape)]), axis=0
    )
    markers = shapely.points(corners)
    kinds = [len(all_units.communes[shapely.dwithin(all_units.communes, marker, 0.01)]) for marker in markers]
    city.add("base_boundary.moc_dia_gioi_hanh_chinh", markers,
             soHieuMoc=[f"{kind}X.{index + 1}" for index, kind in enumerate(kinds)],
             loaiMocDiaGioi=[str(min(3, max(1, kind))) for kind in kinds],
             doCao=np.round(city.ground.at(corners), 2))  # fmt: skip


def _add_sea(city: City, frame: Frame, water: Water, all_units: Units) -> None:
    sea: Polygon = water.sea
    south = int(np.argmin(shapely.distance(all_units.wards, sea)))
    city.add("base_boundary.dia_phan_hanh_chinh_tren_bien", [sea], maDoiTuong="AE03", ten=all_units.ward_names[south],
             maDonViHanhChinh=all_units.ward_code(south), dienTich=_km2(np.array([sea])))  # fmt: skip
    edge = lines(shapely.line_merge(sea.boundary.intersection(frame.box.boundary)))
    city.add("base_boundary.duong_ranh_gioi_hanh_chinh_tren_bien", edge, maDoiTuong="AE06", loaiHienTrangPhapLy="1",
             chieuDai=[round(line.length, 1) for line in edge])  # fmt: skip
    city.add("base_boundary.vung_bien", [sea], maDoiTuong="AB11", dienTich=_km2(np.array([sea])))
