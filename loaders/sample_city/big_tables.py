"""Attributes of the city-sized set, whole columns at a time."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.sample_city.frame import Points

Columns = dict[str, pa.Array]
FIRST_COMMUNE, FIRST_WARD = 90_001, 95_001
LOTS_OF_BLOCK = 40
USES = ["ODT", "ODT", "ODT", "ODT", "ODT", "ODT", "ODT", "TMD", "ODT", "CLN", "ODT", "DGD", "ODT", "ODT", "SKC", "BCS"]
STREETS = [
    "Nguyễn Trãi",
    "Lê Lợi",
    "Hai Bà Trưng",
    "Trần Hưng Đạo",
    "Lý Thường Kiệt",
    "Ngô Quyền",
    "Nguyễn Du",
    "Đinh Tiên Hoàng",
    "Trương Định",
    "Bạch Đằng",
]


def _place(columns: int, commune: tuple[int, int], lot: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Commune, ward, sheet and number of each lot."""
    block = lot // LOTS_OF_BLOCK
    column, row = block % columns, block // columns
    wide = -(-columns // commune[0])
    unit = column // commune[0] + wide * (row // commune[1])
    ward = column // commune[0] + wide * (row // (2 * commune[1]))
    fifth, eighth = commune[0] // 5, commune[1] // 5
    sheet = (column % commune[0]) // fifth + 5 * ((row % commune[1]) // eighth) + 1
    number = ((column % fifth) + fifth * (row % eighth)) * LOTS_OF_BLOCK + lot % LOTS_OF_BLOCK + 1
    return unit, ward, sheet, number


def _text(numbers: NDArray[np.int64]) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _named(words: list[str], picks: NDArray[np.int64]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(picks))


def _area(rings: Points) -> NDArray[np.float64]:
    x, y = rings[..., 0] - rings[:, :1, 0], rings[..., 1] - rings[:, :1, 1]
    return np.asarray(np.abs((x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y).sum(axis=1)) / 2)


def parcel_columns(columns: int, commune: tuple[int, int], lot: NDArray[np.int64], rings: Points) -> Columns:
    """Fields of cadastre.thua_dat."""
    unit, ward, sheet, number = _place(columns, commune, lot)
    area = np.round(_area(rings), 1)
    use = _named(USES, (lot * 7919 + lot // 40) % len(USES))
    street = _named(STREETS, lot // LOTS_OF_BLOCK % len(STREETS))
    house = pc.binary_join_element_wise(
        _text(2 * (lot % 20) + 1 + lot % 40 // 20), _text(lot // LOTS_OF_BLOCK % 97 + 1), "/"
    )
    return {"ma_xa_cu": _text(FIRST_COMMUNE + unit), "so_to": _text(sheet), "so_thua": _text(number),
            "ma_xa": _text(FIRST_WARD + ward),
            "dien_tich": pa.array(area), "loai_dat": use, "ky_hieu_muc_dich": use,
            "da_cap_gcn": pa.array(lot % 8 != 0), "dia_chi": pc.binary_join_element_wise(house, street,
                " ")}  # fmt: skip


def building_columns(columns: int, commune: tuple[int, int], lot: NDArray[np.int64]) -> Columns:
    """Fields of base_settlement.nha."""
    storeys = 1 + (lot * 2654435761 // 97) % 5
    count = len(lot)
    name = pc.binary_join_element_wise(pa.repeat(pa.scalar("MAUCA0408"), count), _text(lot + 10_000_000), "")
    return {"maNhanDang": name, "maDoiTuong": pa.repeat(pa.scalar("CA04"), count),
            "loaiNha": pa.repeat(pa.scalar("2"), count),
            "mucDoKienCo": _named(["1", "1", "1", "2"], lot % 4), "soTang": pa.array(storeys.astype(np.int32)),
            "chieuCao": pa.array(np.round(storeys * 3.4 + 1.1, 1))}  # fmt: skip


def block_columns(block: NDArray[np.int64], rings: Points) -> Columns:
    """Fields of planning.o_pho."""
    area = np.round(_area(rings), 1)
    function = _named(
        ["DC_MAT_DO_CAO", "O_LIEN_KE", "NHOM_NHA_O", "O_LIEN_KE", "HON_HOP", "CONG_VIEN", "TRUONG_HOC"], block % 7
    )
    return {"ma": pc.binary_join_element_wise(pa.repeat(pa.scalar("OP"), len(block)), _text(block + 1), "-"),
            "chuc_nang": function,
            "dien_tich": pa.array(area), "mat_do_max": pa.array(40.0 + block % 5 * 10),
            "tang_cao_max": pa.array(3.0 + block % 12)}  # fmt: skip


def road_columns(number: NDArray[np.int64], place: NDArray[np.int64], along: bool) -> Columns:
    """Fields of base_transport.duong_bo; every sixteenth line is a main road."""
    line = place[:, 1] if along else place[:, 0]
    main = line % 16 == 0
    name = _named(STREETS, line % len(STREETS))
    full = pc.binary_join_element_wise(name, _text(line + 1), " ")
    return {"maNhanDang": pc.binary_join_element_wise(pa.repeat(pa.scalar("MAUGK0233"), len(number)),
                                                      _text(number + 10_000_000), ""),
            "maDoiTuong": _named(["GK02", "GK05"], main.astype(int)),
            "loaiDuongBo": _named(["4", "1"], main.astype(int)),
            "viTri": pa.repeat(pa.scalar("1"), len(number)), "chieuXeChay": pa.repeat(pa.scalar("2"), len(number)),
            "soLanDuong": pa.array(np.where(main, 4, 2).astype(np.int32)),
            "chieuRong": pa.array(np.where(main, 9.0, 6.0)), "ten": full}  # fmt: skip


def unit_columns(place: NDArray[np.int64], wide: int, is_ward: bool) -> Columns:
    """Fields of the administrative areas: communes to 30 June 2025, wards since."""
    index = place[:, 0] + wide * place[:, 1]
    count = len(place)
    code = _text((FIRST_WARD if is_ward else FIRST_COMMUNE) + index)
    title = pc.binary_join_element_wise(
        pa.repeat(pa.scalar("Phường mẫu" if is_ward else "Xã mẫu"), count), _text(index + 1), " "
    )
    until = pa.nulls(count, pa.string()) if is_ward else pa.repeat(pa.scalar("2025-06-30"), count)
    return {"maNhanDang": pc.binary_join_element_wise(pa.repeat(pa.scalar("MAUAD0382"), count), code, "-"),
            "maDoiTuong": pa.repeat(pa.scalar("AD03"), count),
            "maDonViHanhChinh": code, "ten": title, "capHanhChinh": pa.repeat(pa.scalar("XA"), count),
            "hieuLucTu": pa.repeat(pa.scalar("2025-07-01" if is_ward else "2003-12-01"), count),
            "hieuLucDen": until}  # fmt: skip
