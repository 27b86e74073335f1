"""The rules of the dossier are data, and a mistake in them is found before anyone asks."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gis_server.catalog import Catalog
from gis_server.catalog.words import read_yaml
from gis_server.errors import CatalogInvalid
from gis_server.planning.manifest import DossierFile, read_manifest
from gis_server.settings import HOME

REAL = HOME / "layers" / "planning" / "_dossier.yaml"


def changed(folder: Path, **changes: Any) -> Path:
    """A layers folder whose manifest differs from the real one."""
    target = folder / "planning" / "_dossier.yaml"
    target.parent.mkdir(exist_ok=True)
    target.write_text(yaml.safe_dump({**read_yaml(REAL), **changes}, allow_unicode=True), encoding="utf-8")
    return folder


def section(**rule: Any) -> list[dict[str, Any]]:
    given = {"layer": "planning.o_pho", "relation": "overlap", "fields": ["ma"], **rule}
    return [{"id": "muc", "title": {"vi": "Mục", "en": "Chapter"}, "rules": [given]}]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"layer": "planning.khong_co"}, "there is no layer planning.khong_co"),
        ({"fields": ["ma", "mau"]}, "planning.o_pho has no field mau"),
        ({"only": {"chuc_nang": ["X"]}}, "there is no code X"),
        ({"only": {"chuc_nang": ["'; DROP"]}}, "String should match pattern"),
        ({"relation": "near"}, "`reach_m` is needed for near"),
        ({"relation": "strip", "reach_m": 5}, "`toward` is needed for strip"),
        ({"width": {"field": "ma", "is": "side"}}, "`width` goes with overlap and `reach_m`"),
        ({"relation": "cells"}, "`classes`, rising, are needed for cells"),
        ({"relation": "cells", "classes": [2, 1]}, "`classes`, rising, are needed for cells"),
        ({"relation": "cells", "classes": [1, 2]}, "planning.o_pho is no raster of measured numbers"),
        ({"relation": "around"}, "relation"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_mistakes_are_named_by_file_and_key(tmp_path: Path, catalog: Catalog, rule: dict[str, Any], says: str) -> None:
    with pytest.raises(CatalogInvalid, match="planning/_dossier") as caught:
        read_manifest(changed(tmp_path, sections=section(**rule)), catalog)
    assert says in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(CatalogInvalid) as caught:
        read_manifest(changed(tmp_path, sections=section(fields=["a", "b"]), meridians={"79": 4326}), catalog)
    assert all(words in caught.value.vi for words in ("no field a", "no field b", "no grid 4326", "3 lỗi"))


def test_a_missing_or_broken_file_is_a_sentence(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(CatalogInvalid):
        read_manifest(tmp_path, catalog)
    changed(tmp_path)
    (tmp_path / "planning" / "_dossier.yaml").write_text("sections: [", encoding="utf-8")
    with pytest.raises(CatalogInvalid):
        read_manifest(tmp_path, catalog)


def test_the_digest_follows_the_rules(tmp_path: Path, catalog: Catalog) -> None:
    real = read_manifest(HOME / "layers", catalog)
    other = read_manifest(changed(tmp_path, sections=section()), catalog)
    assert real.digest != other.digest


def test_every_rule_of_the_real_file_has_words_and_reach_enough_for_its_widest_corridor(catalog: Catalog) -> None:
    file = DossierFile.model_validate(read_yaml(REAL))
    assert len(file.sections) >= 8
    for rule in (rule for one in file.sections for rule in one.rules):
        assert rule.fields
        if rule.width is not None:
            widest = catalog[rule.layer].fields[rule.width.field].range
            assert widest is not None
            assert rule.reach_m >= (widest[1] / 2 if rule.width.is_ == "total" else widest[1])
