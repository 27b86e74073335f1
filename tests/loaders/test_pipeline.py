"""From a file of each kind to served rows; and from a bad file to nothing at all."""

import warnings
import zipfile

import numpy as np
import openpyxl
import psycopg
import pyogrio
import pytest
import shapely
import yaml

from gis_server.errors import Busy, DeliveryUnreadable, LoadRefused, ProfileInvalid
from loaders.text import to_tcvn3, to_vni
from tests.loaders.conftest import MANHOLES

NAMES = ["Đường Nguyễn Thị Minh Khai", "ĐƯỜNG NGUYỄN HUỆ", "rạch Xuyên Tâm"]
CHECK_POINT = (603514.400, 1191454.713)
PLACES = [CHECK_POINT, (603600.0, 1191500.0), (603700.5, 1191600.25)]
ESRI_PRJ = (
    'PROJCS["VN_2000_TPHCM_105_45",GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.75],'
    'PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def written(path, driver, names=NAMES, places=PLACES, **more):
    """A vector file with the columns ma and duong."""
    keys = [f"HG{place}" for place in range(len(names))]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapely.points(places)),
            field_data=[np.array(keys, dtype=object), np.array(names, dtype=object)],
            fields=["ma", "duong"],
            geometry_type="Point",
            driver=driver,
            **{"crs": None, **more},
        )
    return path


def served(ask):
    return ask(
        "SELECT ma, tuyen_duong, round(ST_X(geom)::numeric, 3)::float8, round(ST_Y(geom)::numeric, 3)::float8, source "
        "FROM drainage.ho_ga ORDER BY ma"
    )


EXPECTED = [(f"HG{place}", NAMES[place], *PLACES[place], "thoat_nuoc") for place in range(3)]


@pytest.mark.parametrize(
    ("ending", "driver"), [("gpkg", "GPKG"), ("geojson", "GeoJSON"), ("gdb", "OpenFileGDB"), ("fgb", "FlatGeobuf")]
)
def test_files_that_gdal_opens_become_served_rows(tmp_path, load_it, ask, ending, driver):
    path = written(tmp_path / f"hg.{ending}", driver, crs=None if ending == "geojson" else ESRI_PRJ)
    report = load_it(path, MANHOLES)
    assert served(ask) == EXPECTED
    line = next(iter(report.account.lines.values()))
    assert (line.read, line.loaded, report.rows) == (3, 3, {"drainage.ho_ga": 3})
    assert report.release is not None


@pytest.mark.parametrize(("letters", "write"), [("tcvn3", to_tcvn3), ("vni", to_vni)])
def test_shapefiles_with_old_letters_and_an_esri_prj(tmp_path, load_it, ask, letters, write):
    path = written(tmp_path / "HG.shp", "ESRI Shapefile", [write(name) for name in NAMES], encoding="ISO-8859-1")
    (tmp_path / "HG.prj").write_text(ESRI_PRJ)
    (tmp_path / "HG.cpg").write_text("UTF-8")  # it lies, as they do
    load_it(path, {**MANHOLES, "crs": None, "encoding": letters})
    assert served(ask) == EXPECTED


@pytest.mark.parametrize("letters", ["tcvn3", "vni"])
def test_mapinfo_tables_with_old_letters(tmp_path, load_it, ask, letters):
    write = {"tcvn3": to_tcvn3, "vni": to_vni}[letters]
    path = written(
        tmp_path / "hg.tab", "MapInfo File", [write(name) for name in NAMES], encoding="ISO-8859-1", crs="EPSG:3405"
    )
    load_it(path, {**MANHOLES, "encoding": letters})
    assert [row[:2] for row in served(ask)] == [row[:2] for row in EXPECTED]


def test_a_geodatabase_of_many_layers_is_mapped_layer_by_layer(tmp_path, load_it, ask):
    path = written(tmp_path / "nen.gdb", "OpenFileGDB", layer="HoGa", crs=ESRI_PRJ)
    written(path, "OpenFileGDB", layer="HoGaCu", crs=ESRI_PRJ, append=True)
    profile = {**MANHOLES, "layers": [{**MANHOLES["layers"][0], "from": {"layer": "hoga"}}]}
    report = load_it(path, profile)
    assert served(ask) == EXPECTED
    assert {name: (line.read, line.loaded) for name, line in report.account.lines.items()} == {
        "nen.gdb · HoGa": (3, 3),
        "nen.gdb · HoGaCu": (3, 0),
    }


def test_tables_in_survey_order_have_x_to_the_north(tmp_path, load_it, ask):
    path = tmp_path / "hg.csv"
    lines = [f"HG{place};{NAMES[place]};{y:.3f};{x:.3f}" for place, (x, y) in enumerate(PLACES)]
    path.write_text("ma;duong;X;Y\n" + "\n".join(lines).replace(".", ",") + "\n", encoding="utf-8-sig")
    table = {"file": "*.csv", "east": "Y", "north": "X", "separator": ";", "decimal": ","}
    load_it(path, {**MANHOLES, "files": [table]})
    assert served(ask) == EXPECTED


