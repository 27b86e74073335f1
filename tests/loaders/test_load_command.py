"""`bando load` as a person types it: report, JSON and exit codes."""

import json
import sys

import pytest

from gis_server.cli.load import load
from gis_server.cli.main import main
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_pipeline import ESRI_PRJ, NAMES, written


@pytest.fixture
def bando(fresh, monkeypatch, capsys, tmp_path):
    """Runs a command line; its exit code, output and error text."""
    monkeypatch.setenv("BANDO_DATABASE_URL", fresh.url)
    profile = tmp_path / "ho_ga.yaml"
    profile.write_text(json.dumps(MANHOLES))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["bando", "load", *map(str, words), "--profile", str(profile)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


def test_a_load_reports_in_vietnamese_first(bando, tmp_path):
    code, out, _ = bando(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ))
    assert code == 0
    assert "Đã công bố bản 1 · Published as release 1" in out
    assert "drainage.ho_ga" in out


def test_the_report_is_also_json(bando, tmp_path):
    code, out, _ = bando(written(tmp_path / "hg.gpkg", "GPKG", crs=ESRI_PRJ), "--json", "--dry-run")
    report = json.loads(out)
    assert code == 0
    assert report["account"]["hg.gpkg"] == {"read": 3, "loaded": 3, "set_aside": {}, "left_out": []}
    assert report["release"] is None


def test_a_refused_load_ends_with_3_and_an_unreadable_one_with_4(bando, tmp_path):
    code, _, err = bando(written(tmp_path / "hg.gpkg", "GPKG", ["x" * 200, *NAMES[1:]], crs=ESRI_PRJ))
    assert code == 3
    assert "ATT-04" in err
    assert bando(tmp_path / "khong_co.gpkg")[0] == 4


def test_every_option_is_explained_in_both_languages():
    assert load.__doc__ is not None
    assert "·" in load.__doc__
