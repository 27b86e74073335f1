"""Rules and indexes of a first load are made while it is checked; what is served has those that its table had."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from gis_server.db.database import Database
from loaders import staging
from loaders.indexing import Indexing
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered

RULES = """
    SELECT attname::text, attnotnull::text FROM pg_attribute
    WHERE attrelid = 'drainage.ho_ga'::regclass AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'drainage.ho_ga'::regclass
    UNION ALL
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'drainage' AND tablename = 'ho_ga'
    ORDER BY 1, 2
"""


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each layer of which indexes were made beside the checks, whether its rules were, too."""
    told: list[bool] = []

    def begin(self: Indexing, layer: Any, twin: str, *, sound: bool = False) -> None:
        told.append(sound)
        begun(self, layer, twin, sound=sound)

    begun = Indexing.begin
    monkeypatch.setattr(Indexing, "begin", begin)
    monkeypatch.setattr(staging, "MANY", 1)
    return told


@pytest.mark.parametrize("name", ["B", None])
def test_what_is_served_has_the_rules_and_indexes_of_its_layer(
    fresh: Database, load_it: Callable[..., Any], sound: list[bool], tmp_path, name: str | None
):
    """One row lacks its key in the second case: it must not meet the rules before it is set aside."""
    with fresh.connect() as conn:
        before = conn.execute(RULES).fetchall()
    rows = [(shapely.Point(603_000 + place, 1_191_000.0625), ma) for place, ma in enumerate(["A", name])]
    features = [(shape, {"ma": ma, "duong": "Lê Lợi"}) for shape, ma in rows]
    assert load_it(delivered(tmp_path, *features), {**MANHOLES, "rejects": 0.9}).release is not None
    assert sound == [name is not None]
    with fresh.connect() as conn:
        assert conn.execute(RULES).fetchall() == before
        served = conn.execute("SELECT ma FROM drainage.ho_ga ORDER BY ma").fetchall()
    assert served == [(ma,) for ma in ("A", name) if ma]
