"""Geometries of filters lie where they were drawn, in every system that is offered."""

import numpy as np
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.errors import BadRequest
from gis_server.features.cql.shapes import in_grid, read_shape
from gis_server.features.crs import CRS84, OGC, offered
from tests.serving import LAT, LON, City, X, Y

PARCELS = "/collections/cadastre.thua_dat/items"
DEGREES = offered(9210)[CRS84]


def test_a_filter_finds_the_same_parcel_in_every_system(whole_city: City) -> None:
    for uri in whole_city.get("/collections/cadastre.thua_dat").json()["crs"]:
        place = whole_city.get(f"{PARCELS}?so_thua=K1&crs={uri}").json()["features"][0]["geometry"]["coordinates"][0]
        written = ", ".join(f"{first} {second}" for first, second in place)
        query = {"filter": f"S_EQUALS(geometry, POLYGON(({written})))", "filter-crs": uri}
        inside = {"filter": f"S_CONTAINS(geometry, POINT({np.mean(place[:4], 0)[0]} {np.mean(place[:4], 0)[1]}))"}
        answer = whole_city.get(PARCELS, params={**inside, "filter-crs": uri})
        assert [one["properties"]["so_thua"] for one in answer.json()["features"]] == ["K1"], uri
        if uri.endswith("9210"):
            assert len(whole_city.get(PARCELS, params=query).json()["features"]) == 1


@pytest.mark.parametrize("srid", [9210, 5899, 3405])
def test_grids_are_moved_by_the_pinned_shift_east_first(whole_city: City, catalog: Catalog, srid: int) -> None:
    ring = whole_city.get(f"{PARCELS}?so_thua=K1&crs={OGC}/EPSG/0/{srid}").json()["features"][0]["geometry"]
    corners = np.array([[X + east, Y + north] for east in (-5.0, 5.0) for north in (-5.0, 5.0)])
    wanted = catalog.crs.transform(corners, 9210, srid)
    told = np.array(ring["coordinates"][0][:4])
    assert np.abs(np.sort(told, axis=0) - np.sort(wanted, axis=0)).max() < 0.0015


def test_a_long_edge_of_degrees_stays_straight_in_degrees(catalog: Catalog) -> None:
    line = in_grid(catalog.crs, shapely.LineString([(106.0, 10.3), (107.5, 11.2)]), DEGREES, False)
    along = np.linspace([106.0, 10.3], [107.5, 11.2], 5_001)
    points = shapely.points(catalog.crs.transform(along, 4326, 9210))
    assert shapely.distance(points, line).max() < 0.005


def test_the_world_holds_the_city(whole_city: City) -> None:
    for shape in (
        "BBOX(-180,-90,180,90)",
        "POLYGON((-170 -80,170 -80,170 80,-170 80,-170 -80))",
        "BBOX(170,-90,169,90)",
    ):
        answer = whole_city.get(PARCELS, params={"filter": f"S_WITHIN(geometry, {shape})"})
        assert len(answer.json()["features"]) == 2, answer.text
    assert (
        whole_city.get(PARCELS, params={"filter": "S_INTERSECTS(geometry, BBOX(170,-90,-170,90))"}).json()["features"]
        == []
    )


def test_latitude_comes_first_where_its_system_says_so(whole_city: City) -> None:
    north_first = {"filter-crs": f"{OGC}/EPSG/0/4326"}
    for text in (f"POINT({LAT} {LON})", f"BBOX({LAT},{LON},{LAT},{LON})"):
        answer = whole_city.get(PARCELS, params={"filter": f"S_INTERSECTS(geometry, {text})", **north_first})
        assert answer.json()["numberReturned"] == 1, answer.text


def test_heights_are_read_and_say_nothing() -> None:
    assert read_shape({"type": "Point", "coordinates": [106.7, 10.7, 5.0]}, DEGREES).equals(shapely.Point(106.7, 10.7))
    assert read_shape({"bbox": [106, 10, -5, 107, 11, 9]}, DEGREES).bounds == (106, 10, 107, 11)


def test_what_is_too_far_to_compare_is_refused(catalog: Catalog) -> None:
    paris = shapely.MultiPoint([(106.7, 10.77), (2.35, 48.85)])
    with pytest.raises(BadRequest, match="far"):
        in_grid(catalog.crs, paris, DEGREES, False)
    assert len(shapely.get_coordinates(in_grid(catalog.crs, paris, DEGREES, True))) == 1
