"""A made-up neighbourhood around the check point, and one in the other meridian, asked for over HTTP."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.crs import WGS84
from gis_server.db.database import Database
from tests.serving import MEASURED, City, Serve, X, Y, publish_rows

Shapes = NDArray[np.object_]
Row = tuple[Mapping[str, Any], Any]
"""Fields by name, and a shape."""
BEN_NGHE, DA_KAO = "26740", "26737"
"""Old wards. Today 26740 is Phường Sài Gòn, which was formed from both."""
VUNG_TAU = "26506"
"""An old ward of the province whose meridian is 107°45'."""
NOW = {BEN_NGHE: "26740", DA_KAO: "26740"}
VUNG_TAU_SPOT = (107.0843, 10.3460)
COLUMNS, ROWS = 20, 12
PARCELS, BLOCKS, PLANNED = "cadastre.thua_dat", "planning.o_pho", "planning.quy_hoach_su_dung_dat"
HOSTILE = "<script>alert('x')</script> & \a"
FLOODED = "drainage.vung_ngap"
DECIDED = {"so_quyet_dinh": "12/QĐ (mẫu)", "ngay_phe_duyet": "2022-06-15"}


def lattice(east: float, north: float, shape: tuple[int, int], step: tuple[float, float], seed: int) -> Shapes:
    """Quadrangles that share uneven corners, on the millimetre."""
    random = np.random.default_rng(seed)
    columns, rows = shape
    corners = np.empty((columns + 1, rows + 1, 2))
    for i in range(columns + 1):
        for j in range(rows + 1):
            corners[i, j] = (east + i * step[0], north + j * step[1]) + random.uniform(-0.2, 0.2, 2) * step
    corners = np.round(corners, 3)
    rings = [
        [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
        for i in range(columns)
        for j in range(rows)
    ]
    return shapely.polygons(np.array(rings))


def rows_of(catalog: Catalog, layer: str, given: list[Row]) -> tuple[Layer, list[tuple[Any, ...]]]:
    """Rows of a layer from fields by name and shapes."""
    fields = list(catalog[layer].fields)
    return catalog[layer], [
        (*(values.get(name) for name in fields), shapely.to_wkt(shape, rounding_precision=3)) for values, shape in given
    ]


def parcel(commune: str, number: int, shape: Any, **more: Any) -> Row:
    recorded = {"dien_tich": round(shape.area, 1), "loai_dat": "ODT"}
    return {
        "ma_xa_cu": commune,
        "ma_xa": NOW.get(commune),
        "so_to": "7",
        "so_thua": str(number),
        **recorded,
        **more,
    }, shape


@pytest.fixture(scope="session")
def south(catalog: Catalog) -> tuple[float, float]:
    """Vũng Tàu in the stored grid."""
    point = catalog.crs.transform(np.array([VUNG_TAU_SPOT]), WGS84, catalog.crs.stored)[0]
    return float(point[0]), float(point[1])


@pytest.fixture(scope="session")
def neighbourhood(make_database: Callable[[], Database], catalog: Catalog, serve: Serve, south: Any) -> Iterator[City]:
    """300 parcels under blocks and lines of a plan; release 1. Tests on it only read."""
    database = make_database()
    publish_rows(database, MEASURED, [rows_of(catalog, layer, rows) for layer, rows in content(south).items()])
    with serve(database) as city:
        yield city


def content(south: tuple[float, float]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {PARCELS: [], BLOCKS: [], PLANNED: []}
    for commune, (east, north), shape in ((BEN_NGHE, (X, Y), (COLUMNS, ROWS)), (VUNG_TAU, south, (10, 6))):
        lots = lattice(east, north, shape, (6.0, 18.0), 1)
        found[PARCELS] += [parcel(commune, n + 1, lot) for n, lot in enumerate(lots)]
        middle = shapely.Point(east + shape[0] * 3, north + shape[1] * 9)
        found.setdefault(FLOODED, []).append(({"ma": commune, "muc_do": "1"}, middle.buffer(45.0, quad_segs=300)))
        blocks = lattice(east - 11, north - 13, (5, 4), (33.0, 61.0), 2)
        names = [f"{commune}-{n}" for n in range(len(blocks))]
        found[BLOCKS] += [
            ({"ma": name, "chuc_nang": "HON_HOP", "mat_do": "60 %", **DECIDED}, one)
            for name, one in zip(names, blocks, strict=True)
        ]
        found[PLANNED] += [
            ({"ma": name, "chuc_nang": "CONG_VIEN", **DECIDED}, one.buffer(-2.5, join_style="mitre"))
            for name, one in zip(names, blocks, strict=True)
        ]
    for layer, rows in corner(X + 1000, Y).items():
        found[layer] = [*found.get(layer, []), *rows]
    return found


def corner(east: float, north: float) -> dict[str, list[Row]]:
    """One lot of 10 × 20 m at a widened street to its south, with everything that may lie on a lot."""

    def box(west: float, south: float, right: float, top: float) -> Any:
        return shapely.box(east + west, north + south, east + right, north + top)

    def line(*points: tuple[float, float]) -> Any:
        return shapely.LineString([(east + x, north + y) for x, y in points])

    axis = line((-90, -6), (90, -6))
    return {
        PARCELS: [
            parcel(BEN_NGHE, 901, box(0, 0, 10, 20), dien_tich_phap_ly=198.5, nguon_goc=None),
            parcel(BEN_NGHE, 902, box(10, 0, 20, 20), loai_dat="CQP"),
            parcel(BEN_NGHE, 903, box(-10, 5, 0, 20)),
            parcel(DA_KAO, 901, box(300, 0, 310, 20)),
            parcel(DA_KAO, 950, box(320, 0, 330, 20)),
        ],
        "planning.lo_gioi": [({"ma": "LG", "ten_duong": "Lê Lợi", "lo_gioi": 16, **DECIDED}, axis)],
        "planning.chi_gioi_duong_do": [
            ({"ma": "DD", "lo_gioi": 16, **DECIDED}, line((-90, 2), (90, 2))),
            ({"ma": "D2", "lo_gioi": 16, **DECIDED}, line((-12, 15), (-5, 15))),
        ],
        "planning.chi_gioi_xay_dung": [({"ma": "XD", "khoang_lui": 3, **DECIDED}, line((-90, 5), (90, 5)))],
        "planning.hanh_lang_an_toan": [
            ({"ma": "H1", "loai": "SONG_RACH", **DECIDED}, box(-50, -50, 0.1, 50)),
            ({"ma": "H2", "loai": "DIEN", "chieu_rong": 4, **DECIDED}, line((13, -50), (13, 50))),
        ],
        "planning.ke_hoach_su_dung_dat": [
            ({"ma": "K1", "loai_dat": "DGD", "ngay_het_hieu_luc": "2020-12-31"}, box(0, 0, 10, 20)),
            ({"ma": "K2", "loai_dat": "DGT", "ky": "2025"}, box(0, 0, 10, 4)),
        ],
        "drainage.vung_ngap": [({"ma": "N1", "muc_do": "2", "la_kich_ban": True}, box(-99, -99, 99, 10))],
        "drainage.diem_ngap": [({"ma": "D1", "ten": "Ngã tư", "muc_do": "1"}, shapely.Point(east + 110, north + 10))],
        "planning.du_an_quy_hoach": [({"ma": "Q1", "ten": HOSTILE, **DECIDED}, box(-99, -99, 99, 99))],
        "base_transport.duong_bo": [({"maNhanDang": "R1", "ten": HOSTILE}, axis)],
        "drainage.tuyen_cong": [({"ma": "C1"}, line((-9, -3), (19, -3)))],
    }
