"""Tables over the wire: in parts, by slow callers; and GDAL, which asks with filters of its own."""

import io
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyogrio
import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.features.cql.city import rows, staged
from tests.live import Wire
from tests.serving import MEASURED, publish_rows

LAYER = "cadastre.thua_dat"
MANY = 3_000
SLOW = 60


@pytest.fixture(scope="module")
def address(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[str]:
    database = make_database()
    given = [{**row, "so_thua": f"s{place}"} for place, row in enumerate(rows(catalog, MANY))]
    publish_rows(database, MEASURED, [(catalog[LAYER], [staged(catalog, row) for row in given])])
    with wire(database) as running:
        yield running.address


def fetch(address: str, query: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(f"{address}/collections/{LAYER}/items?{query}", method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


@pytest.mark.parametrize("form", ["arrow", "csv", "gpkg"])
def test_a_table_comes_whole_and_in_parts(address: str, form: str) -> None:
    status, headers, whole = fetch(address, f"f={form}")
    assert (status, int(headers["content-length"])) == (200, len(whole))
    parts = {"100-199": whole[100:200], "-50": whole[-50:], "1000-": whole[1000:], "0-0": whole[:1]}
    for asked, wanted in parts.items():
        status, told, part = fetch(address, f"f={form}", Range=f"bytes={asked}", **{"If-Range": headers["etag"]})
        assert status == 206
        assert part == wanted, asked
        assert int(told["content-length"]) == len(wanted)
    assert fetch(address, f"f={form}", Range="bytes=0-9", **{"If-Range": '"other"'})[2] == whole
    assert fetch(address, f"f={form}", Range="bytes=0-9,20-29")[2] == whole
    status, told, body = fetch(address, f"f={form}", method="HEAD")
    assert (status, body, told["content-length"]) == (200, b"", headers["content-length"])


def test_slow_callers_keep_nobody_waiting(address: str) -> None:
    place = urlsplit(address)
    slow = []
    try:
        for number in range(SLOW):
            caller = socket.create_connection((place.hostname, place.port or 80), timeout=30)
            path = f"/collections/{LAYER}/items?f=arrow&limit={MANY - number % 5}"
            caller.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            slow.append(caller)
        assert fetch(address, "limit=10")[0] == 200
        assert pa.ipc.open_stream(io.BytesIO(fetch(address, "f=arrow&limit=50")[2])).read_all().num_rows == 50
        assert {caller.recv(12) for caller in slow} == {b"HTTP/1.1 200"}
    finally:
        for caller in slow:
            caller.close()


@pytest.mark.parametrize(
    "where",
    [
        "so_to = '3'",
        "dien_tich > 5 AND so_to = '1'",
        "so_thua LIKE 's1%' OR dien_tich <= 2",
        "so_to IN ('1', '2') AND NOT (dien_tich = 3)",
        "ma_thua_dat IS NULL",
    ],
)
def test_gdal_reads_a_collection_with_filters_of_its_own(address: str, where: str, tmp_path: Path) -> None:
    whole = pyogrio.read_arrow(f"OAPIF:{address}", layer=LAYER)[1]
    found = pyogrio.read_arrow(f"OAPIF:{address}", layer=LAYER, where=where)[1]
    assert whole.num_rows == MANY
    assert 0 < found.num_rows < MANY
    assert set(found["so_thua"].to_pylist()) == _meant(address, where, tmp_path)


def _meant(address: str, where: str, folder: Path) -> set[str]:
    """What GDAL's own engine finds in the whole table."""
    whole = folder / "whole.gpkg"
    whole.write_bytes(fetch(address, "f=gpkg")[2])
    return set(pyogrio.read_arrow(whole, where=where)[1]["so_thua"].to_pylist())
