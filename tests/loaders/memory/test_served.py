"""What a source serves is known from load to load without reading its layer, and is always what the layer holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.releases.rollback import Wish, roll_back
from loaders import held
from loaders.memory.served import Known, ServedRows, Since
from loaders.pipeline import Desk
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered

SOURCE = MANHOLES["source"]["id"]
WHOLE, LATER = "served_hashes.sql", ["served_hashes_since.sql", "served_ended_since.sql"]
Deliver = Callable[..., Any]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements by which a database was asked for what it serves."""
    files: list[str] = []

    def ask(self: ServedRows, layer: Layer, file: str, **values: Any) -> Any:
        files.append(file)
        return really(self, layer, file, **values)

    really = ServedRows._asked
    monkeypatch.setattr(ServedRows, "_asked", ask)
    return files


@pytest.fixture
def deliver(load_it: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deliver:
    """Loads manholes of these names on streets of these; a layer of any size is remembered."""
    monkeypatch.setattr(held, "FEWEST", 1)

    def loaded(**roads: str | None) -> Any:
        places = (shapely.Point(603_000 + 9 * ord(name), 1_191_000.0625) for name in roads)
        features = zip(places, ({"ma": name, "duong": road} for name, road in roads.items()), strict=True)
        return load_it(delivered(tmp_path, *features), {**MANHOLES, "rejects": 0.9})

    return loaded


@pytest.fixture
def right(fresh: Database, desk_at: Callable[..., Desk], catalog: Catalog, tmp_path: Path) -> Callable[[], bool]:
    """Whether what is known, by what was kept, is what the whole table says."""
    layer = catalog["drainage.ho_ga"]

    def numbers(folder: Path) -> Known:
        with fresh.connect() as conn:
            query = "SELECT release, rows FROM meta.layer_state WHERE layer = %s AND source = %s"
            row = conn.execute(query, [layer.id, SOURCE]).fetchone()
        assert row is not None
        return ServedRows(fresh, SOURCE, folder).known(layer, Since(*row))

    def told() -> bool:
        kept, whole = numbers(desk_at(fresh).memory), numbers(tmp_path / "nothing kept")
        return kept.since == whole.since and all(map(np.array_equal, kept[2:], whole[2:]))

    return told


def test_what_releases_changed_is_asked_and_nothing_else(deliver, asked, right, fresh, catalog):
    deliver(A="Lê Lợi", B="Lê Lợi", C="Lê Lợi", D="Lê Lợi")
    asked.clear()
    assert deliver(A="Lê Lợi", B="Lê Lợi", C="Lê Lợi", D="Lê Lợi").release is None
    assert asked == []
    deliver(A="Lê Lợi", B="Hai Bà Trưng", C="Lê Lợi", E="Lê Lợi")
    assert asked == []
    assert deliver(A="Lê Lợi", B="Hai Bà Trưng", C="Lê Lợi", E="Lê Lợi").release is None
    assert asked == LATER
    with fresh.connect() as conn:
        roll_back(conn, catalog, Wish(1), who="Lan", note="")
    asked.clear()
    assert right()
    assert asked == [*LATER, WHOLE]


def test_rows_that_a_check_set_aside_are_not_taken_for_served(deliver, right):
    report = deliver(A="Lê Lợi", B="Lê Lợi", C="x" * 400, D=None)
    assert report.findings
    assert right()
    deliver(A="Lê Lợi", B="Hai Bà Trưng", C="x" * 400, D="Lê Lợi")
    assert right()


def test_what_is_kept_of_another_table_or_is_damaged_is_not_believed(deliver, asked, right, fresh, desk_at):
    deliver(A="Lê Lợi", B="Lê Lợi")
    file = next(desk_at(fresh).memory.glob(f"{SOURCE}@drainage.ho_ga.served*"))
    content = file.read_bytes()
    file.write_bytes(content[:-9])
    assert right()
    file.write_bytes(content)
    with fresh.connect("owner") as conn:
        conn.execute("UPDATE meta.release SET published_at = published_at - interval '1 second'")
    asked.clear()
    assert right()
    assert asked == [WHOLE, WHOLE]
