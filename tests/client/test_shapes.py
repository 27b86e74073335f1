"""Shapes are read as people have them, and written as the service reads them."""

from typing import Any

import geopandas
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.client.errors import BandoError
from gis_server.client.grids import CITY, DEGREES, SHIFT, SYSTEMS, pinned, uri
from gis_server.client.shapes import outline_of, read_shape
from gis_server.features.crs import offered
from tests.serving import LAT, LON, X, Y

HOLED = shapely.box(X, Y, X + 90, Y + 90) - shapely.box(X + 20, Y + 20, X + 40.125, Y + 40)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(X, Y),
        shapely.MultiPoint([(X, Y), (X + 1, Y)]),
        shapely.LineString([(X, Y), (X + 9, Y + 9)]),
        shapely.MultiLineString([[(X, Y), (X + 9, Y + 9)], [(X, Y), (X - 9, Y)]]),
        HOLED,
        shapely.MultiPolygon([HOLED, shapely.box(X + 200, Y, X + 300, Y + 1)]),
    ],
    ids=lambda shape: shape.geom_type,
)
def test_a_shape_is_written_to_the_millimetre(shape: Any) -> None:
    written = read_shape(shape)
    assert written.srid == CITY
    assert shapely.equals_exact(shapely.from_wkt(written.wkt), shape, 0.0006)


def test_the_system_is_said_or_told_by_the_numbers() -> None:
    point = shapely.Point(LON, LAT)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(point)}
    for given in (point, feature, shapely.to_geojson(point), geopandas.GeoSeries([point], crs=4326)):
        assert read_shape(given).srid == DEGREES
        assert read_shape(given).crs.endswith("CRS84")
    assert read_shape(geopandas.GeoSeries([shapely.Point(1, 2)], crs=3857)).srid == 3857
    assert read_shape(geopandas.GeoSeries([shapely.Point(1, 2)], crs=pinned(5899))).srid == 5899
    assert read_shape(geopandas.GeoSeries([shapely.Point(X, Y)])).srid == CITY


@pytest.mark.parametrize("given", [None, 7, "{", "[]", {"type": "Polygon"}, shapely.Polygon(), {"type": "Feature"}])
def test_what_is_no_shape_is_a_sentence(given: Any) -> None:
    with pytest.raises(BandoError, match="A shape is needed"):
        read_shape(given)
    with pytest.raises(BandoError, match="not offered"):
        read_shape(geopandas.GeoSeries([shapely.Point(1, 2)], crs=32648))


def test_corners_of_every_kind() -> None:
    assert outline_of("1 X Y") == "1 X Y"
    assert outline_of([(1.5, 2), (3, 4)]) == "1.5 2;3 4"
    assert outline_of(shapely.Point(1, 2)) == "1.0 2.0"
    assert outline_of(shapely.box(0, 0, 1, 1)).count(";") == 3
    with pytest.raises(BandoError):
        outline_of(shapely.LineString([(0, 0), (1, 1)]))


def test_systems_and_shift_are_those_of_the_service(catalog: Catalog) -> None:
    assert tuple(catalog.crs.file.shift.towgs84) == SHIFT
    assert catalog.crs.stored == CITY
    assert {uri(srid) for srid in SYSTEMS} == set(offered(CITY)) - {"http://www.opengis.net/def/crs/EPSG/0/4326"}
