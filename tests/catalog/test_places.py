"""Administrative units: both eras are data, a bare code is ambiguous, and the crosswalk reads both ways."""

import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gis_server.catalog.names import bare, toned
from gis_server.catalog.places import Place, Places, read_places
from gis_server.cli.places import places as places_command
from gis_server.errors import CatalogInvalid
from gis_server.settings import HOME

LAYERS = HOME / "layers"
CATALOGUE = HOME.parent / "shared" / "catalogue"
LAST_OLD_DAY, REFORM = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def book() -> Places:
    return read_places(LAYERS)


def count(book: Places, level: str, day: date) -> int:
    return sum(place.level == level and place.in_force(day) for place in book.units)


def unit(book: Places, code: str, day: date) -> Place:
    [place] = [place for place in book.by_code(code) if place.in_force(day)]
    return place


def names(places: list[Place]) -> list[str]:
    return [place.name_vi for place in places]


def test_before_the_reform_there_were_441_communes_in_38_districts_of_3_provinces(book: Places) -> None:
    assert [count(book, level, LAST_OLD_DAY) for level in ("XA", "HUYEN", "TINH")] == [441, 38, 3]


def test_since_the_reform_there_are_168_communes_and_no_district(book: Places) -> None:
    assert [count(book, level, REFORM) for level in ("XA", "HUYEN", "TINH")] == [168, 0, 1]
    new = [place.kind for place in book.units if place.level == "XA" and place.in_force(REFORM)]
    assert [new.count(kind) for kind in ("phuong", "xa", "dac_khu")] == [113, 54, 1]


def test_167_new_codes_are_old_commune_codes_used_again(book: Places) -> None:
    old = {place.code for place in book.units if place.level == "XA" and place.valid_to}
    new = {place.code for place in book.units if place.level == "XA" and not place.valid_to}
    assert len(new & old) == 167
    assert new - old == {"26732"}


def test_a_code_is_unique_on_any_one_day(book: Places) -> None:
    for day in (LAST_OLD_DAY, REFORM):
        codes = [place.code for place in book.units if place.in_force(day)]
        assert len(codes) == len(set(codes))


def test_47_old_communes_were_split(book: Places) -> None:
    old = [place for place in book.units if place.level == "XA" and place.valid_to]
    assert sum(len(book.successors(place)) > 1 for place in old) == 47
    assert min(len(book.successors(place)) for place in old) == 1


def test_split_counts_agree_with_the_links(book: Places) -> None:
    for place in book.units:
        heirs = book.successors(place)
        assert all(heir.split == len(heirs) for heir in heirs)


def test_every_new_commune_comes_from_somewhere(book: Places) -> None:
    new = [place for place in book.units if place.valid_to is None]
    assert all(book.predecessors(place) for place in new)
    assert sum(len(book.predecessors(place)) for place in new if place.level == "XA") == 492 + 1  # Côn Đảo: a district


def test_the_crosswalk_reads_the_same_both_ways(book: Places) -> None:
    forth = {(o.code, n.place.code) for o in book.units if o.level == "XA" for n in book.successors(o)}
    back = {(o.place.code, n.code) for n in book.units for o in book.predecessors(n) if o.place.level == "XA"}
    assert forth == back
    assert len(forth) == 492


def test_every_unit_but_a_province_has_a_parent_of_its_own_era(book: Places) -> None:
    for place in book.units:
        parent = book.parent(place)
        if place.level == "TINH":
            assert parent is None
        else:
            assert parent is not None
            assert (parent.valid_to, parent.code) == (place.valid_to, place.parent_code)


def test_a_bare_code_answers_every_era_with_its_dates(book: Places) -> None:
    assert [(p.name_vi, p.valid_from, p.valid_to) for p in book.by_code("26740")] == [
        ("Phường Sài Gòn", REFORM, None),
        ("Phường Bến Nghé", None, LAST_OLD_DAY),
    ]
    assert names(book.find("26740", LAST_OLD_DAY)) == ["Phường Bến Nghé"]
    assert book.by_code("99999") == []


def test_the_parent_of_an_old_ward_is_its_district(book: Places) -> None:
    ward = unit(book, "26740", LAST_OLD_DAY)
    district = book.parent(ward)
    assert district is not None
    assert district.name_vi == "Quận 1"


def test_a_district_became_the_wards_of_its_communes(book: Places) -> None:
    heirs = [heir.place.name_vi for heir in book.successors(unit(book, "760", LAST_OLD_DAY))]
    assert sorted(heirs) == ["Phường Bến Thành", "Phường Cầu Ông Lãnh", "Phường Sài Gòn", "Phường Tân Định"]


