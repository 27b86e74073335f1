"""Tiles that are not kept: the hatch takes ordinary requests, and nobody can tell by an answer which way it took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx2 import Response
from starlette.routing import Match

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.errors import Busy, UnknownLayer
from gis_server.tiles.desk import Desk
from gis_server.tiles.entry import entry_of
from gis_server.tiles.hatch import Hatch
from gis_server.tiles.render import BIG_BYTES, Tile, packed
from tests.serving import LAT, LON, MEASURED, City, Serve, publish_rows, row_of, tile_at

LAYER, HIDDEN, MAP = "cadastre.thua_dat", "drainage.ho_ga", "nen"
X, Y = tile_at(LON, LAT, 16)
HERE, EMPTY = f"/tiles/{LAYER}/16/{X}/{Y}.mvt", f"/tiles/{LAYER}/16/{X + 90}/{Y}.mvt"
OGC = f"WebMercatorQuad/16/{Y}/{X}"
ORDINARY = (
    HERE,
    EMPTY,
    f"/tiles/{MAP}/16/{X}/{Y}.mvt",
    f"/tiles/{LAYER}/16/{X:07}/{Y:07}.mvt",
    f"/tiles/{LAYER}/{OGC}",
    f"/tiles/{MAP}/{OGC}",
    f"/collections/{LAYER}/tiles/{OGC}",
)
ODD = (
    f"/tiles/{LAYER}/16/{X:08}/{Y}.mvt",
    f"/tiles/{LAYER}/23/0/0.mvt",
    f"/tiles/{LAYER}/3/8/0.mvt",
    f"/tiles/{LAYER}/3/0/8.mvt",
    f"/tiles/{LAYER}/-1/0/0.mvt",
    f"/tiles/{LAYER}/16/{X}/1e3.mvt",
    f"/tiles/{LAYER}/16/{X}/\uff11.mvt",
    f"/tiles/{LAYER}/16/{X}/{Y}.mvt/",
    f"/tiles/{LAYER}/16/{X}/{Y}.pbf",
    f"/tiles/{HIDDEN}/16/{X}/{Y}.mvt",
    f"/tiles/khong_co/16/{X}/{Y}.mvt",
    f"/tiles/%2e%2e/16/{X}/{Y}.mvt",
    f"/collections/{MAP}/tiles/{OGC}",
    f"/collections/{HIDDEN}/tiles/{OGC}",
    f"/tiles/{LAYER}/WorldCRS84Quad/16/{Y}/{X}",
    f"/tiles/{LAYER}/KhongCo/16/{Y}/{X}",
    f"{HERE}?f=mvt",
    f"{HERE}?v=1",
    f"{HERE}?key=",
    f"{HERE}?key=khong-phai",
    f"{HERE}?key=a&key=a",
    f"{HERE}?key=%41",
    f"{HERE}?",
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Accept-Encoding": "zstd"},
    {"Accept-Encoding": "identity;q=1, *;q=0"},
    {"Accept-Encoding": "gzip;q=0, br"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"khac", W/"nua"'},
    {"Origin": "https://cong.example"},
    {"Accept": "text/html"},
    {"Host": "bando.example"},
    {"Host": "hai ten"},
    {"Bando-Key": ""},
    {"Bando-Key": "khong-phai"},
    {"X-Forwarded-For": "10.0.0.1"},
    {"Range": "bytes=0-9"},
)


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """Nothing is kept here: every tile is drawn."""
    database = make_database()
    layers = [catalog[LAYER], catalog[HIDDEN], catalog["base_transport.duong_bo"]]
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, 1)]) for layer in layers])
    with serve(database, tile_store_mb=0) as city:
        yield city


def hatch_of(city: City) -> Hatch:
    (hatch,) = (route for route in city.client.app.routes if isinstance(route, Hatch))  # type: ignore[attr-defined]
    return hatch


@contextmanager
def the_long_way(city: City) -> Iterator[None]:
    """The same service without a hatch."""
    routes, hatch = city.client.app.routes, hatch_of(city)  # type: ignore[attr-defined]
    routes.remove(hatch)
    yield
    routes.insert(0, hatch)


def told(answer: Response) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status_code, sorted(answer.headers.multi_items()), answer.content


def both_ways(city: City, method: str, path: str, **headers: str) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    def ask() -> Response:
        return city.client.request(method, path, headers={"Host": "bando.example", **headers})

    through = ask()
    with the_long_way(city):
        return [told(through), told(ask())]


def taken(city: City, path: str, method: str = "GET", **headers: str) -> bool:
    """Whether the hatch would answer."""
    where, _, query = path.partition("?")
    raw = [(name.lower().encode(), value.encode()) for name, value in {"Host": "bando.example", **headers}.items()]
    scope: dict[str, Any] = {"type": "http", "method": method, "path": where, "query_string": query.encode()}
    return hatch_of(city).matches({**scope, "headers": raw})[0] is Match.FULL


def test_ordinary_requests_take_the_hatch_and_odd_ones_do_not(city: City) -> None:
    assert [path for path in ORDINARY if not taken(city, path)] == []
    assert [path for path in ODD if taken(city, path) and not path.endswith("?")] == []
    assert taken(city, f"{HERE}?key={city.agency_key}")
    assert taken(city, f"/tiles/{HIDDEN}/16/{X}/{Y}.mvt", **{"Bando-Key": city.agency_key})
    assert not taken(city, HERE, "POST")
    assert not taken(city, HERE, **{"Bando-Key": "khong-phai"})


@pytest.mark.parametrize("path", [*ORDINARY, *ODD])
def test_an_address_is_answered_alike_on_both_ways(city: City, path: str) -> None:
    short, long = both_ways(city, "GET", path)
    assert short == long
    assert (short[0] in (200, 204)) is (path in ORDINARY or path.endswith("?") or f"{X:08}" in path or "CRS84" in path)


@pytest.mark.parametrize("headers", HEADERS, ids=str)
@pytest.mark.parametrize("path", [HERE, EMPTY])
def test_a_caller_is_answered_alike_on_both_ways(city: City, path: str, headers: dict[str, str]) -> None:
    short, long = both_ways(city, "GET", path, **headers)
    assert short == long


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "get"])
def test_methods_are_answered_alike_on_both_ways(city: City, method: str) -> None:
    short, long = both_ways(city, method, HERE, Origin="https://cong.example")
    assert short == long


def test_keys_open_the_same_on_both_ways(city: City) -> None:
    closed = f"/tiles/{HIDDEN}/16/{X}/{Y}.mvt"
    for path, headers in ((closed, {"Bando-Key": city.agency_key}), (f"{closed}?key={city.agency_key}", {})):
        short, long = both_ways(city, "GET", path, **headers)
        assert short == long
        assert short[0] == 200
        assert ("cache-control", "private, no-cache") in short[1]


def test_what_a_caller_has_is_a_304_on_both_ways(city: City) -> None:
    etag = city.get(HERE).headers["etag"]
    short, long = both_ways(city, "GET", HERE, **{"If-None-Match": etag})
    assert short == long
    assert short[0] == 304


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Busy("Bận.", "Busy."), 503),
        (UnknownLayer("Không có.", "None."), 404),
        (OSError("cut"), 503),
        (TimeoutError(), 503),
        (ValueError("a mistake of ours"), 500),
    ],
    ids=repr,
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_trouble_is_told_alike_on_both_ways(
    city: City, monkeypatch: pytest.MonkeyPatch, trouble: Exception, status: int, accept: str
) -> None:
    async def broken(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(Desk, "tile", broken)
    short, long = both_ways(city, "GET", HERE, Accept=accept)
    assert short == long
    assert short[0] == status


def test_without_a_database_both_ways_say_so(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city.client.app.state, "pool", None)  # type: ignore[attr-defined]
    short, long = both_ways(city, "GET", HERE)
    assert short == long
    assert short[0] == 503


@pytest.mark.parametrize("size", [0, 1, BIG_BYTES - 1, BIG_BYTES, 3 * BIG_BYTES])
async def test_a_tile_is_packed_alike_by_one_thread_and_by_two(size: int) -> None:
    body = (b"thua dat %d " * (size // 10 + 1))[:size]
    assert await packed(Tile(7, body)) == entry_of(7, body)
