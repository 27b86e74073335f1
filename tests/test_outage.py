"""When PostgreSQL is slow, restarts or is away: a sentence and a time to come back, and recovery by itself."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import psycopg
import pytest
from fastapi import FastAPI

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.serving import LAT, LON, MEASURED, City, Serve, publish_rows, row_of, tile_at

LAYER = "base_transport.duong_bo"
X, Y = tile_at(LON, LAT, 16)
ASKING = [
    f"/tiles/{LAYER}/16/{X}/{Y}.mvt",
    f"/tiles/{LAYER}",
    f"/collections/{LAYER}/items",
    f"/query/identify?lon={LON}&lat={LAT}",
    "/catalogue",
    "/collections",
]


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """A service that waits half a second for an answer, no longer."""
    database = make_database()
    publish_rows(database, MEASURED, [(catalog[LAYER], [row_of(catalog, catalog[LAYER], 1)])])
    with serve(database, statement_timeout_ms=500) as city:
        yield city


def assert_busy(city: City, path: str) -> None:
    answer = city.get(path)
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["detail"] != answer.json()["detail_en"]
    assert answer.headers["Bando-Release"] == "1"


@pytest.mark.parametrize("path", [ASKING[0], ASKING[2], ASKING[3]])
def test_a_question_that_takes_too_long_is_busy_not_broken(city: City, path: str) -> None:
    with city.database.connect("owner") as conn:
        conn.execute('LOCK TABLE "base_transport"."duong_bo" IN ACCESS EXCLUSIVE MODE')
        assert_busy(city, path)
    assert city.get(path).status_code == 200


@pytest.mark.parametrize("path", ASKING)
def test_the_service_recovers_when_its_connections_are_cut(city: City, path: str) -> None:
    assert city.get(path).status_code == 200
    cut_connections(city)
    answers = [city.get(path).status_code for _ in range(10)]
    assert set(answers) <= {200, 503}
    assert answers[-1] == 200


@pytest.mark.parametrize("path", ASKING)
def test_without_a_database_every_question_gets_a_sentence(city: City, path: str) -> None:
    app, portal = city.client.app, city.client.portal
    assert isinstance(app, FastAPI)
    assert portal is not None
    here = app.state.pool
    app.state.pool = portal.call(nowhere)
    try:
        assert_busy(city, path)
        assert city.get("/health").json()["database"] == "away"
        assert city.get("/health").status_code == 503
        assert city.get("/viewer.json").status_code == 200
    finally:
        app.state.pool = here
    assert city.get(path).status_code == 200


async def nowhere() -> Any:
    """A pool whose server does not exist."""
    return await asyncpg.create_pool("postgresql://bando_read@127.0.0.1:1/bando", min_size=0, max_size=1)


def cut_connections(city: City) -> None:
    with psycopg.connect(city.database.url, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bando serve'")


def test_answers_that_read_nothing_name_a_new_release_too(city: City, catalog: Catalog) -> None:
    layer = catalog["base_transport.duong_sat"]
    published = publish_rows(city.database, MEASURED, [(layer, [row_of(catalog, layer, 1)])])
    until = time.monotonic() + 5
    while city.get("/conformance").headers["Bando-Release"] != str(published):
        assert time.monotonic() < until
        time.sleep(0.02)
