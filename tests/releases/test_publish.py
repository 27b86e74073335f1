"""A publish is one release: compared by key and hash, whole or not at all, and only over the rows of its source."""

import threading

import psycopg
import pytest

from gis_server.db.tables import migrate
from gis_server.errors import Busy, LoadRefused
from gis_server.releases.publish import Counts, Release, publish
from gis_server.releases.staged import Comparison, finish
from tests.city import QUAN_1, SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA = layer_of()
CONG = layer_of("drainage.tuyen_cong", geometry=["LineString"])
A, B, C = (
    ("A", "tròn", 1.5, "POINT(603514.4 1191454.713)"),
    ("B", "vuông", None, "POINT(603600 1191500)"),
    ("C", None, 2.0, "POINT(603700 1191600)"),
)
LINE = ("L", None, None, "LINESTRING(603514.4 1191454.713, 603600 1191500)")
PARTS = "SELECT conname, contype, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid"
Rows = list[tuple[object, ...]]


def load(conn: psycopg.Connection, rows: Rows, source=SO_THOAT_NUOC) -> Release | None:
    return publish(conn, source, [stage(conn, HO_GA, rows)], who="test", note="")


def served(conn: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """key → fid, born."""
    return {row[0]: row[1:] for row in conn.execute("SELECT ma, fid, born FROM drainage.ho_ga")}


def ended(conn: psycopg.Connection) -> set[tuple[str, int, int]]:
    return set(conn.execute("SELECT ma, born, died FROM history.drainage__ho_ga"))


def state(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    return conn.execute("SELECT layer, source, rows, release FROM meta.layer_state ORDER BY 1, 2").fetchall()


def test_the_first_load_is_release_one_and_its_rows_are_born_in_it(conn):
    release = load(conn, [A, B])
    assert release.number == 1
    assert [(one.layer, one.counts) for one in release.layers] == [("drainage.ho_ga", Counts(2, 0, 0))]
    assert {key: born for key, (_, born) in served(conn).items()} == {"A": 1, "B": 1}
    assert state(conn) == [("drainage.ho_ga", "so_thoat_nuoc", 2, 1)]


def test_only_added_changed_and_removed_rows_are_written(conn):
    load(conn, [A, B, C])
    before = dict(conn.execute("SELECT ma, xmin::text FROM drainage.ho_ga").fetchall())
    fids = served(conn)
    release = load(conn, [A, ("B", "vuông", 9.9, B[3]), ("D", None, None, "POINT(603800 1191700)")])
    assert release.layers[0].counts == Counts(added=1, changed=1, removed=1)
    assert conn.execute("SELECT ma, xmin::text FROM drainage.ho_ga WHERE ma = 'A'").fetchone() == ("A", before["A"])
    now = served(conn)
    assert now["A"] == fids["A"]
    assert now["B"] == (fids["B"][0], 2)
    assert now["D"][0] not in {fid for fid, _ in fids.values()}
    assert ended(conn) == {("B", 1, 2), ("C", 1, 2)}
    assert state(conn) == [("drainage.ho_ga", "so_thoat_nuoc", 3, 2)]
    books = conn.execute("SELECT added, changed, removed FROM meta.release_layer WHERE release = 2").fetchall()
    assert books == [(1, 1, 1)]


@pytest.mark.parametrize(
    "changed",
    [("A", "vuông", 1.5, A[3]), ("A", "tròn", None, A[3]), ("A", "tròn", 1.5, "POINT(603514.401 1191454.713)")],
    ids=["text", "a value that goes", "a millimetre"],
)
def test_every_difference_counts_and_the_old_version_is_kept(conn, changed):
    load(conn, [A])
    assert load(conn, [changed]).layers[0].counts == Counts(0, 1, 0)
    old = conn.execute("SELECT ma, loai, cao_do, ST_AsText(geom) FROM history.drainage__ho_ga").fetchone()
    assert old == (*A[:3], A[3])
    new = conn.execute("SELECT ma, loai, cao_do, ST_AsText(geom) FROM drainage.ho_ga").fetchone()
    assert new == changed


def test_nothing_changed_is_no_release(conn):
    load(conn, [A, B])
    assert load(conn, [B, A]) is None
    assert conn.execute("SELECT max(release) FROM meta.release").fetchone() == (1,)
    assert load(conn, [A]).number == 2


def test_a_key_that_returns_gets_its_fid_back(conn):
    load(conn, [A, B])
    fid = served(conn)["B"][0]
    load(conn, [A])
    load(conn, [A, B])
    assert served(conn)["B"] == (fid, 3)
    load(conn, [A])
    assert ended(conn) == {("B", 1, 2), ("B", 3, 4)}


def test_a_source_ends_only_its_own_rows(conn):
    load(conn, [A, B])
    release = load(conn, [C], source=QUAN_1)
    assert release.layers[0].counts == Counts(1, 0, 0)
    assert served(conn).keys() == {"A", "B", "C"}
    load(conn, [A])
    assert served(conn).keys() == {"A", "C"}
    assert state(conn) == [("drainage.ho_ga", "quan_1", 1, 2), ("drainage.ho_ga", "so_thoat_nuoc", 1, 3)]


def test_a_key_that_another_source_serves_is_refused_by_name(conn):
    load(conn, [A, B])
    with pytest.raises(LoadRefused, match=r"B \(so_thoat_nuoc\)"):
        load(conn, [C, B], source=QUAN_1)
    assert served(conn).keys() == {"A", "B"}
    assert conn.execute("SELECT count(*) FROM meta.source WHERE source = 'quan_1'").fetchone() == (0,)


def test_a_key_that_stands_twice_is_refused_by_name(conn):
    with pytest.raises(LoadRefused, match="ma is not unique in this load: A"):
        load(conn, [A, B, A])
    assert served(conn) == {}


def test_layers_of_one_publish_arrive_together_or_not_at_all(conn):
    both = [stage(conn, HO_GA, [A]), stage(conn, CONG, [LINE])]
    release = publish(conn, SO_THOAT_NUOC, both, who="test", note="")
    assert {one.layer for one in release.layers} == {"drainage.ho_ga", "drainage.tuyen_cong"}
    bad = [stage(conn, HO_GA, [A, B]), stage(conn, CONG, [("M", None, None, "POINT(603514 1191454)")])]
    with pytest.raises(LoadRefused, match=r"drainage\.tuyen_cong.*kinds"):
        publish(conn, SO_THOAT_NUOC, bad, who="test", note="")
    assert served(conn).keys() == {"A"}
    assert load(conn, [A, C]).number == 2


def test_a_layer_without_changes_is_not_in_the_release(conn):
    publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [A]), stage(conn, CONG, [LINE])], who="test", note="")
    staged = [stage(conn, HO_GA, [A, B]), stage(conn, CONG, [LINE])]
    release = publish(conn, SO_THOAT_NUOC, staged, who="test", note="")
    assert [one.layer for one in release.layers] == ["drainage.ho_ga"]


