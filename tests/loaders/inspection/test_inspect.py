"""What is in a delivery is told before anything is loaded, with evidence, and without showing personal data."""

import json
import warnings
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import yaml
from typer.testing import CliRunner

from gis_server.cli.main import build
from loaders.inspection.draft import draft_profile
from loaders.inspection.survey import MASK, inspect_delivery
from loaders.profile_reader import read_profile
from loaders.report import as_json

POINT, LINE = shapely.Point(603514.4, 1191454.7), shapely.LineString([(603514, 1191454), (603600, 1191500)])
AREA = shapely.box(603500, 1191400, 603600, 1191500)


def written(path, columns, shapes=(POINT, POINT, POINT, POINT), driver="GPKG", **more):
    fields = {name: np.array(values, dtype=object) for name, values in columns.items()}
    kind = shapely.get_type_id(shapes[0])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore")
        pyogrio.raw.write(
            path,
            shapely.to_wkb(np.array(shapes, dtype=object)),
            list(fields.values()),
            list(fields),
            geometry_type=("Point", "LineString", "", "Polygon")[kind],
            driver=driver,
            **{"crs": "EPSG:3405", **more},
        )
    return path


def only(found):
    assert found.problems == {}
    (layer,) = found.layers
    return layer


@pytest.mark.parametrize(
    ("name", "shape", "leads_to"),
    [
        ("DuongBo", LINE, ("base_transport.duong_bo", "DuongBo")),
        ("DoanTimDuongBo", LINE, ("base_transport.duong_bo", "DoanTimDuongBo")),
        ("caylaunam", AREA, ("base_landcover.cay_lau_nam", "CayLauNam")),
        ("congtrinhcongnghieps", AREA, ("base_settlement.cong_trinh_cong_nghiep", "CongTrinhCongNghiep")),
        ("SongSuoiA", AREA, ("base_hydrography.mat_nuoc_song_suoi", "SongSuoiA")),
        ("NhaP", POINT, ("base_settlement.nha", "NhaP")),
    ],
)
def test_class_names_of_both_generations_lead_to_the_layer(tmp_path, catalog, name, shape, leads_to):
    path = written(tmp_path / "nen.gpkg", {"ten": ["a", "b"]}, [shape, shape], layer=name)
    guess = only(inspect_delivery(path, catalog)).targets[0]
    assert guess.layer == leads_to[0]
    assert guess.confidence > 0.65
    assert leads_to[1] in guess.evidence[0].en


def test_object_codes_lead_to_the_layer_and_the_wrong_geometry_casts_doubt(tmp_path, catalog):
    columns = {"maDoiTuong": ["KG05"] * 4, "phienBan": [1] * 4}
    lines = only(inspect_delivery(written(tmp_path / "a.gpkg", columns, [LINE] * 4), catalog))
    points = only(inspect_delivery(written(tmp_path / "b.gpkg", columns, [POINT] * 4), catalog))
    assert lines.targets[0].layer == points.targets[0].layer == "base_hydrography.kenh_muong"
    assert lines.targets[0].confidence > 3 * points.targets[0].confidence
    assert lines.family == "2019+"


def test_cut_dbf_names_are_matched_to_full_ones_and_the_old_family_is_known(tmp_path, catalog):
    columns = {
        "maNhanDang": ["1", "2"],
        "ngayThuNha": ["2005", "2006"],
        "loaiHienTr": ["1", "2"],
        "chieuRong": [3.0, 4.0],
    }
    path = written(tmp_path / "KenhMuongL.shp", columns, [LINE, LINE], "ESRI Shapefile")
    layer = only(inspect_delivery(path, catalog))
    assert layer.family == "pre-2019"
    draft = draft_profile(inspect_delivery(path, catalog), catalog)
    assert "loaiHienTrangSuDung: loaiHienTr" in draft
    assert "trước 2019" in draft


def test_personal_columns_are_masked_by_name_and_by_value(tmp_path, catalog):
    columns = {
        "ChuSuDung": ["Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường", "Phạm Dung"],
        "ghi_chu": ["079185001234", "079185001235", "079185001236", "079185001237"],
        "lien_he": ["0903123456", "0913123456", "0983123456", "0903123457"],
        "chu_dau_tu": ["Công ty A", "Công ty B", "Công ty C", "Công ty D"],
    }
    layer = only(inspect_delivery(written(tmp_path / "a.gpkg", columns), catalog))
    kinds = {column.name: column.personal for column in layer.columns}
    assert kinds == {"ChuSuDung": "owner", "ghi_chu": "identity", "lien_he": "phone", "chu_dau_tu": None}
    shown = {column.name: column.examples for column in layer.columns}
    assert shown["ChuSuDung"] == shown["ghi_chu"] == shown["lien_he"] == (MASK,)


def test_a_load_drops_personal_columns_and_names_what_it_does_not_map(tmp_path, load_it, ask):
    columns = {"ma": ["1", "2"], "chu_so_huu": ["Ông An", "Bà Bình"], "la": ["x", "y"], "hoten": ["a", "b"]}
    path = written(tmp_path / "a.gpkg", columns, [POINT, shapely.Point(603600, 1191500)], crs="EPSG:3405")
    about = {
        "title": {"vi": "a", "en": "a"},
        "source": {"id": "a", "title": {"vi": "a", "en": "a"}, "licence": "agency", "attribution": "a"},
        "crs": 9210,
        "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "tuyen_duong": "chu_so_huu"}}],
    }
    report = as_json(load_it(path, about))
    assert report["columns_personal"] == {"a.gpkg": ["hoten", "chu_so_huu"]}
    assert report["columns_unused"] == {"a.gpkg": ["la"]}
    assert ask("SELECT ma, tuyen_duong FROM drainage.ho_ga ORDER BY ma") == [("1", None), ("2", None)]


