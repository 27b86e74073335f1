"""Outlines as bare corners: what is asked of each area is what shapely says of it, whatever else stands beside it."""

import random

import numpy as np
import pytest
import shapely

from gis_server.drawing.outlines import Outlines, outlines_in, outlines_of

HOLE = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 2, 8, 8).exterior.coords[::-1]])
TURNED_HOLE = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 2, 8, 8).exterior.coords])
TWO = shapely.MultiPolygon([shapely.box(0, 0, 1, 8), shapely.box(20, 0, 25, 8)])
HORSESHOE = shapely.from_wkt("POLYGON ((0 0, 0 9, 2 9, 2 2, 8 2, 8 9, 9 9, 9 0, 0 0))")
FLAT = shapely.from_wkt("POLYGON ((3 4, 8 4, 5 4, 3 4))")


def crooked(seed: int) -> list[shapely.Geometry]:
    """Areas of few corners far from the origin, as parcels are, running either way; some with holes or in two parts."""
    chance, found = random.Random(seed), list[shapely.Geometry]()
    for _ in range(300):
        x, y = 11_860_000 + chance.uniform(0, 900), 1_205_000 + chance.uniform(0, 900)
        angles = np.linspace(0, 2 * np.pi, chance.randrange(4, 12))[:-1] * chance.choice((1, -1))
        one = shapely.Polygon([(x + chance.uniform(2, 40) * np.cos(at), y + 20 * np.sin(at)) for at in angles])
        found.append(one)
    odd = shapely.transform([HOLE, TURNED_HOLE, TWO, HORSESHOE], lambda at: np.add(at, (11_860_000, 1_205_000)))
    return [*found, *odd, *odd]


def sent(shapes: list[shapely.Geometry]) -> tuple[bytes, np.ndarray, np.ndarray]:
    """As PostGIS sends them, one after another."""
    each = [shapely.to_wkb(shapely.set_srid(one, 3857), include_srid=True) for one in shapes]
    lengths = np.array([len(one) for one in each])
    return b"".join(each), np.cumsum(lengths) - lengths, lengths


def columns(outlines: Outlines) -> list[list[object]]:
    return [outlines.x.tolist(), outlines.y.tolist(), outlines.last.tolist(), outlines.count.tolist()]


@pytest.mark.parametrize("seed", range(4))
def test_boxes_sizes_and_places_are_those_of_the_areas(seed: int) -> None:
    shapes = crooked(seed)
    found = outlines_of(np.array(shapes, dtype=object))
    assert np.array_equal(found.bounds, shapely.bounds(shapes))
    assert np.allclose(np.abs(found.turned), shapely.area(shapes), rtol=1e-9)
    assert np.array_equal(found.beginnings(), [shapely.get_coordinates(one)[0] for one in shapes])
    sound = shapely.is_valid(shapes)
    assert shapely.contains(shapes, shapely.points(found.places()))[sound].all()
    assert sound.sum() > 200


def test_the_place_is_in_the_widest_stretch_and_never_in_a_hole() -> None:
    found = outlines_of(np.array([HOLE, TURNED_HOLE, TWO, HORSESHOE, FLAT], dtype=object))
    assert found.places()[:, 0].tolist() == [1.5, 1.5, 22.5, 1, 3]
    assert np.abs(found.turned).tolist() == [51, 51, 48, 39, 0]


@pytest.mark.parametrize("seed", range(3))
def test_what_postgis_sends_is_read_as_the_shapes_are(seed: int) -> None:
    shapes = crooked(seed)
    random.Random(seed).shuffle(shapes)
    packed, starts, lengths = sent(shapes)
    assert columns(outlines_in(packed, starts, lengths)) == columns(outlines_of(np.array(shapes, dtype=object)))
    back = np.arange(len(shapes))[::-1]
    turned = outlines_in(packed, starts[back], lengths[back])
    assert columns(turned) == columns(outlines_of(np.array(shapes, dtype=object)).chosen(back))


@pytest.mark.parametrize(
    "other",
    [shapely.Point(1, 2), shapely.LineString([(0, 0), (5, 5)]), shapely.Polygon(), shapely.GeometryCollection()],
)
def test_what_is_no_area_is_told(other: shapely.Geometry) -> None:
    with pytest.raises(ValueError, match="polygons"):
        outlines_in(*sent([HOLE, shapely.box(0, 0, 1, 1), other]))


def test_of_nothing_there_is_nothing() -> None:
    nothing = outlines_in(b"", np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    assert (len(nothing), len(nothing.bounds), len(nothing.turned), len(nothing.places())) == (0, 0, 0, 0)