def test_a_missing_required_value_is_refused_with_the_name_of_the_field(conn):
    with pytest.raises(LoadRefused, match="ma required"):
        load(conn, [(None, "tròn", 1.0, A[3])])


@pytest.mark.parametrize("step", ["compare", "write", "finish"])
def test_a_load_killed_at_any_step_leaves_the_old_release_whole_and_no_gap(conn, database, monkeypatch, step):
    load(conn, [A, B])

    def killed(dying: psycopg.Connection, *rest: object, **named: object) -> None:
        with psycopg.connect(database.url) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [dying.info.backend_pid])
        dying.execute("SELECT 1")

    with database.connect("load") as dying:
        staged = [stage(dying, HO_GA, [C]), stage(dying, CONG, [LINE])]
        monkeypatch.setattr(f"gis_server.releases.publish.{step}", killed)
        with pytest.raises(psycopg.OperationalError):
            publish(dying, SO_THOAT_NUOC, staged, who="test", note="")
    monkeypatch.undo()
    assert served(conn).keys() == {"A", "B"}
    assert conn.execute("SELECT count(*) FROM drainage.tuyen_cong").fetchone() == (0,)
    assert state(conn) == [("drainage.ho_ga", "so_thoat_nuoc", 2, 1)]
    assert publish(conn, SO_THOAT_NUOC, staged, who="test", note="").number == 2


def test_readers_of_an_empty_layer_do_not_wait_while_it_is_filled(conn, database, monkeypatch):
    """Rows and indexes go into a twin; only the last moment, when it takes the layer's place, is exclusive."""
    seen = []

    def look(conn: psycopg.Connection, comparison: Comparison) -> None:
        with database.connect("read") as reader:
            reader.execute("SET lock_timeout = '100ms'")
            seen.append(reader.execute("SELECT count(*) FROM drainage.ho_ga").fetchone())
        finish(conn, comparison)

    monkeypatch.setattr("gis_server.releases.publish.finish", look)
    with database.connect("read") as reader:
        reader.prepare_threshold = 0
        assert reader.execute("SELECT ma FROM drainage.ho_ga").fetchall() == []
        reader.commit()
        load(conn, [A])
        assert seen == [(0,)]
        assert reader.execute("SELECT ma FROM drainage.ho_ga").fetchall() == [("A",)]


def test_a_filled_layer_is_made_like_the_empty_one(conn, database):
    def shape() -> tuple[object, ...]:
        return (
            conn.execute(f"{PARTS} = 'drainage.tuyen_cong'::regclass ORDER BY 1").fetchall(),
            conn.execute("SELECT relacl::text, relowner FROM pg_class WHERE relname = 'tuyen_cong'").fetchall(),
            conn.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'tuyen_cong' ORDER BY 1").fetchall(),
        )

    before = shape()
    publish(conn, SO_THOAT_NUOC, [stage(conn, CONG, [LINE])], who="test", note="")
    assert shape() == before
    assert conn.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'filling%'").fetchone() == (0,)


