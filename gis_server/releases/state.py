"""What is served now, layer by layer, for command lines."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from gis_server.db.database import Database
from gis_server.db.statements import statement
from gis_server.releases.staged import SQL


@dataclass(frozen=True)
class Served:
    """How many rows a layer has, and since which release."""

    layer: str
    rows: int
    release: int
    published_at: datetime
    synthetic: bool
    """Whether some of the rows were measured by no one."""


def served(database: Database) -> dict[str, Served]:
    """Layers that were ever published, by id."""
    with database.connect("read") as conn, conn.cursor(row_factory=class_row(Served)) as cursor:
        return {row.layer: row for row in cursor.execute(statement(SQL, "served"))}
