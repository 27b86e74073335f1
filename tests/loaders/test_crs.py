"""A grid is known by its meridian, scale and datum, whatever it is called."""

import pyproj
import pytest

from gis_server.errors import DeliveryUnreadable
from loaders.crs import srid_of

GRIDS = [
    (9210, 105.75, 0.9999),
    (5899, 107.75, 0.9999),
    (5897, 105.0, 0.9999),
    (9209, 105.5, 0.9999),
    (3405, 105.0, 0.9996),
]


def projected(meridian, scale, datum="D_Vietnam_2000", name="Bản đồ của tôi"):
    return (
        f'PROJCS["{name}",GEOGCS["GCS",DATUM["{datum}",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",{scale}],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


@pytest.mark.parametrize(("srid", "meridian", "scale"), GRIDS)
def test_esri_grids_with_any_name_are_told_by_their_numbers(catalog, srid, meridian, scale):
    assert srid_of(projected(meridian, scale), catalog.crs, "a.shp") == srid
    assert srid_of(projected(meridian, scale, name="WGS_1984_UTM_Zone_48N"), catalog.crs, "a.shp") == srid


def test_a_city_grid_said_to_be_on_wgs_84_is_not_believed(catalog):
    """Two hundred metres lie between the two readings, and the file cannot tell which was meant."""
    with pytest.raises(DeliveryUnreadable, match="9210"):
        srid_of(projected(105.75, 0.9999, datum="D_WGS_1984"), catalog.crs, "a.shp")


def test_utm_on_wgs_84_is_not_utm_on_vn_2000(catalog):
    assert srid_of(projected(105.0, 0.9996, datum="D_WGS_1984"), catalog.crs, "a.shp") == 32648


@pytest.mark.parametrize("srid", [4326, 4756, 3857, 32648, 3405, 9210, 5899])
@pytest.mark.parametrize("form", ["EPSG", "WKT1_ESRI", "WKT2_2019"])
def test_what_software_writes_is_understood(catalog, srid, form):
    said = f"EPSG:{srid}" if form == "EPSG" else pyproj.CRS(srid).to_wkt(form)
    assert srid_of(said, catalog.crs, "a.gpkg") == srid


@pytest.mark.parametrize("said", [None, "", "EPSG:27700", "không phải CRS", projected(106.1, 0.9999), "EPSG:3148"])
def test_an_unknown_grid_is_never_guessed(catalog, said):
    with pytest.raises(DeliveryUnreadable, match=r"a\.shp.*9210"):
        srid_of(said, catalog.crs, "a.shp")