def test_workbooks_and_wkt(tmp_path, load_it, ask):
    book = openpyxl.Workbook()
    book.active.title = "Tram"
    book.active.append(["ma", "duong", "hinh"])
    for place, (east, north) in enumerate(PLACES):
        book.active.append([f"HG{place}", NAMES[place], f"POINT ({east} {north})"])
    book.save(tmp_path / "hg.xlsx")
    load_it(tmp_path / "hg.xlsx", {**MANHOLES, "files": [{"file": "*.xlsx", "sheet": "Tram", "wkt": "hinh"}]})
    assert served(ask) == EXPECTED


def test_the_datum_shift_is_the_pinned_one(tmp_path, load_it, ask):
    path = written(tmp_path / "hg.geojson", "GeoJSON", NAMES[:1], [(106.6983, 10.7725)])
    load_it(path, {**MANHOLES, "crs": None})
    assert served(ask)[0][2:4] == CHECK_POINT


def test_points_of_a_dgn_are_lines_without_length(tmp_path, load_it, ask):
    path = tmp_path / "hg.dgn"
    shapes = np.array([shapely.Point(PLACES[0]), shapely.LineString(PLACES), shapely.Point(PLACES[1])], dtype=object)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.raw.write(
            path, shapely.to_wkb(shapes), [], [], geometry_type="Unknown", crs=None, driver="DGN", layer="elements"
        )
    rule = {
        "from": {"layer": "elements", "where": {"Type": 3, "Level": 0}},
        "to": "drainage.ho_ga",
        "geometry": "centre",
        "fields": {"ma": {"template": "DGN-{@row}"}},
    }
    report = load_it(path, {**MANHOLES, "layers": [rule]})
    assert [row[0] for row in served(ask)] == ["DGN-1", "DGN-3"]
    line = next(iter(report.account.lines.values()))
    assert (line.read, line.loaded, line.left_out.total()) == (3, 2, 1)


def test_a_second_load_of_the_same_file_makes_no_release(tmp_path, load_it, ask):
    path = written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ)
    first, second = load_it(path, MANHOLES), load_it(path, MANHOLES)
    assert first.release is not None
    assert second.release is None
    assert ask("SELECT count(*) FROM meta.release") == [(1,)]
    assert ask("SELECT outcome, release FROM meta.load ORDER BY load_id") == [("published", 1), ("unchanged", None)]


def test_a_dry_run_publishes_nothing(tmp_path, load_it, ask, litter):
    report = load_it(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ), MANHOLES, dry_run=True)
    assert report.rows == {"drainage.ho_ga": 3}
    assert served(ask) == []
    assert litter() == []
    assert ask("SELECT outcome, report->'layers'->'drainage.ho_ga'->>'rows' FROM meta.load") == [("tried", "3")]


def test_a_bad_file_changes_nothing_and_leaves_no_litter(tmp_path, load_it, ask, litter):
    load_it(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ), MANHOLES)
    twice = tmp_path / "hai.gpkg"
    written(twice, "GPKG", crs=ESRI_PRJ, layer="a")
    written(twice, "GPKG", ["Khác", *NAMES[1:]], crs=ESRI_PRJ, layer="b")
    with pytest.raises(LoadRefused, match=r"ATT-06 drainage\.ho_ga\.ma.*HG0"):
        load_it(twice, MANHOLES)
    assert served(ask) == EXPECTED
    assert litter() == []
    assert ask("SELECT outcome FROM meta.load ORDER BY load_id DESC LIMIT 1") == [("refused",)]


def test_rows_that_fail_are_set_aside_and_counted_up_to_the_share(tmp_path, load_it, ask):
    names = ["x" * 200, *NAMES[1:]]
    path = written(tmp_path / "hg.gpkg", "GPKG", names, [*PLACES[:2], (0, 0)], crs=ESRI_PRJ)
    report = load_it(path, {**MANHOLES, "rejects": 0.7})
    line = next(iter(report.account.lines.values()))
    assert (line.read, line.loaded, dict(line.set_aside)) == (3, 1, {"ATT-04": 1, "GEO-04": 1})
    assert [row[0] for row in served(ask)] == ["HG1"]
    with pytest.raises(LoadRefused, match="2 trên 3 dòng"):
        load_it(path, {**MANHOLES, "rejects": 0.5})


def test_the_same_row_twice_is_loaded_once(tmp_path, load_it, ask):
    path = tmp_path / "hai.gpkg"
    written(path, "GPKG", crs=ESRI_PRJ, layer="a")
    written(path, "GPKG", crs=ESRI_PRJ, layer="b")
    report = load_it(path, MANHOLES)
    assert served(ask) == EXPECTED
    assert sum(line.set_aside["ATT-07"] for line in report.account.lines.values()) == 3


