"""A reachable PostGIS server, embedded or given, and the way into it under each role."""

from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg

from gis_server.db.cluster import DATABASE, embedded_cluster
from gis_server.db.provision import create_database, provision
from gis_server.errors import Busy, DatabaseMissing, SettingInvalid
from gis_server.settings import Settings

Role = Literal["owner", "load", "read"]


class WritingConnection(psycopg.Connection):
    """A connection whose end says in words that the server takes no changes: it recovers, or is a replica."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            raise Busy(
                "Cơ sở dữ liệu đang ở chế độ chỉ đọc (đang khôi phục, hay là bản sao). Chưa thay đổi gì; hãy dùng máy "
                "chủ chính, hoặc chờ khôi phục xong rồi chạy lại.",
                "The database is read-only (in recovery, or a replica). Nothing was changed; use the primary server, "
                "or wait until it has recovered, then run again.",
            ) from error


@dataclass(frozen=True)
class Database:
    """Where the map's tables are. The URL may carry a password and is never shown."""

    url: str = field(repr=False)
    """Of the login that provisioned it: the cluster's superuser, or whoever BANDO_DATABASE_URL names."""
    embedded: bool

    def dsn(self, role: Role) -> str:
        """A libpq URI that arrives as `bando_<role>`; psycopg, asyncpg and ADBC read it alike."""
        parts = urlsplit(self.url)
        if self.embedded:
            return urlunsplit(parts._replace(netloc=f"bando_{role}@"))
        query = dict(parse_qsl(parts.query))
        read_only = " -c default_transaction_read_only=on" if role == "read" else ""
        query["options"] = f"{query.get('options', '')} -c role=bando_{role}{read_only}".strip()
        return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))

    def connect(self, role: Role = "load") -> psycopg.Connection:
        """A connection in a transaction of the caller's (autocommit off)."""
        try:
            kind = psycopg.Connection if role == "read" else WritingConnection
            return kind.connect(self.dsn(role), application_name=f"bando {role}", connect_timeout=10)
        except psycopg.OperationalError as error:
            raise unreachable(self.place, error) from error

    @property
    def name(self) -> str:
        return urlsplit(self.url).path.removeprefix("/")

    @property
    def place(self) -> str:
        """Host and database, without login and password: for people."""
        parts = urlsplit(self.url)
        host = parts.hostname or dict(parse_qsl(parts.query)).get("host", "localhost")
        return f"{host}/{self.name}"

    def named(self, name: str) -> "Database":
        """Another database of the same server."""
        return replace(self, url=urlunsplit(urlsplit(self.url)._replace(path=f"/{name}")))


def open_database(settings: Settings) -> Database:
    """The database of this installation, started, created and provisioned as far as it was not."""
    if settings.database_url is not None:
        _check_url(settings.database_url)
        database = Database(settings.database_url, embedded=False)
    else:
        cluster = embedded_cluster(settings)
        cluster.start()
        create_database(cluster.url("postgres"), DATABASE)
        database = Database(cluster.url(), embedded=True)
    try:
        provision(database.url, embedded=database.embedded)
    except psycopg.OperationalError as error:
        raise unreachable(database.place, error) from error
    return database


def _check_url(url: str) -> None:
    if not url.startswith(("postgresql://", "postgres://")):
        raise SettingInvalid(
            "BANDO_DATABASE_URL phải có dạng postgresql://tài_khoản@máy_chủ/cơ_sở_dữ_liệu.",
            "BANDO_DATABASE_URL must look like postgresql://login@host/database.",
        )


def unreachable(place: str, error: psycopg.OperationalError) -> DatabaseMissing:
    """PostgreSQL's own words name host, database and login, never the password."""
    words = " ".join(str(error).split())
    return DatabaseMissing(
        f"Không kết nối được với cơ sở dữ liệu {place}: {words}. Hãy kiểm tra BANDO_DATABASE_URL, hoặc chạy `bando "
        "db start`.",
        f"The database {place} cannot be entered: {words}. Check BANDO_DATABASE_URL, or run `bando db start`.",
    )
