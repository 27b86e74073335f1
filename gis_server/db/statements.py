"""Whole SQL statements from their own files; `{names}` are quoted names from the catalog, values are bound."""

from functools import cache
from pathlib import Path

SQL = Path(__file__).parent / "sql"


def statement(folder: Path, name: str, **names: str) -> bytes:
    """The statement `folder/name.sql` with catalog names filled in, ready for psycopg."""
    return text(folder, name, **names).encode()


def text(folder: Path, name: str, **names: str) -> str:
    """The same for asyncpg, which takes text."""
    whole = _read(folder / f"{name}.sql")
    return whole.format(**names) if names else whole


def quoted(name: str) -> str:
    """A name as PostgreSQL reads it back unchanged."""
    return '"' + name.replace('"', '""') + '"'


def literal(words: str) -> str:
    """A text that is written into a statement; only for words that do not come from a request."""
    return "'" + words.replace("'", "''") + "'"


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
