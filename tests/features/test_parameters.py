"""Parameters: what would do is read exactly, everything else becomes a sentence."""

from datetime import UTC, datetime

import pytest

from gis_server.errors import BadRequest
from gis_server.features.crs import CRS84, offered, read_crs
from gis_server.features.cursor import Cursor, read_cursor
from gis_server.features.parameters import read_bbox, read_interval
from gis_server.web.parameters import MOST, read_limit, read_number

DEGREES = offered(9210)[CRS84]
NORTH_FIRST = read_crs("crs", "http://www.opengis.net/def/crs/EPSG/0/4326", 9210)
GRID = read_crs("crs", "http://www.opengis.net/def/crs/EPSG/0/9210", 9210)


def test_limits() -> None:
    assert (read_limit(None), read_limit("1"), read_limit("250")) == (100, 1, 250)
    assert read_limit(str(MOST + 1)) == MOST  # Part 1 §7.15.3: more than the most is not an error


@pytest.mark.parametrize(
    "text", ["0", "-1", "", "1.5", "1e3", "10;drop", str(2**31), str(2**63), "٣", "１", " 1", "+1", "nan"]
)
def test_bad_limits(text: str) -> None:
    with pytest.raises(BadRequest, match="limit"):
        read_limit(text)


def test_boxes() -> None:
    assert read_bbox(None, DEGREES) == []
    assert read_bbox("106,10,107,11", DEGREES) == [(106, 10, 107, 11)]
    assert read_bbox("106,10,-5,107,11,99", DEGREES) == [(106, 10, 107, 11)]
    assert read_bbox("-0,-0,0,0", DEGREES) == [(0, 0, 0, 0)]
    assert read_bbox("10,106,11,107", NORTH_FIRST) == [(106, 10, 107, 11)]
    assert read_bbox("600000,1190000,601000,1191000", GRID) == [(600000, 1190000, 601000, 1191000)]


def test_a_box_across_the_antimeridian_is_two_boxes() -> None:
    assert read_bbox("170,-10,-170,10", DEGREES) == [(170, -10, 180, 10), (-180, -10, -170, 10)]


BAD_BOXES = [
    "",
    "1,2,3",
    "1,2,3,4,5",
    "1,2,3,4,5,6,7",
    "a,b,c,d",
    "nan,0,1,1",
    "0,0,inf,1",
    "0,0,1e308,1",
    "0,0,1,1e999",
    "106,11,107,10",
    "0,0,181,1",
    "0,-91,1,1",
    "0,0,9,1,1,8",
    "0,0,nan,1,1,1",
    "1,2,3,",
    "1 ,2,3,4",
    "1;2;3;4",
    "１,2,3,4",
    "0x1,2,3,4",
    "1e99999999999,0,1,1",
    "1_0,0,1,1",
]


@pytest.mark.parametrize("text", BAD_BOXES)
def test_bad_boxes(text: str) -> None:
    with pytest.raises(BadRequest, match="bbox"):
        read_bbox(text, DEGREES)


def test_an_inverted_box_of_metres_is_refused() -> None:
    with pytest.raises(BadRequest, match="bbox"):
        read_bbox("600000,1191000,601000,1190000", GRID)
    with pytest.raises(BadRequest, match="bbox"):
        read_bbox("601000,1190000,600000,1191000", GRID)


def test_intervals() -> None:
    instant = datetime(2025, 7, 1, 5, tzinfo=UTC)
    day = (datetime(2025, 6, 30, 17, tzinfo=UTC), datetime(2025, 7, 1, 16, 59, 59, 999999, tzinfo=UTC))
    assert read_interval(None) is None
    for text, start, end in (
        ("2025-07-01T05:00:00Z", instant, instant),
        ("2025-07-01t12:00:00+07:00", instant, instant),
        ("2025-07-01", *day),
        ("2025-07-01/..", day[0], None),
        ("../2025-07-01", None, day[1]),
        ("/2025-07-01", None, day[1]),
        ("2025-07-01/2025-07-01", *day),
    ):
        found = read_interval(text)
        assert found is not None
        assert (found.start, found.end) == (start, end), text


BAD_INTERVALS = [
    "",
    "..",
    "/",
    "../..",
    "now",
    "2025",
    "2025-7-1",
    "2025-02-30",
    "0000-01-01",
    "292277026596-01-01",
    "2025-01-01T00:00:60Z",
    "2025-01-01T25:00:00Z",
    "2025-01-01T00:00:00",
    "2025-01-02/2025-01-01",
    "2025-01-01/2025-01-02/2025-01-03",
    "2025-01-01T00:00:00+99:99",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "２025-01-01",
    "2025-01-01T00:00:00.1234567Z",
    "2025-01-01'",
    "2025-01-01/\x00",
]


@pytest.mark.parametrize("text", BAD_INTERVALS)
def test_bad_intervals(text: str) -> None:
    with pytest.raises(BadRequest, match="datetime"):
        read_interval(text)


@pytest.mark.parametrize("text", [None, "", "nan", "inf", "1e400", "181", "-181", "1,5", "١", "0x10", "1 ", "--1"])
def test_bad_numbers(text: str | None) -> None:
    with pytest.raises(BadRequest, match="lon"):
        read_number("lon", text, -180, 180)


@pytest.mark.parametrize(
    "uri", ["", "4326", "EPSG:4326", "http://169.254.169.254/latest", "file:///etc/passwd", "SRID=999999"]
)
def test_a_system_that_is_not_offered_is_refused_and_never_fetched(uri: str) -> None:
    with pytest.raises(BadRequest, match="crs"):
        read_crs("crs", uri, 9210)


def test_a_cursor_reads_back_for_its_own_layer_only() -> None:
    cursor = Cursor("drainage.ho_ga", 7, 12345)
    assert read_cursor(str(cursor), "drainage.ho_ga") == cursor
    assert read_cursor(None, "drainage.ho_ga") is None
    with pytest.raises(BadRequest):
        read_cursor(str(cursor), "drainage.cua_xa")


@pytest.mark.parametrize(
    "text",
    ["", "x", "=", "é", "A" * 5000, "MTIz", "ZHJhaW5hZ2UuaG9fZ2E6LTE6MQ", "\x00", "ZHJhaW5hZ2UuaG9fZ2E6MTtkcm9wOjE"],
)
def test_a_forged_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="cursor"):
        read_cursor(text, "drainage.ho_ga")
