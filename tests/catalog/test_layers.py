"""The folder `layers/` tests itself: the 87 base layers, the registers, their code lists and what is kept closed."""

import csv
import json
import re
from pathlib import Path

import pytest

from gis_server.catalog.checks import CoverageCheck, fields_of, layers_of
from gis_server.catalog.model import ACCESS_ORDER, RESERVED_COLUMNS, Domain, LayerFile
from gis_server.catalog.words import read_yaml
from gis_server.settings import HOME

LAYERS = HOME / "layers"
CATALOGUE = HOME.parent / "shared" / "catalogue"
FILES = {
    f"{path.parent.name}.{path.stem}": LayerFile.model_validate(read_yaml(path))
    for path in sorted(LAYERS.glob("[a-z]*/[a-z]*.yaml"))
    if "." not in path.stem
}
DOMAINS = {path.stem: Domain.model_validate(read_yaml(path)) for path in sorted(LAYERS.glob("_domains/*.yaml"))}
THEMES = read_yaml(LAYERS / "_themes.yaml")
BASE = {name: file for name, file in FILES.items() if name.startswith("base_")}
COMMON = ["maNhanDang", "phienBan", "ngayPhienBan", "giaTriDoChinhXacMatPhang", "nguyenNhanThayDoi", "maDoiTuong"]

GROUPS = {
    "base_frame": 2, "base_control": 4, "base_settlement": 26, "base_transport": 16,
    "base_hydrography": 18, "base_relief": 5, "base_landcover": 10, "base_boundary": 6,
}  # fmt: skip
THEMATIC = {
    "drainage": "ho_ga tuyen_cong cong_hop cua_xa tram_bom cong_kiem_soat_trieu ho_dieu_tiet kenh_rach luu_vuc "
    "tram_do_mua tram_muc_nuoc diem_ngap vung_ngap tuyen_duong_ngap",
    "lighting": "cot_den bo_den tu_dieu_khien tuyen_cap",
    "traffic": "doan_duong nut_giao camera bien_bao tram_dem tuyen_buyt tram_dung_buyt bai_do_xe cong_trinh_tren_duong",
    "cadastre": "thua_dat to_ban_do_dia_chinh",
    "planning": "du_an_quy_hoach o_pho lo_gioi chi_gioi_duong_do hanh_lang_an_toan quy_hoach_su_dung_dat",
    "greenery": "cay_xanh_duong_pho cong_vien mang_xanh",
    "wastewater": "mang_luoi_thoat_nuoc_thai nha_may_xu_ly gieng_tach",
    "water_supply": "tuyen_ong van tru_cuu_hoa diem_dau_noi dma nha_may_nuoc",
    "power": "duong_day cot_dien tram_bien_ap",
    "environment": "tram_khong_khi tram_nuoc_mat",
}
PERSONAL = re.compile(
    r"chu_?(su_?dung|ho|nha|so_?huu|dat$)|ten_?chu$|cccd|cmnd|dien_?thoai|email|ho_?ten|ngay_?sinh", re.I
)

each_layer = pytest.mark.parametrize("name", FILES)
each_base_layer = pytest.mark.parametrize("name", BASE)


@pytest.fixture(scope="module")
def catalogue() -> Path:
    if not CATALOGUE.is_dir():
        pytest.skip(f"the source catalogue is not at {CATALOGUE}")
    return CATALOGUE


@pytest.fixture(scope="module")
def rows(catalogue: Path) -> dict[int, dict[str, str]]:
    with (catalogue / "layers87.csv").open(encoding="utf-8-sig", newline="") as file:
        return {int(row["no"]): row for row in csv.DictReader(file)}


def number_of(file: LayerFile) -> int:
    assert file.standard is not None
    assert file.standard.number is not None
    return file.standard.number


def test_the_87_base_layers_are_numbered_1_to_87() -> None:
    assert sorted(number_of(file) for file in BASE.values()) == list(range(1, 88))


def test_each_base_group_has_its_share() -> None:
    assert {group: sum(name.startswith(f"{group}.") for name in BASE) for group in GROUPS} == GROUPS


