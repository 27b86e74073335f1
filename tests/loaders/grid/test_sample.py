"""The first rows of a stream are looked at without taking them out of it, and commune codes are known in them."""

import pyarrow as pa
import pytest
import shapely

from loaders.grid.move import in_stored_grid
from loaders.grid.national import country_of
from loaders.grid.reading import parse_reading
from loaders.grid.sample import peek, sample_of
from loaders.readers.stream import GEOMETRY, Chunk, Stream

SPOT = shapely.Point(603514.4, 1191454.713)


def rows_of(**columns):
    count = len(next(iter(columns.values())))
    return pa.table({**columns, GEOMETRY: pa.array([shapely.to_wkb(SPOT)] * count, pa.binary())})


def stream_of(*tables):
    return Stream("a.shp", "a", None, iter([Chunk("a", rows) for rows in tables]), None)


def test_peeking_takes_nothing_out_of_the_stream():
    stream = stream_of(rows_of(a=["1"]), rows_of(a=["2"]))
    assert peek(stream).column("a").to_pylist() == ["1"]
    assert [chunk.rows.column("a").to_pylist() for chunk in stream.chunks] == [["1"], ["2"]]
    assert peek(stream_of()) is None


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ("maXa", ["26740", "26743", "26740", None], ("26740", "26743", "26740", None)),
        ("ma_xa", [b"26740", b"26740"], ("26740", "26740")),
        ("DVHC", [28756, 28759], ("28756", "28759")),
        ("so_to", ["28756", "28759"], ()),
        ("ten", ["Bến Nghé", "Đa Kao"], ()),
    ],
)
def test_commune_codes_of_the_city_are_known_those_of_neighbours_where_the_column_tells(
    catalog, places, column, values, found
):
    assert sample_of(rows_of(**{column: values}), places, country_of(catalog.crs)).communes == found


def test_rows_without_geometry_are_no_sample(catalog, places):
    rows = pa.table({"a": ["1"], GEOMETRY: pa.nulls(1, pa.binary())})
    assert len(sample_of(rows, places, country_of(catalog.crs)).points) == 0


@pytest.mark.parametrize("word", ["9210", "5899", "9210-yx-mm", "9217", "9210-unshifted"])
def test_streams_in_unusual_readings_come_out_in_a_grid_of_the_city(catalog, word):
    book = country_of(catalog.crs).book
    reading = parse_reading(word, book.known)
    numbers = reading.numbers(shapely.get_coordinates(SPOT), book)
    rows = rows_of(a=["1"]).set_column(1, GEOMETRY, pa.array(shapely.to_wkb(shapely.points(numbers)), pa.binary()))
    stream = stream_of(rows)
    in_stored_grid(stream, reading, catalog.crs)
    assert stream.srid in catalog.crs.known
    (chunk,) = stream.chunks
    moved = shapely.get_coordinates(shapely.from_wkb(chunk.rows.column(GEOMETRY).to_numpy()))
    there = catalog.crs.transform(moved, stream.srid, catalog.crs.stored)
    assert there == pytest.approx(shapely.get_coordinates(SPOT), abs=0.001)