def test_the_web_mercator_copy_is_the_stored_point_moved_by_the_pinned_shift(conn):
    load(conn, [A])
    row = conn.execute("SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(geom_3857, 4326) AS p FROM drainage.ho_ga) t")
    assert row.fetchone() == pytest.approx((106.6983, 10.7725), abs=1e-8)


def test_spatial_indexes_are_there_after_the_first_load_and_used(conn):
    points = [(f"P{n}", None, None, f"POINT({600000 + n % 100 * 10} {1190000 + n // 100 * 10})") for n in range(2000)]
    load(conn, points)
    names = conn.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'ho_ga' ORDER BY 1").fetchall()
    assert [name for (name,) in names] == ["ho_ga_born", "ho_ga_geom", "ho_ga_geom_3857", "ho_ga_key", "ho_ga_pkey"]
    box = "ST_MakeEnvelope(600000, 1190000, 600015, 1190015, 9210)"
    plan = conn.execute(f"EXPLAIN SELECT fid FROM drainage.ho_ga WHERE geom && {box}").fetchall()
    assert "ho_ga_geom" in str(plan)


def test_the_rows_of_a_release_are_found_without_reading_the_layer(conn):
    points = [(f"P{n}", None, None, f"POINT({600000 + n % 100 * 10} {1190000 + n // 100 * 10})") for n in range(9000)]
    load(conn, points)
    load(conn, [("P0", 1.0, None, "POINT(600000 1190000)"), *points[1:]])
    conn.execute("SET LOCAL enable_seqscan = off")
    plan = conn.execute("EXPLAIN (ANALYZE, FORMAT JSON) SELECT fid FROM drainage.ho_ga WHERE born = 2").fetchone()
    (scan,) = [plan[0][0]["Plan"]]
    assert (scan["Plans"][0]["Index Name"], scan["Actual Rows"]) == ("ho_ga_born", 1)
    assert scan["Rows Removed by Index Recheck"] < 9000 / 2


def test_neighbours_on_the_map_are_neighbours_in_the_numbering(conn):
    """2,500 points on a grid, delivered row by row: along the fids one walks a tenth of the delivered way."""
    points = [
        (f"P{n}", None, None, f"POINT({600000 + n * 37 % 50 * 10} {1190000 + n // 50 * 10})") for n in range(2500)
    ]
    load(conn, points)
    steps = "SELECT geom, lag(geom) OVER (ORDER BY {}) AS before FROM drainage.ho_ga"
    walk = f"SELECT sum(ST_Distance(geom, before)) FROM ({steps}) t"
    (by_fid,) = conn.execute(walk.format("fid")).fetchone()
    (by_key,) = conn.execute(walk.format("ma")).fetchone()
    assert by_fid < by_key / 10


def test_listeners_hear_the_number_when_it_is_published(conn, database):
    with psycopg.connect(database.dsn("read"), autocommit=True) as listener:
        listener.execute("LISTEN bando_release")
        load(conn, [A])
        heard = [one.payload for one in listener.notifies(timeout=5, stop_after=1)]
    assert heard == ["1"]


def test_two_publishes_at_once_follow_each_other(conn, database):
    load(conn, [A])
    numbers = []

    def other() -> None:
        with database.connect("load") as second:
            release = publish(second, QUAN_1, [stage(second, CONG, [LINE])], who="test", note="")
            numbers.append(release.number)

    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(7901003)")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join(timeout=10)
    assert numbers == [2]


def test_a_publish_that_waits_too_long_says_so(conn, database, monkeypatch):
    monkeypatch.setattr("gis_server.releases.publish.PATIENCE", "200ms")
    with database.connect("load") as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(7901003)")
        with pytest.raises(Busy, match="Another publish has been under way"):
            load(conn, [A])


def test_a_source_keeps_its_newest_description(conn):
    load(conn, [A])
    renamed = SO_THOAT_NUOC.__class__("so_thoat_nuoc", "Tên mới", "New name", "mở", "ai", synthetic=True)
    assert load(conn, [A], source=renamed) is None
    assert conn.execute("SELECT title_vi, synthetic FROM meta.source").fetchall() == [("Tên mới", True)]


def test_row_hashes_do_not_hang_on_the_settings_of_the_session(conn, make_blank_database):
    dated = layer_of(fields={"ma": {"type": "text"}, "luc": {"type": "datetime"}, "so": {"type": "number"}})
    database = make_blank_database()
    migrate(database, catalog_of(dated))
    rows = [("A", "2026-07-01 08:00:00+07", 0.1 + 0.2, A[3])]
    with database.connect("load") as one:
        publish(one, SO_THOAT_NUOC, [stage(one, dated, rows)], who="test", note="")
    with database.connect("load") as other:
        other.execute("SET timezone = 'Asia/Ho_Chi_Minh'; SET datestyle = 'German'; SET extra_float_digits = -5")
        assert publish(other, SO_THOAT_NUOC, [stage(other, dated, rows)], who="test", note="") is None
