"""Arrow tables into PostgreSQL and out of it, by ADBC's own objects: its DB-API layer would read pandas each time.

Transactions are begun in words: where ADBC begins them itself, it does so once more before each COPY, and PostgreSQL's
log gets a warning for each.
"""

from types import TracebackType
from typing import Self

import adbc_driver_manager as adbc
import adbc_driver_postgresql
import pyarrow as pa

INTO_SCHEMA = "adbc.ingest.target_db_schema"


class ArrowLink:
    """A connection of its own."""

    def __init__(self, dsn: str) -> None:
        self.database = adbc.AdbcDatabase(driver=adbc_driver_postgresql._driver_path(), uri=dsn)
        self.conn = adbc.AdbcConnection(self.database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def run(self, query: str) -> None:
        with adbc.AdbcStatement(self.conn) as statement:
            statement.set_sql_query(query)
            statement.execute_update()

    def rows(self, query: str) -> pa.Table:
        with adbc.AdbcStatement(self.conn) as statement:
            statement.set_sql_query(query)
            handle, _ = statement.execute_query()
            return pa.RecordBatchReader._import_from_c(handle.address).read_all()

    def append(self, schema: str, table: str, rows: pa.Table) -> None:
        """Adds rows to a table by binary COPY."""
        options = {
            adbc.INGEST_OPTION_TARGET_TABLE: table,
            adbc.INGEST_OPTION_MODE: adbc.INGEST_OPTION_MODE_APPEND,
            INTO_SCHEMA: schema,
        }
        with adbc.AdbcStatement(self.conn) as statement:
            statement.set_options(**options)
            statement.bind_stream(rows.to_reader())
            statement.execute_update()

    def close(self) -> None:
        self.conn.close()
        self.database.close()
