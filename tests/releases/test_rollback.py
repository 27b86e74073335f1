"""Back to an earlier release: the same content, the same fids, a new number; or a sentence that says why not."""

import pytest

from gis_server.db.tables import migrate
from gis_server.errors import RollbackRefused
from gis_server.releases.books import differences, releases, versions
from gis_server.releases.diff import between_releases, changed_layers, compare, rows
from gis_server.releases.publish import Counts, publish
from gis_server.releases.rollback import Wish, preview, roll_back
from tests.city import FIELDS, QUAN_1, SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA, CONG = layer_of(), layer_of("drainage.tuyen_cong", geometry=["LineString"])
A, B, C = (
    ("A", "tròn", 1.5, "POINT(603514.4 1191454.713)"),
    ("B", "vuông", None, "POINT(603600 1191500)"),
    ("C", None, 2.0, "POINT(603700 1191600)"),
)
MOVED = ("A", "tròn", 9.0, "POINT(603516.4 1191454.713)")
LINE = ("L", None, None, "LINESTRING(603514.4 1191454.713, 603600 1191500)")
CITY = catalog_of(HO_GA, CONG)
CONTENT = "SELECT fid, source, ma, loai, cao_do, ST_AsText(geom), ST_AsText(geom_3857) FROM drainage.ho_ga ORDER BY fid"


def load(conn, rows, source=SO_THOAT_NUOC, layer=HO_GA):
    return publish(conn, source, [stage(conn, layer, rows)], who="test", note="")


def back(conn, release, *layers, catalog=CITY):
    return roll_back(conn, catalog, Wish(release, layers), who="Lan", note="sai")


def counts_by_release(conn):
    return conn.execute("SELECT sum(rows) FROM meta.layer_state WHERE layer = 'drainage.ho_ga'").fetchone()[0]


def test_a_rollback_is_a_new_release_with_the_old_content_and_fids(conn):
    load(conn, [A, B])
    before = conn.execute(CONTENT).fetchall()
    load(conn, [MOVED, C])
    made = back(conn, 1)
    assert made.number == 3
    assert [(one.layer, one.source, one.counts) for one in made.layers] == [
        ("drainage.ho_ga", "so_thoat_nuoc", Counts(added=1, changed=1, removed=1))
    ]
    assert conn.execute(CONTENT).fetchall() == before
    assert counts_by_release(conn) == 2
    assert not between_one_and(conn, 3).counts.total


def between_one_and(conn, release):
    return compare(conn, between_releases(HO_GA, 1, release))


def test_a_rollback_can_be_rolled_back_and_loads_go_on_from_there(conn):
    load(conn, [A, B])
    load(conn, [MOVED, C])
    after = conn.execute(CONTENT).fetchall()
    back(conn, 1)
    assert back(conn, 2).number == 4
    assert conn.execute(CONTENT).fetchall() == after
    assert load(conn, [MOVED, C]) is None
    assert load(conn, [A]).layers[0].counts == Counts(0, 1, 1)


def test_a_rollback_returns_rows_to_the_source_that_had_them(conn):
    load(conn, [A, B])
    load(conn, [A])
    load(conn, [B], source=QUAN_1)
    made = back(conn, 1)
    assert {(one.source, one.counts) for one in made.layers} == {
        ("quan_1", Counts(0, 0, 1)),
        ("so_thoat_nuoc", Counts(1, 0, 0)),
    }
    state = conn.execute("SELECT source, rows FROM meta.layer_state ORDER BY 1").fetchall()
    assert state == [("quan_1", 0), ("so_thoat_nuoc", 2)]


def test_a_preview_says_what_would_change_and_changes_nothing(conn):
    load(conn, [A, B])
    load(conn, [A])
    before = conn.execute(CONTENT).fetchall()
    assert [one.counts for one in preview(conn, CITY, Wish(1))] == [Counts(1, 0, 0)]
    assert conn.execute(CONTENT).fetchall() == before
    assert conn.execute("SELECT max(release) FROM meta.release").fetchone() == (2,)


def test_back_to_what_is_served_is_no_release(conn):
    load(conn, [A])
    assert back(conn, 1) is None


