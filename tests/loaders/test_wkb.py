"""Columns of WKB as arrays: what is plain is read and written as GEOS does, everything else is left to GEOS."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from loaders.wkb import read_plain

PLAIN = [
    "POINT(1 2)",
    "POLYGON((0 0,4 0,4 4,0 0))",
    "LINESTRING(0 0,1 1,2 5)",
    "MULTIPOLYGON(((0 0,1 0,1 1,0.5 3,0 0)))",
    "POINT(3 4)",
    "MULTIPOINT(1 2)",
    "MULTILINESTRING((1 2,3 4,5 6))",
]


def column(*texts: str, srid: int | None = None) -> pa.Array:
    shapes = shapely.from_wkt(list(texts))
    if srid is not None:
        shapes = shapely.set_srid(shapes, srid)
    return pa.array(shapely.to_wkb(shapes, include_srid=srid is not None, flavor="iso" if srid is None else "extended"))


@pytest.mark.parametrize("srid", [None, 9210])
@pytest.mark.parametrize("texts", [PLAIN, PLAIN[1:2] * 3, [*PLAIN, PLAIN[2]]], ids=["mixed", "one kind", "one again"])
def test_plain_shapes_are_read_in_their_order_and_written_as_geos_writes_them(texts, srid):
    plain = read_plain(column(*texts, srid=srid))
    assert plain is not None
    shapes = shapely.from_wkt(texts)
    np.testing.assert_array_equal(plain.points, shapely.get_coordinates(shapes))
    np.testing.assert_array_equal(plain.owners, shapely.get_coordinates(shapes, return_index=True)[1])
    np.testing.assert_array_equal(plain.kinds, shapely.get_dimensions(shapes))
    assert plain.written(plain.points, 3857).to_pylist() == column(*texts, srid=3857).to_pylist()


def test_a_part_of_a_column_is_read_like_a_whole_one():
    plain = read_plain(column(*PLAIN).slice(1, 2))
    assert plain is not None
    np.testing.assert_array_equal(plain.points, shapely.get_coordinates(shapely.from_wkt(PLAIN[1:3])))


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))",
        "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
        "POINT Z(1 2 3)",
        "MULTIPOINT(1 2,3 4)",
        "GEOMETRYCOLLECTION(POINT(1 2))",
        "POINT EMPTY",
        "POLYGON EMPTY",
    ],
)
def test_whatever_is_not_plain_is_left_to_geos(text):
    assert read_plain(column("POINT(0 0)", text)) is None


def test_what_geos_would_not_take_is_left_to_it():
    ring = shapely.to_wkb(shapely.from_wkt("POLYGON((0 0,4 0,4 4,0 0))"))
    unclosed = ring[:-8] + np.array([0.5]).tobytes()
    nowhere = ring[:-8] + np.array([np.nan]).tobytes()
    assert read_plain(pa.array([ring])) is not None
    for wkb in (unclosed, nowhere, ring[:-1], ring + b"\0", shapely.to_wkb(shapely.from_wkb(ring), byte_order=0)):
        assert read_plain(pa.array([ring, wkb])) is None
    assert read_plain(pa.array([ring, None])) is None
    assert read_plain(pa.array([], pa.binary())) is None
