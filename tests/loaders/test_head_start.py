"""Drawing that begins while a load still checks: what is served in the end is what the publish would have drawn."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing import crew as crew_module
from gis_server.drawing import draw as draw_module
from gis_server.drawing import head_start
from gis_server.drawing.draw import draw
from gis_server.drawing.head_start import Begun, HeadStart
from loaders import pipeline
from tests.drawing.test_draw import tables
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import BOW_TIE, delivered, park

LAYER = "greenery.cong_vien"
NAMED = [{"to": LAYER, "fields": {"ma": "ma", "ten": "ten", "loai": "loai"}}]
PROFILE = {**MANHOLES, "layers": NAMED, "rejects": 0.5}


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are enough for processes, and there are two."""
    monkeypatch.setattr(head_start, "ENOUGH", 1)
    monkeypatch.setattr(crew_module, "_processors", lambda: 2)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Layers whose drawing had begun when the publish drew."""
    layers: list[str] = []
    whole = draw_module._whole

    async def noted(crew: Any, sheet: Any, begun: Begun | None) -> Any:
        layers.extend([sheet.layer.id] if begun is not None else [])
        return await whole(crew, sheet, begun)

    monkeypatch.setattr(draw_module, "_whole", noted)
    return layers


def parks(folder, count: int, *more):
    shapes = [shapely.box(x, 1_191_000, x + 300, 1_191_250) for x in range(603_000, 603_000 + 350 * count, 350)]
    rows = [(shape, park(f"A{number}", ten=f"Công viên {number}")) for number, shape in enumerate(shapes)]
    return delivered(folder, *rows, *more)


def test_what_began_early_is_what_the_publish_draws(tmp_path, load_it, fresh: Database, catalog: Catalog, taken):
    load_it(parks(tmp_path, 60), PROFILE)
    assert taken == [LAYER]
    with fresh.connect("load") as conn:
        early = tables(conn)
        draw(conn, catalog[LAYER], catalog[LAYER].table, None)
        assert early == tables(conn)
        assert len(early[0]) > 10
        conn.rollback()


def test_rows_that_were_set_aside_are_not_drawn(tmp_path, load_it, fresh: Database, catalog: Catalog, taken):
    report = load_it(parks(tmp_path, 60, (BOW_TIE, park("B", ten="Nơ"))), PROFILE)
    assert report.rows[LAYER] == 60
    assert taken == [LAYER]
    with fresh.connect("load") as conn:
        early = tables(conn)
        draw(conn, catalog[LAYER], catalog[LAYER].table, None)
        assert early == tables(conn)
        conn.rollback()


@pytest.fixture
def overtaken(tmp_path, load_it, taken, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another load fills the layer just before the first one publishes."""
    publish, first = pipeline.publish, [True]

    def publish_after_another(*given: Any, **words: Any) -> Any:
        if first:
            first.clear()
            (tmp_path / "other").mkdir()
            load_it(parks(tmp_path / "other", 30), PROFILE)
            taken.clear()
        return publish(*given, **words)

    monkeypatch.setattr(pipeline, "publish", publish_after_another)


@pytest.mark.usefixtures("overtaken")
def test_who_was_quicker_is_drawn_instead(tmp_path, load_it, fresh: Database, catalog: Catalog, taken):
    """The twin does not take the layer's place, and what was drawn of it is nothing."""
    load_it(parks(tmp_path, 60), PROFILE)
    assert taken == []
    with fresh.connect("load") as conn:
        served = tables(conn)
        draw(conn, catalog[LAYER], catalog[LAYER].table, None)
        assert served == tables(conn)
        conn.rollback()


def test_its_processes_end_with_the_load(fresh: Database):
    with HeadStart(fresh) as begun:
        begun.awake([10])
        hands = begun._crew.hands
        assert len(hands) == 2
    assert all(hand._process.poll() is not None for hand in hands)


def test_no_process_wakes_for_a_large_layer(fresh: Database):
    with HeadStart(fresh) as begun:
        begun.awake([head_start.MOST_ROWS + 1, 0])
        assert not begun._crew.hands


def test_one_processor_has_none_to_spare(tmp_path, load_it: Callable[..., Any], taken, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crew_module, "_processors", lambda: 1)
    load_it(parks(tmp_path, 60), PROFILE)
    assert taken == []
