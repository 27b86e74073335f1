"""Copies prepared rows into staging tables over a connection of its own; all of them in one transaction."""

from functools import cached_property

import pyarrow as pa
from psycopg import sql

from gis_server.catalog import Layer
from gis_server.db.database import Database
from loaders.arrow_link import ArrowLink


class Copying:
    """The transaction begins with the first rows: a twin that is made in it is filled without PostgreSQL's log."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.begun = False
        self.twins: dict[str, bool] = {}
        """Layers with a twin, and whether it is made."""

    @cached_property
    def link(self) -> ArrowLink:
        """Opened with the first rows: a load of what is served already has none to copy."""
        return ArrowLink(self.database.dsn("load"))

    def copy(self, layer: Layer, table: str, rows: pa.Table) -> None:
        if not self.begun:
            self.link.run("BEGIN")
            self.begun = True
        if self.twins.get(layer.id) is False:
            self.link.run(sql.SQL("SELECT meta.begin_fill({}, {})").format(layer.id, table).as_string())
            self.twins[layer.id] = True
        self.link.append("staging", table, rows)

    def commit(self) -> None:
        if self.begun:
            self.link.run("COMMIT")
            self.begun = False

    def close(self) -> None:
        if "link" in self.__dict__:
            self.link.close()
