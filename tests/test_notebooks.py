"""The notebooks run over HTTP on a sample city, and what they answer is what PostGIS says."""

import re
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.client.report import write
from gis_server.db.database import Database
from gis_server.settings import HOME
from loaders.pipeline import Desk, Order, load
from tests.city import deliver_a_ward
from tests.live import Wire
from tests.serving import MEASURED, publish_rows, row_of

pytestmark = pytest.mark.slow
NOTEBOOKS = HOME / "notebooks"
LAMPS = "lighting.cot_den"
HOUSING = (
    "('DC_DA_CHUC_NANG', 'DC_MAT_DO_THAP', 'DC_MAT_DO_CAO', 'HON_HOP', 'NHOM_NHA_O', "
    "'O_BIET_THU', 'O_CHUNG_CU', 'O_HON_HOP', 'O_LANG_XOM', 'O_LIEN_KE')"
)
"""Planned functions that are housing."""


@dataclass(frozen=True)
class Sample:
    """A sample city that is served, and its database."""

    address: str
    database: Database

    def one(self, sql: str) -> float:
        with self.database.connect("read") as conn:
            row = conn.execute(sql.encode()).fetchone()
        assert row is not None
        return float(row[0])


@pytest.fixture(scope="module")
def sample(
    make_database: Callable[[], Database],
    wire: Wire,
    catalog: Catalog,
    desk_at: Callable[..., Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Sample]:
    """One ward through the loader; then a second source brings three lamps, changes one and takes one away."""
    folder = tmp_path_factory.mktemp("mau")
    database, lamps = make_database(), catalog[LAMPS]
    load(Order(deliver_a_ward(catalog, folder / "giao")), desk_at(database))
    first, second, third = (row_of(catalog, lamps, number) for number in (1, 2, 3))
    publish_rows(database, MEASURED, [(lamps, [first, second, third])])
    place = list(lamps.fields).index("chieu_cao")
    publish_rows(database, MEASURED, [(lamps, [first, (*second[:place], 17.5, *second[place + 1 :])])])
    with wire(database, anonymous_view="full") as running:
        yield Sample(running.address, database)


@pytest.fixture
def run(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    monkeypatch.setenv("BANDO_URL", sample.address)
    return lambda name: runpy.run_path(str(NOTEBOOKS / f"{name}.py"))


def test_flooded_parcels_by_ward(run: Callable[[str], Any], sample: Sample) -> None:
    told = run("ngap_theo_phuong")
    flooded = """SELECT sum(ST_Area(ST_Intersection(p.geom, z.geom))) / 10000
        FROM cadastre.thua_dat p, (SELECT ST_Union(geom) AS geom FROM drainage.vung_ngap) z"""
    assert told["total_ha"] == pytest.approx(sample.one(flooded), abs=0.001)
    assert told["total_ha"] > 0
    assert told["now"].ten.notna().all()
    assert len(told["before"]) > 1


def test_plan_against_present(run: Callable[[str], Any], sample: Sample) -> None:
    told = run("quy_hoach_va_hien_trang")
    conflict = f"""SELECT coalesce(sum(m2), 0) FROM (
        SELECT ST_Area(ST_Intersection(p.geom, q.geom)) AS m2
        FROM cadastre.thua_dat p JOIN planning.quy_hoach_su_dung_dat q ON ST_Intersects(p.geom, q.geom)
        WHERE p.loai_dat IN ('ODT', 'ONT') AND q.chuc_nang NOT IN {HOUSING}) AS parts WHERE m2 >= 1"""
    assert told["conflict"].m2.sum() == pytest.approx(sample.one(conflict), abs=1)
    assert told["conflict"].m2.sum() > 0


def test_houses_that_widening_takes(run: Callable[[str], Any], sample: Sample) -> None:
    scenarios = run("mo_rong_duong")["scenarios"]
    taken = """SELECT count(DISTINCT h.fid) FROM base_settlement.nha h, (
        SELECT ST_Difference(
            ST_Buffer(geom, lo_gioi / 2 + 4, 'endcap=flat quad_segs=16'),
            ST_Buffer(geom, chieu_rong_hien_huu / 2, 'endcap=flat quad_segs=16')) AS geom
        FROM planning.lo_gioi) AS s
        WHERE ST_Dimension(h.geom) = 2 AND ST_Intersects(h.geom, s.geom)
        AND ST_Area(ST_Intersection(h.geom, s.geom)) >= 1"""
    assert scenarios["nhà"].iloc[-1] == sample.one(taken) > 0
    assert scenarios["nhà"].is_monotonic_increasing


def test_dark_stretches(run: Callable[[str], Any], sample: Sample) -> None:
    told = run("khoang_toi_tren_duong")
    dark = """SELECT coalesce(sum(m), 0) FROM (
        SELECT ST_Length((ST_Dump(ST_Difference(r.geom, l.geom))).geom) AS m
        FROM base_transport.duong_bo r, (SELECT ST_Union(ST_Buffer(geom, 30, 'quad_segs=16')) AS geom
            FROM lighting.cot_den WHERE tinh_trang <> 'HU_HONG') AS l
        WHERE r.ten IS NOT NULL) AS gaps WHERE m >= 20"""
    assert told["dark_m"] == pytest.approx(sample.one(dark), abs=1)
    assert told["dark_if_mended_m"] <= told["dark_m"]


def test_homes_near_a_school(run: Callable[[str], Any], sample: Sample) -> None:
    near = """SELECT count(*) FROM cadastre.thua_dat p WHERE loai_dat IN ('ODT', 'ONT') AND EXISTS (
        SELECT FROM base_settlement.cong_trinh_giao_duc s
        WHERE lower(s.ten) LIKE 'trường tiểu học%' AND ST_DWithin(p.geom, s.geom, 500))"""
    assert run("truong_hoc_500_m")["near"] == sample.one(near) > 0


def test_what_changed(run: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("thay_doi")
    assert sorted(told["changes"].kind) == ["changed", "removed"]
    edits = told["edits"]
    assert edits[["lớp", "trường", "sau"]].to_numpy().tolist() == [[LAMPS, "chieu_cao", 17.5]]
    monkeypatch.setenv("SINCE", "1")
    assert sorted(run("thay_doi")["changes"].kind) == ["added", "added", "added", "changed", "removed"]


def test_each_becomes_a_page_that_asks_for_nothing_from_elsewhere(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BANDO_URL", sample.address)
    made = write(sorted(NOTEBOOKS.glob("*.py")), tmp_path)
    assert len(made) == 6
    for path in made:
        page = path.read_text("utf-8")
        assert page.count("<svg") == 1, path.name
        assert "<table>" in page
        assert "DỮ LIỆU GIẢ LẬP" in page
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
        assert path.name in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.py")), ids=lambda path: path.stem)
def test_each_is_a_report_in_vietnamese_first_and_named_in_the_guides(path: Path) -> None:
    cells = path.read_text(encoding="utf-8").split("# %%")
    assert cells[1].startswith(" [markdown]\n# # ")
    assert sum(cell.startswith(" [markdown]") for cell in cells) >= 3
    for page in ("vi/nha-quy-hoach.md", "en/planner.md"):
        assert f"notebooks/{path.name}" in (HOME / "docs" / page).read_text(encoding="utf-8")
