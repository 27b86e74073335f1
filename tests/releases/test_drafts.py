"""Drafts wait, unseen by readers, until someone publishes several at once; what no longer fits is refused."""

import psycopg
import pytest

from gis_server.errors import DraftStale, LoadRefused
from gis_server.releases.diff import compare, from_served
from gis_server.releases.drafts import Origin, Wish, discard, drafts, hold, publish_drafts
from gis_server.releases.publish import Counts, publish
from tests.city import FIELDS, QUAN_1, SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA, CONG = layer_of(), layer_of("drainage.tuyen_cong", geometry=["LineString"])
A, B = ("A", "tròn", 1.5, "POINT(603514.4 1191454.713)"), ("B", "vuông", None, "POINT(603600 1191500)")
LINE = ("L", None, None, "LINESTRING(603514.4 1191454.713, 603600 1191500)")
CITY = catalog_of(HO_GA, CONG)


def held(conn, rows, source=SO_THOAT_NUOC, layer=HO_GA):
    origin = Origin(source, "Lan", f"giao {source.id}", "giao.zip", None)
    return hold(conn, CITY, origin, [stage(conn, layer, rows)])


def published(conn, *numbers, catalog=CITY):
    return publish_drafts(conn, catalog, Wish(numbers, "Lan"))


def tables(conn):
    return conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'draft' AND tablename <> 'book'").fetchone()[
        0
    ]


def test_a_draft_serves_nothing_until_it_is_published_and_is_gone_then(conn):
    number = held(conn, [A, B])
    assert conn.execute("SELECT count(*) FROM drainage.ho_ga").fetchone() == (0,)
    assert published(conn, number).number == 1
    assert conn.execute("SELECT count(*) FROM drainage.ho_ga").fetchone() == (2,)
    assert drafts(conn) == []
    assert tables(conn) == 0


def test_several_drafts_of_several_sources_become_one_release(conn):
    numbers = [held(conn, [A]), held(conn, [B], QUAN_1), held(conn, [LINE], QUAN_1, CONG)]
    release = published(conn, *numbers)
    assert release.number == 1
    assert {(one.layer, one.source) for one in release.layers} == {
        ("drainage.ho_ga", "so_thoat_nuoc"),
        ("drainage.ho_ga", "quan_1"),
        ("drainage.tuyen_cong", "quan_1"),
    }
    assert conn.execute("SELECT ma, born FROM drainage.ho_ga ORDER BY 1").fetchall() == [("A", 1), ("B", 1)]


def test_one_bad_draft_publishes_none_and_loses_none(conn):
    numbers = [held(conn, [LINE], layer=CONG), held(conn, [A]), held(conn, [A], QUAN_1)]
    with pytest.raises(LoadRefused):
        published(conn, *numbers)
    assert conn.execute("SELECT count(*) FROM meta.release").fetchone() == (0,)
    assert [one.draft for one in drafts(conn)] == numbers


def test_readers_cannot_see_drafts(conn, database):
    held(conn, [A])
    conn.commit()
    with database.connect("read") as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT * FROM draft.book")


def test_drafts_are_in_logged_tables(conn):
    held(conn, [A])
    kinds = conn.execute("SELECT DISTINCT relpersistence FROM pg_class WHERE relnamespace = 'draft'::regnamespace")
    assert kinds.fetchall() == [("p",)]


def test_a_look_says_what_would_change(conn):
    publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [A])], who="test", note="")
    publish(conn, QUAN_1, [stage(conn, HO_GA, [B])], who="test", note="")
    number = held(conn, [("A", "vuông", 1.5, A[3]), ("C", None, None, "POINT(603700 1191600)")])
    (draft,) = drafts(conn, [number])
    (staged,) = draft.staged(CITY)
    found = compare(conn, from_served(HO_GA, staged.table, draft.source["id"]))
    assert (found.counts, found.fields) == (Counts(1, 1, 0), {"loai": 1})
    assert published(conn, number).layers[0].counts == found.counts


def test_a_draft_older_than_what_its_source_published_since_is_refused(conn):
    number = held(conn, [A])
    publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [B])], who="test", note="")
    with pytest.raises(DraftStale, match="published release 1 after the draft was made"):
        published(conn, number)
    assert len(drafts(conn)) == 1


def test_a_draft_checked_by_other_rules_is_refused(conn, database):
    number = held(conn, [A])
    conn.commit()
    stricter = catalog_of(layer_of(fields={**FIELDS, "cao_do": {"type": "number", "range": [0, 1]}}), CONG)
    with pytest.raises(DraftStale, match="layer file changed"):
        published(conn, number, catalog=stricter)


def test_two_drafts_of_the_same_layer_and_source_are_refused_together(conn):
    numbers = [held(conn, [A]), held(conn, [B])]
    with pytest.raises(DraftStale, match="discard one of them"):
        published(conn, *numbers)


def test_a_draft_without_changes_makes_no_release_and_is_gone(conn):
    publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [A])], who="test", note="")
    assert published(conn, held(conn, [A])) is None
    assert (drafts(conn), tables(conn)) == ([], 0)


def test_a_discarded_draft_leaves_nothing(conn):
    discard(conn, [held(conn, [A])])
    assert (drafts(conn), tables(conn)) == ([], 0)
    with pytest.raises(DraftStale, match="no draft 1"):
        discard(conn, [1])
