"""The quick way and the service give the same answer to the same question, and only the ordinary goes the quick way."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gis_server.access.keys import KeyHolder, add_key, remove_keys
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.live import Wire
from tests.serving import LAT, LON, tile_at
from tests.tiles.parcels import LAYER, Caller, Moving

Z = 16
X, Y = tile_at(LON, LAT, Z)
TILE = f"/tiles/{LAYER}/{Z}/{X}/{Y}.mvt"
OGC = f"/collections/{LAYER}/tiles/WebMercatorQuad/{Z}/{Y}/{X}"
EMPTY = f"/tiles/{LAYER}/{Z}/0/0.mvt"
OF_THE_WAY = {"connection", "date", "server"}


@dataclass(frozen=True)
class Live:
    address: str
    keys: Path
    catalog: Catalog
    moving: Moving


@dataclass(frozen=True)
class Heard:
    """An answer as it came."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head.split(b" ")[1])

    @property
    def is_quick(self) -> bool:
        """The front begins with what is a tile's own, Uvicorn with the date."""
        return self.head.split(b"\r\n")[1].startswith(b"etag:")

    @property
    def headers(self) -> dict[str, str]:
        lines = [line.decode().partition(": ") for line in self.head.split(b"\r\n")[1:-2]]
        return {name: value for name, _, value in lines if name not in OF_THE_WAY}