def test_only_the_named_layers_go_back(conn):
    load(conn, [A])
    load(conn, [LINE], layer=CONG)
    load(conn, [A, B])
    made = back(conn, 1, "drainage.ho_ga")
    assert [one.layer for one in made.layers] == ["drainage.ho_ga"]
    assert conn.execute("SELECT count(*) FROM drainage.tuyen_cong").fetchone() == (1,)


@pytest.mark.parametrize("release", [0, 3])
def test_a_release_that_is_not_there_is_refused(conn, release):
    load(conn, [A])
    load(conn, [B])
    with pytest.raises(RollbackRefused, match=f"no release {release}"):
        back(conn, release)


def test_a_release_published_after_the_preview_is_refused(conn):
    load(conn, [A])
    load(conn, [B])
    load(conn, [C])
    with pytest.raises(RollbackRefused, match="Release 3 was published after the preview"):
        roll_back(conn, CITY, Wish(1, seen=2), who="", note="")


def test_a_field_that_a_migration_dropped_makes_it_impossible_and_other_layers_are_named(conn, database):
    load(conn, [A])
    load(conn, [LINE], layer=CONG)
    load(conn, [B])
    conn.commit()
    narrow = catalog_of(layer_of(fields={name: rule for name, rule in FIELDS.items() if name != "cao_do"}), CONG)
    migrate(database, narrow, allow_destructive=frozenset({"drainage.ho_ga.cao_do"}))
    with pytest.raises(RollbackRefused, match=r"sau bản 3: drainage\.ho_ga\.cao_do") as refused:
        back(conn, 1, catalog=narrow)
    assert "bando rollback 1 --layer drainage.tuyen_cong" in refused.value.vi
    assert back(conn, 1, "drainage.tuyen_cong", catalog=narrow).number == 4


def test_a_value_that_is_required_now_makes_it_impossible(conn, database):
    load(conn, [A, C])
    load(conn, [A])
    conn.commit()
    strict = catalog_of(layer_of(fields={**FIELDS, "loai": {"type": "text", "required": True}}), CONG)
    migrate(database, strict)
    with pytest.raises(RollbackRefused, match=r"loai \(1\)"):
        back(conn, 1, catalog=strict)


def test_a_diff_counts_changes_and_names_fields_with_before_and_after(conn):
    load(conn, [A, B])
    load(conn, [MOVED, C])
    assert changed_layers(conn, 1, 2) == ["drainage.ho_ga"]
    found = between_one_and(conn, 2)
    assert found.counts == Counts(1, 1, 1)
    assert found.fields == {"cao_do": 1, "geom": 1}
    (changed,) = rows(conn, found.sides, 5, kind="changed", shapes=True)
    assert (changed.key, changed.changed) == ("A", {"cao_do": (1.5, 9.0)})
    assert changed.moved_m == pytest.approx(2.0)
    assert changed.old_shape != changed.new_shape
    assert [one.key for one in rows(conn, found.sides, 5, kind="added")] == ["C"]
    assert [one.key for one in rows(conn, found.sides, 5, kind="removed")] == ["B"]


def test_a_diff_backwards_is_the_diff_the_other_way_round(conn):
    load(conn, [A, B])
    load(conn, [MOVED])
    load(conn, [MOVED, C])
    assert compare(conn, between_releases(HO_GA, 3, 1)).counts == Counts(added=1, changed=1, removed=1)
    assert compare(conn, between_releases(HO_GA, 0, 2)).counts == Counts(1, 0, 0)


def test_what_changed_and_changed_back_is_no_difference(conn):
    load(conn, [A])
    load(conn, [MOVED])
    load(conn, [A])
    assert between_one_and(conn, 3).counts.total == 0


def test_a_feature_tells_its_versions(conn):
    load(conn, [A, B])
    load(conn, [MOVED, B])
    load(conn, [B])
    told = list(differences(versions(conn, HO_GA, ["A"])))
    assert [(one.born, one.died, sorted(changes)) for one, changes in told] == [(1, 2, []), (2, 3, ["cao_do", "geom"])]
    assert versions(conn, HO_GA, ["B"])[0].died is None


def test_the_books_list_releases_newest_first(conn):
    load(conn, [A])
    load(conn, [A, B], source=SO_THOAT_NUOC)
    assert [(one.release, one.layers) for one in releases(conn, 1)] == [
        (2, [["drainage.ho_ga", "so_thoat_nuoc", 1, 0, 0]])
    ]
