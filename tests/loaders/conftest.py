"""A desk to load at, and small deliveries made in the test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from gis_server.db.database import Database
from loaders.pipeline import Desk, Order, load
from loaders.report import Report
from tests.city import DRAINAGE_CENTRE

LoadIt = Callable[..., Report]
MANHOLES = {
    "title": {"vi": "Hố ga", "en": "Manholes"},
    "source": DRAINAGE_CENTRE,
    "crs": 9210,
    "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "tuyen_duong": "duong"}}],
}


@pytest.fixture
def fresh(make_database: Callable[[], Database]) -> Database:
    """A clean database for one test."""
    return make_database()


@pytest.fixture
def load_it(fresh: Database, desk_at: Callable[..., Desk], tmp_path: Path) -> LoadIt:
    """Loads a delivery with a profile given as data, or by name."""

    def loaded(path: Path, profile: dict[str, Any] | str | None, **order: Any) -> Report:
        if isinstance(profile, dict):
            file = tmp_path / "profile.yaml"
            file.write_text(yaml.safe_dump(profile, allow_unicode=True))
            profile = str(file)
        return load(Order(path, profile, **order), desk_at(fresh))

    return loaded


@pytest.fixture
def ask(fresh: Database) -> Callable[..., list[tuple[Any, ...]]]:
    """Rows of a query, as the service would read them."""

    def asked(query: str, *values: Any) -> list[tuple[Any, ...]]:
        with fresh.connect("read") as conn:
            return conn.execute(query.encode(), values or None).fetchall()

    return asked


@pytest.fixture
def litter(fresh: Database) -> Callable[[], list[str]]:
    """Tables that a load left in staging."""

    def found() -> list[str]:
        with psycopg.connect(fresh.url) as conn:
            rows = conn.execute(
                "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
                "WHERE nspname = 'staging' AND relkind = 'r'"
            ).fetchall()
        return [name for (name,) in rows]

    return found
