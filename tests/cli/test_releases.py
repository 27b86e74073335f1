"""Releases, drafts and rollback as a person types them."""

import json
import sys

import pytest

from gis_server.cli.main import main
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_pipeline import ESRI_PRJ, NAMES, PLACES, written


@pytest.fixture
def bando(make_database, monkeypatch, capsys, tmp_path):
    """Runs a command line on a clean database; its exit code, output and error text."""
    monkeypatch.setenv("BANDO_DATABASE_URL", make_database().url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["bando", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def load(bando, tmp_path):
    """Loads manholes with these street names."""
    profile = tmp_path / "ho_ga.yaml"
    profile.write_text(json.dumps(MANHOLES))

    def run(names, *words, places=PLACES):
        path = written(tmp_path / "hg.gpkg", "GPKG", names, places[: len(names)], crs=ESRI_PRJ)
        found = bando("load", path, "--profile", profile, *words)
        path.unlink()
        assert found[0] == 0, found
        return found[1]

    return run


RENAMED = [NAMES[0], "Lê Lợi", NAMES[2]]


def test_the_releases_are_listed_with_counts_and_notes(bando, load):
    load(NAMES, "--note", "lần đầu")
    load(RENAMED)
    code, out, _ = bando("releases")
    assert code == 0
    assert "lần đầu" in out
    assert "drainage.ho_ga  +0 ~1 -0" in out
    assert "lần đầu" not in bando("releases", "--limit", "1")[1]


def test_a_diff_names_fields_with_before_and_after_and_draws_a_map(bando, load, tmp_path):
    load(NAMES)
    load(RENAMED)
    page, geojson = tmp_path / "thay_doi.html", tmp_path / "thay_doi.geojson"
    code, out, _ = bando("diff", 1, 2, "--map", page, "--geojson", geojson)
    assert code == 0
    assert "ĐƯỜNG NGUYỄN HUỆ → Lê Lợi" in out
    (feature,) = json.loads(geojson.read_text())["features"]
    assert feature["properties"]["fields"] == {"tuyen_duong": ["ĐƯỜNG NGUYỄN HUỆ", "Lê Lợi"]}
    assert feature["geometry"]["type"] == "Point"
    text = page.read_text()
    assert "HG1" in text
    assert "//" not in text.partition("<script>")[0], "the map needs nothing from elsewhere"
    assert bando("diff", 2, 2)[1].startswith("Không có khác biệt nào")
    assert bando("diff", 1, 9)[0] == 10


def test_a_feature_tells_its_history(bando, load):
    load(NAMES)
    load(RENAMED)
    code, out, _ = bando("history", "drainage.ho_ga", "HG1")
    assert code == 0
    assert "tuyen_duong: ĐƯỜNG NGUYỄN HUỆ → Lê Lợi" in out
    assert "đang phục vụ" in out
    assert bando("history", "drainage.ho_ga", "none")[0] == 1


def test_a_rollback_shows_what_it_would_do_and_does_it_when_told(bando, load, monkeypatch):
    load(NAMES)
    load(RENAMED)
    monkeypatch.setattr("typer.confirm", lambda *words, **named: (_ for _ in ()).throw(SystemExit(1)))
    code, out, _ = bando("rollback", 1)
    assert code == 1
    assert "Sẽ thay đổi" in out
    assert "Published as release 3" in bando("rollback", 1, "--yes")[1]
    assert "nothing to change" in bando("rollback", 1, "--yes")[1]
    assert bando("rollback", 7, "--yes")[0] == 10


def test_a_draft_is_looked_at_and_then_published(bando, load, tmp_path):
    load(NAMES)
    held = load(RENAMED, "--hold", "--note", "nháp")
    assert "Held as draft 1" in held
    page = tmp_path / "nhap.html"
    code, out, _ = bando("drafts", 1, "--map", page)
    assert code == 0
    assert "ĐƯỜNG NGUYỄN HUỆ → Lê Lợi" in out
    assert "HG1" in page.read_text()
    assert "Published as release 2" in bando("publish", 1)[1]
    assert "nháp" in bando("releases")[1]
    assert bando("publish", 1)[0] == 11


def test_a_draft_can_be_discarded(bando, load):
    load(NAMES, "--hold")
    assert bando("drafts", "--drop")[0] == 11
    assert bando("drafts", 1, "--drop")[0] == 0
    assert bando("drafts", 1)[0] == 11
