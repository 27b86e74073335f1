"""Three roles, and what each can and cannot do; servers that others run; passwords that nobody sees."""

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import adbc_driver_postgresql.dbapi
import asyncpg
import psycopg
import pytest

from gis_server.db.database import Database, open_database
from gis_server.db.provision import Facts, check_server
from gis_server.db.tables import migrate
from gis_server.errors import Busy, DatabaseMissing, MapError, SettingInvalid
from gis_server.releases.publish import publish
from tests.city import SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA = layer_of()
ROW = ("A", "tròn", 1.5, "POINT(603514.4 1191454.713)")
SECRET = "m4t-kh4u"


@pytest.fixture(scope="module")
def database(make_blank_database: Callable[[], Database]) -> Database:
    database = make_blank_database()
    migrate(database, catalog_of(HO_GA))
    with database.connect("load") as conn:
        publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [ROW])], who="test", note="")
    return database


def as_login(database: Database, login: str, name: str | None = None) -> str:
    """The URL that another login of the same server would put in BANDO_DATABASE_URL."""
    parts = urlsplit(database.url)
    return urlunsplit(parts._replace(netloc=f"{login}:{SECRET}@", path=f"/{name or database.name}"))


def run(database: Database, statement: str) -> None:
    with psycopg.connect(database.url, autocommit=True) as conn:
        conn.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO drainage.ho_ga SELECT * FROM drainage.ho_ga",
        "UPDATE drainage.ho_ga SET loai = 'x'",
        "DELETE FROM drainage.ho_ga",
        "TRUNCATE drainage.ho_ga",
        "DROP TABLE drainage.ho_ga",
        "DELETE FROM history.drainage__ho_ga",
        "INSERT INTO meta.release VALUES (99, now(), 'x', 'x')",
        "CREATE TABLE mine (n int)",
        "CREATE TABLE drainage.mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "SELECT nextval('meta.fid')",
        "SELECT meta.begin_fill('drainage.ho_ga', 'x')",
        "SELECT * FROM staging.drainage__ho_ga",
        "SET ROLE bando_owner",
        "SET ROLE bando_load",
        "COPY drainage.ho_ga TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_reader_cannot_write_nor_see_staging_even_when_it_drops_read_only(database, statement):
    with database.connect("read") as conn:
        conn.execute("SET TRANSACTION READ WRITE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement.encode())


def test_the_reader_reads_what_is_served_history_and_the_books(database):
    with database.connect("read") as conn:
        assert conn.execute("SELECT count(*) FROM drainage.ho_ga").fetchone() == (1,)
        assert conn.execute("SELECT count(*) FROM history.drainage__ho_ga").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM meta.release").fetchone() == (1,)
        assert conn.execute("SHOW transaction_read_only").fetchone() == ("on",)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE drainage.ho_ga",
        "ALTER TABLE drainage.ho_ga ADD COLUMN x int",
        "CREATE TABLE drainage.mine (n int)",
        "CREATE SCHEMA mine",
        "UPDATE spatial_ref_sys SET srtext = ''",
        "SELECT meta.begin_fill('meta.release', 'x') FROM (SELECT set_config('role', 'bando_owner', false)) t",
    ],
)
def test_the_loader_writes_rows_but_never_changes_tables(database, statement):
    with database.connect("load") as conn:
        conn.execute("UPDATE drainage.ho_ga SET loai = loai")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement.encode())


def test_filling_works_on_layers_only(database):
    with (
        database.connect("load") as conn,
        pytest.raises(psycopg.errors.RaiseException, match=r"no layer meta\.release"),
    ):
        conn.execute("SELECT meta.begin_fill('meta.release', 'x')")


@pytest.mark.parametrize("role", ["owner", "load", "read"])
@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "given"])
async def test_one_uri_serves_psycopg_asyncpg_and_adbc(database, role, embedded):
    dsn = Database(database.url, embedded=embedded).dsn(role)
    with psycopg.connect(dsn) as conn:
        assert conn.execute("SELECT current_user").fetchone() == (f"bando_{role}",)
    there = await asyncpg.connect(dsn)
    assert await there.fetchval("SELECT current_user") == f"bando_{role}"
    assert await there.fetchval("SHOW default_transaction_read_only") == ("on" if role == "read" else "off")
    await there.close()
    with adbc_driver_postgresql.dbapi.connect(dsn) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        assert cursor.fetchone() == (f"bando_{role}",)


def test_opening_again_changes_nothing(settings, database):
    given = settings.model_copy(update={"database_url": database.url})
    opened = open_database(given)
    assert opened.url == database.url
    assert not opened.embedded
    assert migrate(opened, catalog_of(HO_GA)) == []


