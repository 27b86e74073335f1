"""The store holds what releases, history and drafts name; a load that dies leaves no litter for long."""

import os
import signal
import subprocess
import sys
import time

import pytest
import yaml
from typer.testing import CliRunner

from gis_server.cli import checkup
from gis_server.cli.main import build as command_line
from gis_server.errors import Busy
from gis_server.releases.rasters import alone, shared, stored
from gis_server.settings import HOME
from loaders.rasters import keeper as keepers
from tests.loaders.rasters.conftest import heights, profile_for, write


def names(store):
    return sorted(path.name for path in store.iterdir() if len(path.name) > 2)


def test_a_check_and_a_dry_run_write_nothing(tmp_path, catalog, load_raster, store):
    path = write(tmp_path / "dem.tif", heights(), catalog)
    load_raster(path, "dem", judge=True)
    load_raster(path, "dem", dry_run=True)
    assert not store.exists()


def test_a_publish_that_fails_takes_its_rasters_back(tmp_path, catalog, load_raster, store, monkeypatch):
    def full(*_, **__):
        raise Busy("đầy", "full")

    monkeypatch.setattr("loaders.pipeline.publish", full)
    with pytest.raises(Busy):
        load_raster(write(tmp_path / "dem.tif", heights(), catalog), "dem")
    assert list(stored(store)) == []
    assert names(store) == [".khoa"]


def test_a_raster_that_was_served_before_survives_a_publish_that_fails(
    tmp_path, catalog, load_raster, store, monkeypatch
):
    path = write(tmp_path / "dem.tif", heights(), catalog)
    load_raster(path, "dem")

    def full(*_, **__):
        raise Busy("đầy", "full")

    monkeypatch.setattr("loaders.pipeline.publish", full)
    with pytest.raises(Busy):
        load_raster(path, "dem")
    assert len(list(stored(store))) == 1


def test_a_draft_keeps_its_raster_and_a_dropped_draft_gives_it_free(tmp_path, desk, load_raster, monkeypatch):
    fresh, catalog, store = desk.database, desk.catalog, desk.rasters
    load_raster(write(tmp_path / "dem.tif", heights(), catalog), "dem", hold=True)
    assert names(store) == [".khoa"]
    monkeypatch.setenv("BANDO_DATABASE_URL", fresh.url)
    monkeypatch.setenv("BANDO_RASTERS", str(store))

    def bando(*words):
        return CliRunner().invoke(command_line(), list(words), catch_exceptions=False).output

    assert "0 tệp" in bando("db", "sweep")
    assert checkup._rasters(store, fresh, catalog).level == "ok"
    bando("drafts", "1", "--drop")
    assert checkup._rasters(store, fresh, catalog).level == "warning"
    assert "1 tệp" in bando("db", "sweep", "--yes")
    assert list(stored(store)) == []


def test_doctor_names_rasters_that_are_lost(tmp_path, catalog, fresh, load_raster, store):
    load_raster(write(tmp_path / "dem.tif", heights(), catalog), "dem")
    (kept,) = stored(store)
    kept.unlink()
    found = checkup._rasters(store, fresh, catalog)
    assert (found.level, "mất · lost: 1" in found.found) == ("error", True)


def test_nobody_sweeps_while_a_load_makes_rasters(tmp_path):
    with shared(tmp_path), alone(tmp_path) as nobody_else:
        assert not nobody_else
    with alone(tmp_path) as nobody_else:
        assert nobody_else


STUCK = """
import sys, time
import loaders.pipeline as pipeline
from gis_server.cli.main import main
STEP = sys.argv.pop(1)
def stuck(*_, **__):
    print("here", flush=True)
    time.sleep(60)
if STEP == "before the release":
    pipeline.publish = stuck
else:
    real = pipeline.publish
    def published(*some, **more):
        real(*some, **more)
        stuck()
    pipeline.publish = published
main()
"""


@pytest.mark.parametrize(("step", "left"), [("before the release", 1), ("after the release", 2)])
def test_a_load_that_is_killed_leaves_no_litter_behind_the_next_one(tmp_path, desk, load_raster, step, left):
    """Killed with its raster already in the store: what no release names goes, what one names stays."""
    catalog, fresh, store = desk.catalog, desk.database, desk.rasters
    path = write(tmp_path / "dem.tif", heights(), catalog)
    profile = tmp_path / "killed.yaml"
    profile.write_text(yaml.safe_dump(profile_for("dem"), allow_unicode=True))
    env = {**os.environ, "BANDO_DATABASE_URL": fresh.url, "BANDO_RASTERS": str(store)}
    command = [sys.executable, "-c", STUCK, step, "load", str(path), "--profile", str(profile)]
    with subprocess.Popen(command, cwd=HOME, env=env, stdout=subprocess.PIPE, text=True) as loader:
        assert loader.stdout is not None
        assert "here" in loader.stdout.readline()
        assert len(list(stored(store))) == 1
        loader.send_signal(signal.SIGKILL)
    assert any(name.startswith(keepers.PREFIX) for name in names(store))
    cells = heights()
    cells[5, 400] = 3.25
    _until_free(store)
    load_raster(write(path, cells, catalog), "dem")
    assert len(list(stored(store))) == left
    assert names(store) == [".khoa"]


def _until_free(store):
    """The kernel takes the lock from a killed process a moment after its parent hears of it."""
    for _ in range(50):
        with alone(store) as nobody_else:
            if nobody_else:
                return
        time.sleep(0.1)
    raise AssertionError("the lock of a dead load is still held")
