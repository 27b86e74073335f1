"""The gate against a city that was spoiled on purpose: what was planted is found, and hardly anything else."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from loaders.checks.registry import read_codes
from loaders.pipeline import Desk, Order, load
from loaders.report import Report
from loaders.sample_city.build import build
from loaders.sample_city.damage import ANSWERS, damage, write_answers
from loaders.sample_city.deliver import deliver
from loaders.sample_city.frame import Frame
from tests.loaders.sample_city.conftest import Sample

Found = set[tuple[str, str, str]]
LEAST_RECALL, MOST_FALSE = 0.99, 0.01


@pytest.fixture(scope="module")
def spoiled(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    city = build(Frame(3, 7), catalog)
    answers = damage(city, catalog, 7)
    folder = tmp_path_factory.mktemp("hong") / "giao"
    deliver(city, catalog, folder)
    write_answers(answers, folder)
    return folder


@pytest.fixture(scope="module")
def desk(desk_at: Callable[..., Desk], fresh_database: Database) -> Desk:
    return desk_at(fresh_database)


def found_in(report: Report) -> Found:
    """Findings by code, layer and key; those about a whole layer have no key."""
    whole = {(one.code, one.layer, "") for one in report.findings if one.code == "REL-03"}
    return whole | {(one.code, one.layer, one.key or "") for one in report.located}


@pytest.mark.slow
def test_what_was_planted_is_found_and_hardly_anything_else(sample: Sample, spoiled: Path, desk: Desk) -> None:
    load(Order(sample.folder), desk)
    assert load(Order(sample.folder, judge=True), desk).findings == []

    found = found_in(load(Order(spoiled, judge=True), desk))
    answers = json.loads((spoiled / ANSWERS).read_text(encoding="utf-8"))
    missed = [one for one in answers if not any((one["code"], one["layer"], key) in found for key in one["keys"])]
    assert len(missed) <= (1 - LEAST_RECALL) * len(answers), missed

    known = {(one["code"], one["layer"], key) for one in answers for key in one["keys"]}
    known |= {tuple(follows) for one in answers for follows in one["also"]}
    false = found - known
    assert len(false) <= MOST_FALSE * len(found), false


@pytest.mark.slow
def test_every_kind_of_check_is_planted(spoiled: Path) -> None:
    planted = Counter(one["code"] for one in json.loads((spoiled / ANSWERS).read_text(encoding="utf-8")))
    notes = {code for code, about in read_codes().items() if about.severity == "note"}
    not_in_one_delivery = {"ATT-08", "ATT-09", "GEO-03", "GEO-06", "GEO-07", "GEO-08", "REV-04", "REV-05", "REV-06"}
    not_in_one_delivery |= {"WAI-01", "WAI-02"}
    about_files = {code for code in read_codes() if code[:3] in ("TXT", "CRS", "RAS")}  # tests of their own
    assert set(read_codes()) - set(planted) - notes - about_files == not_in_one_delivery
