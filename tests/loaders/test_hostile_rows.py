"""Rows made to harm: odd columns, ids and places, monstrous shapes, and deliveries that would take a layer away."""

import numpy as np
import pytest
import shapely

from tests.loaders.hostile import EAST, MANHOLES, NORTH, manholes, written

POINTS = shapely.points(EAST + np.arange(3), NORTH)
PARCELS = {
    **MANHOLES,
    "layers": [
        {
            "to": "cadastre.thua_dat",
            "fields": {"ma_xa_cu": {"value": "1"}, "so_to": {"value": "1"}, "so_thua": "ma"},
        }
    ],
}


def rows(path, shapes=POINTS, **columns):
    count = len(shapes)
    sound = {"ma": [f"P{n}" for n in range(count)], "duong": ["b"] * count, **columns}
    values = {name: np.array(value, dtype=None if name in columns else object) for name, value in sound.items()}
    return written(path, np.asarray(shapes, dtype=object), values)


ODD = [
    "geom",
    "user",
    "fid",
    "select",
    '"; DROP TABLE x; --',
    "a'b",
    "@row",
    "@geometry",
    "@kind",
    "@fault",
    "c" * 10_000,
]


def test_columns_with_hostile_names_are_only_columns(place, tmp_path):
    columns = {name: ["x"] * 3 for name in ODD}
    path = tmp_path / "hg.geojson"
    values = {"ma": list("abc"), "duong": list("abc"), **columns}
    written(path, POINTS, {name: np.array(value, dtype=object) for name, value in values.items()}, driver="GeoJSON")
    assert place.survives(path).rows == {"drainage.ho_ga": 3}


def test_an_error_that_lists_columns_can_be_read(place, tmp_path):
    names = {f"{n}{'x' * 10_000}": ["x"] * 3 for n in range(200)}
    path = tmp_path / "hg.geojson"
    written(path, POINTS, {name: np.array(value, dtype=object) for name, value in names.items()}, driver="GeoJSON")
    place.refuses(path, "thiếu cột")


def test_two_hundred_columns_are_read(place, tmp_path):
    columns = {f"c{n}": np.array(["x"] * 3, dtype=object) for n in range(200)}
    assert place.survives(rows(tmp_path / "hg.gpkg", **columns)).rows == {"drainage.ho_ga": 3}


@pytest.mark.parametrize(
    ("east", "north"),
    [(np.nan, NORTH), (np.inf, NORTH), (1e308, -1e308), (NORTH, EAST), (EAST * 1000, NORTH * 1000), (0, 0)],
    ids=["NaN", "Inf", "1e308", "swapped axes", "millimetres", "null island"],
)
def test_places_that_are_no_places_are_refused(place, tmp_path, east, north):
    place.refuses(rows(tmp_path / "hg.gpkg", [*POINTS[:2], shapely.Point(east, north)]), "GEO-0[124].*P2")


@pytest.mark.parametrize(
    ("srid", "east"), [(9210, EAST - 219_000), (3405, EAST)], ids=["107°45' read as 105°45'", "3° grid read as 6° zone"]
)
def test_a_wrong_meridian_is_not_published(place, tmp_path, srid, east):
    """The grid is given here, and wrong; where it is not given, it is detected or asked for (test_crs.py)."""
    path = rows(tmp_path / "hg.gpkg", shapely.points(east + np.arange(3), NORTH))
    place.refuses(path, "GEO-04", {**MANHOLES, "crs": srid})


@pytest.mark.parametrize(
    ("keys", "words"), [(["a", "a", "b"], "ATT-06"), ([None, "a", "b"], "ATT-01")], ids=["twice", "null"]
)
def test_ids_that_identify_nothing_are_refused(place, tmp_path, keys, words):
    path = written(tmp_path / "hg.gpkg", POINTS, {"ma": np.array(keys, object), "duong": np.array(list("abc"), object)})
    place.refuses(path, words)


