"""The server reads coordinates as the viewer does: the same writings, the same refusals."""

import pytest

from gis_server.catalog import Catalog
from gis_server.finding.coordinates import read_coordinates
from tests.portals import test_browser_modules as viewer

WRITINGS, NO_PLACES = (
    mark.args[1]
    for test in (
        viewer.test_coordinates_are_understood_as_people_write_them,
        viewer.test_what_is_no_place_in_the_city_is_not_taken_for_one,
    )
    for mark in test.pytestmark
    if mark.name == "parametrize"
)


@pytest.mark.parametrize("text", WRITINGS)
def test_coordinates_are_understood_as_people_write_them(catalog: Catalog, text: str) -> None:
    found = read_coordinates(text, catalog.crs)
    assert found, text
    assert (found[0].lon, found[0].lat) == pytest.approx(viewer.CHECK_POINT, abs=2e-6)


@pytest.mark.parametrize("text", [*NO_PLACES, "geo:1.2.3,4", "10°75'00\"N 106°41'00\"E", "nan nan"])
def test_what_is_no_place_in_the_city_is_not_taken_for_one(catalog: Catalog, text: str) -> None:
    assert read_coordinates(text, catalog.crs) == []


def test_a_point_that_fits_two_grids_is_offered_in_both_the_citys_first(catalog: Catalog) -> None:
    found = read_coordinates("603514.4 1191454.713", catalog.crs)
    assert found[0].srid == catalog.crs.stored
    assert len({one.srid for one in found}) == len(found) > 1
