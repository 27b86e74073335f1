"""Rows that are served as they come are not sent; the load is the same as if they had been, whatever the delivery."""

import copy
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.catalog.checks import Waiver
from gis_server.db.database import Database
from gis_server.releases.rollback import Wish, roll_back
from loaders import held
from loaders.pipeline import Desk
from tests.loaders.held.deliveries import (
    LOTS,
    OTHERS,
    PROFILE,
    Feature,
    Way,
    again,
    as_shapefiles,
    changed,
    city,
    crossed,
    everywhere,
    redrawn,
    taken,
    without,
)
from tests.loaders.test_gate import delivered
from tests.loaders.test_relations import with_file

EDITS: list[Callable[[list[Feature], int], object]] = [
    lambda features, at: changed(features, at, duong="Hai Bà Trưng", dt=201.5, dau=2.5),
    lambda features, at: changed(features, at, dau=1.0, cuoi=1.5, dt=900.0),
    lambda features, at: changed(features, at % LOTS, loai="XXX"),
    lambda features, at: changed(features, at % LOTS, ma_thua="M7"),
    lambda features, at: changed(features, at, ma=None, thua=None),
    lambda features, at: redrawn(features, at, shapely.affinity.translate(features[at][0], 0.5, 0.5)),
    lambda features, at: crossed(features, at % LOTS),
    lambda features, at: again(features, at),
    lambda features, at: again(features, at, east=0.05),
    lambda features, at: again(features, at, ma=f"N{at}", thua=f"N{at}"),
    lambda features, at: features.pop(at),
    lambda features, _: features.append(taken()),
    lambda features, _: everywhere(features, "loai", "ODT"),
    lambda features, _: everywhere(features, "dc", None),
    lambda features, at: random.Random(at).shuffle(features),
    lambda features, _: features.__delitem__(slice(len(features) // 2 + 40)),
    lambda features, _: without(features, "LineString"),
]
"""What happens between two deliveries, at one row or in all."""


@pytest.fixture
def by_either_way(
    make_database: Callable[[], Database],
    desk_at: Callable[..., Desk],
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Loads into two databases, holding rows back in one alone; what comes of it must be the same."""
    fields = catalog["cadastre.thua_dat"].file.fields
    unique = {**fields, "ma_thua_dat": fields["ma_thua_dat"].model_copy(update={"unique": True})}
    files = with_file(catalog, "cadastre.thua_dat", fields=unique)
    short, long = (Way(desk_at(make_database(), files), fewest) for fewest in (1, held.MOST))

    def loaded(
        features: list[Feature],
        folder: Path,
        before: Callable[[Desk], object] | None = None,
        changes: Callable[[Catalog], Catalog] = lambda files: files,
        deliver: Callable[..., Path] = delivered,
        **order: Any,
    ) -> Any:
        answers = []
        for way in (short, long):
            monkeypatch.setattr(held, "FEWEST", way.fewest)
            if before is not None:
                before(way.desk)
            under = replace(way, desk=replace(way.desk, catalog=changes(files)), deliver=deliver)
            answers.append((under.load(features, folder, **order), way.state()))
        assert answers[0] == answers[1]
        return answers[0][0]

    return loaded


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_between_deliveries_the_short_way_ends_where_the_long_one_does(
    by_either_way, held_back, tmp_path, seed
):
    """The edits are dealt out to the seeds: each gets a third of them, one at a time, at last two at once."""
    rng, features, released = random.Random(seed), city(), 0
    by_either_way([taken()], tmp_path, profile=OTHERS)
    by_either_way(features, tmp_path)
    deck = random.Random(0).sample(EDITS, len(EDITS))[seed::3]
    for edits in ([], *([edit] for edit in deck[:-2]), deck[-2:]):
        offered = list(features)
        for edit in edits:
            edit(offered, rng.randrange(len(offered)))
        answer = by_either_way(offered, tmp_path, judge=rng.random() < 0.2)
        if isinstance(answer, dict) and answer["release"]:
            features, released = offered, released + 1
    assert released
    assert sum(held_back) > 1_000


def test_shapefiles_that_come_again_changed_end_the_same_either_way(by_either_way, came_again, tmp_path):
    features, rng = city(), random.Random(3)
    by_either_way(features, tmp_path, deliver=as_shapefiles)
    for edit in (EDITS[0], EDITS[5], EDITS[14]):
        edit(features, rng.randrange(LOTS))
        came_again.clear()
        by_either_way(features, tmp_path, deliver=as_shapefiles)
        assert sum(came_again) > LOTS // 2


def shorter_addresses(files: Catalog) -> Catalog:
    """The layer file now says how long an address may be."""
    fields = files["cadastre.thua_dat"].file.fields
    strict = {**fields, "dia_chi": fields["dia_chi"].model_copy(update={"length": 9})}
    return with_file(files, "cadastre.thua_dat", fields=strict)


def answered_for(files: Catalog) -> Catalog:
    waiver = {"code": "COV-01", "count": 9, "who": "Lan", "why": "đang đo lại", "until": "2999-01-01"}
    return replace(files, waivers={"cadastre.thua_dat": [Waiver.model_validate(waiver)]})


def rolled_back(desk: Desk) -> None:
    with desk.database.connect() as conn:
        roll_back(conn, desk.catalog, Wish(2), who="Lan", note="")


def forgotten(desk: Desk) -> None:
    """What is remembered is damaged, of whichever database it was."""
    for file in desk.memory.iterdir():
        file.write_bytes(file.read_bytes()[:-9])


def other_rules() -> dict[str, Any]:
    profile = copy.deepcopy(PROFILE)
    profile["layers"][2]["fields"]["dia_chi"] = {"template": "{dc}, Quận 1"}
    return profile


BETWEEN: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"changes": shorter_addresses}, False),
    ({"changes": shorter_addresses}, True),
    ({}, False),
    ({"profile": other_rules()}, False),
    ({"changes": answered_for}, False),
    ({"changes": answered_for}, True),
    ({"before": rolled_back}, True),
    ({"judge": True}, True),
    ({"before": forgotten}, False),
]
"""What is otherwise when a delivery comes again, and whether most parcels are known all the same."""


def test_whatever_is_otherwise_when_a_delivery_comes_again_is_heeded(by_either_way, came_again, tmp_path):
    """Each time one parcel is moved over its neighbour and another has a new address; one always has a finding."""
    rng, features = random.Random(5), city()
    changed(features, 7, dt=900.0)
    by_either_way([taken()], tmp_path, profile=OTHERS)
    by_either_way(features, tmp_path)
    for order, known in BETWEEN:
        moved, told = rng.randrange(LOTS), rng.randrange(LOTS)
        offered = list(features)
        redrawn(offered, moved, shapely.affinity.translate(offered[moved][0], 0.5, 0.5))
        changed(offered, told, dc=f"{told} Hai Bà Trưng")
        came_again.clear()
        by_either_way(offered, tmp_path, **order)
        assert (sum(came_again) > LOTS // 2) == known, order
