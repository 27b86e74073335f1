"""Whose request is it? Keys, the loopback rule, and everything that must not open the full view."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers

from gis_server.access.keys import KeyHolder, add_key
from gis_server.access.who import Doorkeeper, is_loopback, open_door
from gis_server.catalog import Catalog
from gis_server.errors import SettingInvalid, UnknownKey
from gis_server.settings import Settings
from tests.serving import City


@pytest.fixture
def door(catalog: Catalog, tmp_path: Path) -> Doorkeeper:
    return open_door(Settings(state=tmp_path, anonymous_view="full"), catalog)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "127.9.9.9"]
)
def test_the_machine_itself_sees_the_demonstration(door: Doorkeeper, host: str) -> None:
    assert door.view_of(Headers({"host": host}), None).name == "full"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "bando.example"},
        {"host": "localhost.evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": ""},
        {},
        {"host": "[::1"},
        {"host": "localhost", "x-forwarded-for": "127.0.0.1"},
        {"host": "localhost", "x-forwarded-host": "localhost"},
        {"host": "localhost", "forwarded": "for=127.0.0.1"},
        {"host": "localhost", "via": "1.1 proxy"},
        {"host": "localhost", "x-real-ip": "127.0.0.1"},
        {"host": "localhost", "origin": "https://evil.example"},
        {"host": "localhost", "origin": "null"},
    ],
)
def test_nobody_else_does(door: Doorkeeper, headers: dict[str, str]) -> None:
    assert door.view_of(Headers(headers), None).name == "public"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "bando.example"])
def test_the_full_view_is_refused_at_start_on_any_other_address(catalog: Catalog, tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingInvalid, match="bando key add"):
        open_door(Settings(state=tmp_path, host=host, anonymous_view="full"), catalog)
    assert (
        open_door(Settings(state=tmp_path, host=host), catalog).view_of(Headers({"host": "localhost"}), None).is_public
    )


def test_an_unknown_view_is_refused_at_start(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="nobody"):
        open_door(Settings(state=tmp_path, anonymous_view="nobody"), catalog)


def test_a_key_names_its_view_and_a_wrong_one_is_refused_not_ignored(door: Doorkeeper) -> None:
    key = add_key(door.keys.path, KeyHolder(view="agency", label="Sở Y"), door.views)
    assert door.view_of(Headers({"host": "localhost"}), key).name == "agency"
    for wrong in ("", key + "x", key[:-1], "\udcff", "á"):
        with pytest.raises(UnknownKey):
            door.view_of(Headers({"host": "localhost"}), wrong)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "[::1]"])
def test_loopback_names(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize("path", ["/catalogue", "/tiles/nen/1/1/1.mvt", "/health"])
def test_a_wrong_key_is_a_401_that_says_how_to_ask(whole_city: City, path: str) -> None:
    answer = whole_city.get(path, headers={"Bando-Key": "wrong"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bando-Key")
    assert answer.json()["title_en"] == "Unknown key"
    assert whole_city.get(f"{path}?key=wrong").status_code == 401


def test_a_key_in_the_address_is_as_good_and_goes_along_in_links(whole_city: City) -> None:
    key = whole_city.agency_key
    answer = whole_city.get(f"/collections/drainage.ho_ga/items?limit=1&key={key}")
    assert answer.status_code == 200
    following = next(link["href"] for link in answer.json()["links"] if link["rel"] == "next")
    assert f"key={key}" in following
    assert whole_city.client.get(following.replace("http://bando.example", "")).status_code == 200
    assert f"key={key}" in whole_city.get(f"/tiles/drainage.ho_ga?key={key}").json()["tiles"][0]


def test_answers_of_other_views_are_never_for_shared_caches(whole_city: City) -> None:
    for view, scope in (("public", "public"), ("agency", "private"), ("full", "private")):
        answer = whole_city.get("/catalogue", view)
        assert answer.headers["Cache-Control"].startswith(scope)
        assert "Bando-Key" in answer.headers["Vary"]