def test_a_login_without_rights_is_told_what_the_administrator_must_run(settings, database):
    run(database, f"CREATE ROLE cong_thong_tin LOGIN PASSWORD '{SECRET}'")
    run(database, "CREATE DATABASE cua_so_khac")
    given = settings.model_copy(update={"database_url": as_login(database, "cong_thong_tin", "cua_so_khac")})
    with pytest.raises(DatabaseMissing, match="CREATE EXTENSION IF NOT EXISTS postgis") as caught:
        open_database(given)
    assert "cong_thong_tin" in caught.value.en
    assert SECRET not in str(caught.value)


def test_the_commands_for_the_administrator_are_enough(settings, database):
    run(database, "CREATE ROLE quan_tri LOGIN")
    run(database, "CREATE DATABASE duoc_cap")
    url = as_login(database, "quan_tri", "duoc_cap")
    with pytest.raises(DatabaseMissing) as caught:
        open_database(settings.model_copy(update={"database_url": url}))
    commands = caught.value.vi.partition("chạy một lần: ")[2].replace("…", "duoc_cap")
    for command in filter(None, (one.strip() for one in commands.split(";"))):
        if not command.startswith("CREATE ROLE"):  # roles belong to the whole server, and are there already
            run(database.named("duoc_cap"), command)
    opened = open_database(settings.model_copy(update={"database_url": url}))
    assert migrate(opened, catalog_of(HO_GA))
    with opened.connect("load") as conn:
        assert publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [ROW])], who="test", note="").number == 1


def test_a_login_that_may_only_read_serves_but_does_not_load(settings, database):
    run(database, "CREATE ROLE phuc_vu LOGIN IN ROLE bando_read")
    opened = open_database(settings.model_copy(update={"database_url": as_login(database, "phuc_vu")}))
    assert migrate(opened, catalog_of(HO_GA)) == []
    with opened.connect("read") as conn:
        assert conn.execute("SELECT count(*) FROM drainage.ho_ga").fetchone() == (1,)
        conn.commit()
        conn.execute("SET default_transaction_read_only = off; RESET ROLE")
        conn.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("DELETE FROM drainage.ho_ga")
    with pytest.raises(DatabaseMissing, match="permission denied"):
        opened.connect("load")


@pytest.mark.parametrize("url", ["postgresql://a:{}@127.0.0.1:1/x", "postgresql://a:{}@no-such-host.invalid/x"])
def test_a_server_that_is_not_there_is_named_without_the_password(settings, url):
    with pytest.raises(DatabaseMissing, match="BANDO_DATABASE_URL") as caught:
        open_database(settings.model_copy(update={"database_url": url.format(SECRET)}))
    assert SECRET not in str(caught.value)


def test_an_address_of_another_form_is_refused_without_repeating_it(settings):
    with pytest.raises(SettingInvalid, match="postgresql://login@host/database") as caught:
        open_database(settings.model_copy(update={"database_url": f"host=db password={SECRET}"}))
    assert SECRET not in str(caught.value)


def test_the_password_is_not_in_what_a_database_shows_of_itself():
    database = Database(f"postgresql://a:{SECRET}@db.example/ban_do", embedded=False)
    assert database.place == "db.example/ban_do"
    assert SECRET not in repr(database)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"major": 14}, "PostgreSQL ≥ 15"),
        ({"postgis": "3.2.1"}, r"PostGIS ≥ 3\.3"),
        ({"postgis": None, "postgis_available": None}, "postgresql-15-postgis-3"),
        ({"encoding": "SQL_ASCII"}, "UTF8"),
        ({"trigrams": None}, "pg_trgm"),
    ],
)
def test_a_server_that_is_too_old_is_refused_with_what_is_needed(change, words):
    good = {
        "major": 15, "encoding": "UTF8", "postgis": "3.3.2", "postgis_available": "3.3.2", "trigrams": True, "roles": 3
    }  # fmt: skip
    check_server(Facts(**good, rights=True, meta=None, login="x"))
    with pytest.raises(MapError, match=words):
        check_server(Facts(**{**good, **change}, rights=True, meta=None, login="x"))


def test_a_newer_version_of_the_books_is_applied_over_the_old(make_blank_database, settings):
    database = make_blank_database()
    run(database, "COMMENT ON SCHEMA meta IS 'bando of last year'")
    run(database, "DROP TABLE meta.finding, meta.load")
    open_database(settings.model_copy(update={"database_url": database.url}))
    with database.connect("read") as conn:
        assert conn.execute("SELECT count(*) FROM meta.load").fetchone() == (0,)


def test_a_server_that_takes_no_changes_says_so_in_words(database):
    with pytest.raises(Busy, match="chỉ đọc"), database.connect("load") as conn:
        conn.execute("SET TRANSACTION READ ONLY; CREATE TABLE staging.t (n integer)")
