"""OSM files: what has no tags is counted, ways run as traffic does, routes and areas are drawn, losses are named."""

import pytest
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.readers.osm import MEMBER, VERTEX, read_osm
from loaders.readers.stream import FAULT, GEOMETRY, KIND

NODES = [(round(106.70 + 0.001 * place, 3), round(10.77 + 0.001 * (place % 2), 3)) for place in range(6)]
TAGS = {"highway", "name", "oneway", "building", "route", "type", "amenity"}
AREAS = {"building": "*"}


def tags(**said):
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in said.items())


def way(number, nodes, **said):
    return f'<way id="{number}">{"".join(f"<nd ref={chr(34)}{node}{chr(34)}/>" for node in nodes)}{tags(**said)}</way>'


@pytest.fixture
def write(tmp_path):
    """An OSM file of six nodes, the third a café, and the ways and relations given."""

    def written(*objects):
        nodes = [
            f'<node id="{place + 1}" lon="{lon}" lat="{lat}">{tags(amenity="cafe") if place == 2 else ""}</node>'
            for place, (lon, lat) in enumerate(NODES)
        ]
        path = tmp_path / "nho.osm"
        path.write_text(f'<osm version="0.6">{"".join([*nodes, *objects])}</osm>')
        return path

    return written


def rows_of(path):
    stream = read_osm(path, path.name, TAGS, AREAS)
    rows = {row["@osm"]: row for chunk in stream.chunks for row in chunk.rows.to_pylist()}
    return rows, {reason: count for (_, reason), count in stream.left_out.items()}


def test_nodes_without_tags_are_counted_and_those_with_tags_are_points(write):
    rows, left_out = rows_of(write(way(1, [1, 2, 4], highway="residential", name="Lê Lợi")))
    assert left_out == {VERTEX: 5}
    assert shapely.from_wkb(rows["n3"][GEOMETRY]).coords[0] == NODES[2]
    assert (rows["n3"]["amenity"], rows["n3"]["name"], rows["n3"]["@type"]) == ("cafe", None, "node")
    assert (rows["w1"]["highway"], rows["w1"]["name"], rows["w1"]["amenity"]) == ("residential", "Lê Lợi", None)
    assert list(shapely.from_wkb(rows["w1"][GEOMETRY]).coords) == [NODES[0], NODES[1], NODES[3]]


def test_ways_without_tags_are_counted_but_draw_their_route(write):
    relation = f'<relation id="9"><member type="way" ref="1" role=""/>{tags(type="route", route="bus")}</relation>'
    rows, left_out = rows_of(write(way(1, [1, 2]), relation))
    assert left_out[MEMBER] == 1
    assert shapely.from_wkb(rows["r9"][GEOMETRY]).geom_type == "MultiLineString"


def test_areas_are_assembled_and_those_that_cannot_be_say_why(write):
    said = tags(type="multipolygon", building="yes")
    relation = f'<relation id="9"><member type="way" ref="7" role="outer"/>{said}</relation>'
    rows, _ = rows_of(write(way(1, [1, 2, 3, 1], building="yes"), relation))
    assert shapely.from_wkb(rows["w1"][GEOMETRY]).geom_type == "MultiPolygon"
    assert (rows["r9"][GEOMETRY], rows["r9"][KIND], rows["r9"][FAULT]) == (None, "Polygon", "GEO-07")


def test_a_file_that_is_no_osm_is_refused_by_name(tmp_path):
    path = tmp_path / "hong.osm"
    path.write_text("<osm><node></osm>")
    with pytest.raises(DeliveryUnreadable, match=r"hong\.osm"):
        rows_of(path)


def test_an_editors_unfinished_file_is_refused_instead_of_losing_its_lines(write):
    with pytest.raises(DeliveryUnreadable, match="số hiệu âm"):
        rows_of(write(way(-1, [1, 2], highway="residential")))


@pytest.mark.parametrize(("oneway", "first"), [("-1", 3), ("yes", 0)])
def test_a_street_drawn_against_its_traffic_is_turned_and_told(write, load_it, ask, oneway, first):
    report = load_it(write(way(1, [1, 2, 4], highway="residential", oneway=oneway)), "osm")
    streets = 'SELECT ST_Transform(ST_StartPoint(geom), 4326) AS p, "chieuXeChay" AS way FROM base_transport.duong_bo'
    ((lon, lat, direction),) = ask(f"SELECT ST_X(p), ST_Y(p), way FROM ({streets}) AS street")
    assert (lon, lat) == pytest.approx(NODES[first], abs=1e-7)
    assert direction == "1"
    assert ("GEO-19" in [one.code for one in report.findings]) == (first == 3)
