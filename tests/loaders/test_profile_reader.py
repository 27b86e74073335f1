"""Profiles are strict, and every mistake is named at once."""

import pytest
import yaml

from gis_server.errors import ProfileInvalid
from loaders.profile_reader import PROFILES, read_profile
from tests.loaders.conftest import MANHOLES


@pytest.mark.parametrize("name", sorted(path.stem for path in PROFILES.glob("*.yaml")))
def test_every_shipped_profile_agrees_with_the_catalog(name, catalog):
    assert read_profile(name, catalog).layers


def test_every_mistake_is_listed_with_its_key(tmp_path, catalog):
    wrong_codes = {"column": "l", "codes": "bang"}
    layers = [
        {"to": "drainage.khong_co", "fields": {"ma": "ma"}},
        {"to": "drainage.ho_ga", "fields": {"khong_co": "x"}},
        {"to": "drainage.ho_ga", "fields": {"ma": "ma", "tinh_trang": {"value": "LA_LA"}, "loai": wrong_codes}},
        {"to": "drainage.ho_ga", "from": {"where": {"a": {"matches": "("}}}, "fields": {"ma": "ma"}},
    ]
    with pytest.raises(ProfileInvalid) as refused:
        read_profile(_written(tmp_path, {**MANHOLES, "crs": 4269, "layers": layers}), catalog)
    for words in (
        "crs: 4269",
        "layers.0.to: there is no layer drainage.khong_co",
        "layers.1.fields.khong_co",
        "layers.1.fields: drainage.ho_ga.ma is required",
        "layers.2.fields.tinh_trang: “LA_LA” is not in the code list",
        "no table of codes “bang”",
        "layers.3.from.where.a.matches",
    ):
        assert words in refused.value.vi


@pytest.mark.parametrize(
    "change",
    [
        {"khoa_la": 1},
        {"encoding": "latin-9"},
        {"rejects": 2},
        {"layers": [{"to": "drainage.ho_ga", "fields": {"ma": {"column": "a", "value": "b"}}}]},
        {"layers": [{"to": "drainage.ho_ga", "fields": {"ma": {"template": "{a}", "codes": {"a": "b"}}}}]},
        {"layers": [{"to": "drainage.ho_ga", "from": {"where": {"a": {"nott": 1}}}, "fields": {"ma": "ma"}}]},
        {"source": {"id": "Có dấu"}},
    ],
)
def test_what_a_profile_cannot_say_is_an_error(tmp_path, catalog, change):
    with pytest.raises(ProfileInvalid, match=r"profile\.yaml"):
        read_profile(_written(tmp_path, {**MANHOLES, **change}), catalog)


def test_an_unknown_profile_names_those_at_hand(catalog):
    with pytest.raises(ProfileInvalid, match="osm"):
        read_profile("khong_co", catalog)


def _written(folder, content):
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True))
    return str(path)
