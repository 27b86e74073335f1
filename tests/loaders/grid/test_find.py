"""Roads of 2023 moved into every wrong shape, held against the roads of 2018: right, or refused, never wrong."""

import json
from dataclasses import replace

import numpy as np
import pyogrio
import pytest
import shapely

from loaders.grid import Hints, Known, Reading, find_grid, parse_reading
from loaders.grid.control import control_layer
from loaders.grid.declared import Declared
from loaders.grid.national import country_of
from loaders.grid.sample import sample_of
from loaders.grid.sentences import findings, refusal
from loaders.readers.stream import GEOMETRY

KINDS = [
    *("9210", "5899", "5897", "9209", "3405", "32648", "4326", "3857"),
    *("9210-yx", "4326-yx", "9210-mm", "9210-yx-mm", "9210-km", "3406"),
    *("9210-unshifted", "4756", "3857-unshifted"),
]
WRONGLY_SAID = [
    *(("9210", 3405), ("3405", 9210), ("9210", 32648), ("5897", 3405), ("3405", 5897), ("32648", 3405)),
    *(("4756", 4326), ("9210", 4326), ("4326-was-9210-as-3405", 4326), ("4326-was-3405-as-9210", 4326)),
]


@pytest.fixture(scope="session")
def book(catalog):
    return country_of(catalog.crs).book


@pytest.fixture(scope="session")
def roads_2018(shared_data, book):
    box = (106.66, 10.74, 106.74, 10.81)
    _, rows = pyogrio.read_arrow(
        shared_data / "osm_hcmc_2018" / "hcm_2018.osm.pbf", layer="lines", where="highway IS NOT NULL", bbox=box
    )
    shapes = shapely.from_wkb(rows.column("wkb_geometry").to_numpy())
    return shapely.transform(shapes, lambda points: book.transform(points, 4326, book.stored))


@pytest.fixture(scope="session")
def roads_2023(shared_data, book):
    """Vertices of the highways in the core's Overpass answers, in the stored grid."""
    found = []
    for path in sorted((shared_data / "osm_district1_2023").glob("*.json")):
        elements = json.loads(path.read_text())["elements"]
        nodes = {one["id"]: (one["lon"], one["lat"]) for one in elements if one["type"] == "node"}
        ways = [one for one in elements if one["type"] == "way" and "highway" in one.get("tags", {})]
        found += [nodes[node] for way in ways for node in way["nodes"] if node in nodes]
    points = np.array(found)
    inside = (points[:, 0] > 106.67) & (points[:, 0] < 106.73) & (points[:, 1] > 10.75) & (points[:, 1] < 10.80)
    return book.transform(points[inside], 4326, book.stored)


@pytest.fixture(scope="session")
def control(roads_2018):
    return Known((control_layer("roads 2018", roads_2018),))


@pytest.fixture
def hints(catalog, places):
    return Hints(catalog.crs, places, name="duong.shp")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_recognised_with_its_residual(kind, roads_2023, control, hints, book):
    """Recall 17 of 17."""
    verdict = find_grid(parse_reading(kind, book.known).numbers(roads_2023, book), hints, control)
    assert (verdict.state, str(verdict.reading)) == ("found", kind)
    assert verdict.after.median_m < 8 < verdict.after.elsewhere_m
    assert verdict.before is None or kind == "9210" or verdict.before.median_m > verdict.after.median_m


@pytest.mark.parametrize("kind", KINDS)
def test_without_control_nothing_is_guessed_but_the_way_out_is_named(kind, roads_2023, hints, book):
    verdict = find_grid(parse_reading(kind, book.known).numbers(roads_2023, book), hints, None)
    assert (verdict.state, verdict.reading) == ("unknown", None)
    assert "--crs" in refusal([verdict], hints.book).vi
    assert "--crs" in refusal([verdict], hints.book).en


@pytest.mark.parametrize(("kind", "said"), WRONGLY_SAID)
def test_a_wrong_prj_is_contradicted_with_both_residuals(kind, said, roads_2023, control, hints):
    book = country_of(hints.book).book
    hints = replace(hints, declared=Declared((Reading(said),), f"EPSG:{said}"))
    verdict = find_grid(parse_reading(kind, book.known).numbers(roads_2023, book), hints, control)
    assert (verdict.state, verdict.reading) == ("contradicted", None)
    assert verdict.best.reading.stored(verdict.best.reading.numbers(roads_2023, book), book) == pytest.approx(
        roads_2023
    )
    assert verdict.after.median_m < 8
    assert verdict.before is None or verdict.before.median_m > 2 * verdict.after.median_m
    assert f"CRS-01 duong.shp: tệp ghi {Reading(said).title(book).vi}" in refusal([verdict], hints.book).vi


