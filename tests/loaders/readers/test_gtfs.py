"""A timetable feed becomes stops with their routes, and one line for each route and direction."""

import zipfile

import pytest

from gis_server.errors import DeliveryUnreadable
from loaders.inspection.survey import inspect_delivery
from loaders.report import as_json

FEED = {
    "agency": "agency_id,agency_name\nA,Trung tâm Quản lý giao thông công cộng\n",
    "stops": "\ufeffstop_id,stop_name,stop_lat,stop_lon,location_type,wheelchair_boarding\n"
    "S1,Bến Thành,10.7710,106.6980,,1\nS2,Hàm Nghi,10.7706,106.7040,0,2\nS3,Ga,10.7700,106.7000,1,\nS4,Chưa đo,,,,\n",
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "R1,A,01,Bến Thành - Chợ Lớn,3\nR2,A,02,Chưa chạy,3\nR3,A,M1,Metro số 1,1\n",
    "trips": "route_id,service_id,trip_id,direction_id,shape_id\n"
    "R1,W,T1,0,H1\nR1,W,T2,0,H1\nR1,W,T3,0,H2\nR1,W,T4,1,H2\nR3,W,T5,0,H1\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1, 5:00:00, 5:00:00,S1,1\nT1,5:10:00,5:10:00,S2,2\nT2,20:30:00,20:30:00,S1,1\nT2,25:00:00,25:00:00,S2,2\n"
    "T3,06:00:00,06:00:00,S1,1\nT4,07:00:00,07:00:00,S2,1\nT5,07:00:00,07:00:00,S1,1\n",
    "shapes": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
    "H1,10.7706,106.7040,10\nH1,10.7710,106.6980,2\nH2,10.7710,106.6980,1\nH2,10.7700,106.7000,2\nH2,10.7706,106.7040,3\n",
}


def zipped(path, **changes):
    tables = {name: text for name, text in {**FEED, **changes}.items() if text is not None}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.txt", text)
    return path


def test_stops_are_points_and_routes_are_the_lines_most_trips_take(tmp_path, load_it, ask):
    report = load_it(zipped(tmp_path / "gtfs.zip"), "gtfs")
    assert ask("SELECT ma, ten, tuyen, tiep_can_xe_lan FROM traffic.tram_dung_buyt ORDER BY ma") == [
        ("S1", "Bến Thành", "01;M1", True),
        ("S2", "Hàm Nghi", "01", False),
    ]
    assert ask(
        "SELECT ma, so_hieu, chieu, gio_bat_dau, gio_ket_thuc, don_vi_van_hanh, ST_NPoints(geom),"
        " round(ST_X(ST_Transform(ST_StartPoint(geom), 4326))::numeric, 4)::float"
        " FROM traffic.tuyen_buyt ORDER BY ma"
    ) == [
        ("R1-0", "01", "DI", "05:00", "20:30", "Trung tâm Quản lý giao thông công cộng", 2, pytest.approx(106.698)),
        ("R1-1", "01", "VE", "07:00", "07:00", "Trung tâm Quản lý giao thông công cộng", 3, pytest.approx(106.698)),
    ]
    lines = report.account.lines
    assert {name: (line.read, line.loaded) for name, line in lines.items()} == {
        "routes.txt · stops": (4, 2),
        "routes.txt": (5, 2),
    }
    reasons = {reason.en: count for line in lines.values() for reason, count in line.left_out.items()}
    assert reasons == {
        "stations, entrances and other places that are not stops": 1,
        "a stop without coordinates": 1,
        "a route without trips": 1,
        "another line of a route, with fewer trips than the one loaded": 1,
        "rail, ferry or metro, not a bus": 1,
    }
    assert as_json(report)["files_left_out"]["stop_times.txt"]["en"] == "a table of the GTFS feed, read with routes.txt"


def test_a_feed_without_shapes_says_so(tmp_path, load_it):
    report = load_it(zipped(tmp_path / "gtfs.zip", shapes=None), "gtfs")
    reasons = {reason.en: count for reason, count in report.account.lines["routes.txt"].left_out.items()}
    assert reasons.get("the feed has no shape for this route") == 2


def test_a_feed_is_told_layer_by_layer_and_drafted_for(tmp_path, catalog):
    found = inspect_delivery(zipped(tmp_path / "gtfs.zip"), catalog)
    assert {(one.layer, one.rows, tuple(one.kinds)) for one in found.layers} == {
        ("stops", 4, ("Point",)),
        ("routes", 5, ("LineString",)),
    }
    assert [one.targets[0].layer for one in found.layers] == ["traffic.tram_dung_buyt", "traffic.tuyen_buyt"]
    assert all(one.profiles == ["gtfs"] for one in found.layers)


def test_a_broken_table_of_a_feed_is_named(tmp_path, load_it):
    with pytest.raises(DeliveryUnreadable, match=r"trips\.txt"):
        load_it(zipped(tmp_path / "gtfs.zip", trips='route_id,trip_id\nR1,T1,"x",y\n'), "gtfs")
