"""Statements of the loaders: whole `.sql` files whose `{names}` are filled with quoted names, never with values."""

from functools import lru_cache
from pathlib import Path

from psycopg import sql

FOLDER = Path(__file__).parent


def statement(file: str, **names: sql.Composable) -> sql.Composed:
    """The statement of a file under `loaders/sql` or `loaders/checks`."""
    return sql.SQL(_text(file)).format(**names)


@lru_cache
def _text(file: str) -> str:
    folder = FOLDER if file.startswith("checks/") else FOLDER / "sql"
    return (folder / file).read_text()
