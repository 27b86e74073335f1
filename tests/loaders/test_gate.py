"""Each check finds what it is for, says where, and what is repaired is recorded."""

import json

import psycopg
import pytest
import shapely
import yaml

from gis_server.errors import LoadRefused
from loaders.checks.registry import read_codes
from tests.loaders.conftest import MANHOLES

SQUARE = shapely.box(603_000, 1_191_000, 603_100, 1_191_100)
BOW_TIE = shapely.Polygon([(603_000, 1_191_000), (603_100, 1_191_100), (603_100, 1_191_000), (603_000, 1_191_100)])
SPIKE = shapely.Polygon([*SQUARE.exterior.coords[:2], (603_100, 1_191_150), *SQUARE.exterior.coords[1:]])
FIELDS = {"ma": "ma", "loai": "loai", "dien_tich_m2": "dt", "ngay_cap_nhat": "ngay"}
PARKS = {**MANHOLES, "layers": [{"to": "greenery.cong_vien", "fields": FIELDS}]}


def delivered(folder, *features):
    """A GeoJSON in the city's grid; each feature is a geometry and its properties."""
    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": None if shape is None else shapely.geometry.mapping(shape),
                "properties": values,
            }
            for shape, values in features
        ],
    }
    path = folder / "cv.geojson"
    path.write_text(json.dumps(content))
    return path


def park(ma="A", **values):
    return {"ma": ma, "loai": "CONG_VIEN", "dt": "10", "ngay": "2024-01-31", **values}


@pytest.mark.parametrize(
    "fault",
    [
        ("ATT-01", SQUARE, park(ma="  ")),
        ("ATT-02", SQUARE, park(dt="mười")),
        ("ATT-02", SQUARE, park(ngay="31/02/2024")),
        ("ATT-03", SQUARE, park(loai="CHO")),
        ("ATT-04", SQUARE, park(ma="x" * 51)),
        ("ATT-05", SQUARE, park(dt="-1")),
        ("GEO-01", BOW_TIE, park()),
        ("GEO-02", None, park()),
        ("GEO-02", shapely.Polygon(), park()),
        ("GEO-03", shapely.Point(603_000, 1_191_000), park()),
        ("GEO-04", shapely.box(1_191_000, 603_000, 1_191_100, 603_100), park()),
    ],
)
def test_each_fault_is_found_and_refuses_the_load(tmp_path, load_it, ask, fault):
    code, shape, values = fault
    path = delivered(tmp_path, (SQUARE, park("tốt")), (shape, values))
    with pytest.raises(LoadRefused, match=f"{code} greenery.cong_vien"):
        load_it(path, PARKS)
    report = load_it(path, {**PARKS, "rejects": 0.5})
    assert [row[0] for row in ask("SELECT ma FROM greenery.cong_vien")] == ["tốt"]
    line = next(iter(report.account.lines.values()))
    assert (line.read, line.loaded, dict(line.set_aside)) == (2, 1, {code: 1})


def test_an_invalid_polygon_is_located(tmp_path, load_it):
    report = load_it(delivered(tmp_path, (SQUARE, park("B")), (BOW_TIE, park())), {**PARKS, "rejects": 0.5})
    (finding,) = [one for one in report.findings if one.code == "GEO-01"]
    (example,) = finding.examples
    assert (example.key, example.x, example.y) == ("A", 603_050, 1_191_050)


def test_a_repair_is_bounded_and_recorded(tmp_path, load_it, ask):
    path = delivered(tmp_path, (SPIKE, park("gai")), (BOW_TIE, park("nơ")), (SQUARE, park("tốt")))
    report = load_it(path, {**PARKS, "rejects": 0.5, "repair": 0.01})
    assert ask("SELECT ma, ST_IsValid(geom), ST_Area(geom) FROM greenery.cong_vien ORDER BY ma") == [
        ("gai", True, 10_000),
        ("tốt", True, 10_000),
    ]
    assert {one.code: one.examples[0].key for one in report.findings} == {"GEO-11": "gai", "GEO-01": "nơ"}


def test_parts_of_other_kinds_are_named_when_a_collection_is_unwrapped(tmp_path, load_it, ask):
    mixed = shapely.GeometryCollection([SQUARE, shapely.GeometryCollection([shapely.Point(603_050, 1_191_050)])])
    report = load_it(delivered(tmp_path, (mixed, park())), PARKS)
    assert ask("SELECT GeometryType(geom) FROM greenery.cong_vien") == [("MULTIPOLYGON",)]
    assert [(one.code, one.count) for one in report.findings] == [("GEO-06", 1)]


def test_relations_to_other_layers_are_warnings_and_cost_no_row(tmp_path, load_it, ask):
    unit = shapely.box(603_000, 1_191_000, 604_000, 1_192_000)
    fields = {"maNhanDang": "ma", "ten": "ma"}
    units = {"to": "base_boundary.dia_phan_hanh_chinh_tren_dat_lien", "from": {"kind": "Polygon"}, "fields": fields}
    stops = {"to": "traffic.tram_dung_buyt", "from": {"kind": "Point"}, "fields": {"ma": "ma"}}
    inside, outside = shapely.Point(603_500, 1_191_500), shapely.Point(610_000, 1_191_500)
    path = delivered(tmp_path, (unit, {"ma": "P1"}), (inside, {"ma": "T1"}), (outside, {"ma": "T2"}))
    report = load_it(path, {**MANHOLES, "layers": [units, stops]})
    assert ask("SELECT count(*) FROM traffic.tram_dung_buyt") == [(2,)]
    found = [(one.code, one.layer, one.examples[0].key) for one in report.findings if one.code.startswith("REL")]
    assert found == [("REL-01", "traffic.tram_dung_buyt", "T2")]


def test_tables_of_a_killed_load_are_swept_by_the_next_one(tmp_path, load_it, fresh, litter):
    with psycopg.connect(fresh.dsn("load"), autocommit=True) as alive:
        for load_id in (901, 902):
            alive.execute(f"CREATE UNLOGGED TABLE staging.load_{load_id}_findings ()".encode())
        alive.execute("SELECT pg_advisory_lock(7901004, 902)")
        load_it(delivered(tmp_path, (SQUARE, park())), PARKS)
        assert litter() == ["load_902_findings"]


def test_every_code_in_a_statement_is_in_the_registry():
    from loaders.statements import FOLDER

    text = "".join(path.read_text() for path in [*FOLDER.rglob("*.sql"), *FOLDER.rglob("*.py")])
    codes = read_codes()
    used = {code for code in codes if f"'{code}'" in text or f'"{code}"' in text}
    assert used == set(codes)
    assert yaml.safe_load((FOLDER / "checks" / "codes.yaml").read_text()).keys() == codes.keys()
