"""Deliveries in every grid come to lie where they belong, or are refused with what to give; nothing is guessed."""

import json
import warnings

import numpy as np
import pyogrio
import pytest
import shapely

from gis_server.errors import DeliveryUnreadable, LoadRefused, SettingInvalid
from loaders.crs import read_given, srid_of
from loaders.grid import Reading, parse_reading
from loaders.grid.national import country_of
from loaders.report import as_json
from tests.loaders.conftest import MANHOLES


def projected(meridian, scale, datum="D_Vietnam_2000", name="Bản đồ của tôi"):
    return (
        f'PROJCS["{name}",GEOGCS["GCS",DATUM["{datum}",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",{scale}],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


ROADS = {
    **{key: MANHOLES[key] for key in ("title", "source", "crs")},
    "layers": [{"to": "base_transport.duong_bo", "fields": {"maNhanDang": "ma", "ten": "duong"}}],
}


def streets():
    """Crooked streets of half a dozen quarters, in the stored grid."""
    chance = np.random.default_rng(5)
    net = np.stack(np.meshgrid(np.arange(14.0), np.arange(14.0), indexing="ij"), axis=-1) * 160
    net += np.array([603_000.0, 1_191_000.0]) + chance.normal(0, 40, net.shape)
    ends = [(net[:-1], net[1:]), (net[:, :-1], net[:, 1:])]
    return shapely.linestrings(np.concatenate([np.stack([a, b], axis=2).reshape(-1, 2, 2) for a, b in ends]))


def delivered(path, shapes, kind, prj=None):
    names = np.array([f"T{place}" for place in range(len(shapes))], dtype=object)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.raw.write(path, shapely.to_wkb(shapes), [names, names], ["ma", "duong"], geometry_type=kind, crs=prj)
    return path


@pytest.fixture
def with_roads(load_it, tmp_path):
    load_it(delivered(tmp_path / "duong.gpkg", streets(), "LineString"), ROADS)
    chance = np.random.default_rng(6)
    spots = shapely.line_interpolate_point(streets(), chance.random(len(streets())), normalized=True)
    return shapely.get_coordinates(spots) + chance.normal(0, 2, (len(spots), 2))


AUTO = {**MANHOLES, "crs": "auto"}


def test_a_shapefile_without_prj_is_placed_by_the_roads_that_are_served(with_roads, load_it, catalog, tmp_path, ask):
    numbers = Reading(5897).numbers(with_roads, catalog.crs)
    report = load_it(delivered(tmp_path / "ho_ga.shp", shapely.points(numbers), "Point"), AUTO)
    assert [(one.code, one.examples[0].key) for one in report.findings if one.code[:3] == "CRS"] == [("CRS-03", "5897")]
    said = as_json(report)["grids"][0]
    assert (said["state"], said["crs"], said["after"]["control"]) == ("found", "5897", "base_transport.duong_bo")
    assert said["after"]["median_m"] < 5 < 50_000 < said["before"]["median_m"]
    [[x, y]] = ask("SELECT ST_X(geom), ST_Y(geom) FROM drainage.ho_ga WHERE ma = 'T0'")
    assert (x, y) == pytest.approx(tuple(with_roads[0]), abs=0.002)


def test_a_prj_that_the_roads_contradict_is_refused_until_a_person_says(with_roads, load_it, catalog, tmp_path, ask):
    path = delivered(tmp_path / "ho_ga.shp", shapely.points(with_roads), "Point", prj=projected(105.0, 0.9996))
    with pytest.raises(LoadRefused, match=r"CRS-01 ho_ga\.shp.*UTM 48N.*--crs 9210"):
        load_it(path, AUTO)
    assert ask("SELECT count(*) FROM drainage.ho_ga") == [(0,)]
    assert load_it(path, AUTO, crs=("9210",)).rows == {"drainage.ho_ga": len(with_roads)}
    wrong = load_it(path, AUTO, crs=("9210-unshifted",), dry_run=True)
    assert "CRS-02" in {one.code for one in wrong.findings}


def test_a_survey_table_in_the_other_order_and_in_millimetres_is_read_right(with_roads, load_it, tmp_path, ask):
    rows = "".join(f"T{n},{y * 1000:.0f},{x * 1000:.0f}\n" for n, (x, y) in enumerate(with_roads))
    (tmp_path / "moc.csv").write_text(f"ma,X,Y\n{rows}")
    fields = {"to": "drainage.ho_ga", "fields": {"ma": "ma"}}
    profile = {**AUTO, "files": [{"file": "*.csv", "east": "X", "north": "Y"}], "layers": [fields]}
    for given in ((), ("*.csv=9210-yx-mm",)):
        report = load_it(tmp_path / "moc.csv", profile, crs=given)
        assert str(report.grids[0].reading) == "9210-yx-mm"
    [[x, y]] = ask("SELECT ST_X(geom), ST_Y(geom) FROM drainage.ho_ga WHERE ma = 'T0'")
    assert (x, y) == pytest.approx(tuple(with_roads[0]), abs=0.002)


def geojson(path, points):
    features = [
        {
            "type": "Feature",
            "properties": {"ma": f"T{place}", "duong": "a"},
            "geometry": {"type": "Point", "coordinates": [float(one) for one in point]},
        }
        for place, point in enumerate(points)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


WITHOUT_PRJ = ["9210", "5899", "5897", "9209", "3405", "32648", "9210-mm", "9210-yx", "9210-yx-mm", "9210-unshifted"]


def test_shapefiles_without_prj_in_every_bad_grid_are_found_with_what_they_were_off(
    with_roads, load_it, catalog, tmp_path
):
    """The wrong meridian, the 6-degree zone, millimetres, swapped axes, the shift that was left out."""
    book = country_of(catalog.crs).book
    folder = tmp_path / "giao"
    folder.mkdir()
    for word in WITHOUT_PRJ:
        points = parse_reading(word, book.known).numbers(with_roads, book)
        delivered(folder / f"{word}.shp", shapely.points(points), "Point")
    keys = {**AUTO, "layers": [{"to": "drainage.ho_ga", "fields": {"ma": {"template": "{@file}{ma}"}}}]}
    report = load_it(folder, keys, dry_run=True)
    assert {one.name: str(one.reading) for one in report.grids} == {f"{word}.shp": word for word in WITHOUT_PRJ}
    for one in report.grids:
        assert one.after.median_m < 5
        assert one.said is None or one.before.median_m > one.after.median_m


def test_geojson_in_metres_says_nothing_about_its_grid(with_roads, load_it, tmp_path):
    report = load_it(geojson(tmp_path / "ho_ga.geojson", with_roads), AUTO, dry_run=True)
    assert [(one.state, str(one.reading)) for one in report.grids] == [("found", "9210")]


@pytest.mark.parametrize("words", ["4326-yx", "4326-was-9210-as-3405"])
def test_geojson_with_swapped_axes_or_moved_by_the_wrong_grid_is_refused_with_both_distances(
    with_roads, load_it, catalog, tmp_path, words
):
    book = country_of(catalog.crs).book
    path = geojson(tmp_path / "ho_ga.geojson", parse_reading(words, book.known).numbers(with_roads, book))
    with pytest.raises(LoadRefused, match=rf"CRS-01 ho_ga\.geojson.*--crs {words}"):
        load_it(path, AUTO)
    assert load_it(path, AUTO, crs=(words,), dry_run=True).rows == {"drainage.ho_ga": len(with_roads)}


def test_a_layer_without_rows_needs_no_grid(load_it, tmp_path):
    folder = tmp_path / "giao"
    folder.mkdir()
    delivered(folder / "trong.shp", shapely.points(np.empty((0, 2))), "Point")
    delivered(folder / "ho_ga.gpkg", [shapely.Point(603_514.4, 1_191_454.7)], "Point", prj=projected(105.75, 0.9999))
    assert [str(one.reading) for one in load_it(folder, AUTO, dry_run=True).grids] == ["9210"]


def test_all_files_that_cannot_be_placed_are_refused_at_once(load_it, tmp_path, ask):
    folder = tmp_path / "giao"
    folder.mkdir()
    spots = shapely.points(np.random.default_rng(8).uniform((603_000, 1_191_000), (606_000, 1_194_000), (40, 2)))
    for name in ("a.shp", "b.shp"):
        delivered(folder / name, spots, "Point")
    delivered(folder / "c.gpkg", spots, "Point", prj="EPSG:3405")
    with pytest.raises(LoadRefused) as refused:
        load_it(folder, AUTO)
    assert refused.value.vi.count("CRS-04") == refused.value.en.count("CRS-04") == 2
    assert "a.shp" in refused.value.vi
    assert "b.shp" in refused.value.en
    assert ask("SELECT count(*) FROM drainage.ho_ga") == [(0,)]


def test_a_check_tells_the_files_that_nobody_can_place_beside_what_is_wrong_in_the_others(
    with_roads, load_it, tmp_path, ask
):
    folder = tmp_path / "giao"
    folder.mkdir()
    nowhere = shapely.points(np.random.default_rng(8).uniform((703_000, 991_000), (706_000, 994_000), (40, 2)))
    delivered(folder / "a.shp", nowhere, "Point")
    delivered(folder / "b.shp", shapely.points(with_roads), "Point", prj=projected(105.0, 0.9996))
    delivered(folder / "c.gpkg", shapely.points(with_roads[[0, 0]]), "Point", prj=projected(105.75, 0.9999))
    report = load_it(folder, AUTO, judge=True)
    assert [(one.code, one.layer) for one in report.findings if one.code in ("CRS-01", "CRS-04")] == [
        ("CRS-04", "a.shp"),
        ("CRS-01", "b.shp"),
    ]
    assert [why.vi[: len("CRS-04 a.shp")] for why in report.refusals] == ["CRS-04 a.shp", "CRS-01 b.shp"]
    assert report.account.lines["c.gpkg"].read == 2
    assert any(one.layer == "drainage.ho_ga" for one in report.findings)
    assert ask("SELECT count(*) FROM meta.release") == [(1,)]


def test_parcels_of_ben_tre_without_prj_are_placed_without_a_word_in_the_profile(load_it, shared_data, ask):
    report = load_it(shared_data / "parcels_bentre", "vbdlis_thua_dat")
    assert {(one.state, str(one.reading)) for one in report.grids} == {("official", "9210")}
    assert {"CRS-05", "CRS-07"} <= {one.code for one in report.findings}
    [[lon, lat]] = ask(
        "SELECT avg(ST_X(p)), avg(ST_Y(p)) FROM "
        "(SELECT ST_Transform(ST_Centroid(geom), 4326) FROM cadastre.thua_dat) AS centre (p)"
    )
    assert (lon, lat) == pytest.approx((106.5, 10.1), abs=0.2)


@pytest.mark.parametrize("said", [None, "", "EPSG:27700", projected(106.1, 0.9999), "EPSG:9210-yx"])
def test_a_raster_in_an_unknown_grid_is_never_guessed(catalog, said):
    with pytest.raises(DeliveryUnreadable, match=r"a\.tif.*9210"):
        srid_of(said, catalog.crs, "a.tif")
    assert srid_of(said, catalog.crs, "a.tif", 5899) == 5899


def test_a_crs_nobody_understands_is_an_error_that_names_the_grids(catalog):
    with pytest.raises(SettingInvalid, match=r"--crs 9210-zz.*5899"):
        read_given(["9210-zz"], catalog.crs)
    assert [str(one.reading) for one in read_given(["9210", "*.csv=5899-yx"], catalog.crs)] == ["5899-yx", "9210"]
