"""Names are those of the served rows after every kind of release, and never those of rows that are gone."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from gis_server.db.database import Database
from gis_server.db.tables import migrate
from gis_server.naming.record import settle_names
from gis_server.releases.publish import publish
from gis_server.releases.rollback import Wish, roll_back
from tests.city import SO_THOAT_NUOC, catalog_of, layer_of, stage

FIELDS = {name: {"type": "text"} for name in ("ma", "ten", "dia_chi")}
RULE = {"kind": "facility", "names": ["ten"], "address": "dia_chi"}
HOUSES = layer_of("drainage.nha", fields=FIELDS, search=RULE)
PLACE = "POINT(603514.4 1191454.713)"
SCHOOL = ("A", " Trường Nguyễn Trãi ", "12/3a Lê Văn Sỹ, Phường 1", PLACE)
CLINIC = ("B", "Trạm y tế", "Số nhà 5 Lê Văn Sỹ", PLACE)
NOTHING = ("C", "", "Khu phố 3", PLACE)
KEPT = """
    SELECT row.ma, name.field, name.name, name.bare, entry.number
    FROM meta.search_entry AS entry JOIN meta.search_name AS name USING (name_id)
    LEFT JOIN drainage.nha AS row USING (fid)
    ORDER BY 1, 2 DESC
"""
OF_SCHOOL = [
    ("A", "ten", "Trường Nguyễn Trãi", " truong nguyen trai", None),
    ("A", "dia_chi", "Lê Văn Sỹ", " le van sy", "12/3a"),
]
OF_CLINIC = [("B", "ten", "Trạm y tế", " tram y te", None), ("B", "dia_chi", "Lê Văn Sỹ", " le van sy", "5")]


@pytest.fixture
def database(make_blank_database: Callable[[], Database]) -> Database:
    database = make_blank_database()
    migrate(database, catalog_of(HOUSES))
    return database


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection]:
    with database.connect("load") as conn:
        yield conn


def load(conn: psycopg.Connection, *rows: tuple[str, ...]) -> Any:
    return publish(conn, SO_THOAT_NUOC, [stage(conn, HOUSES, rows)], who="t", note="")


def kept(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    names = conn.execute("SELECT count(*), count(DISTINCT name) FROM meta.search_name").fetchone()
    found = conn.execute(KEPT.encode()).fetchall()
    assert names == (len({row[2] for row in found}),) * 2, "names that nothing bears"
    return found


def test_a_first_load_brings_every_name_and_address(conn):
    load(conn, SCHOOL, CLINIC, NOTHING)
    assert kept(conn) == [*OF_SCHOOL, *OF_CLINIC]


def test_names_follow_what_is_added_changed_and_removed_and_a_rollback(conn):
    load(conn, SCHOOL)
    load(conn, SCHOOL, CLINIC)
    assert kept(conn) == [*OF_SCHOOL, *OF_CLINIC]
    load(conn, ("A", "Trường Lê Lợi", None, PLACE))
    assert kept(conn) == [("A", "ten", "Trường Lê Lợi", " truong le loi", None)]
    roll_back(conn, catalog_of(HOUSES), Wish(2), who="t", note="")
    assert kept(conn) == [*OF_SCHOOL, *OF_CLINIC]


def test_a_release_that_fails_leaves_no_name(conn):
    load(conn, SCHOOL)
    with pytest.raises(Exception, match="bị lặp"):
        load(conn, SCHOOL, CLINIC, CLINIC)
    conn.rollback()
    assert kept(conn) == OF_SCHOOL


def test_another_rule_in_the_layer_file_keeps_the_names_anew_and_once(database, conn):
    load(conn, SCHOOL)
    conn.commit()
    changed = layer_of("drainage.nha", fields=FIELDS, search={"kind": "facility", "names": ["ma"]})
    assert settle_names(database, catalog_of(changed)) == ["drainage.nha"]
    assert settle_names(database, catalog_of(changed)) == []
    assert kept(conn) == [("A", "ma", "A", " a", None)]
    conn.commit()
    assert settle_names(database, catalog_of(layer_of("drainage.nha", fields=FIELDS))) == ["drainage.nha"]
    assert kept(conn) == []
    conn.commit()
    assert settle_names(database, catalog_of(HOUSES)) == ["drainage.nha"]
    assert kept(conn) == OF_SCHOOL
