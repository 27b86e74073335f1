"""The code lists of `layers/_domains/` test themselves: used, unambiguous, and coloured as the law draws them."""

import csv
import re
from pathlib import Path

import pytest

from gis_server.catalog.model import Domain, LayerFile
from gis_server.catalog.words import read_yaml
from gis_server.settings import HOME

LAYERS = HOME / "layers"
CATALOGUE = HOME.parent / "shared" / "catalogue"
FILES = [
    LayerFile.model_validate(read_yaml(path)) for path in LAYERS.glob("[a-z]*/[a-z]*.yaml") if "." not in path.stem
]
DOMAINS = {path.stem: Domain.model_validate(read_yaml(path)) for path in sorted(LAYERS.glob("_domains/*.yaml"))}
USED = {rule.domain for file in FILES for rule in (*file.fields.values(), file.raster) if rule}

each_domain = pytest.mark.parametrize("name", DOMAINS)


@pytest.fixture(scope="module")
def catalogue() -> Path:
    if not CATALOGUE.is_dir():
        pytest.skip(f"the source catalogue is not at {CATALOGUE}")
    return CATALOGUE


@each_domain
def test_a_code_list_is_used(name: str) -> None:
    assert name in USED


@each_domain
def test_the_meanings_of_a_code_list_are_distinct_and_parents_exist(name: str) -> None:
    values = DOMAINS[name].values
    assert len({value.vi for value in values.values()}) == len(values)
    assert len({value.en for value in values.values()}) == len(values)
    assert {value.parent for value in values.values() if value.parent} <= values.keys()


def test_land_use_codes_have_the_colours_of_the_source(catalogue: Path) -> None:
    with (catalogue / "land_use_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    values = DOMAINS["loai_dat"].values
    assert list(values) == [row["code"] for row in rows]
    assert len(values) == 110
    for row in rows:
        value = values[row["code"]]
        assert (value.vi, value.en, value.parent or "") == (row["name_vi"], row["name_en"], row["parent"])
        assert value.color == row["hex"] or not row["hex"]


def test_land_use_codes_without_an_own_colour_are_named_in_the_note(catalogue: Path) -> None:
    with (catalogue / "land_use_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        without = [row["code"] for row in csv.DictReader(file) if not row["hex"]]
    note = DOMAINS["loai_dat"].note
    assert note is not None
    assert all(re.search(rf"\b{code}\b", note.vi) for code in without)
    assert len(without) == 36


def test_planning_functions_have_the_legal_colours(catalogue: Path) -> None:
    with (catalogue / "planning_legend_hcmc.csv").open(encoding="utf-8-sig", newline="") as file:
        legend = [(row["chucnangsdd"], row["hex"]) for row in csv.DictReader(file)]
    values = DOMAINS["chuc_nang_quy_hoach"].values.values()
    assert [(value.vi.removesuffix(" (màu thứ hai)"), value.color) for value in values] == legend