def test_only_base_layers_carry_a_number() -> None:
    others = [file for name, file in FILES.items() if name not in BASE]
    assert not [file for file in others if file.standard and file.standard.number is not None]


@each_base_layer
def test_a_base_layer_is_what_the_source_catalogue_says(name: str, rows: dict[int, dict[str, str]]) -> None:
    file = BASE[name]
    row = rows[number_of(file)]
    assert name.partition(".")[2] == row["layer_id"]
    assert (file.title.vi, file.title.en) == (row["name_vi"], row["name_en"])
    assert list(file.geometry) == row["geometry"].split("|")
    assert f"[{file.evidence}]" == row["source"].split(" ")[0]
    assert file.standard is not None
    assert file.standard.class_name == row["class_name"]
    attributes = row["key_attributes"].split(";")
    assert list(file.fields)[: len(attributes)] == attributes


def test_every_code_of_the_source_catalogue_is_known(catalogue: Path) -> None:
    sources = json.loads((catalogue / "domains.json").read_text(encoding="utf-8"))["layers"]
    by_short_name = {name.partition(".")[2]: file for name, file in BASE.items()}
    for layer, about in sources.items():
        for attribute, values in about["domains"].items():
            domain = by_short_name[layer].fields[attribute.removesuffix("(old)")].domain
            assert domain is not None, f"{layer}.{attribute} has a code list"
            assert [code for code, _ in values] == list(DOMAINS[domain].values), f"{layer}.{attribute}"
            if attribute.endswith("(old)"):
                assert DOMAINS[domain].evidence == "C4"
                assert DOMAINS[domain].note is not None


@each_base_layer
def test_a_base_layer_has_the_common_attributes_and_its_key(name: str) -> None:
    file = BASE[name]
    assert file.key == ["maNhanDang"]
    assert list(file.fields)[:6] == COMMON
    assert file.fields["maNhanDang"].required
    assert file.fields["maNhanDang"].length == 50
    assert file.scale == (2000, 5000)


@each_base_layer
def test_uncertain_base_layers_say_what_is_uncertain(name: str) -> None:
    if "C2" not in BASE[name].evidence:
        assert BASE[name].note is not None


@pytest.mark.parametrize("group", THEMATIC)
def test_the_registers_of_the_city_are_there(group: str) -> None:
    assert {f"{group}.{layer}" for layer in THEMATIC[group].split()} <= FILES.keys()


@each_layer
def test_a_layer_belongs_to_a_theme_and_its_own_style(name: str) -> None:
    assert FILES[name].theme in THEMES
    assert FILES[name].style == name.replace(".", "/")


@each_layer
def test_a_layer_names_only_its_own_fields_and_real_code_lists(name: str) -> None:
    file = FILES[name]
    named = [*file.key, *file.tiles.fields, *([file.label] if file.label else [])]
    named += [file.time.since, file.time.until] if file.time else []
    assert set(named) <= file.fields.keys()
    assert {rule.domain for rule in file.fields.values() if rule.domain} <= DOMAINS.keys()


@each_layer
def test_key_fields_are_required_and_no_field_takes_a_reserved_name(name: str) -> None:
    file = FILES[name]
    assert all(file.fields[field].required for field in file.key)
    assert not RESERVED_COLUMNS & file.fields.keys()
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", field) for field in file.fields)


@each_layer
def test_every_field_explains_itself_in_two_languages(name: str) -> None:
    assert not [field for field, rule in FILES[name].fields.items() if rule.help is None]


@each_layer
def test_heights_have_a_unit_and_the_city_datum(name: str) -> None:
    for field, rule in FILES[name].fields.items():
        if rule.type == "number" and re.match(r"cao_do_|cao_trinh_|muc_nuoc_|bao_dong_|doCao$", field):
            assert (rule.unit, rule.datum) == ("m", "Hòn Dấu"), field


@each_layer
def test_a_field_is_never_looser_than_its_layer(name: str) -> None:
    file = FILES[name]
    for field, rule in file.fields.items():
        assert rule.access is None or ACCESS_ORDER.index(rule.access) > ACCESS_ORDER.index(file.access), field


