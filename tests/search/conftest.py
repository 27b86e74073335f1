"""A small made-up city: names easily mistaken for each other, units of both eras, and what is not public."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.serving import MEASURED, City, Serve, X, Y, publish_rows

Row = tuple[dict[str, Any], str]
FAR = 3_000
"""Metres between the two wards of the city."""


def point(east: float = 0, north: float = 0) -> str:
    return f"POINT({X + east} {Y + north})"


def line(east: float, north: float = 0, length: float = 90) -> str:
    return f"LINESTRING({X + east} {Y + north}, {X + east + length} {Y + north + 1})"


def square(size: float, east: float = 0, north: float = 0) -> str:
    west, south, x, y = X + east - size, Y + north - size, X + east + size, Y + north + size
    return f"POLYGON(({west} {south}, {x} {south}, {x} {y}, {west} {y}, {west} {south}))"


def unit(number: int, code: str | None, name: str, until: str | None, wkt: str) -> Row:
    values = {"maNhanDang": f"U{number}", "maDonViHanhChinh": code, "ten": name, "hieuLucDen": until}
    return values, wkt


def parcel(commune: str, sheet: str, number: str, **more: Any) -> Row:
    place = more.pop("place", square(5, 40))
    return {"ma_xa_cu": commune, "so_to": sheet, "so_thua": number, **more}, place


ROWS: dict[str, list[Row]] = {
    "base_boundary.dia_phan_hanh_chinh_tren_dat_lien": [
        unit(1, "26740", "Phường Sài Gòn", None, square(1_000)),
        unit(2, "26743", "Phường Bến Thành", None, square(1_000, FAR)),
        unit(4, None, "Không mã", None, square(5_000)),
        unit(3, "760", "Quận 1", "2025-06-30", square(4_000)),
    ],
    "base_transport.duong_bo": [
        *(({"maNhanDang": f"R{n}", "ten": "Lê Lợi"}, line(n * 100)) for n in range(5)),
        ({"maNhanDang": "R8", "ten": "Đường Lê Lợi"}, line(FAR)),
        ({"maNhanDang": "R9", "ten": "Lê Lai"}, line(0, 50)),
        ({"maNhanDang": "R10", "ten": "Lê Lái"}, line(0, 80)),
        ({"maNhanDang": "R11", "ten": "Lê Văn Sỹ"}, line(0, 200)),
        ({"maNhanDang": "R12", "ten": "Nguyễn Thị Minh Khai"}, line(0, 300)),
        ({"maNhanDang": "R13", "ten": "Phan Văn Hoà", "tenQuocLo": "QL1"}, line(0, 400)),
    ],
    "base_settlement.nha": [
        ({"maNhanDang": "H1", "diaChi": "123/4/5 Lê Văn Sỹ"}, point(0, 210)),
        ({"maNhanDang": "H2", "diaChi": "123/4/7 Lê Văn Sỹ, Phường 1"}, point(30, 210)),
        ({"maNhanDang": "H3", "diaChi": "123 Lê Văn Sỹ"}, point(60, 210)),
        ({"maNhanDang": "H4", "diaChi": "12A Lê Lợi"}, point(0, 5)),
        ({"maNhanDang": "H5", "diaChi": "12A Lê Lợi"}, point(FAR, 5)),
        ({"maNhanDang": "H6", "ten": "Trường Lê Lợi"}, point(10, 600)),
    ],
    "base_settlement.cong_trinh_giao_duc": [({"maNhanDang": "G1", "ten": "Trường Lê Lợi"}, point(0, 600))],
    "base_settlement.cong_trinh_quoc_phong": [({"maNhanDang": "Q1", "ten": "Kho Bí Mật"}, square(5))],
    "cadastre.thua_dat": [
        parcel("26740", "12", "34", ma_xa="26740"),
        parcel("26743", "12", "34", ma_xa="26743", place=square(5, FAR)),
        parcel("26740", "12", "35", ma_xa="26740", loai_dat="CQP", place=square(5, 60)),
    ],
    "drainage.ho_ga": [({"ma": "HG-Q1-0012"}, point())],
    "lighting.cot_den": [({"ma": "CD-0001", "ten_tru": "T1"}, point())],
}


@pytest.fixture(scope="package")
def town(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    database = make_database()
    rows = [
        (catalog[layer], [(*(values.get(name) for name in catalog[layer].fields), wkt) for values, wkt in some])
        for layer, some in ROWS.items()
    ]
    publish_rows(database, MEASURED, rows)
    with serve(database) as city:
        yield city