@pytest.fixture(scope="module")
def live(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[Live]:
    moving = Moving(catalog, make_database())
    moving.publish()
    with wire(moving.database, workers=1) as running:
        caller = Caller(running.address)
        for path in (TILE, OGC, EMPTY):
            while (
                "etag" in [name.lower() for name in caller.get(path).headers]
                and not ask(running.address, path).is_quick
            ):
                pass
        caller.close()
        yield Live(running.address, running.keys, catalog, moving)


def ask(address: str, path: str, *lines: str, method: str = "GET") -> Heard:
    place = urlsplit(address)
    request = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: bando.example", *lines, "", ""])
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        file = connection.makefile("rb")
        head = b"".join(iter(file.readline, b"\r\n")) + b"\r\n"
        length = [
            line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        ]
        connection.settimeout(0.1 if method == "HEAD" else 10)
        return Heard(head, b"" if method == "HEAD" or not length else file.read(int(length[0])))


def told(heard: Heard) -> dict[str, str]:
    """Headers, whatever their order; `Vary` names things, and some twice."""
    found = heard.headers
    return {**found, "vary": ", ".join(sorted(set(found["vary"].split(", "))))}


TAG = '"{tag}"'
ASKED = {
    "plain": (),
    "gzip": ("Accept-Encoding: gzip, deflate, br",),
    "zstd": ("Accept-Encoding: gzip, zstd",),
    "of another site": ("Origin: https://portal.example", "Accept-Encoding: gzip"),
    "its own tag": ("Accept-Encoding: gzip", "If-None-Match: {etag}"),
    "its own tag, in small letters": ("if-none-match: {etag}", "Accept-Encoding: gzip"),
    "its own tag, oddly written": ("IF-NONE-MATCH:{etag}", "Accept-Encoding: gzip"),
    "a weak tag": ("Accept-Encoding: gzip", "If-None-Match: W/{etag}"),
    "a list of tags": ('If-None-Match: "other", {etag}',),
    "any": ("If-None-Match: *",),
    "another tag": ('If-None-Match: "other"', "Accept-Encoding: gzip"),
    "no tag at all": ("If-None-Match: ", "Accept-Encoding: gzip"),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [TILE, OGC, EMPTY])
@pytest.mark.parametrize("lines", ASKED.values(), ids=ASKED)
def test_both_ways_give_the_same_answer(live: Live, lines: tuple[str, ...], path: str, method: str) -> None:
    etag = ask(live.address, path, "Accept-Encoding: gzip").headers["etag"]
    given = [line.format(etag=etag) for line in lines]
    quick, *again = (ask(live.address, path, *given, method=method) for _ in range(3))
    assert {(one.status, one.body, *sorted(told(one).items())) for one in again} == {
        (quick.status, quick.body, *sorted(told(quick).items()))
    }
    slow = ask(live.address, path, *given, "Connection: close", method=method)
    assert quick.is_quick
    assert not slow.is_quick
    assert (quick.status, quick.body, told(quick)) == (slow.status, slow.body, told(slow))


def test_every_packing_holds_the_same_tile(live: Live) -> None:
    plain, packed = ask(live.address, TILE), ask(live.address, TILE, "Accept-Encoding: gzip")
    assert plain.is_quick
    assert packed.is_quick
    assert plain.body == gzip.decompress(packed.body)
    assert plain.body


@pytest.mark.parametrize(
    ("path", "lines", "method"),
    [
        (TILE, ("Connection: close",), "GET"),
        (TILE, ("Content-Length: 0",), "GET"),
        (TILE, ("Range: bytes=0-9", "Transfer-Encoding: chunked"), "GET"),
        (TILE, ("If-None-Match: a", "If-None-Match: b"), "GET"),
        (TILE, ("If-None-Match: a", "if-none-match: b"), "GET"),
        (TILE, ("If-None-Match: a\x80",), "GET"),
        (TILE, ("X: \xff",), "GET"),
        (TILE, ("Bando-Key: wrong",), "GET"),
        (TILE, ("Bando-Key: ",), "GET"),
        (TILE + "?key=wrong", (), "GET"),
        (TILE + "?a=b", (), "GET"),
        (TILE + "?", ("Bando-Key: wrong",), "GET"),
        (TILE.replace(".", "%2e"), (), "GET"),
        (TILE, (), "OPTIONS"),
        (TILE, (), "POST"),
        (f"/tiles/{LAYER}/{Z}/{2**Z}/0.mvt", (), "GET"),
        ("/tiles/none/1/0/0.mvt", (), "GET"),
    ],
)
def test_the_odd_is_the_services_to_answer(live: Live, path: str, lines: tuple[str, ...], method: str) -> None:
    with_body = [line for line in lines if line.startswith("Transfer")]
    heard = ask(live.address, path, *lines, *(["", "0"] if with_body else []), method=method)
    assert not heard.is_quick
    assert heard.status < 500


def test_a_key_opens_its_view_and_nothing_once_it_is_revoked(live: Live) -> None:
    key = add_key(live.keys, KeyHolder(view="agency", label="Sở Y"), live.catalog.views)
    ways = ((TILE, f"Bando-Key: {key}"), (f"{TILE}?key={key}", "X: y"))
    for path, line in ways:
        while not (heard := ask(live.address, path, line)).is_quick:
            assert heard.status == 200
        assert heard.headers["cache-control"] == "private, no-cache"
    remove_keys(live.keys, "Sở Y", live.catalog.views)
    for path, line in ways:
        assert ask(live.address, path, line).status == 401
    assert ask(live.address, TILE).headers["cache-control"].startswith("public")


def test_many_questions_at_once_are_answered_in_order(live: Live) -> None:
    place = urlsplit(live.address)
    paths = [TILE, "/health", TILE, TILE, "/health", OGC] * 20
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=10) as connection:
        connection.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for path in paths))
        file = connection.makefile("rb")
        types = []
        for _ in paths:
            head = b"".join(iter(file.readline, b"\r\n")).decode().lower()
            fields = dict(line.split(": ", 1) for line in head.splitlines()[1:])
            types.append(fields["content-type"])
            file.read(int(fields["content-length"]))
    assert [kind == "application/json" for kind in types] == [path == "/health" for path in paths]


def test_what_was_answered_before_is_not_once_a_release_has_touched_it(live: Live) -> None:
    """Nothing changed: that is remembered, and only as long as it is so."""
    for _ in range(5):
        etag = ask(live.address, TILE).headers["etag"]
        known = f"If-None-Match: {etag}"
        while not all(ask(live.address, TILE, known).is_quick for _ in range(3)):
            pass
        assert ask(live.address, TILE, known).status == 304
        release, until = str(live.moving.publish(live.moving.count)), time.monotonic() + 10
        while (changed := ask(live.address, TILE, known)).headers["bando-release"] != release:
            assert time.monotonic() < until
        assert changed.status in (200, 204)
        assert changed.headers["etag"] != etag
