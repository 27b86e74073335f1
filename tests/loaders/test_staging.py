"""A layer that never served anything takes over the table of its first load; any other is compared row by row."""

import threading
from collections.abc import Callable

import psycopg
import pytest
import shapely

from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.db.shapes import hash_expression
from gis_server.releases.publish import publish
from loaders import pipeline
from loaders.staging import Staging
from tests.city import QUAN_1
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered

Ask = Callable[..., list[tuple[object, ...]]]


def manholes(folder, *names, road="Lê Lợi"):
    shapes = [shapely.Point(603_000 + place, 1_191_000.0625) for place, _ in enumerate(names)]
    return delivered(folder, *[(shape, {"ma": ma, "duong": road}) for shape, ma in zip(shapes, names, strict=True)])


def test_a_first_load_is_written_once_and_served_like_any_other(tmp_path, load_it, ask: Ask, litter, catalog: Catalog):
    load_it(manholes(tmp_path, "A", "B"), MANHOLES)
    layer = catalog["drainage.ho_ga"]
    rows = ask(f"SELECT ma, born, source, hash = {hash_expression(layer)}, tuyen_duong FROM drainage.ho_ga ORDER BY ma")
    assert rows == [("A", 1, "thoat_nuoc", True, "Lê Lợi"), ("B", 1, "thoat_nuoc", True, "Lê Lợi")]
    moved = "SELECT max(ST_Distance(geom_3857, ST_Transform(geom, 3857))) < 0.0001 FROM drainage.ho_ga"
    assert ask(moved) == [(True,)]
    assert litter() == []
    again = load_it(manholes(tmp_path, "A", "B"), MANHOLES)
    assert again.release is None
    changed = load_it(manholes(tmp_path, "A", "B", "C", road="Hai Bà Trưng"), MANHOLES)
    assert changed.release is not None
    assert ask("SELECT ma, born FROM drainage.ho_ga ORDER BY ma") == [("A", 2), ("B", 2), ("C", 2)]
    assert ask("SELECT count(DISTINCT fid) FROM drainage.ho_ga") == [(3,)]


@pytest.fixture
def analyzed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many rows the planner knew of each staging table when it was told to look."""
    known: list[float] = []

    def analyze_one(self: Staging, layer: Layer) -> None:
        analyze(self, layer)
        query = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"
        row = self.conn.execute(query, [self.sent(layer).as_string(self.conn)]).fetchone()
        known.append(-1 if row is None else row[0])

    analyze = Staging.analyze_one
    monkeypatch.setattr(Staging, "analyze_one", analyze_one)
    return known


def test_the_planner_knows_the_rows_of_twins_and_of_the_loads_own_tables(tmp_path, load_it, analyzed):
    load_it(manholes(tmp_path, "A", "B"), MANHOLES)
    load_it(manholes(tmp_path, "A", "B", "C"), MANHOLES)
    assert analyzed == [2, 3]


@pytest.fixture
def overtaken(fresh: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a load's staging and its publishing, another office publishes a manhole."""

    def second(conn: psycopg.Connection, *args, **values):
        with fresh.connect() as other:
            name = "staging.quan"
            other.execute(f"CREATE TABLE {name} AS SELECT * FROM drainage.ho_ga WITH NO DATA".encode())
            other.execute(f"INSERT INTO {name} (ma, geom) VALUES ('Q', ST_Point(603000, 1191000, 9210))".encode())
            publish(other, QUAN_1, [type(args[1][0])(catalog["drainage.ho_ga"], name)], who="test", note="")
            other.execute(f"DROP TABLE {name}".encode())
        return publish(conn, *args, **values)

    monkeypatch.setattr(pipeline, "publish", second)


@pytest.mark.usefixtures("overtaken")
def test_a_layer_that_was_filled_meanwhile_is_added_to(tmp_path, load_it, ask: Ask, litter):
    assert load_it(manholes(tmp_path, "A"), MANHOLES).release.number == 2
    assert ask("SELECT ma, source, born FROM drainage.ho_ga ORDER BY ma") == [
        ("A", "thoat_nuoc", 2),
        ("Q", "quan_1", 1),
    ]
    assert litter() == []


def test_fids_that_others_took_in_between_are_not_given_twice(tmp_path, load_it, ask: Ask, fresh: Database):
    stop = threading.Event()

    def take() -> None:
        with fresh.connect() as conn:
            while not stop.is_set():
                conn.execute("SELECT nextval('meta.fid')")

    taker = threading.Thread(target=take)
    taker.start()
    try:
        load_it(manholes(tmp_path, *(f"M{number}" for number in range(3_000))), MANHOLES)
    finally:
        stop.set()
        taker.join()
    assert ask("SELECT count(*), count(DISTINCT fid) FROM drainage.ho_ga") == [(3_000, 3_000)]


@pytest.mark.parametrize("order", [{"dry_run": True}, {"judge": True}])
def test_a_load_that_only_tries_leaves_no_table(tmp_path, load_it, ask: Ask, litter, order):
    load_it(manholes(tmp_path, "A"), MANHOLES, **order)
    assert litter() == []
    assert ask("SELECT count(*) FROM drainage.ho_ga") == [(0,)]