def test_survey_tables_have_x_to_the_north_and_ask_for_their_grid(tmp_path, catalog):
    (tmp_path / "moc.csv").write_text("so_hieu;X;Y\nM1;1191454,7;603514,4\nM2;1191500,1;603600,0\n")
    layer = only(inspect_delivery(tmp_path / "moc.csv", catalog))
    assert layer.kinds == {"Point": 2}
    assert layer.extent[0] < layer.extent[1] / 1.5
    assert "crs:" in layer.grid.vi


def test_longitudes_and_geoparquet_and_nested_zips_are_read(tmp_path, catalog):
    inner = tmp_path / "trong.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("tram.csv", "ma,Kinh độ,Vĩ độ\n1,106.7,10.77\n2,106.8,10.78\n")
    geo = {"primary_column": "g", "version": "1.1.0", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    table = pa.table({"ma": ["1"], "g": [shapely.to_wkb(shapely.Point(106.7, 10.77))]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "tram.parquet")
    with zipfile.ZipFile(tmp_path / "giao.zip", "w") as archive:
        archive.write(inner, "trong.zip")
        archive.write(tmp_path / "tram.parquet", "tram.parquet")
    found = inspect_delivery(tmp_path / "giao.zip", catalog)
    assert {one.file: one.kinds for one in found.layers} == {
        "tram.parquet": {"Point": 1},
        "trong.zip/tram.csv": {"Point": 2},
    }


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("a.shp", "ESRI Shapefile"),
        ("a.gdb", "OpenFileGDB"),
        ("a.tab", "MapInfo File"),
        ("a.mif", "MapInfo File"),
        ("a.geojson", "GeoJSON"),
        ("a.geojsonl", "GeoJSONSeq"),
        ("a.fgb", "FlatGeobuf"),
        ("a.gml", "GML"),
        ("a.kml", "LIBKML"),
        ("a.kmz", "LIBKML"),
    ],
)
def test_every_vector_format_is_read_in_the_child(tmp_path, catalog, name, driver):
    crs = "EPSG:4326" if driver in ("GeoJSON", "GeoJSONSeq", "LIBKML") else "EPSG:3405"
    written(tmp_path / name, {"ten": ["a", "b", "c", "d"]}, [shapely.Point(106.7, 10.77)] * 4, driver, crs=crs)
    before = sorted(tmp_path.iterdir())
    found = inspect_delivery(tmp_path / name, catalog)
    assert found.problems == {}
    assert [(one.rows, one.kinds) for one in found.layers if one.rows] == [(4, {"Point": 4})]
    assert sorted(tmp_path.iterdir()) == before, "reading writes nothing beside the delivery"


@pytest.mark.parametrize(("name", "driver"), [("a.dgn", "DGN"), ("a.dxf", "DXF")])
def test_drawings_are_read_in_the_child(tmp_path, catalog, name, driver):
    written(tmp_path / name, {}, [LINE], driver, crs=None)
    assert only(inspect_delivery(tmp_path / name, catalog)).kinds == {"LineString": 1}


def test_a_draft_is_a_valid_profile_that_names_what_it_leaves_out(tmp_path, catalog):
    columns = {"MA": ["1", "2"], "CMND": ["1", "2"], "lạ: #": ["x", "y"], "tuyen_duong": ["Lê Lợi", "Lê Lai"]}
    path = written(tmp_path / "ho_ga.gpkg", columns, [POINT, POINT])
    text = draft_profile(inspect_delivery(path, catalog), catalog)
    (tmp_path / "nhap.yaml").write_text(text)
    rule = read_profile(str(tmp_path / "nhap.yaml"), catalog).layers[0]
    assert (rule.to, rule.fields["ma"].column, rule.fields["tuyen_duong"].column) == (
        "drainage.ho_ga",
        "MA",
        "tuyen_duong",
    )
    assert "không đưa vào trường nào · not mapped: lạ: #" in text
    assert "dữ liệu cá nhân" in text
    assert "CMND" not in str(yaml.safe_load(text))


def test_the_command_fits_80_columns_and_speaks_json_and_exit_codes(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    path = written(tmp_path / "ho_ga.gpkg", {"ma": ["1" * 90] * 4})
    shown = CliRunner().invoke(build(), ["inspect", str(path)])
    assert shown.exit_code == 0
    assert "drainage.ho_ga" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    told = json.loads(CliRunner().invoke(build(), ["inspect", str(path), "--json"]).stdout)
    assert told["layers"][0]["targets"][0]["evidence"][0]["vi"]
    (tmp_path / "gia.gpkg").write_bytes(b"<OGRVRTDataSource/>")
    refused = CliRunner().invoke(build(), ["inspect", str(tmp_path / "gia.gpkg")])
    assert refused.exit_code == 4
    assert "VRT" in refused.stdout