def test_con_dao_was_a_district_without_communes(book: Places) -> None:
    [origin] = book.predecessors(unit(book, "26732", REFORM))
    assert (origin.place.name_vi, origin.place.level) == ("Huyện Côn Đảo", "HUYEN")
    assert origin.place.evidence == "own knowledge"


@pytest.mark.parametrize("query", ["Phường Bến Nghé", "bến nghé", "BEN NGHE", "  phuong   ben nghe "])
def test_a_name_is_found_with_or_without_kind_marks_and_case(book: Places, query: str) -> None:
    assert names(book.find(query)) == ["Phường Bến Nghé"]


@pytest.mark.parametrize("query", ["Hoà Phú", "Hòa Phú", unicodedata.normalize("NFD", "Hòa Phú"), "hoa phu"])
def test_both_placements_of_the_tone_and_both_unicode_forms_find_the_same(book: Places, query: str) -> None:
    assert sorted(names(book.by_name(query))) == ["Phường Hoà Phú", "Xã Hòa Phú"]


def test_names_that_differ_in_tone_only_are_kept_apart(book: Places) -> None:
    assert {place.code for place in book.by_name("Thạnh An")} == {"27676"}
    unmarked = book.by_name("thanh an")
    assert [place.code for place in unmarked] == ["25807", "25807", "27676", "27676"]


def test_a_half_marked_name_still_finds_candidates(book: Places) -> None:
    assert "Phường Bến Nghé" in names(book.by_name("Bến Nghe"))


@pytest.mark.parametrize(
    ("name", "with_tone", "without"),
    [
        ("Hoà", toned("Hòa"), "hoa"),
        ("Thuỷ", toned("Thủy"), "thuy"),
        ("Đất Đỏ", toned("đất  ĐỎ"), "dat do"),
        ("Bà Rịa - Vũng Tàu", toned("bà rịa – vũng tàu"), "ba ria vung tau"),
        ("Phường 6", toned("phường 6"), "phuong 6"),
    ],
)
def test_folded_names(name: str, with_tone: str, without: str) -> None:
    assert toned(name) == with_tone
    assert bare(name) == without


def test_tones_and_vowel_marks_count() -> None:
    assert len({toned(word) for word in ("Hoa", "Hòa", "Hóa", "Hỏa", "Hoạ", "Hơa")}) == 6


def test_units_and_links_are_those_of_the_source(book: Places) -> None:
    if not CATALOGUE.is_dir():
        pytest.skip(f"the source catalogue is not at {CATALOGUE}")
    with (CATALOGUE / "hcmc_admin_168.csv").open(encoding="utf-8-sig", newline="") as file:
        new = {(row["ward_code_new"], row["name_vi"]) for row in csv.DictReader(file)}
    with (CATALOGUE / "hcmc_admin_crosswalk.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(p.code, p.name_vi) for p in book.units if p.level == "XA" and p.in_force(REFORM)} == new
    links = {(row["ward_code_new"], row["ward_code_old"]): int(row["old_unit_split_across_n_new"]) for row in rows}
    assert {(link.new_code, link.old_code): link.split for link in book.links if link.old_level == "XA"} == links


def copied(folder: Path) -> Path:
    (folder / "_places").mkdir()
    for name in ("units.csv", "crosswalk.csv"):
        (folder / "_places" / name).write_bytes((LAYERS / "_places" / name).read_bytes())
    return folder / "_places"


def test_a_link_to_a_unit_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with (copied(tmp_path) / "crosswalk.csv").open("a", encoding="utf-8") as file:
        file.write("26740,99999,XA,1,name\n")
    with pytest.raises(CatalogInvalid, match="99999"):
        read_places(tmp_path)


def test_a_bad_date_is_refused_by_file_and_line(tmp_path: Path) -> None:
    units = copied(tmp_path) / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("2025-07-01", "01/07/2025", 1), encoding="utf-8")
    with pytest.raises(CatalogInvalid, match=r"layers/_places/units\.csv cannot be read: 2: "):
        read_places(tmp_path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match=r"units\.csv"):
        read_places(tmp_path)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_the_command_shows_both_eras_vietnamese_first(run: CliRunner) -> None:
    app = typer.Typer()
    app.command()(places_command)
    shown = run.invoke(app, ["26740"])
    assert shown.exit_code == 0
    assert (
        shown.output.index("Phường Sài Gòn") < shown.output.index("Sai Gon Ward") < shown.output.index("Ben Nghe Ward")
    )
    assert "30/06/2025" in shown.output
    assert run.invoke(app, ["không có nơi này"]).exit_code == 1
