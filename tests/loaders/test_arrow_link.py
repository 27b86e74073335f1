"""Arrow tables go into PostgreSQL and come out, in transactions that are begun once."""

import psycopg
import pyarrow as pa
import pytest

from loaders.arrow_link import ArrowLink

ROWS = pa.table({"number": pa.array([1, None], pa.int64()), "word": pa.array(["Bến Thành", None])})


@pytest.fixture
def link(fresh):
    with psycopg.connect(fresh.url) as conn:
        conn.execute("CREATE SCHEMA odd; CREATE TABLE odd.rows (number bigint, word text)")
        conn.execute("GRANT ALL ON SCHEMA odd TO bando_owner; GRANT ALL ON odd.rows TO bando_owner")
    with ArrowLink(fresh.dsn("owner")) as link:
        yield link


def test_rows_go_in_and_come_out(link):
    link.append("odd", "rows", ROWS)
    assert link.rows("SELECT number, word FROM odd.rows ORDER BY number").to_pylist() == ROWS.to_pylist()


def test_what_is_appended_belongs_to_the_transaction_that_was_begun(link):
    link.run("BEGIN")
    link.append("odd", "rows", ROWS)
    link.append("odd", "rows", ROWS)
    link.run("ROLLBACK")
    assert link.rows("SELECT count(*) AS n FROM odd.rows").to_pylist() == [{"n": 0}]
