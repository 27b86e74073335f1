"""`bando check` as a person types it: nothing is published, the files say where and why, and releases keep theirs."""

import json
import sys

import pyogrio.raw
import pytest
import shapely

from gis_server.cli.main import main
from tests.loaders.test_gate import delivered
from tests.loaders.test_relations import PARCELS, lot, parcel


@pytest.fixture
def bando(fresh, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("BANDO_DATABASE_URL", fresh.url)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "thua.yaml").write_text(json.dumps(PARCELS))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["bando", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def overlapping(tmp_path):
    return delivered(tmp_path, parcel(1, lot(0)), parcel(2, lot(9)))


def test_a_check_publishes_nothing_and_hands_over_three_files(bando, overlapping, tmp_path, ask):
    code, out, _ = bando("check", overlapping, "--profile", tmp_path / "thua.yaml", "--out", tmp_path / "kq")
    assert code == 0
    assert "COV-01" in out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert ask("SELECT count(*) FROM meta.release") == [(0,)]

    page = (tmp_path / "kq" / "bao_cao.html").read_text(encoding="utf-8")
    assert page.index("Công bố được") < page.index("Can be published")
    assert "<canvas" in page
    assert "26740, 1, 2" in page
    for outside in ("http://", "https://", "<script src", "<link", "url("):
        assert outside not in page

    meta, _, shapes, columns = pyogrio.raw.read(tmp_path / "kq" / "phat_hien.gpkg")
    rows = dict(zip(meta["fields"], (column[0] for column in columns), strict=True))
    assert (rows["ma"], rows["khoa"], rows["lop"]) == ("COV-01", "26740, 1, 2", "cadastre.thua_dat")
    assert shapely.from_wkb(shapes[0]).distance(shapely.Point(106.69, 10.77)) < 0.3
    assert lot(9, 1).covers(shapely.Point(rows["dong_vn2000"], rows["bac_vn2000"]))

    (one,) = json.loads((tmp_path / "kq" / "bao_cao.json").read_text())["located"]
    assert one["vi"] == "Chồng lấn lên đối tượng bên cạnh"
    assert one["vn2000"] == [pytest.approx(rows["dong_vn2000"]), pytest.approx(rows["bac_vn2000"])]


def test_what_would_be_refused_ends_with_3_and_still_hands_over_its_files(bando, tmp_path):
    path = delivered(tmp_path, parcel(1, lot(0), -5.0))
    code, out, _ = bando("check", path, "--profile", tmp_path / "thua.yaml", "--out", tmp_path / "kq")
    assert code == 3
    assert "Would be refused" in out
    assert "Chưa công bố được" in (tmp_path / "kq" / "bao_cao.html").read_text(encoding="utf-8")


def test_the_findings_of_a_release_stay_with_it(bando, overlapping, tmp_path):
    assert bando("load", overlapping, "--profile", tmp_path / "thua.yaml")[0] == 0
    code, out, _ = bando("check", "--release", 1, "--json", "--out", tmp_path / "kq")
    assert code == 0
    assert [one["code"] for one in json.loads(out)["located"]] == ["COV-01"]
    assert "26740, 1, 2" in (tmp_path / "kq" / "bao_cao.html").read_text(encoding="utf-8")
    assert bando("check", "--release", 9)[0] == 2


def test_readers_of_the_map_cannot_read_findings(bando, overlapping, tmp_path, fresh):
    bando("load", overlapping, "--profile", tmp_path / "thua.yaml")
    with fresh.connect("read") as conn:
        assert conn.execute("SELECT has_table_privilege('meta.finding', 'SELECT')").fetchone() == (False,)


def test_a_path_or_a_release_must_be_named(bando):
    assert bando("check")[0] == 2