def test_ids_whose_type_changed_still_identify(place, tmp_path):
    """Numbers where texts were: the same digits are the same feature."""
    path = written(tmp_path / "hg.gpkg", POINTS, {"ma": np.arange(3), "duong": np.array(list("abc"), object)})
    assert place.survives(path).rows == {"drainage.ho_ga": 3}


def test_a_geometry_type_that_changed_is_refused(place, tmp_path):
    lines = np.array([shapely.LineString([(EAST, NORTH), (EAST + 5, NORTH)])] * 3, object)
    names = np.array(list("abc"), object)
    path = written(tmp_path / "hg.gpkg", lines, {"ma": names, "duong": names}, geometry_type="LineString")
    place.refuses(path, "GEO-03")


def test_a_column_that_is_gone_is_named(place, tmp_path):
    place.refuses(written(tmp_path / "hg.gpkg", POINTS, {"ma": np.array(list("abc"), object)}), "thiếu cột duong")


def test_zero_features_do_not_replace_a_full_layer(place, tmp_path):
    place.refuses(manholes(tmp_path / "hg.gpkg", 0), "không có đối tượng nào")


def outline(vertices, teeth_m):
    """A circle of five kilometres, every second vertex further out."""
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 5000 + np.arange(vertices) % 2 * teeth_m
    return np.round(np.column_stack([EAST + radius * np.cos(turn), NORTH + radius * np.sin(turn)]), 3)


def parcels(path, shapes):
    keys = np.array([f"P{n}" for n in range(len(shapes))], object)
    return written(path, np.asarray(shapes, object), {"ma": keys}, geometry_type="Unknown")


@pytest.mark.slow
def test_one_polygon_of_a_million_vertices_is_loaded(place, tmp_path):
    report = place.survives(parcels(tmp_path / "p.gpkg", [shapely.Polygon(outline(1_000_000, 0.5))]), PARCELS)
    assert report.rows == {"cadastre.thua_dat": 1}
    assert {"GEO-15"} <= {one.code for one in report.findings}


@pytest.mark.slow
def test_one_polygon_of_a_million_long_teeth_is_given_up(place, tmp_path):
    """Its validity would take GEOS a quarter of an hour."""
    error = place.survives(parcels(tmp_path / "p.gpkg", [shapely.Polygon(outline(1_000_000, 5000))]), PARCELS)
    assert "quá lâu" in str(error)


def test_a_star_with_more_crossings_than_memory_is_found_and_not_repaired(place, tmp_path):
    count = 20_001
    turn = np.arange(count) * np.pi * (count - 1) / count
    star = np.column_stack([EAST + 5000 * np.cos(turn), NORTH + 5000 * np.sin(turn)])
    place.refuses(parcels(tmp_path / "p.gpkg", [shapely.Polygon(star)]), "GEO-01.*P0", {**PARCELS, "repair": 0.05})


@pytest.mark.slow
def test_a_hundred_thousand_invalid_rings_are_found(place, tmp_path):
    count = 100_000
    x, y = EAST + np.arange(count) % 500 * 5.0, NORTH + np.arange(count) // 500 * 5.0
    corners = [(x, y), (x + 4, y + 4), (x + 4, y), (x, y + 4), (x, y)]
    bowties = shapely.polygons(np.stack([np.stack(corner, 1) for corner in corners], 1))
    place.refuses(parcels(tmp_path / "p.gpkg", bowties), r"GEO-01.*\(100\.000\)", PARCELS)


@pytest.mark.slow
def test_one_surface_of_a_hundred_thousand_invalid_rings_is_refused(place, tmp_path):
    x = EAST + np.arange(100_000) * 1e-3
    rings = np.stack([np.stack([x, x * 0 + NORTH], 1), np.stack([x * 0 + EAST + 300, x * 0 + NORTH], 1)] * 2, 1)
    rings[:, 2, 1] += 100
    rings[:, 3] = rings[:, 0]
    heap = shapely.multipolygons(shapely.polygons(rings))
    error = str(place.survives(parcels(tmp_path / "p.gpkg", [heap]), PARCELS))
    assert "GEO-01" in error or "quá lâu" in error
