"""`bando archives`: a file is looked through before it is served, and what it replaces stays until then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gis_server.cli.main import build
from gis_server.errors import ArchiveBroken, SettingInvalid
from tests.tiles.archives import DECLARED, archive_of, home_with, water

Run = Callable[..., Result]
TILES = {(0, 0, 0): water("a"), (1, 0, 0): water("b")}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A machine that declares one archive."""
    env = {"BANDO_HOME": str(home_with(tmp_path, {"nen_ngoai": DECLARED}, {})), "BANDO_STATE": str(tmp_path / "state")}

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(build(), ["archives", *arguments], env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def given(folder: Path, body: bytes) -> str:
    path = folder / "giao.pmtiles"
    path.write_bytes(body)
    return str(path)


def test_a_checked_file_is_put_where_it_is_served_from(run: Run, tmp_path: Path) -> None:
    assert "missing" in run("list").output
    assert run("put", "nen_ngoai", given(tmp_path, archive_of(TILES))).exit_code == 0
    assert (tmp_path / "state" / "archives" / "nen_ngoai.pmtiles").read_bytes() == archive_of(TILES)
    assert "z0–1" in run("list").output


def test_a_file_that_is_broken_or_not_as_declared_replaces_nothing(run: Run, tmp_path: Path) -> None:
    run("put", "nen_ngoai", given(tmp_path, archive_of(TILES)))
    for body in (archive_of(TILES)[:300], archive_of({(0, 0, 0): b"\xff" * 9}), archive_of({(0, 0, 0): b""})):
        with pytest.raises(ArchiveBroken):
            run("put", "nen_ngoai", given(tmp_path, body))
    folder = tmp_path / "state" / "archives"
    assert [path.name for path in folder.iterdir()] == ["nen_ngoai.pmtiles"]
    assert (folder / "nen_ngoai.pmtiles").read_bytes() == archive_of(TILES)


def test_what_is_not_declared_or_not_there_is_said(run: Run, tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="nen_ngoai"):
        run("put", "khac", given(tmp_path, archive_of(TILES)))
    with pytest.raises(ArchiveBroken, match="cannot be opened"):
        run("check", str(tmp_path / "khong_co.pmtiles"))


def test_checking_prints_a_declaration_to_begin_with(run: Run, tmp_path: Path) -> None:
    output = run("check", given(tmp_path, archive_of(TILES))).output
    assert "2 ô mvt" in output
    assert 'source-layer: "water"' in output