@each_layer
def test_no_layer_has_personal_data(name: str) -> None:
    assert not [field for field in FILES[name].fields if PERSONAL.search(field)]


def test_the_pattern_of_personal_data_knows_the_land_database() -> None:
    assert all(PERSONAL.search(field) for field in ("TenChu", "ten_chu_su_dung", "chuSuDung", "so_cccd", "dien_thoai"))
    assert not any(PERSONAL.search(field) for field in ("chu_dau_tu", "chu_ky_den", "chu_ky_phut", "chuc_nang"))


def test_survey_control_and_defence_are_restricted() -> None:
    closed = {name for name, file in FILES.items() if file.access == "restricted"}
    assert closed == {
        "base_control.diem_goc_do_dac_quoc_gia", "base_control.diem_do_dac_quoc_gia",
        "base_control.tram_dinh_vi_ve_tinh_quoc_gia", "base_control.diem_dia_chinh",
        "base_settlement.cong_trinh_an_ninh", "base_settlement.cong_trinh_quoc_phong",
    }  # fmt: skip


@pytest.mark.parametrize(
    "field",
    [
        "base_settlement.nha.loaiNha", "cadastre.thua_dat.nguon_goc", "cadastre.thua_dat.da_cap_gcn",
        "cadastre.thua_dat.dia_chi", "traffic.camera.url_anh", "lighting.tu_dieu_khien.ma_pe",
        "lighting.tuyen_cap.loai_cap", "drainage.tuyen_cong.nut_cuoi", "water_supply.tuyen_ong.duong_kinh_mm",
        "power.duong_day.dien_ap_kv",
    ],
)  # fmt: skip
def test_the_public_does_not_see(field: str) -> None:
    layer, _, name = field.rpartition(".")
    file = FILES[layer]
    assert (file.fields[name].access or file.access) != "public"


def test_a_parcel_is_known_by_its_old_commune_because_sheet_numbers_restart_there() -> None:
    assert FILES["cadastre.thua_dat"].key == ["ma_xa_cu", "so_to", "so_thua"]
    assert FILES["cadastre.to_ban_do_dia_chinh"].key == ["ma_xa_cu", "so_to"]


def test_planning_indices_keep_the_words_beside_the_numbers() -> None:
    fields = FILES["planning.o_pho"].fields
    for index in ("mat_do", "tang_cao", "chieu_cao", "he_so_sdd"):
        assert fields[index].type == "text"
        assert fields[f"{index}_min"].type == fields[f"{index}_max"].type == "number"


def test_administrative_areas_of_every_era_share_a_layer() -> None:
    file = BASE["base_boundary.dia_phan_hanh_chinh_tren_dat_lien"]
    assert file.time is not None
    assert (file.time.since, file.time.until) == ("hieuLucTu", "hieuLucDen")
    assert file.fields["capHanhChinh"].evidence == "proposal"


def test_dense_layers_stay_out_of_small_scale_tiles() -> None:
    """From which zoom on each of their features is drawn."""
    tiles = {name: file.tiles for name, file in FILES.items()}
    lowest = {name: one.into.below if one.into else one.zoom[0] for name, one in tiles.items()}
    assert min(lowest[name] for name in ("base_settlement.nha", "base_transport.mat_duong_bo")) >= 14
    dense = ("cadastre.thua_dat", "drainage.ho_ga", "lighting.cot_den", "greenery.cay_xanh_duong_pho")
    assert min(lowest[name] for name in dense) >= 15


@each_layer
def test_checks_name_layers_that_exist(name: str) -> None:
    for check in FILES[name].checks:
        assert set(layers_of(check)) <= set(FILES) - {name}
        assert set(fields_of(check)) <= set(FILES[name].fields)


@each_layer
def test_layers_of_one_coverage_ask_each_other(name: str) -> None:
    for check in FILES[name].checks:
        for other in check.coverage.others if isinstance(check, CoverageCheck) else []:
            asked = [one.coverage.others for one in FILES[other].checks if isinstance(one, CoverageCheck)]
            assert any(name in others for others in asked), f"{other} does not ask {name}"
