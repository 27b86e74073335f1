"""Every format that offices deliver is read to the same places and letters, each from a real file made here."""

import json
import warnings
import zipfile

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

NAMES = ["Đường Nguyễn Huệ", "Lê Thánh Tôn", "Hẻm 12 Cô Giang"]
STORED, DEGREES = 9210, 4326
LINE = shapely.LineString([(603514, 1191454), (603600, 1191500)])
PROFILE = {
    "title": {"vi": "a", "en": "a"},
    "source": {"id": "a", "title": {"vi": "a", "en": "a"}, "licence": "agency", "attribution": "a"},
    "files": [
        {"file": "lonlat.csv", "crs": DEGREES, "east": "lon", "north": "lat"},
        {"file": "trac_dia.csv", "crs": STORED, "east": "Y", "north": "X", "separator": ";", "decimal": ","},
        {"file": "wkt.csv", "crs": STORED, "wkt": "hinh"},
        {"file": "so.xlsx", "crs": STORED, "east": "Y", "north": "X", "header": 3},
        *({"file": name, "crs": STORED} for name in ("*.tab", "*.mif", "*.dgn", "*.dxf")),
    ],
    "layers": [
        {"from": {"kind": "LineString"}, "to": "traffic.doan_duong", "fields": {"ma": {"template": "{@file}:{@row}"}}},
        {
            "from": {"kind": "Point"},
            "to": "drainage.ho_ga",
            "fields": {"ma": {"template": "{@file}:{@row}"}, "tuyen_duong": {"column": "ten", "optional": True}},
        },
    ],
}
DRIVERS = {
    "shape.shp": ("ESRI Shapefile", STORED),
    "geopackage.gpkg": ("GPKG", STORED),
    "geodatabase.gdb": ("OpenFileGDB", STORED),
    "mapinfo.tab": ("MapInfo File", STORED),
    "exchange.mif": ("MapInfo File", STORED),
    "geojson.geojson": ("GeoJSON", DEGREES),
    "sequence.geojsonl": ("GeoJSONSeq", DEGREES),
    "flat.fgb": ("FlatGeobuf", STORED),
    "gml.gml": ("GML", STORED),
    "kml.kml": ("LIBKML", DEGREES),
    "kmz.kmz": ("LIBKML", DEGREES),
}


@pytest.fixture
def spots(catalog):
    """The same three points in the stored grid and in degrees."""
    stored = np.array([[603514.4, 1191454.713], [603600.0, 1191500.0], [604000.25, 1192000.5]])
    return {STORED: stored, DEGREES: catalog.crs.transform(stored, STORED, DEGREES)}


def write(path, driver, srid, points):
    options = {"dataset_options": {"RS": "YES"}} if driver == "GeoJSONSeq" else {}
    if driver == "MapInfo File":  # whole steps between these bounds
        options = {"layer_options": {"BOUNDS": "500000,1100000,700000,1300000"}}
    if driver == "GeoJSON":
        options = {"layer_options": {"COORDINATE_PRECISION": 10}}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore")
        wkb, names = shapely.to_wkb(shapely.points(points)), [np.array(NAMES, dtype=object)]
        about = {"driver": driver, "crs": f"EPSG:{srid}", "geometry_type": "Point", "encoding": "UTF-8"}
        pyogrio.raw.write(path, wkb, names, ["ten"], **about, **options)


def write_tables(folder, spots):
    stored, degrees = spots[STORED].tolist(), spots[DEGREES].tolist()
    rows = [f"{name},{lon:.10f},{lat:.10f}" for name, (lon, lat) in zip(NAMES, degrees, strict=True)]
    (folder / "lonlat.csv").write_text("\n".join(["ten,lon,lat", *rows]))
    rows = [f"{name};{y};{x}".replace(".", ",") for name, (x, y) in zip(NAMES, stored, strict=True)]
    (folder / "trac_dia.csv").write_text("\n".join(["ten;X;Y", *rows]))
    rows = [f"{name},POINT ({x} {y})" for name, (x, y) in zip(NAMES, stored, strict=True)]
    (folder / "wkt.csv").write_text("\n".join(["ten,hinh", *rows]))
    book = openpyxl.Workbook()
    for row in [
        ["SỔ HỐ GA"],
        [],
        ["ten", None, "X", "Y"],
        *([n, "", y, x] for n, (x, y) in zip(NAMES, stored, strict=True)),
    ]:
        book.active.append(row)
    book.save(folder / "so.xlsx")


def write_others(folder, spots):
    points = shapely.points(spots[DEGREES])
    geo = {"primary_column": "g", "version": "1.1.0", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    table = pa.table({"ten": NAMES, "g": shapely.to_wkb(points)})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "parquet.parquet")
    features = [
        {"type": "Feature", "properties": {"ten": name}, "geometry": json.loads(shapely.to_geojson(point))}
        for name, point in zip(NAMES, points, strict=True)
    ]
    wrapped = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "wrapped.js").write_text(f"var json_ho_ga_1 = {wrapped};\n")
    lists = [{"ten": name, "c": [lat, lon]} for name, (lon, lat) in zip(NAMES, spots[DEGREES].tolist(), strict=True)]
    (folder / "lists.json").write_text(json.dumps(lists))
    line = shapely.to_wkb(np.array([LINE]))
    for name, driver in (("dgn.dgn", "DGN"), ("dxf.dxf", "DXF")):
        pyogrio.raw.write(folder / name, line, [], [], geometry_type="LineString", driver=driver, crs=None)


@pytest.fixture
def delivery(tmp_path, spots):
    """One zip with a file of each format."""
    folder = tmp_path / "giao"
    folder.mkdir()
    for name, (driver, srid) in DRIVERS.items():
        write(folder / name, driver, srid, spots[srid])
    write_tables(folder, spots)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore")
        write_others(folder, spots)
    with zipfile.ZipFile(tmp_path / "giao.zip", "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return tmp_path / "giao.zip"


def test_every_format_is_read_to_the_same_places_and_letters(delivery, spots, load_it, ask):
    load_it(delivery, PROFILE)
    expected = dict(zip(NAMES, spots[STORED], strict=True))
    found = {}
    for ma, name, east, north in ask("SELECT ma, tuyen_duong, ST_X(geom), ST_Y(geom) FROM drainage.ho_ga"):
        found.setdefault(ma.partition(":")[0], {})[name] = (east, north)
    points = {name.partition(".")[0] for name in DRIVERS}
    assert set(found) == points | {"lonlat", "trac_dia", "wkt", "so", "parquet", "wrapped", "lists"}
    for name, rows in found.items():
        assert set(rows) == set(NAMES), name
        assert all(np.abs(rows[one] - expected[one]).max() <= 0.0021 for one in NAMES), name
    assert ask("SELECT ma, ST_AsText(geom) FROM traffic.doan_duong ORDER BY ma") == [
        ("dgn:1", "LINESTRING(603514 1191454,603600 1191500)"),
        ("dxf:1", "LINESTRING(603514 1191454,603600 1191500)"),
    ]
