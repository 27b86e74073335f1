"""What a file says is read by its numbers, whatever it is called."""

import pyproj
import pytest

from loaders.grid.declared import declared
from loaders.grid.national import country_of
from tests.loaders.test_crs import projected

PINNED = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
OTHER_SIGNS = "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"


@pytest.fixture
def read(catalog):
    def reading(said):
        return [str(one) for one in declared(said, country_of(catalog.crs).book).readings]

    return reading


def bound(text, shift, datum="D_Vietnam_2000"):
    """The same with TOWGS84, as GDAL and QGIS write it."""
    spheroid = 'SPHEROID["WGS_1984",6378137.0,298.257223563]'
    return text.replace(f'DATUM["{datum}",{spheroid}', f'DATUM["{datum}",{spheroid},TOWGS84[{shift}]')


def test_the_private_name_of_another_province_does_not_matter(read):
    assert read(projected(105.5, 0.9999, name="VN_2000_Tra_Vinh_3deg")) == ["9209"]
    assert read(projected(107.75, 0.9999, name="VN_2000_Tra_Vinh_3deg")) == ["5899"]


def test_grids_of_other_provinces_are_known(read):
    assert read(projected(108.25, 0.9999)) == ["9217"]


@pytest.mark.parametrize("shift", [PINNED, OTHER_SIGNS, "-191.9,-39.3,-111.45,0,0,0,0"])
def test_every_variant_of_the_national_shift_means_vn_2000(read, shift):
    assert read(bound(projected(105.75, 0.9999), shift)) == ["9210"]
    assert read(bound(projected(105.75, 0.9999, datum="D_Local"), shift, datum="D_Local")) == ["9210"]


def test_a_shift_that_is_missing_or_doubtful_leaves_two_readings(read):
    both = ["9210", "9210-unshifted"]
    assert read(bound(projected(105.75, 0.9999), "0,0,0,0,0,0,0")) == both
    assert read(projected(105.75, 0.9999, datum="D_WGS_1984")) == both


def test_a_variant_of_the_shift_is_noted(catalog):
    book = country_of(catalog.crs).book
    assert declared(bound(projected(105.75, 0.9999), OTHER_SIGNS), book).notes
    assert not declared(bound(projected(105.75, 0.9999), PINNED), book).notes


def test_false_easting_and_unit_are_read(read):
    text = projected(105.75, 0.9999)
    assert read(text.replace('"False_Easting",500000.0', '"False_Easting",0.0')) == []
    millimetres = text.replace('"False_Easting",500000.0', '"False_Easting",500000000.0')
    assert read(millimetres.replace('UNIT["Meter",1.0]', 'UNIT["Millimeter",0.001]')) == ["9210-mm"]


def test_a_file_that_says_nothing_declares_nothing(catalog):
    assert declared(None, catalog.crs) is None
    assert declared("EPSG:27700", catalog.crs).readings == ()


GRIDS = [("9210", 105.75, 0.9999), ("5899", 107.75, 0.9999), ("5897", 105.0, 0.9999), ("3405", 105.0, 0.9996)]


@pytest.mark.parametrize(("srid", "meridian", "scale"), GRIDS)
def test_esri_grids_with_any_name_are_told_by_their_numbers(read, srid, meridian, scale):
    assert read(projected(meridian, scale)) == [srid]
    assert read(projected(meridian, scale, name="WGS_1984_UTM_Zone_48N")) == [srid]


def test_utm_on_wgs_84_is_not_utm_on_vn_2000(read):
    assert read(projected(105.0, 0.9996, datum="D_WGS_1984")) == ["32648"]


@pytest.mark.parametrize("srid", [4326, 4756, 3857, 32648, 3405, 9210, 5899])
@pytest.mark.parametrize("form", ["EPSG", "WKT1_ESRI", "WKT2_2019"])
def test_what_software_writes_is_understood(read, srid, form):
    assert read(f"EPSG:{srid}" if form == "EPSG" else pyproj.CRS(srid).to_wkt(form)) == [str(srid)]


@pytest.mark.parametrize("said", ["EPSG:27700", "không phải CRS", projected(106.1, 0.9999), "EPSG:3148"])
def test_an_unknown_grid_is_none_of_ours(read, said):
    assert read(said) == []