def test_a_key_of_another_source_is_not_taken_over(tmp_path, load_it, ask):
    path = written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ)
    load_it(path, MANHOLES)
    with pytest.raises(LoadRefused, match="ATT-08"):
        load_it(path, {**MANHOLES, "source": {**MANHOLES["source"], "id": "khac"}})
    assert served(ask) == EXPECTED


def test_a_layer_without_rows_in_the_delivery_stays_as_it_was(tmp_path, load_it, ask):
    load_it(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ), MANHOLES)
    rule = {**MANHOLES["layers"][0], "from": {"where": {"ma": "không có"}}}
    report = load_it(written(tmp_path / "hg2.gpkg", "GPKG", crs=ESRI_PRJ), {**MANHOLES, "layers": [rule]})
    assert [(one.code, one.layer) for one in report.findings] == [("REL-03", "drainage.ho_ga")]
    assert served(ask) == EXPECTED


def test_a_missing_column_is_named(tmp_path, load_it):
    path = written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ)
    rule = {"to": "drainage.ho_ga", "fields": {"ma": "ma", "tuyen_duong": "ten_duong"}}
    with pytest.raises(DeliveryUnreadable, match=r"thiếu cột ten_duong.*duong, ma"):
        load_it(path, {**MANHOLES, "layers": [rule]})


def test_a_shapefile_without_prj_needs_a_grid(tmp_path, load_it):
    path = written(tmp_path / "hg.shp", "ESRI Shapefile", crs=None)
    (tmp_path / "hg.prj").unlink(missing_ok=True)
    with pytest.raises(DeliveryUnreadable, match=r"không ghi hệ tọa độ.*9210"):
        load_it(path, {**MANHOLES, "crs": None})


def test_a_truncated_file_is_refused(tmp_path, load_it, ask):
    path = written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DeliveryUnreadable, match=r"hg\.gpkg"):
        load_it(path, MANHOLES)
    assert served(ask) == []


def test_a_zip_with_a_manifest_needs_no_profile(tmp_path, load_it, ask):
    files = tmp_path / "giao"
    files.mkdir()
    written(files / "hg.gpkg", "GPKG", crs=ESRI_PRJ)
    (files / "dem.tif").write_bytes(b"II*\0")
    (files / "ghi_chu.txt").write_text("x")
    (files / "giao_nop.yaml").write_text("items: [{file: '*.gpkg', profile: rieng.yaml}]")
    (files / "rieng.yaml").write_text(yaml.safe_dump(MANHOLES, allow_unicode=True))
    with zipfile.ZipFile(tmp_path / "giao nộp.zip", "w") as archive:
        for file in files.iterdir():
            archive.write(file, file.name)
    report = load_it(tmp_path / "giao nộp.zip", None)
    assert served(ask) == EXPECTED
    assert set(report.account.files_left_out) == {"dem.tif", "ghi_chu.txt", "rieng.yaml"}


@pytest.mark.parametrize("name", ["../ra_ngoai.gpkg", "/etc/x.gpkg", "C:\\x.gpkg"])
def test_a_zip_that_points_outside_is_refused(tmp_path, load_it, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(DeliveryUnreadable, match="trỏ ra ngoài"):
        load_it(tmp_path / "a.zip", MANHOLES)
    assert not (tmp_path.parent / "ra_ngoai.gpkg").exists()


def test_a_zip_bomb_and_a_link_are_refused(tmp_path, load_it):
    with zipfile.ZipFile(tmp_path / "bom.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b"0" * (300 << 20))
    with pytest.raises(DeliveryUnreadable, match="quá lớn"):
        load_it(tmp_path / "bom.zip", MANHOLES)
    link = zipfile.ZipInfo("a.gpkg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "lien_ket.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DeliveryUnreadable, match="trỏ ra ngoài"):
        load_it(tmp_path / "lien_ket.zip", MANHOLES)


def test_without_profile_and_manifest_the_profile_is_asked_for(tmp_path, load_it):
    with pytest.raises(ProfileInvalid, match="--profile"):
        load_it(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ), None)


def test_a_load_that_dies_in_publishing_leaves_the_old_release_whole(tmp_path, load_it, ask, litter, monkeypatch):
    load_it(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ), MANHOLES)

    def dies(*_args, **_more):
        raise psycopg.OperationalError("server closed the connection")

    monkeypatch.setattr("loaders.pipeline.publish", dies)
    with pytest.raises(Busy, match="server closed the connection"):
        load_it(written(tmp_path / "hg2.gpkg", "GPKG", NAMES[::-1], crs=ESRI_PRJ), MANHOLES)
    assert served(ask) == EXPECTED
    assert litter() == []
    assert ask("SELECT outcome FROM meta.load ORDER BY load_id DESC LIMIT 1") == [("failed",)]