def test_a_right_prj_is_verified_and_a_person_is_always_believed(roads_2023, control, hints):
    said = replace(hints, declared=Declared((Reading(9210),), "VN_2000_TPHCM"))
    assert find_grid(roads_2023, said, control).state == "verified"
    given = find_grid(roads_2023, replace(said, given=Reading(3405)), control)
    assert (given.state, given.reading, given.best.reading) == ("given", Reading(3405), Reading(9210))


def test_what_has_nothing_to_do_with_the_control_is_not_fitted(control, hints, roads_2023):
    scattered = np.random.default_rng(7).uniform(roads_2023.min(axis=0), roads_2023.max(axis=0), (500, 2))
    assert find_grid(scattered, hints, control).state == "unknown"
    assert find_grid(roads_2023[:3], hints, control).state == "unknown"
    assert find_grid(np.empty((0, 2)), hints, control).state == "unknown"


def test_rows_in_their_own_communes_decide_where_codes_are_given(hints, book):
    """Two communes of Củ Chi side by side; a shift of 226 m puts rows near the border into the wrong one."""
    west, south = 573_000.0, 1_214_000.0
    areas = {"27496": shapely.box(west, south, west + 2000, south + 4000)}
    areas["27499"] = shapely.box(west + 2000, south, west + 4000, south + 4000)
    points = np.random.default_rng(3).uniform([west + 5, south + 5], [west + 3995, south + 3995], (400, 2))
    codes = tuple("27496" if x < west + 2000 else "27499" for x in points[:, 0])
    coded = replace(hints, communes=codes)
    for kind in ("9210", "5897", "3405", "9210-unshifted", "9210-yx"):
        verdict = find_grid(parse_reading(kind, book.known).numbers(points, book), coded, Known((), areas))
        assert (verdict.state, str(verdict.reading)) == ("found", kind)
    assert find_grid(points, coded, None).best.reading == Reading(9210)


@pytest.mark.parametrize("file", ["chauhoa", "hktb", "thanhphong"])
def test_parcels_of_ben_tre_are_placed_by_the_provinces_own_meridian_and_it_is_said(places, shared_data, hints, file):
    path = shared_data / "parcels_bentre" / f"{file}.shp"
    _, rows = pyogrio.read_arrow(path)
    rows = rows.rename_columns([GEOMETRY if name == "wkb_geometry" else name for name in rows.column_names])
    points = sample_of(rows, places, country_of(hints.book)).points
    verdict = find_grid(points, replace(hints, path=f"parcels_bentre/{file}.shp"), None)
    assert (verdict.state, verdict.reading) == ("official", Reading(9210))
    assert [one.code for one in findings(verdict, hints.book)] == ["CRS-07", "CRS-05"]
    assert "Bến Tre" in next(findings(verdict, hints.book)).examples[0].value
    nameless = find_grid(points, hints, None)
    assert nameless.state == "unknown"
    assert "--crs 9210" in refusal([nameless], hints.book).vi


def test_wards_as_published_are_verified_by_themselves_moved_they_are_contradicted(catalog, places, shared_data, book):
    path = next(iter(sorted((shared_data / "admin_2025" / "79_ho_chi_minh" / "wards").glob("*.geojson"))))
    _, rows = pyogrio.read_arrow(path)
    shapes = shapely.from_wkb(rows.column(rows.column_names[-1]).to_numpy())
    wards = shapely.transform(shapes, lambda points: book.transform(points, 4326, book.stored))
    control = Known((control_layer("wards", wards),))
    hints = Hints(catalog.crs, places, name=path.name, declared=Declared((Reading(4326),), "WGS 84"))
    points = shapely.get_coordinates(shapes)
    assert find_grid(points, hints, control).state == "verified"
    moved = Reading(4756).numbers(Reading(4326).stored(points, book), book)
    assert find_grid(moved, hints, control).state == "contradicted"
