"""The tutorial of the guide for GIS staff: its commands run as they stand there, its pictures are there and small."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from gis_server.cli.main import main
from gis_server.settings import HOME

GUIDES = [HOME / "docs" / "vi" / "can-bo-gis.md", HOME / "docs" / "en" / "gis-staff.md"]
PICTURES = HOME / "docs" / "pictures"
MOST_BYTES, MOST_PICTURES = 150_000, 5


def commands(guide: Path) -> list[tuple[list[str], int]]:
    """Words of each command, and the exit code that stands behind it."""
    blocks = re.findall(r"```sh tutorial\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    parts = [line.partition("#") for line in lines]
    return [(shlex.split(words), int(code or 0)) for words, _, code in parts]


@pytest.mark.slow
def test_the_tutorial_runs_as_it_is_written(make_database, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("BANDO_DATABASE_URL", make_database().url)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    told = {}
    for words, code in commands(GUIDES[0]):
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        told[" ".join(words[:2])] = capsys.readouterr().out
        assert (ended.value.code or 0) == code, (words, told)
    assert "Published as release 2" in told["bando publish"]
    assert "chieu_cao" in told["bando diff"]
    assert "Published as release 3" in told["bando rollback"]
    assert (tmp_path / "ket_qua" / "phat_hien.gpkg").stat().st_size
    assert (tmp_path / "thay_doi.html").stat().st_size


def test_both_guides_have_the_same_tutorial():
    vietnamese, english = map(commands, GUIDES)
    assert vietnamese == english
    assert len(vietnamese) > 8


@pytest.mark.parametrize("guide", GUIDES, ids=["vi", "en"])
def test_every_picture_of_the_guide_is_there(guide):
    named = re.findall(r'(?:\]\(|src=")\.\./pictures/([^)"]+)', guide.read_text(encoding="utf-8"))
    assert {path.name for path in PICTURES.iterdir()} == set(named)


def test_pictures_are_few_and_small():
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert 0 < len(sizes) <= MOST_PICTURES
    assert {name for name, size in sizes.items() if size > MOST_BYTES} == set()
