"""Every folder of the real public data has a profile that loads it, or a clear verdict."""

import json
from collections import Counter

import pyogrio
import pytest
import shapely

from loaders.inspection.survey import inspect_delivery


def ledger(report):
    lines = report.account.lines.values()
    return sum(line.read for line in lines), sum(line.loaded for line in lines)


def test_parcels_without_a_prj_are_placed_and_every_bad_one_is_located(shared_data, load_it, ask):
    report = load_it(shared_data / "parcels_bentre", "vbdlis_thua_dat")
    read, loaded = ledger(report)
    assert read == 7_310 + 6_588 + 3_950
    assert loaded > 0.9 * read
    centre = ask(
        "SELECT avg(ST_X(c)), avg(ST_Y(c)) FROM "
        "(SELECT ST_Transform(ST_Centroid(geom), 4326) c FROM cadastre.thua_dat) parcels"
    )
    assert 106.0 < centre[0][0] < 107.0
    assert 9.7 < centre[0][1] < 10.4


def test_the_59_bad_rings_and_the_22_repeated_shapes_are_located_one_by_one(shared_data, load_it):
    shapes = {}
    for file in (shared_data / "parcels_bentre").glob("*.shp"):
        _, _, wkb, (sheets, parcels) = pyogrio.raw.read(file, columns=["SOHIEUT001", "SOTHUTU001"])
        keys = [f"{file.stem[:5]}, {sheet}, {parcel}" for sheet, parcel in zip(sheets, parcels, strict=True)]
        shapes[file.stem] = list(zip(keys, shapely.from_wkb(wkb), strict=True))
    everything = [one for some in shapes.values() for one in some]
    bad = Counter(key for key, shape in everything if not shape.is_valid)
    drawn = Counter(shapely.normalize(shape).wkb for _, shape in everything)
    assert bad.total() == 59
    assert sum(times - 1 for times in drawn.values()) == 22
    report = load_it(shared_data / "parcels_bentre", "vbdlis_thua_dat", judge=True)
    located = [one for one in report.located if one.code in ("GEO-01", "GEO-11")]
    assert Counter(one.key for one in located) == bad
    assert len([one for one in report.located if one.code == "GEO-14"]) == 22
    hulls = {
        key: shapely.MultiPoint(shapely.get_coordinates(shape)).convex_hull for key, shape in everything if bad[key]
    }
    assert all(hulls[one.key].distance(shapely.Point(one.x, one.y)) < 0.01 for one in located if bad[one.key] == 1)


def test_cameras_wrapped_in_javascript_are_loaded(shared_data, load_it, ask):
    report = load_it(shared_data / "traffic" / "camData.js", "camera_tphcm")
    assert ledger(report)[0] == 282
    assert ask("SELECT count(*) > 250 FROM traffic.camera") == [(True,)]


def test_road_segments_are_drawn_between_their_two_ends(shared_data, load_it, ask):
    report = load_it(shared_data / "traffic", "doan_duong_2021")
    assert report.account.lines["static_edges.csv"].read == 10_027
    rows, lines = ask(
        "SELECT count(*), count(*) FILTER (WHERE GeometryType(geom) = 'LINESTRING') FROM traffic.doan_duong"
    )[0]
    assert rows == lines > 9_800
    assert report.account.files_left_out["train.csv"].en


def test_a_bus_stop_of_many_routes_is_one_stop(shared_data, load_it, ask):
    report = load_it(shared_data / "bus_2020", "buyt_2020")
    assert report.account.rows["traffic.tram_dung_buyt"] == 10_393
    assert ask("SELECT count(*) BETWEEN 4300 AND 4372 FROM traffic.tram_dung_buyt") == [(True,)]


def test_latitude_first_json_is_placed_in_the_city(shared_data, load_it, ask):
    report = load_it(shared_data / "osm_hcmc_2026", "osm_2026")
    west, east = ask(
        "SELECT min(ST_X(ST_Transform(geom, 4326))), max(ST_X(ST_Transform(geom, 4326))) FROM "
        "(SELECT ST_Centroid(geom) geom FROM base_settlement.cong_trinh_giao_duc) c"
    )[0]
    assert 106.0 < west < east < 108.0
    assert report.account.rows["base_hydrography.mang_dong_chay"] == 237
    assert report.account.rows["base_hydrography.mat_nuoc_tinh"] > 360


