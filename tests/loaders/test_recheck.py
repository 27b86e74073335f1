"""Drafts are checked again when they become part of another map than the one they were checked against."""

from io import StringIO

import pytest
import shapely
from rich.console import Console

from gis_server.catalog.checks import Budget
from gis_server.errors import DraftStale
from gis_server.releases.drafts import Wish, publish_drafts
from loaders.recheck import recheck
from tests.loaders.test_gate import delivered
from tests.loaders.test_relations import EAST, NORTH, PIPES, with_file

OTHER = {**PIPES, "source": {**PIPES["source"], "id": "quan_1"}}


def manhole(number, east=0.0):
    return shapely.Point(EAST + east, NORTH), {"ma": f"H{number}", "dau": None, "cuoi": None}


def pipe(number, north=0.0):
    shape = shapely.LineString([(EAST, NORTH + north), (EAST + 40, NORTH + north)])
    return shape, {"ma": f"T{number}", "dau": 2.0, "cuoi": 1.0}


@pytest.fixture
def held(load_it, tmp_path):
    """Keeps features as a draft; its number."""
    return lambda *features: load_it(delivered(tmp_path, *features), PIPES, hold=True).draft


@pytest.fixture
def publish(fresh, catalog, desk_at):
    """Publishes drafts; the release, and what was said on the screen."""

    def published(*numbers, files=catalog):
        console = Console(record=True, width=120, file=StringIO())
        desk = desk_at(fresh, files)
        with fresh.connect() as conn:
            wish = Wish(numbers, "Lan", recheck=lambda chosen: recheck(chosen, desk, console))
            made = publish_drafts(conn, files, wish)
        return made.number, console.export_text()

    return published


def test_on_the_map_it_was_checked_against_a_draft_is_not_checked_again(held, publish):
    assert publish(held(manhole(1), manhole(2, 40), pipe(1))) == (1, "")


def test_a_relation_to_what_another_source_published_since_is_told(held, publish, load_it, tmp_path):
    number = held(manhole(1), manhole(2, 40))
    load_it(delivered(tmp_path, pipe(9, north=500)), OTHER)
    release, said = publish(number)
    assert release == 2
    assert "REL-02  2 × drainage.ho_ga" in said
    assert "Đối chiếu lại" in said


def test_drafts_published_together_are_related_to_each_other(held, publish):
    numbers = held(pipe(1)), held(manhole(1))
    release, said = publish(*numbers)
    assert release == 1
    assert "NET-01  1 × drainage.tuyen_cong" in said


def test_what_was_known_when_the_draft_was_made_is_not_told_again(held, publish, load_it, tmp_path):
    number = held(pipe(1), manhole(1))
    load_it(delivered(tmp_path, manhole(9, 900)), OTHER)
    assert publish(number) == (2, "")


def test_a_budget_that_the_map_of_now_breaks_refuses_and_keeps_the_draft(held, publish, load_it, tmp_path, catalog):
    number = held(manhole(1), manhole(2, 40))
    load_it(delivered(tmp_path, pipe(9, north=500)), OTHER)
    strict = with_file(catalog, "drainage.ho_ga", budget=Budget(warnings=0.0))
    with pytest.raises(DraftStale, match="2 of 2 rows have warnings"):
        publish(number, files=strict)
    assert publish(number)[0] == 2, "the draft is still there, and no release was made"
