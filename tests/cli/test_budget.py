"""`bando tiles budget`: what the fullest tiles weigh, now and with a draft; whatever is over the limit is named."""

from collections.abc import Callable, Iterator

import mapbox_vector_tile
import psycopg
import pytest
from typer.testing import CliRunner, Result

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.cli.main import build
from gis_server.db.database import Database
from gis_server.errors import SettingInvalid
from gis_server.releases.drafts import Origin, hold
from gis_server.settings import Settings
from gis_server.tiles import budget
from gis_server.tiles.budget import count_features, weights
from gis_server.tiles.tilesets import find_tileset
from tests.city import stage
from tests.serving import MEASURED
from tests.tiles.parcels import LAYER, Moving

Run = Callable[..., Result]


@pytest.fixture
def moving(make_database: Callable[[], Database], catalog: Catalog) -> Moving:
    moving = Moving(catalog, make_database())
    moving.publish()
    return moving


@pytest.fixture
def run(moving: Moving, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("BANDO_STATE", str(settings.state_folder))
    monkeypatch.setenv("BANDO_DATABASE_URL", moving.database.url)
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *words: CliRunner().invoke(build(), ["tiles", "budget", *words], catch_exceptions=False)


def test_every_zoom_is_weighed_and_what_it_keeps_is_told(run: Run, moving: Moving) -> None:
    result = run("--tileset", LAYER)
    assert result.exit_code == 0, result.output
    zooms = [line.split()[0] for line in result.output.splitlines() if line.strip() and line.split()[0].isdigit()]
    assert zooms == [str(zoom) for zoom in range(10, 18)]
    assert "24 / 24" in result.output


def test_the_heaviest_tile_is_as_heavy_as_it_says(moving: Moving) -> None:
    tileset = find_tileset(moving.catalog, compile_views(moving.catalog)["full"], LAYER)
    with moving.database.connect("read") as conn:
        found = list(weights(conn, tileset))
    for one in found:
        assert (one.kept is None) == (one.zoom >= 15)
        assert not one.is_over
    assert max(one.features for one in found if one.zoom == 15) > 1


def test_a_draft_is_weighed_as_if_it_were_published_and_nothing_comes_of_it(run: Run, moving: Moving) -> None:
    layer = moving.layer
    rows = [moving.row(number) for number in range(1, 10)]
    with moving.database.connect() as conn:
        number = hold(conn, moving.catalog, Origin(MEASURED, "kiểm thử", "", "", None), [stage(conn, layer, rows)])
        conn.commit()
    before = state(moving.database)
    result = run("--draft", str(number))
    assert result.exit_code == 0, result.output
    assert "9 / 9" in result.output
    assert state(moving.database) == before
    assert "24 / 24" in run("--tileset", LAYER).output


def test_what_is_over_the_limit_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_BYTES", 100)
    result = run("--tileset", LAYER)
    assert result.exit_code == 1
    assert f"{LAYER} z16" in result.output


def test_an_unknown_view_is_refused_by_name(run: Run) -> None:
    with pytest.raises(SettingInvalid, match="nobody"):
        run("--view", "nobody")


def test_features_are_counted_in_every_layer_of_a_tile() -> None:
    counts = {"a": 3, "b": 200}
    layers = [{"name": name, "features": [feature(n) for n in range(count)]} for name, count in counts.items()]
    assert count_features(mapbox_vector_tile.encode(layers)) == 203
    assert count_features(b"") == 0


def feature(number: int) -> dict[str, object]:
    return {"geometry": f"POINT({number} 4)", "properties": {"n": number, "words": "đường " * 40}}


def state(database: Database) -> list[tuple[object, ...]]:
    with database.connect("read") as conn:
        tiles = rows_of(conn, "SELECT * FROM drawing.tile ORDER BY seen, zoom, x, y")
        return [*rows_of(conn, "SELECT * FROM meta.release"), *tiles]


def rows_of(conn: psycopg.Connection, query: str) -> Iterator[tuple[object, ...]]:
    yield from conn.execute(query.encode()).fetchall()
