"""A delivery that takes back what was edited online says which features, and whose edits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.edits import Author, Edit, Sight
from gis_server.releases.source import Source
from loaders.edits.editor import GateEditor
from loaders.report import Report
from tests.loaders.conftest import MANHOLES, LoadIt
from tests.loaders.test_gate import delivered

LAYER = "drainage.ho_ga"
PROFILE = {**MANHOLES, "layers": [{"to": LAYER, "fields": {"ma": "ma", "loai": "loai"}}]}
OFFICE = "Trung tâm hạ tầng"
Ask = Callable[..., list[tuple[Any, ...]]]


def taken_back(report: Report) -> list[tuple[str | None, str | None]]:
    return sorted((one.key, one.value) for one in report.located if one.code == "REV-06")


@pytest.fixture(autouse=True, params=[1, 20_000], ids=["held back", "all sent"])
def fewest(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of a source from which unchanged ones are not sent."""
    monkeypatch.setattr("loaders.held.FEWEST", request.param)


@pytest.fixture
def edit(fresh: Database, catalog: Catalog, ask: Ask) -> Callable[[], None]:
    """Changes H1 and ends H2 online."""
    layer = catalog[LAYER]
    sight = Sight(layer, tuple(layer.fields), layer.table)

    def done() -> None:
        fids, ((source,),) = (
            dict(ask("SELECT ma, fid FROM drainage.ho_ga")),
            ask("SELECT DISTINCT source FROM drainage.ho_ga"),
        )
        author = Author(OFFICE, "", Source("van_phong", "Văn phòng", "Office", "agency", "X"), frozenset({source}))
        change = Edit(sight, "update", fids["H1"], None, {"chieu_sau": 2.5})
        GateEditor(catalog, fresh).apply([change, Edit(sight, "delete", fids["H2"])], author)

    return done


def test_it_names_features_that_were_changed_and_ended_online(
    tmp_path: Path, load_it: LoadIt, edit: Callable[[], None], ask: Ask
) -> None:
    points = [shapely.Point(603_000 + 50 * number, 1_191_000) for number in range(6)]
    file = delivered(tmp_path, *[(point, {"ma": f"H{n}", "loai": "THU"}) for n, point in enumerate(points)])
    load_it(file, PROFILE)
    before = ask("SELECT ma, fid, chieu_sau FROM drainage.ho_ga ORDER BY ma")
    assert taken_back(load_it(file, PROFILE, judge=True)) == []
    edit()
    said = f"bản · release 2: {OFFICE}"
    assert taken_back(load_it(file, PROFILE, judge=True)) == [("H1", said), ("H2", said)]
    load_it(file, PROFILE)
    assert ask("SELECT ma, fid, chieu_sau FROM drainage.ho_ga ORDER BY ma") == before
    assert taken_back(load_it(file, PROFILE, judge=True)) == []
