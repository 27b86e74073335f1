"""Hostile and odd requests for tiles, over the wire: at a kept tile, where only the front answers, and around it."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gis_server.access.keys import KeyHolder, add_key, remove_keys
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.settings import Settings
from gis_server.tiles.running import store_path
from tests.live import Wire
from tests.serving import LAT, LON, MEASURED, City, publish_rows, row_of, tile_at
from tests.tiles.parcels import LAYER, Caller

HIDDEN = "drainage.ho_ga"
X, Y = tile_at(LON, LAT, 16)
KEPT = f"/tiles/{LAYER}/16/{X}/{Y}.mvt"


@dataclass(frozen=True)
class Live:
    address: str
    settings: Settings
    store: Path

    @property
    def keys(self) -> Path:
        assert self.settings.keys_file is not None
        return self.settings.keys_file


@pytest.fixture(scope="module")
def live(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[Live]:
    database = make_database()
    publish_rows(database, MEASURED, [(catalog[one], [row_of(catalog, catalog[one], 1)]) for one in (LAYER, HIDDEN)])
    with wire(database, tile_store_mb=8) as running:
        live = Live(running.address, running.settings, store_path(running.settings, database))
        keep(live, KEPT)
        yield live


@pytest.fixture
def caller(live: Live) -> Iterator[Caller]:
    caller = Caller(live.address)
    yield caller
    caller.close()


def keep(live: Live, path: str, **headers: str) -> None:
    """Ask until the store has it: the first answer comes from the service."""
    caller = Caller(live.address)
    for _ in range(2):
        assert caller.get(path, **headers).status == 200
        time.sleep(0.3)
    caller.close()


def raw(live: Live, request: bytes) -> bytes:
    place = urlsplit(live.address)
    answer = b""
    with socket.create_connection((place.hostname, place.port or 80), timeout=3) as connection, suppress(OSError):
        connection.sendall(request)
        while part := connection.recv(65536):
            answer += part
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


ODD_HEADERS = [
    ({"If-None-Match": ",".join(f'"{n:024x}"' for n in range(1_500))}, 200),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": '"'}, 200),
    ({"If-None-Match": 'W/"",,,,'}, 200),
    ({"Accept-Encoding": "gzip;q=0, *;q=0"}, 200),
    ({"Accept-Encoding": "gzip;q=nan, zstd;q=1e400, br;q=-1"}, 200),
    ({"Accept-Encoding": "," * 5_000}, 200),
    ({"Accept-Encoding": "x" * 9_000}, 200),
    ({"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(3_000))}, 200),
    ({"X-HTTP-Method-Override": "DELETE"}, 200),
    ({"X-Forwarded-Host": "evil.example", "Forwarded": "for=127.0.0.1"}, 200),
    ({"Host": "evil.example"}, 200),
    ({"Host": "a b"}, 400),
    ({"Host": "bando.example/x"}, 400),
    ({"Bando-Key": "wrong"}, 401),
    ({"Bando-Key": ""}, 401),
    ({"Origin": "https://elsewhere.example"}, 200),
]


@pytest.mark.parametrize(("headers", "wanted"), ODD_HEADERS, ids=lambda one: str(one)[:40])
def test_odd_headers_at_a_kept_tile(live: Live, caller: Caller, headers: dict[str, str], wanted: int) -> None:
    assert caller.get(KEPT, **headers).status == wanted
    assert caller.get("/health").status == 200


def test_ten_thousand_tags_are_too_many_or_none_of_them(live: Live, caller: Caller) -> None:
    tags = ", ".join(f'"{n:024x}"' for n in range(10_000))
    request = f"GET {KEPT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIf-None-Match: {tags}\r\n\r\n".encode()
    assert status(raw(live, request)) in (0, 200, 400, 431)
    assert caller.get(KEPT).status == 200


@pytest.mark.parametrize("query", ["?v=1", "?_=2", "?key=", "?key=a&key=b", "?KEY=a", "?key=%00", "?%6b%65%79=x"])
def test_a_query_busts_no_cache(caller: Caller, query: str) -> None:
    assert caller.get(KEPT + query).status in (400, 401)


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "DELETE", "PUT", "POST", "BREW"])
def test_other_methods_are_not_for_the_front(live: Live, method: str) -> None:
    request = f"{method} {KEPT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    assert status(raw(live, request.encode())) in (400, 405, 501)


def test_head_of_a_kept_tile_has_its_length_and_no_body(live: Live, caller: Caller) -> None:
    whole = caller.get(KEPT)
    answer = raw(live, f"HEAD {KEPT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b""
    assert f"content-length: {len(whole.content)}".encode() in head.lower()  # type: ignore[attr-defined]


def test_other_sites_may_read_a_kept_tile_as_they_may_a_drawn_one(caller: Caller) -> None:
    kept = caller.get(KEPT, Origin="https://portal.example")
    drawn = caller.get(f"/tiles/{LAYER}/20/5/5.mvt", Origin="https://portal.example")
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Content-Security-Policy"):
        assert kept.headers[name] == drawn.headers[name]


def test_a_tile_of_one_view_is_never_another_views(live: Live, caller: Caller, catalog: Catalog) -> None:
    key = add_key(live.keys, KeyHolder(view="agency", label="Sở Y"), catalog.views)
    path = f"/tiles/{HIDDEN}/16/{X}/{Y}.mvt"
    keep(live, path, **{"Bando-Key": key})
    kept = caller.get(path, **{"Bando-Key": key})
    assert "private" in kept.headers["Cache-Control"]
    assert caller.get(f"{path}?key={key}").status == 200
    assert caller.get(path).status == 404
    remove_keys(live.keys, "Sở Y", catalog.views)
    assert caller.get(path, **{"Bando-Key": key}).status == 401, "a revoked key opens nothing, kept or not"
    assert caller.get(f"{path}?key={key}").status == 401


def test_a_crawl_of_an_empty_area_stays_within_the_stores_bound(live: Live, caller: Caller) -> None:
    for number in range(1_500):
        assert caller.get(f"/tiles/{LAYER}/18/{number}/7.mvt").status == 204
    assert live.store.stat().st_size <= 2 * 8 * 2**20
    assert caller.get(KEPT).status == 200


def test_callers_who_leave_in_the_middle_harm_nobody(live: Live, caller: Caller) -> None:
    place = urlsplit(live.address)
    for number in range(200):
        with socket.create_connection((place.hostname, place.port or 80), timeout=5) as connection:
            path = KEPT if number % 2 else f"/tiles/{LAYER}/19/{number}/3.mvt"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert caller.get(KEPT).status == 200


def test_a_method_that_is_not_there_is_told_which_are(whole_city: City) -> None:
    answer = whole_city.client.post("/tiles/nen/15/0/0.mvt")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
