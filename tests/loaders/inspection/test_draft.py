"""A drafted profile loads the delivery it was drafted for: each family of schemas that offices deliver."""

import warnings

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.inspection.draft import draft_profile
from loaders.inspection.survey import inspect_delivery
from tests.loaders.inspection.test_inspect import AREA, LINE, written


@pytest.fixture
def drafted(tmp_path, catalog, load_it):
    """Drafts a profile, supplies only what it asks for (`crs:` where the file names no grid), and loads with it."""

    def load(path, crs=None):
        text = draft_profile(inspect_delivery(path, catalog), catalog)
        if crs:
            text += f"crs: {crs}\n"
        (tmp_path / "nhap.yaml").write_text(text)
        return text, load_it(path, str(tmp_path / "nhap.yaml"))

    return load


def register(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.title = "Sheet1"
    book.save(path)
    return path


def test_a_workbook_with_a_title_above_its_headings_and_survey_coordinates(tmp_path, drafted, ask):
    heads = "STT|Mã cột đèn|Tên trụ|Loại trụ|Chiều cao (m)|Tên đường|Tọa độ X (m)|Tọa độ Y (m)|Ngày cập nhật|Điện thoại"
    rows = [["DANH SÁCH CỘT ĐÈN CHIẾU SÁNG QUẬN 1"], ["Ngày 05/11/2026"], [], heads.split("|")]
    for place in range(4):
        kind, east = "Trụ trang trí" if place else "STK", 603514.4 + 40 * place
        facts = [place + 1, f"CD-{place}", f"A{place}", kind, 8.5, "Lê Lợi"]
        rows.append([*facts, 1191454.7, east, "05/11/2026", "0903123456"])
    text, report = drafted(register(tmp_path / "Danh sách cột đèn Q1.xlsx", rows))
    assert "header: 4" in text
    assert report.account.rows == {"lighting.cot_den": 4}
    assert ask(
        "SELECT ma, ten_tru, loai_tru, chieu_cao, tuyen_duong, ngay_cap_nhat::text, ST_X(geom), ST_Y(geom) "
        "FROM lighting.cot_den ORDER BY ma LIMIT 2"
    ) == [
        ("CD-0", "A0", "STK", 8.5, "Lê Lợi", "2026-11-05", 603514.4, 1191454.7),
        ("CD-1", "A1", "TRANG_TRI", 8.5, "Lê Lợi", "2026-11-05", 603554.4, 1191454.7),
    ]
    assert "dữ liệu cá nhân · dropped, personal data (phone): Điện thoại" in text


def test_a_register_of_trees_with_longitudes_and_decimal_commas(tmp_path, drafted, ask):
    lines = ["Mã cây;Loài cây;Đường kính thân;Chiều cao;Tình trạng;Kinh độ;Vĩ độ;Ghi chú riêng"]
    lines += [f"C{n};Sao đen;45,5;12,5;Phát triển tốt;106.69{n};10.77{n};x" for n in range(1, 5)]
    (tmp_path / "cay_xanh_duong_pho.csv").write_text("\n".join(lines) + "\n")
    text, _ = drafted(tmp_path / "cay_xanh_duong_pho.csv")
    said = "SELECT count(*), min(loai_cay), min(duong_kinh_than_cm), min(tinh_trang) FROM greenery.cay_xanh_duong_pho"
    assert ask(said) == [(4, "Sao đen", 45.5, "TOT")]
    assert "không đưa vào trường nào · not mapped: Ghi chú riêng" in text


def test_a_drainage_register_names_the_codes_it_does_not_know(tmp_path, catalog):
    lines = ["Mã hố ga,Loại hố ga,Cao độ nắp,X,Y"]
    lines += [f"HG{n},{'Hố thăm' if n else 'Hố lạ'},2.{n},{1191454 + n},603514" for n in range(4)]
    (tmp_path / "ho_ga.csv").write_text("\n".join(lines) + "\n")
    text = draft_profile(inspect_delivery(tmp_path / "ho_ga.csv", catalog), catalog)
    assert (
        "loai: {column: Loại hố ga, codes: labels}   # mã không có trong danh mục · codes not in the list: Hố lạ"
        in text
    )
    assert "cao_do_nap: Cao độ nắp" in text


GENERATIONS = {
    "2019+": (
        ("duongbos", LINE),
        {"maNhanDang": ["1", "2"], "phienBan": [1, 1], "loaiChatLieuTraiMat": [5, 5], "ten": ["Lê Lợi", "Lê Lai"]},
        'SELECT DISTINCT "loaiChatLieuTraiMat" FROM base_transport.duong_bo',
        [("5",)],
    ),
    "pre-2019, numbers": (
        ("DuongBinhDo", LINE),
        {"maNhanDang": ["1", "2"], "ngayThuNhan": ["2005-01-01", "2005-01-01"], "loaiKhoangCaoDeu": [1, 2]},
        'SELECT "loaiKhoangCaoDeu" FROM base_relief.duong_binh_do ORDER BY "maNhanDang"',
        [("2",), ("4",)],
    ),
    "pre-2019, words": (
        ("KenhMuongA", AREA),
        {
            "maNhanDang": ["1", "2"],
            "ngayCapNhat": ["2005-01-01", "2006-01-01"],
            "maDoiTuong": ["KG05", "KG05"],
            "loaiHienTrangSuDung": ["DangSuDung", "DangXayDung"],
        },
        'SELECT "loaiHienTrangSuDung", "ngayPhienBan" IS NOT NULL FROM base_hydrography.kenh_muong ORDER BY 1',
        [("1", True), ("2", True)],
    ),
}


def of_generation(folder, name):
    (layer, shape), columns, said, expected = GENERATIONS[name]
    shapes = [shape, shapely.transform(shape, lambda points: points + 500)]
    return written(folder / "nen.gpkg", columns, shapes, layer=layer, crs="EPSG:9210"), said, expected


@pytest.mark.parametrize("name", GENERATIONS)
def test_a_draft_decodes_each_generation_by_its_own_numbers(tmp_path, drafted, ask, name):
    path, said, expected = of_generation(tmp_path, name)
    drafted(path)
    assert ask(said) == expected


@pytest.mark.parametrize("name", GENERATIONS)
def test_the_shipped_profile_decodes_each_generation_by_its_own_numbers(tmp_path, load_it, ask, name):
    path, said, expected = of_generation(tmp_path, name)
    load_it(path, "nen_dia_ly")
    assert ask(said) == expected


def test_the_old_land_cover_is_split_by_its_kind(tmp_path, load_it, ask):
    columns = {"maNhanDang": ["1", "2"], "ngayThuNhan": ["2005-01-01"] * 2, "loaiPhuBeMat": [3, 9]}
    shapes = [shapely.box(603500, 1191400, 603600, 1191500), shapely.box(603600, 1191400, 603700, 1191500)]
    load_it(written(tmp_path / "nen.gpkg", columns, shapes, layer="PhuBeMat", crs="EPSG:9210"), "nen_dia_ly")
    said = 'SELECT "maNhanDang" FROM base_landcover.{}'
    assert [ask(said.format(name)) for name in ("cay_hang_nam", "rung")] == [[("1",)], [("2",)]]


def test_a_class_of_an_unknown_generation_with_codes_is_refused(tmp_path, load_it):
    columns = {"maNhanDang": ["1"] * 2, "loaiKhoangCaoDeu": [1, 1]}
    path = written(tmp_path / "nen.gpkg", columns, [LINE] * 2, layer="DuongBinhDo", crs="EPSG:9210")
    with pytest.raises(DeliveryUnreadable, match="loaiKhoangCaoDeu"):
        load_it(path, "nen_dia_ly")


def test_vbdlis_parcels_with_full_and_with_cut_names(tmp_path, drafted, ask):
    columns = {
        "MaXa": ["26740"] * 2,
        "SoHieuToBanDo": [12, 12],
        "SoThuTuThua": [1, 2],
        "DienTich": [100.5, 10000.0],
        "KyHieuMucDichSuDung": ["ODT", "CLN"],
        "TenChu": ["Nguyễn Văn An", "Trần Thị Bình"],
    }
    shapes = [shapely.box(603500, 1191400, 603510, 1191410.05), shapely.box(603600, 1191400, 603700, 1191500)]
    said = "SELECT ma_xa_cu, so_to, so_thua, dien_tich, ky_hieu_muc_dich FROM cadastre.thua_dat ORDER BY so_thua"
    expected = [("26740", "12", "1", 100.5, "ODT"), ("26740", "12", "2", 10000.0, "CLN")]
    text, _ = drafted(written(tmp_path / "ThuaDat.shp", columns, shapes, "ESRI Shapefile", crs="EPSG:9210"))
    assert ask(said) == expected
    assert "personal data (owner): TenChu" in text


def test_the_planning_portal_blocks(tmp_path, drafted, ask):
    columns = {
        "maopho": ["A1", "A2"],
        "maqh": ["QHPK1", "QHPK1"],
        "chucnang": ["Đất giao thông", "Đất nhóm nhà ở"],
        "matdo": ["40", "35-40"],
        "tangcao": ["2-5 tầng", "3"],
        "hesosdd": ["2,5", "3"],
        "dientich": [10000.0, 10000.0],
    }
    shapes = [shapely.box(603600, 1191400, 603700, 1191500), shapely.box(603700, 1191400, 603800, 1191500)]
    drafted(written(tmp_path / "qhpkchitieuopho_new.gpkg", columns, shapes, crs="EPSG:9210"))
    assert ask("SELECT ma, ma_do_an, chuc_nang, mat_do, tang_cao, he_so_sdd FROM planning.o_pho ORDER BY ma") == [
        ("A1", "QHPK1", "GIAO_THONG", "40", "2-5 tầng", "2,5"),
        ("A2", "QHPK1", "NHOM_NHA_O", "35-40", "3", "3"),
    ]


def test_a_dossier_of_tt_16_2025(tmp_path, drafted, ask):
    path = tmp_path / "QuyHoach.gdb"
    columns = {
        "maThongTinQH": ["11111_", "11111_"],
        "maHoSoQH": ["79QPK0010001", "79QPK0010001"],
        "maDoiTuong": ["79QPK0010001-ChiGioiDuongDo_L-1", "79QPK0010001-ChiGioiDuongDo_L-2"],
        "tenDoiTuong": ["Đường số 1", "Đường số 2"],
        "phanLoai": ["", ""],
        "ghiChu": ["", ""],
    }
    fields = {name: np.array(values, dtype=object) for name, values in columns.items()}
    shapes = shapely.to_wkb(np.array([LINE, shapely.transform(LINE, lambda points: points + 50)], dtype=object))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore")
        pyogrio.raw.write(
            path, shapes, list(fields.values()), list(fields), geometry_type="LineString", layer="ChiGioiDuongDo_L",
            driver="OpenFileGDB", crs="EPSG:9210",
        )  # fmt: skip
    drafted(path)
    assert ask("SELECT ma, ma_do_an, ten_duong FROM planning.chi_gioi_duong_do ORDER BY ma") == [
        ("79QPK0010001-ChiGioiDuongDo_L-1", "79QPK0010001", "Đường số 1"),
        ("79QPK0010001-ChiGioiDuongDo_L-2", "79QPK0010001", "Đường số 2"),
    ]


def test_merged_headings_and_two_sheets_of_one_layout_are_drafted_and_loaded(tmp_path, drafted, ask):
    book = openpyxl.Workbook()
    book.active.append(["Đọc kỹ trước khi điền"])
    book.active.append(["Mỗi cột đèn một dòng"])
    for number, ward in enumerate(["Bến Nghé", "Đa Kao"]):
        sheet = book.create_sheet(ward)
        sheet.append(["DANH SÁCH CỘT ĐÈN"])
        sheet.append(["Mã cột đèn", "Tên đường", "Tọa độ VN-2000", None])
        sheet.append([None, None, "X", "Y"])
        sheet.merge_cells("C2:D2")
        for place in range(3):
            sheet.append([f"CD-{number}{place}", "Lê Lợi", 1191454.7 + 9 * place, 603514.4 + 40 * number])
    book.save(tmp_path / "cot_den.xlsx")
    text, report = drafted(tmp_path / "cot_den.xlsx")
    assert "header: 2, header_rows: 2" in text
    assert report.account.rows == {"lighting.cot_den": 6}
    assert report.account.unused == {}
    assert ask("SELECT count(DISTINCT ma), min(ST_X(geom)) FROM lighting.cot_den") == [(6, 603514.4)]


def test_days_as_a_workbook_counts_them_are_drafted_and_loaded(tmp_path, drafted, ask):
    heads = ["Mã cột đèn", "Tên đường", "Ngày cập nhật", "Tọa độ X (m)", "Tọa độ Y (m)"]
    lines = [[f"CD-{place}", "Lê Lợi", 45000 + place, 1191454.7, 603514.4 + 40 * place] for place in range(3)]
    text, _ = drafted(register(tmp_path / "cot_den.xlsx", [heads, *lines]))
    assert "date: excel" in text
    assert ask("SELECT min(ngay_cap_nhat)::text, max(ngay_cap_nhat)::text FROM lighting.cot_den") == [
        ("2023-03-15", "2023-03-17")
    ]


def test_a_table_of_two_byte_unicode_is_drafted_and_loaded(tmp_path, drafted, ask):
    lines = ["Mã cột đèn\tTên đường\tX\tY", *(f"CD-{n}\tLê Lợi\t119145{n}.5\t603514.4" for n in range(4))]
    (tmp_path / "cot_den.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-16")
    drafted(tmp_path / "cot_den.csv")
    assert ask("SELECT count(*), min(tuyen_duong), min(ST_Y(geom)) FROM lighting.cot_den") == [(4, "Lê Lợi", 1191450.5)]