def test_every_theme_of_the_compact_osm_has_its_rows_in_place_or_a_reason(shared_data, load_it, ask):
    folder = shared_data / "osm_hcmc_2026"
    report = load_it(folder, "osm_2026")
    read = {name.partition(" · ")[0] for name in report.account.lines}
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*.*")}
    assert {file for file in files if file.rpartition("/")[2] not in read} == set(report.account.files_left_out)
    assert "no rule" not in " ".join(reason.en for reason in report.account.files_left_out.values())
    rows = report.account.rows
    assert rows["base_settlement.cong_trinh_y_te"] == 178
    assert rows["base_settlement.cong_trinh_thuong_mai_dich_vu"] == 834
    assert rows["base_settlement.cong_trinh_van_hoa"] == 281
    assert rows["base_transport.duong_bo"] == 23
    assert rows["base_transport.duong_sat"] == 3
    name = "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(ST_Centroid(geom), 4326) p FROM {} WHERE ten = '{}') s"
    market = ask(name.format("base_transport.ben_bai", "Bến Thành"))[0]
    assert market == (pytest.approx(106.69788, abs=1e-6), pytest.approx(10.77095, abs=1e-6))
    for layer in sorted(report.rows):
        within = "ST_Transform(geom, 4326) && ST_MakeEnvelope(106, 8.5, 108, 12, 4326)"  # Côn Đảo, too
        assert ask(f"SELECT count(*) FROM {layer} WHERE NOT {within}") == [(0,)], layer


def test_an_object_of_many_overpass_answers_is_counted_once(shared_data, load_it):
    folder = shared_data / "osm_district1_2023"
    tagged = {
        (one["type"], one["id"])
        for file in folder.glob("*.json")
        for one in json.loads(file.read_text())["elements"]
        if one.get("tags")
    }
    report = load_it(folder, "osm", dry_run=True)
    read, loaded = ledger(report)
    left_out = {reason.en: 0 for line in report.account.lines.values() for reason in line.left_out}
    for line in report.account.lines.values():
        for reason, count in line.left_out.items():
            left_out[reason.en] += count
    assert left_out["already in another file of this delivery"] > 1_000
    uncounted = ("already in another file", "vertex of a way", "without tags", "way of fewer")
    once = read - sum(count for reason, count in left_out.items() if reason.startswith(uncounted))
    assert once == len(tagged)
    assert loaded > 8_000


@pytest.mark.parametrize(
    ("folder", "file", "words"),
    [
        ("air_quality", "Air Quality Ho Chi Minh City.csv", "chuỗi quan trắc không khí"),
        ("master_plan", "RanhDongLuc_3.js", "khu vực động lực"),
        ("master_plan", "RanhDotDauQH_4.js", "đợt đầu"),
        ("master_plan", "RanhHanhChanh_5.js", "22 quận huyện"),
        ("master_plan", "RanhQHdaihan_line_6.js", "dài hạn"),
        ("traffic", "train.csv", "không có hình"),
    ],
)
def test_what_has_no_profile_has_a_verdict(shared_data, catalog, folder, file, words):
    found = inspect_delivery(shared_data / folder, catalog)
    layer = next(one for one in found.layers if one.file.endswith(file))
    assert words in layer.verdict.vi
    assert layer.verdict.en
    assert layer.rows


def test_rasters_lead_to_raster_layers(shared_data, catalog):
    found = {one.file: one for one in inspect_delivery(shared_data / "raster", catalog).layers if one.raster}
    assert set(found) == {"flood_depths_bathtub_1p5m.tif", "HoChiMinh_Manning.tif"}
    assert all(one.targets for one in found.values())


def test_every_folder_is_inspected_without_a_file_left_unnamed(shared_data, catalog):
    for folder in sorted(one for one in shared_data.iterdir() if one.is_dir() and one.name != "osm_hcmc_2018"):
        found = inspect_delivery(folder, catalog)
        assert found.problems == {}, folder.name
        assert found.layers or found.unread, folder.name


def test_bus_routes_are_joined_from_their_pieces_with_the_facts_of_the_route(shared_data, load_it, ask):
    directions = {}
    for file in (shared_data / "bus_2020" / "stopSeq").glob("*.json"):
        for stop in json.loads(file.read_text()):
            path = directions.setdefault((stop["RouteId"], stop["StationDirection"]), [])
            path += stop["pathPoints"].split() if " " in (stop["pathPoints"] or "") else []
    drawn = {f"{route}-{direction}" for (route, direction), path in directions.items() if path}
    report = load_it(shared_data / "bus_2020", "buyt_2020")
    assert report.account.rows["traffic.tuyen_buyt"] == len(drawn) > 200
    rows = ask("SELECT ma, so_hieu, ten, gio_bat_dau, don_vi_van_hanh, ST_Length(geom) FROM traffic.tuyen_buyt")
    assert {row[0] for row in rows} <= drawn
    assert len(rows) > 0.95 * len(drawn)
    (first,) = (row for row in rows if row[0] == "1-0")
    assert first[1:5] == (
        "01",
        "Bến Xe Buýt Sài Gòn - Bến Xe Buýt Chợ Lớn",
        "05:00",
        "Công ty Cổ phần Xe khách Sài Gòn",
    )
    assert 5_000 < first[5] < 12_000
    assert not [row for row in rows if any(sign in (row[4] or "") for sign in ("ĐT", "<", "0"))], "no telephone numbers"


def test_the_coarse_water_mask_is_loaded_as_water(shared_data, load_it, ask):
    report = load_it(shared_data / "sea", "mat_nuoc_tho")
    assert ledger(report) == (625, 625)
    assert ask('SELECT count(*), count(DISTINCT "maDoiTuong") FROM base_landcover.nuoc_mat') == [(625, 1)]
