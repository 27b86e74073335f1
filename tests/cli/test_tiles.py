"""`bando tiles`: seeded tiles are there and stay true, differences are found, archives are of one release."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from pmtiles.reader import MmapSource, Reader
from typer.testing import CliRunner, Result

from gis_server.catalog import Catalog
from gis_server.cli.main import build
from gis_server.db.database import Database
from gis_server.errors import SettingInvalid, UnknownLayer
from gis_server.settings import Settings
from gis_server.tiles.entry import entry_of
from gis_server.tiles.room import Room
from gis_server.tiles.running import store_path
from gis_server.tiles.store import open_store
from tests.live import environment
from tests.tiles.parcels import LAYER, Moving, around

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def moving(fresh_database: Database, catalog: Catalog) -> Moving:
    moving = Moving(catalog, fresh_database)
    moving.publish()
    return moving


@pytest.fixture
def run(moving: Moving, fresh_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command line with an empty store."""
    settings = fresh_settings.model_copy(update={"state": tmp_path})
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(build(), ["tiles", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def stored(moving: Moving, tmp_path: Path) -> Path:
    return store_path(Settings(state=tmp_path), moving.database)


def test_seeding_keeps_what_holds_anything_and_verifying_finds_no_difference(
    run: Run, moving: Moving, tmp_path: Path
) -> None:
    assert run("seed", "--tileset", LAYER, "--zoom", "13-16").exit_code == 0
    store, shelf = open_store(stored(moving, tmp_path), 64), moving.shelf()
    kept = [entry for key in store.keys(shelf.prefix) if (entry := store.get(key))]
    store.close()
    assert sum(not entry.empty for entry in kept) >= 8
    assert all(entry.seeded for entry in kept)
    assert run("verify").exit_code == 0


def test_seeding_more_than_the_store_holds_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "BANDO_TILE_STORE_MB" not in run("seed", "--tileset", LAYER, "--zoom", "13-14").output
    monkeypatch.setattr(Room, "make", lambda room, txn: txn.drop(room._tiles, delete=False))
    assert "kho đầy" in run("seed", "--tileset", LAYER, "--zoom", "13-16").output


def test_verifying_finds_a_tile_that_differs_and_removes_it(run: Run, moving: Moving, tmp_path: Path) -> None:
    run("seed", "--tileset", LAYER, "--zoom", "15-16")
    store, shelf, at = open_store(stored(moving, tmp_path), 64), moving.shelf(), around([16])[0]
    store.put([(shelf, shelf.key(at.z, at.x, at.y), entry_of(store.release, b"forged"))])
    store.close()
    result = run("verify")
    assert result.exit_code == 1
    assert f"{LAYER} {at.z}/{at.x}/{at.y}" in result.output
    assert run("verify").exit_code == 0


def test_verifying_a_sample_compares_so_many_tiles(run: Run) -> None:
    run("seed", "--tileset", LAYER, "--zoom", "13-16")
    assert ": 3 ô" in run("verify", "--sample", "3").output
    assert run("verify", "--sample", "0").exit_code == 2


def test_a_release_while_nobody_served_is_caught_up_with(run: Run, moving: Moving) -> None:
    run("seed", "--tileset", LAYER, "--zoom", "15-16")
    moving.publish(moved=3)
    result = run("verify")
    assert result.exit_code == 0, result.output


def test_purging_empties_the_store(run: Run) -> None:
    run("seed", "--tileset", LAYER, "--zoom", "15-16")
    assert "✓ 0" not in run("purge", "--tileset", LAYER).output
    assert "✓ 0" in run("purge").output


def test_an_archive_holds_the_same_tiles_and_says_its_release(run: Run, moving: Moving, tmp_path: Path) -> None:
    file = tmp_path / "parcels.pmtiles"
    assert run("export", LAYER, str(file), "--zoom", "14-16").exit_code == 0
    tiles = around([16])
    with file.open("rb") as opened:
        reader = Reader(MmapSource(opened))
        found = [reader.get(at.z, at.x, at.y) for at in tiles]
        about = reader.metadata()
    assert [gzip.decompress(body) if body else b"" for body in found] == list(moving.drawn(tiles))
    assert any(found)
    assert about["bando:release"] >= 1
    assert about["vector_layers"][0]["id"] == LAYER


@pytest.mark.parametrize("options", ["--zoom 5-3", "--zoom a", "--bbox 1,2,3", "--bbox nan,1,2,3", "--view none"])
def test_options_that_cannot_be_are_said_so(run: Run, options: str) -> None:
    with pytest.raises(SettingInvalid):
        run("seed", *options.split())


def test_a_tileset_that_the_view_may_not_see_is_none(run: Run) -> None:
    with pytest.raises(UnknownLayer):
        run("seed", "--tileset", "drainage.ho_ga")
