"""Over the wire: raw requests that HTTP clients do not send, and a desktop GIS that reads pages."""

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pyogrio
import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.live import Wire
from tests.serving import LAT, LON, MEASURED, publish_rows, row_of, tile_at

X_M, Y_M = 603_514.400, 1_191_454.713
LAYER = "cadastre.thua_dat"
MANY = 257


@pytest.fixture(scope="module")
def address(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[str]:
    database = make_database()
    layer = catalog[LAYER]
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, number) for number in range(1, MANY + 1)])])
    with wire(database) as running:
        yield running.address


def send(address: str, request: bytes) -> bytes:
    """What the server answers to these bytes, until it closes or falls silent."""
    place = urlsplit(address)
    answer = b""
    with socket.create_connection((place.hostname, place.port or 80), timeout=3) as connection:
        connection.sendall(request)
        with suppress(TimeoutError):
            while part := connection.recv(65536):
                answer += part
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def get(path: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: bando.example", b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


X, Y = tile_at(LON, LAT, 16)
TILE = f"/tiles/{LAYER}/16/{X}/{Y}.mvt".encode()


def test_head_over_the_wire_has_the_length_and_no_body(address: str) -> None:
    whole = send(address, get(TILE))
    head = send(address, get(TILE, method=b"HEAD"))
    length = len(whole.partition(b"\r\n\r\n")[2])
    assert f"content-length: {length}".encode() in head.lower()
    assert head.partition(b"\r\n\r\n")[2] == b""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (b"/tiles/cadastre%252ethua_dat", 404),
        (b"/tiles/cadastre%2ethua_dat", 200),  # one decoding is the rule: %2e is a dot
        (b"/tiles/%2e%2e%2f%2e%2e%2fetc", 404),
        (b"/tiles/../../etc/passwd", 404),
        (b"//tiles/none", 404),
        (b"/tiles/%00", 404),
        (b"/tiles/%ff%fe", 404),
        (b"/collections/" + b"x" * 8000, 404),
        (b"/tiles/" + b",".join([LAYER.encode()] * 400), 404),
        (b"/collections/cadastre.thua_dat/items?so_thua=%ff", 200),
        (b"/collections/cadastre.thua_dat/items?%ff=1", 400),
        (b"/collections/cadastre.thua_dat/items?limit=%31", 200),
    ],
)
def test_odd_paths_get_the_answer_of_their_kind(address: str, path: bytes, wanted: int) -> None:
    assert status(send(address, get(path))) == wanted


@pytest.mark.parametrize(
    "request_",
    [
        get(TILE, b"X-Big: " + b"a" * 65_536 * 8),
        get(TILE, b"Host: other.example"),
        get(TILE, b"Content-Length: 5", b"Transfer-Encoding: chunked"),
        get(TILE, method=b"TRACE"),
        get(TILE, method=b"BREW"),
        get(b"/tiles/\xef\xbc\x91"),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET " + TILE + b" HTTP/9.9\r\n\r\n",
        b"\x00\x01\x02\x03" * 100,
        b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_hostile_bytes_never_break_the_service(address: str, request_: bytes) -> None:
    with suppress(ConnectionResetError, BrokenPipeError):  # hung up on: as good as a refusal
        assert status(send(address, request_)) < 500
    assert status(send(address, get(b"/health"))) == 200


def test_clients_that_leave_in_the_middle_harm_nobody(address: str) -> None:
    place = urlsplit(address)
    for _ in range(200):
        with socket.create_connection((place.hostname, place.port or 80), timeout=5) as connection:
            connection.sendall(get(TILE))
    assert status(send(address, get(TILE))) == 200


def test_gdal_reads_a_collection_page_by_page(address: str, tmp_path: Path) -> None:
    """GDAL's OGC API driver finds schema, extent and every feature, 50 at a time."""
    program = shutil.which("ogr2ogr")
    assert program, "gdal-bin is missing: tools/setup test"
    out = tmp_path / "parcels.geojson"
    source = f"OAPIF:{address}/collections/{LAYER}"
    command = [program, "-q", "-f", "GeoJSON", str(out), source, "-oo", "PAGE_SIZE=50", "--config", "CPL_DEBUG", "HTTP"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert {feature["properties"]["so_thua"] for feature in features} == {f"K{n}" for n in range(1, MANY + 1)}
    assert done.stderr.count("cursor=") >= MANY // 50


def test_gdal_finds_the_collections_and_their_extent(address: str) -> None:
    """Through the GDAL of Python too, which is newer than the system's."""
    info = pyogrio.read_info(f"OAPIF:{address}", layer=LAYER, force_total_bounds=False)
    assert info["geometry_type"] in ("Polygon", "MultiPolygon", "Unknown")
    assert {"so_to", "so_thua", "loai_dat"} <= set(info["fields"])
    assert info["crs"] == "EPSG:9210"
    box = (X_M - 1, Y_M - 1, X_M + 1, Y_M + 1)  # GDAL reads a layer in the system that it is stored in
    meta, _, _, columns = pyogrio.raw.read(f"OAPIF:{address}", layer=LAYER, bbox=box)
    assert list(columns[list(meta["fields"]).index("so_thua")]) == ["K1"]


ASKED = b'{"layer": "cadastre.thua_dat", "place": "26740"}'


def post(body: bytes, *headers: bytes) -> bytes:
    return get(b"/query/summary", b"Content-Type: application/json", *headers, method=b"POST") + body


def chunked(size: int) -> bytes:
    part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    return part * (size // 0x10000) + b"0\r\n\r\n"


def test_a_body_in_chunks_is_no_longer_than_its_route_takes_whatever_was_said(address: str) -> None:
    """Said to have ten bytes, it has 20 million: the server reads no more of it than a million."""
    body = post(chunked(20_000_000), b"Content-Length: 10", b"Transfer-Encoding: chunked")
    with suppress(ConnectionError):  # it may hang up while we still send
        assert status(send(address, body)) in (400, 413)
    assert status(send(address, post(chunked(100_000), b"Transfer-Encoding: chunked"))) == 413
    whole = send(address, post(ASKED, b"Content-Length: %d" % len(ASKED)))
    assert status(whole) == 400
    assert b"place" in whole, "there is no outline here, and the body was read to know"


def test_http_2_without_tls_is_not_spoken(address: str) -> None:
    assert not send(address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)).startswith(b"\x00")
