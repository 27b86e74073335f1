"""The viewer over HTTP: its page is strict, its files keep, its settings tell only what the caller may see."""

import re
from pathlib import Path

import httpx2
import pytest

from gis_server.errors import AssetsMissing
from gis_server.portals.assets import VENDOR, VIEWER, read_assets
from gis_server.settings import HOME

OUTSIDE = {"X-Forwarded-For": "203.0.113.7"}
"""Who comes through a proxy is not on this machine, and gets the public view."""


@pytest.fixture(scope="module")
def http(live):
    with httpx2.Client(base_url=live) as client:
        yield client


def asset_addresses(http) -> list[str]:
    page = http.get("/", headers={"Accept": "text/html"}).text
    return sorted(set(re.findall(r'"(assets/[^"]+)"', page)))


def test_browsers_get_the_map_and_programs_the_api_at_the_same_address(http):
    page = http.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="vi"' in page.text
    landing = http.get("/", headers={"Accept": "application/json"})
    assert landing.headers["content-type"] == "application/json"
    assert http.get("/?f=html").text == page.text


def test_the_page_has_no_inline_script_or_style_and_its_policy_allows_none(http):
    page = http.get("/?f=html")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)", page.text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page.text) == []
    assert re.findall(r"https?://(?!www\.w3\.org)", page.text) == []


def test_the_page_is_asked_for_again_and_unchanged_costs_a_304(http):
    page = http.get("/?f=html")
    assert page.headers["cache-control"] == "no-cache"
    assert http.get("/?f=html", headers={"If-None-Match": page.headers["etag"]}).status_code == 304


def test_every_file_the_page_names_is_there_packed_and_kept_for_good(http):
    addresses = asset_addresses(http)
    assert len(addresses) > 15
    for address in addresses:
        answer = http.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] == "gzip"
        assert http.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_modules_come_as_javascript(http):
    for address in asset_addresses(http):
        if address.endswith((".js", ".mjs")):
            assert http.get(address).headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "vendor/maplibre-gl/6.17.0/package.json",
        "vendor/maplibre-gl/0.0.1/maplibre-gl.mjs",
        "vendor/earcut/3.0.2/earcut.js",
        "viewer/../routes.py",
        "viewer/%2e%2e/routes.py",
        "..%2f..%2fpyproject.toml",
        "viewer/main.js",
        "",
    ],
)
def test_nothing_but_the_listed_files_is_served(http, path):
    answer = http.get(f"/assets/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_library_without_a_version_leads_to_the_installed_one(http):
    answer = http.get("/assets/vendor/maplibre-gl/maplibre-gl.mjs", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["location"].removeprefix("../../../") in asset_addresses(http)


def test_settings_carry_the_pinned_shift_for_every_grid(http, catalog):
    grids = {grid["srid"]: grid["proj4"] for grid in http.get("/viewer.json").json()["grids"]}
    assert grids.keys() == catalog.crs.file.grids.keys()
    shift = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
    for proj4 in grids.values():
        assert f"+towgs84={shift}" in proj4


def test_settings_name_only_layers_the_caller_may_see(http, catalog):
    inside, outside = http.get("/viewer.json").json(), http.get("/viewer.json", headers=OUTSIDE).json()
    assert (inside["view"]["name"], outside["view"]["name"]) == ("full", "public")
    named = {layer for one in outside["maps"] for layer in (*one["layers"], *one["hidden"])}
    assert {catalog[layer].file.access for layer in named} == {"public"}
    assert len(named) < len({layer for one in inside["maps"] for layer in one["layers"]})


def test_missing_libraries_are_named_with_the_command_that_brings_them(tmp_path: Path):
    with pytest.raises(AssetsMissing, match="npm ci"):
        read_assets(tmp_path)


def test_the_lock_file_pins_the_libraries_and_names_no_registry():
    lock = (HOME / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    for package in VENDOR:
        assert f'"node_modules/{package}"' in lock


def strings_of(language: str) -> dict[str, str]:
    text = (VIEWER / "strings.js").read_text(encoding="utf-8")
    block = re.search(rf"^const {language} = {{$(.*?)^}};$", text, re.M | re.S)
    assert block
    return dict(re.findall(r'^  "?([\w.]+)"?: "(.*)",$', block[1], re.M))


def test_every_sentence_stands_in_both_languages_with_the_same_gaps():
    vi, en = strings_of("vi"), strings_of("en")
    assert vi.keys() == en.keys()
    assert len(vi) > 100
    for key in vi:
        assert set(re.findall(r"\{\w+\}", vi[key])) == set(re.findall(r"\{\w+\}", en[key])), key


def test_every_sentence_asked_for_exists_and_none_is_left_over():
    sources = [path.read_text(encoding="utf-8") for path in VIEWER.iterdir() if path.name != "strings.js"]
    code = "\n".join(sources)
    asked = set(re.findall(r'\bt\("([\w.]+)"', code)) | set(re.findall(r'data-(?:t|label)="([\w.]+)"', code))
    known = strings_of("vi").keys()
    assert asked <= known
    spelled = set(re.findall(r'"([\w.]+)"', code))
    left = {key for key in known if key not in spelled and not key.startswith(("access.", "evidence.", "kind."))}
    assert left == set()
