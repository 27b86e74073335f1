"""Makes a server ready for the map: extension, roles, rights and account books, each made only when missing."""

import hashlib
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from gis_server.db.binaries import LEAST_POSTGIS, LEAST_POSTGRESQL
from gis_server.db.statements import SQL, quoted, statement
from gis_server.errors import DatabaseMissing

PROVISION_LOCK = 7_901_001
ROLES = 3


@dataclass(frozen=True)
class Facts:
    """What a server is, and what of ours it already has."""

    major: int
    encoding: str
    postgis: str | None
    postgis_available: str | None
    trigrams: bool | None
    """Whether pg_trgm is there, by which names are found; None where it cannot be."""
    roles: int
    rights: bool | None
    """Whether the owner may make schemas here; a copied or restored database forgets it."""
    meta: str | None
    login: str


def create_database(url: str, name: str) -> None:
    """Create an empty database unless it is there; `url` leads to another database of the same server."""
    with psycopg.connect(url, autocommit=True) as conn:
        if conn.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None:
            return
        try:
            conn.execute(f"CREATE DATABASE {quoted(name)}".encode())
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another command was a moment faster


def provision(url: str, *, embedded: bool) -> None:
    """Check the server and make what is missing; raises DatabaseMissing with the command that would mend it."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="bando provision") as conn:
        facts = read_facts(conn)
        check_server(facts)
        if _is_complete(facts):
            return
        with conn.transaction():
            conn.execute("SELECT pg_advisory_xact_lock(%s)", [PROVISION_LOCK])
            _make_missing(conn, read_facts(conn), embedded=embedded)


def read_facts(conn: psycopg.Connection) -> Facts:
    with conn.cursor(row_factory=class_row(Facts)) as cursor:
        facts = cursor.execute(statement(SQL, "facts")).fetchone()
    assert facts is not None
    return facts


def check_server(facts: Facts) -> None:
    """A server that cannot be mended from here."""
    if facts.major < LEAST_POSTGRESQL:
        raise _unfit(f"PostgreSQL {facts.major}", f"PostgreSQL ≥ {LEAST_POSTGRESQL}")
    if facts.encoding != "UTF8":
        raise _unfit(f"encoding {facts.encoding}", "encoding UTF8")
    if facts.trigrams is None:
        raise _unfit("pg_trgm —", f"pg_trgm (apt-get install postgresql-{facts.major}; dnf: postgresql-contrib)")
    postgis = facts.postgis or facts.postgis_available
    if postgis is None or _version(postgis) < LEAST_POSTGIS:
        least = ".".join(str(part) for part in LEAST_POSTGIS)
        raise _unfit(
            f"PostGIS {postgis or '—'}", f"PostGIS ≥ {least} (apt-get install postgresql-{facts.major}-postgis-3)"
        )


def meta_mark() -> str:
    """Written on the schema `meta`; another mark means that this code brings a newer shape."""
    return "bando " + hashlib.sha256(statement(SQL, "meta") + statement(SQL, "fill")).hexdigest()[:16]


def _is_complete(facts: Facts) -> bool:
    extensions = facts.postgis is not None and facts.trigrams is True
    return extensions and facts.roles == ROLES and facts.rights is True and facts.meta == meta_mark()


def _make_missing(conn: psycopg.Connection, facts: Facts, *, embedded: bool) -> None:
    if facts.postgis is None:
        _attempt(conn, b"CREATE EXTENSION IF NOT EXISTS postgis", facts)
    if not facts.trigrams:
        _attempt(conn, b"CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public", facts)
    if facts.roles < ROLES or not facts.rights or facts.meta is None:
        _attempt(conn, statement(SQL, "roles"), facts)
        _attempt(conn, statement(SQL, "crs_rights"), facts)
    if embedded:
        _attempt(conn, statement(SQL, "roles_embedded"), facts)
    if facts.meta != meta_mark():
        _attempt(conn, b"SET LOCAL ROLE bando_owner", facts)
        _attempt(conn, statement(SQL, "meta"), facts)
        _attempt(conn, statement(SQL, "fill"), facts)
        _attempt(conn, f"COMMENT ON SCHEMA meta IS '{meta_mark()}'".encode(), facts)


def _attempt(conn: psycopg.Connection, query: bytes, facts: Facts) -> None:
    try:
        conn.execute(query)
    except psycopg.errors.InsufficientPrivilege as error:
        raise _not_allowed(facts, error) from error


def _not_allowed(facts: Facts, error: psycopg.Error) -> DatabaseMissing:
    """An administrator does once what the given login may not."""
    words = error.diag.message_primary
    commands = (
        "CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS pg_trgm; "
        "CREATE ROLE bando_owner; CREATE ROLE bando_load; CREATE ROLE bando_read; "
        f"GRANT bando_owner, bando_load, bando_read TO {quoted(facts.login)}; "
        f"ALTER DATABASE … OWNER TO {quoted(facts.login)}; "
        "GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO bando_owner;"
    )
    return DatabaseMissing(
        f"Tài khoản {facts.login} trong BANDO_DATABASE_URL chưa đủ quyền ({words}). "
        f"Hãy nhờ quản trị viên PostgreSQL chạy một lần: {commands}",
        f"The login {facts.login} of BANDO_DATABASE_URL lacks rights ({words}). "
        "Ask the administrator of PostgreSQL to run the commands above once.",
    )


def _unfit(found: str, needed: str) -> DatabaseMissing:
    return DatabaseMissing(
        f"Máy chủ trong BANDO_DATABASE_URL có {found}; cần {needed}. Hãy nâng cấp máy chủ, "
        "hoặc bỏ BANDO_DATABASE_URL để dùng cụm nhúng.",
        f"The server of BANDO_DATABASE_URL has {found}; {needed} is needed. Upgrade the server, "
        "or unset BANDO_DATABASE_URL to use the embedded cluster.",
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
