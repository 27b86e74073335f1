"""`bando db …` and `bando doctor`, as a person runs them."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gis_server.cli import checkup
from gis_server.cli.db import app
from gis_server.cli.doctor import doctor
from gis_server.db import binaries
from gis_server.db.cluster import embedded_cluster
from gis_server.db.tables import migrate
from gis_server.errors import SettingInvalid
from gis_server.settings import HOME, Settings


@pytest.fixture
def state(monkeypatch) -> Iterator[Path]:
    """A fresh installation for commands that read the environment."""
    folder = Path(tempfile.mkdtemp(prefix="bando-cli-"))
    folder.chmod(0o755)
    monkeypatch.setenv("BANDO_STATE", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    yield folder
    embedded_cluster(Settings()).reset()
    shutil.rmtree(folder)


def db(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def psql(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from gis_server.cli.db import app; app()", "psql", *arguments]
    return subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False, timeout=60)


def run_doctor():
    command = typer.Typer()
    command.command()(doctor)
    return CliRunner().invoke(command, [])


def test_the_cluster_from_first_start_to_reset(state):
    assert db("status").exit_code == 3
    assert "not made yet" in db("status").output
    assert db("start").exit_code == 0
    running = db("status")
    assert running.exit_code == 0
    assert "đang chạy" in running.output
    assert "đã dừng" in db("stop").output
    assert "was not running" in db("stop").output
    assert db("reset", "--yes").exit_code == 0
    assert not (state / "postgres" / "data").exists()


def test_reset_asks_first_and_no_means_no(state):
    db("start")
    assert CliRunner().invoke(app, ["reset"], input="n\n").exit_code == 1
    assert db("status").exit_code == 0


def test_psql_hands_its_arguments_on_starts_the_cluster_and_reads_only(state):
    assert psql("--", "-Atc", "SELECT current_user").stdout.strip() == "bando_read"
    assert psql("--role", "load", "--", "-Atc", "SELECT current_user").stdout.strip() == "bando_load"
    refused = psql("--", "-c", "CREATE TABLE x (n int)")
    assert refused.returncode == 1
    assert "read-only" in refused.stderr


def test_migrate_says_what_it_did_and_then_that_all_fits(state):
    first = db("migrate")
    assert "+ drainage." in first.output
    assert "tables already fit" in db("migrate").output
    assert isinstance(db("migrate", "--drop", "drainage.nowhere").exception, SettingInvalid)


def test_a_given_server_is_not_started_or_reset_from_here(state, monkeypatch):
    monkeypatch.setenv("BANDO_DATABASE_URL", "postgresql://a@db.example/x")
    for verb in ("start", "stop", "status", "reset"):
        assert isinstance(db(verb).exception, SettingInvalid)
    monkeypatch.delenv("BANDO_DATABASE_URL")


def test_a_healthy_machine_is_told_so_on_one_screen(state):
    told = run_doctor()
    for part in ("PostgreSQL", "POSTGIS", "GEOS", "PROJ", "GDAL", "OpenFileGDB", "DGN", "Check point, PostGIS"):
        assert part in told.output
    assert "✗" not in told.output
    assert told.exit_code == 0


def test_missing_programs_are_an_error_with_the_command_that_mends_it(state, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(binaries, "FOLDERS", ())
        patch.setenv("PATH", "/nonexistent")
        told = run_doctor()
    assert told.exit_code == 1
    assert "apt-get install -y postgresql" in told.output.replace("\n", " ")


def test_a_missing_driver_is_an_error(monkeypatch):
    monkeypatch.setattr(checkup.pyogrio, "list_drivers", lambda: {"GPKG": "rw"})
    finding = next(checkup.drivers())
    assert finding.level == "error"
    assert "OpenFileGDB" in finding.found
    assert "GPKG" not in finding.found.partition("missing")[2]


def test_a_datum_that_slipped_by_a_millimetre_is_an_error():
    good = checkup._datum("x", checkup.CHECK_POINT_STORED, ("", ""))
    east, north = checkup.CHECK_POINT_STORED
    assert good.level == "ok"
    assert checkup._datum("x", (east - 0.8, north), ("", "")).level == "error"


def test_the_whole_catalog_becomes_tables_and_changes_nothing_twice(fresh_database, catalog):
    assert migrate(fresh_database, catalog) == []
    with fresh_database.connect("read") as conn:
        assert conn.execute("SELECT count(*) FROM meta.layer").fetchone() == (len(catalog.layers),)
        for layer in catalog:
            for table in (layer.table, layer.history):
                conn.execute(f"SELECT fid, source, geom, geom_3857 FROM {table}".encode())
