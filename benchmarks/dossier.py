"""Parcel dossiers in a city of 1.2 million parcels under a plan (`python -m benchmarks.dossier [parcels]`).

JSON, page and PDF of parcels spread over the city, and 10,000 as a table; overlay of blocks against SQL by hand.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
from fastapi.testclient import TestClient

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation
from gis_server.app import create_app
from gis_server.catalog import Catalog
from gis_server.db.statements import quoted, text
from gis_server.releases.publish import publish
from gis_server.releases.source import Source
from gis_server.releases.staged import Staged

PARCELS = 1_200_000
TABLE, SPREAD = 10_000, 150
JSON_MS, PDF_MS, TABLE_S = 60.0, 1_000.0, 60.0
PLAN: Mapping[str, tuple[str, str]] = {
    "planning.quy_hoach_su_dung_dat": (
        "ma, chuc_nang",
        "ma, 'CONG_VIEN', ST_Buffer(geom, -4, 'join=mitre') FROM planning.o_pho",
    ),
    "planning.chi_gioi_duong_do": ("ma", "ma, ST_ExteriorRing(ST_Buffer(geom, -1, 'join=mitre')) FROM planning.o_pho"),
    "planning.lo_gioi": ("ma, lo_gioi", '"maNhanDang", 13, geom FROM base_transport.duong_bo'),
    "planning.hanh_lang_an_toan": (
        "ma, loai",
        "ma, 'DIEN', ST_Buffer(geom, 20) FROM planning.o_pho WHERE fid % 20 = 0",
    ),
    "drainage.vung_ngap": (
        "ma, muc_do",
        "ma, '2', ST_Buffer(ST_Centroid(geom), 150) FROM planning.o_pho WHERE fid % 40 = 0",
    ),
    "drainage.diem_ngap": ("ma", "ma, ST_Centroid(geom) FROM planning.o_pho WHERE fid % 100 = 0"),
    "drainage.tram_muc_nuoc": ("ma", "ma, ST_Centroid(geom) FROM planning.o_pho WHERE fid % 1500 = 0"),
    "drainage.ho_ga": ("ma", "ma, ST_StartPoint(ST_ExteriorRing(geom)) FROM planning.o_pho"),
    "drainage.tuyen_cong": ("ma", '"maNhanDang", ST_Translate(geom, 2, 0) FROM base_transport.duong_bo'),
}
"""Layer → its fields, and what they and the shape are made of: a plan laid over the blocks and streets."""


def bench(place: Bench, parcels: int = PARCELS) -> None:
    with tempfile.TemporaryDirectory(prefix="bando-dossier-") as folder, fresh_installation() as city:
        place.asked("sample", "--out", folder, "--parcels", str(parcels))
        city.asked("load", folder)
        with city.database.connect("load") as conn:
            _plan(conn, city.catalog)
        with city.database.connect("owner") as conn:
            conn.autocommit = True
            conn.execute("ANALYZE")
        with _client(city) as client, city.database.connect("read") as conn:
            _single(client, _keys(conn, f"fid % {max(1, parcels // SPREAD)} = 7"))
            _table(client, conn)


def _plan(conn: psycopg.Connection, catalog: Catalog) -> None:
    staged = []
    for name, (fields, made) in PLAN.items():
        layer = catalog[name]
        table = f'staging."{layer.group}__{layer.name}"'
        columns = ", ".join(map(quoted, layer.fields))
        conn.execute(f"CREATE UNLOGGED TABLE {table} AS SELECT {columns}, geom FROM {layer.table} LIMIT 0".encode())
        conn.execute(f"INSERT INTO {table} ({fields}, geom) SELECT {made}".encode())
        staged.append(Staged(layer, table))
    source = Source("quy_hoach_mau", "Quy hoạch mẫu", "Sample plan", "CC0", "Bando", synthetic=True)
    publish(conn, source, staged, who="bench", note="plan")
    conn.commit()


@contextmanager
def _client(place: Bench) -> Iterator[TestClient]:
    settings = place.settings.model_copy(update={"anonymous_view": "full", "statement_timeout_ms": 30_000})
    with TestClient(create_app(settings), base_url="http://localhost:8000") as client:
        yield client


def _keys(conn: psycopg.Connection, condition: str) -> list[list[str]]:
    asked_for = f"SELECT ma_xa_cu, so_to, so_thua FROM cadastre.thua_dat WHERE {condition} ORDER BY fid LIMIT {TABLE}"
    return [list(row) for row in conn.execute(asked_for.encode())]


def _single(client: TestClient, keys: list[list[str]]) -> None:
    paths = [f"/planning/parcels/{'/'.join(key)}/dossier" for key in keys]
    for form, most, limit in (("json", len(paths), JSON_MS), ("html", 40, PDF_MS), ("pdf", 40, PDF_MS)):
        times = sorted(_ms(partial(client.get, f"{path}?f={form}")) for path in paths[:most])
        p95 = times[int(len(times) * 0.95)]
        CONSOLE.print(f"    {form}: median {statistics.median(times):.1f} ms of {len(times)}", style="dim")
        claim(f"dossier as {form}, p95", p95, limit, "ms", "ms limit")


def _table(client: TestClient, conn: psycopg.Connection) -> None:
    keys = _keys(conn, "true")
    whole = _ms(lambda: client.post("/planning/dossiers", json={"parcels": keys})) / 1000
    claim(f"{len(keys):,} dossiers as a table", whole, TABLE_S, "s", "s limit")
    blocks = _ms(lambda: client.post("/planning/dossiers?sections=o_pho", json={"parcels": keys})) / 1000
    by_hand = text(Path(__file__).parent / "sql", "overlay", parcels=str(len(keys)))
    plain = _ms(lambda: conn.execute(by_hand.encode()).fetchall()) / 1000
    claim("the same, blocks alone", blocks, plain, "s", "s overlay in SQL by hand")


def _ms(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    answer = call()
    assert getattr(answer, "status_code", 200) == 200, answer
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
