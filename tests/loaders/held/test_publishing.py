"""Rows that were not sent are there all the same when the load is published, now or as a draft."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from gis_server.releases import drafts as held_drafts
from gis_server.releases.drafts import drafts, publish_drafts
from loaders import pipeline
from tests.loaders.held.deliveries import LOTS, Way, changed, city

Ask = Callable[..., list[tuple[Any, ...]]]


def test_a_draft_of_a_reload_is_whole(way, held_back, tmp_path, ask: Ask):
    way.load(city(), tmp_path)
    features = city()
    changed(features, 3, dc="3 Hai Bà Trưng")
    number = way.load(features, tmp_path, hold=True)["draft"]
    assert held_back[-1] == len(features) - 1
    with way.desk.database.connect() as conn:
        (draft,) = drafts(conn, [number])
        assert draft.layers["cadastre.thua_dat"]["rows"] == LOTS
        publish_drafts(conn, way.desk.catalog, held_drafts.Wish([number], "Lan"))
    assert ask("SELECT count(*), count(*) FILTER (WHERE born = 2) FROM cadastre.thua_dat") == [(LOTS, 1)]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does something once, between a load's comparing and its publishing."""

    def does(what: Callable[[], object]) -> None:
        def overtaken(*args: Any, **values: Any) -> Any:
            monkeypatch.setattr(pipeline, "publish", publish)
            what()
            return publish(*args, **values)

        publish = pipeline.publish
        monkeypatch.setattr(pipeline, "publish", overtaken)

    return does


@pytest.mark.parametrize("edit", [lambda other: changed(other, 5, dc="mới"), lambda other: other.pop(5)])
def test_what_the_same_source_publishes_meanwhile_is_written_over_all_the_same(  # noqa: PLR0913
    way, meanwhile, tmp_path, ask: Ask, desk_at, edit
):
    """A second load changes, or takes away, a row that the first has compared and not sent."""
    way.load(city(), tmp_path)
    other, features, folder = city(), city(), tmp_path / "other"
    edit(other)
    changed(features, 3, dc="3 Hai Bà Trưng")
    folder.mkdir()
    meanwhile(lambda: Way(desk_at(way.desk.database), 1).load(other, folder))
    assert way.load(features, tmp_path)["release"] == 3
    rows = ask("SELECT so_thua, dia_chi, born FROM cadastre.thua_dat WHERE born > 1 ORDER BY so_thua")
    assert rows == [("3", "3 Hai Bà Trưng", 3), ("5", "5 Lê Lợi", 3)]
    assert ask("SELECT count(*), count(DISTINCT fid) FROM cadastre.thua_dat") == [(LOTS, LOTS)]


def test_rows_that_are_nowhere_any_more_stop_the_load(way, meanwhile, tmp_path):
    """The table was made anew behind our back: nothing is published, and the sentence says what to do."""

    def emptied() -> None:
        with psycopg.connect(way.desk.database.url) as conn:
            conn.execute("DELETE FROM cadastre.thua_dat; DELETE FROM meta.layer_state")

    way.load(city(), tmp_path)
    meanwhile(emptied)
    features = city()
    changed(features, 3, dc="3 Hai Bà Trưng")
    assert "tạo lại trong khi nạp" in way.load(features, tmp_path)
