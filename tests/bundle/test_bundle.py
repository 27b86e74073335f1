"""A bundle is whole: one release, only what its view sees, readable by others' tools, every file accounted for."""

import hashlib
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from tests.bundle.conftest import AROUND, MAP, Run
from tests.serving import City


@pytest.fixture(scope="module")
def manifest(bundle: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bundle / "manifest.json").read_bytes())
    return found


def test_every_file_is_in_the_manifest_with_its_digest(bundle: Path, manifest: dict[str, Any]) -> None:
    there = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert {one["path"] for one in manifest["files"]} == there - {"manifest.json"}
    for one in manifest["files"]:
        body = (bundle / one["path"]).read_bytes()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (one["sha256"], one["bytes"]), one["path"]


def test_it_says_its_release_its_evidence_and_what_nobody_measured(
    bundle: Path, manifest: dict[str, Any], catalog: Catalog, whole_city: City
) -> None:
    assert manifest["release"] == whole_city.release
    assert manifest["view"] == "public"
    flooded = manifest["layers"]["drainage.diem_ngap"]
    assert flooded["evidence"] == catalog["drainage.diem_ngap"].file.evidence
    assert {one["id"] for one in flooded["sources"]} == {"do_dac", "tong_hop"}
    assert "drainage.diem_ngap" in manifest["synthetic"]
    readme = (bundle / "README.txt").read_bytes().decode("utf-8-sig")
    assert "index.html" in readme
    assert "GIẢ LẬP" in readme
    assert "$" not in readme


def test_nothing_in_it_names_what_the_public_may_not_see(bundle: Path, catalog: Catalog) -> None:
    views = compile_views(catalog)
    hidden = [name for name in catalog.maps[MAP].layers if name not in views["public"].layers]
    assert hidden
    texts = [path.read_bytes() for path in bundle.rglob("*") if path.is_file() and "modules" not in path.parts]
    with (bundle / "map.pmtiles").open("rb") as file:
        texts.append(json.dumps(Reader(MmapSource(file)).metadata()).encode())
    for name in hidden:
        assert not [text for text in texts if name.encode() in text or name.replace(".", "__").encode() in text], name


def test_the_archive_opens_in_gdal_and_is_in_the_order_of_its_directory(bundle: Path, manifest: dict[str, Any]) -> None:
    layers = {name for name, _ in pyogrio.list_layers(bundle / "map.pmtiles")}
    assert {"drainage.diem_ngap", "base_transport.duong_bo"} <= layers
    with (bundle / "map.pmtiles").open("rb") as file:
        source = MmapSource(file)
        header = Reader(source).header()
        zooms = {at[0] for at, body in all_tiles(source) if body}
    assert header["clustered"]
    assert (header["min_zoom"], header["max_zoom"]) == (min(zooms), max(zooms)) == tuple(manifest["zoom"]) == (11, 16)


def test_the_geopackage_has_every_visible_field_of_what_lies_in_the_area(
    bundle: Path, manifest: dict[str, Any], whole_city: City
) -> None:
    for layer in ("drainage.diem_ngap", "base_transport.duong_bo"):
        told = manifest["data"][layer]
        asked = whole_city.get(f"/collections/{layer}/items?bbox={AROUND}&limit=100").json()["features"]
        _, fids, _, _ = pyogrio.raw.read(bundle / "data.gpkg", layer=told["table"], return_fids=True)
        meta = pyogrio.read_info(bundle / "data.gpkg", layer=told["table"])
        assert told["features"] == len(asked) == meta["features"] == 2
        assert set(meta["fields"]) >= set(asked[0]["properties"]) - {"synthetic"}
        assert sorted(fids) == sorted(one["id"] for one in asked)
        assert meta["crs"] == "EPSG:4326"


def test_code_lists_and_titles_come_with_the_geopackage(bundle: Path, catalog: Catalog) -> None:
    layer = catalog["base_transport.duong_bo"]
    with closing(sqlite3.connect(bundle / "data.gpkg")) as package:
        lists = "SELECT column_name, constraint_name FROM gpkg_data_columns WHERE table_name = ?"
        named = dict(package.execute(lists, ["base_transport__duong_bo"]).fetchall())
        codes = "SELECT value, description FROM gpkg_data_column_constraints WHERE constraint_name = ?"
        words = dict(package.execute(codes, [named["loaiDuongBo"]]).fetchall())
    domain = catalog.domains[layer.fields["loaiDuongBo"].domain or ""]
    assert words == {code: f"{one.vi} · {one.en}" for code, one in domain.values.items()}


def test_every_table_is_drawn_in_qgis_as_on_the_map(bundle: Path, manifest: dict[str, Any], catalog: Catalog) -> None:
    """QGIS finds a style by table and column of geometry; its rules name symbols that are there and fields that are."""
    with closing(sqlite3.connect(bundle / "data.gpkg")) as package:
        asked = """SELECT f_table_name, styleQML FROM layer_styles JOIN gpkg_geometry_columns
                   ON table_name = f_table_name AND column_name = f_geometry_column WHERE useAsDefault"""
        styles = dict(package.execute(asked).fetchall())
    assert set(styles) == {told["table"] for told in manifest["data"].values()}
    for name, told in manifest["data"].items():
        root = ET.fromstring(styles[told["table"]])
        rules, symbols = root.findall(".//rule"), {one.attrib["name"]: one for one in root.iter("symbol")}
        assert {one.attrib["symbol"] for one in rules} == set(symbols), name
        assert all(symbol.findall("layer") for symbol in symbols.values()), name
        fields = {word for one in rules for word in re.findall(r'"([^"]+)"', one.attrib["filter"])}
        assert fields <= set(catalog[name].fields), name


def test_classes_of_the_legend_are_rules(bundle: Path, catalog: Catalog) -> None:
    with closing(sqlite3.connect(bundle / "data.gpkg")) as package:
        asked = "SELECT styleQML FROM layer_styles WHERE f_table_name = ?"
        ((qml,),) = package.execute(asked, ["drainage__diem_ngap"]).fetchall()
    rules = {one.attrib["filter"]: one.attrib["label"] for one in ET.fromstring(qml).iter("rule")}
    words = catalog.domains[catalog["drainage.diem_ngap"].fields["muc_do"].domain or ""].values
    for code, word in words.items():
        assert rules[f"\"muc_do\" IN ('{code}')"] == " · ".join(dict.fromkeys((word.vi, word.en)))
    assert list(rules)[-1] == "ELSE"


def test_styles_name_the_archive_and_files_that_are_there(bundle: Path, manifest: dict[str, Any]) -> None:
    for name in ("style.json", "style-dark.json"):
        style = json.loads((bundle / name).read_bytes())
        assert style["sources"] == {MAP: {"type": "vector", "url": "pmtiles://map.pmtiles"}}
        assert not [one for one in style["layers"] if one["type"] in ("raster", "hillshade")]
        fonts = {one["layout"]["text-font"][0] for one in style["layers"] if "text-font" in one.get("layout", {})}
        for font in fonts:
            assert (bundle / "glyphs" / font / "7680-7935.pbf").stat().st_size > 1000
    assert manifest["left_out"]["drainage.do_sau_ngap"] == "no raster in the area"


def test_a_zip_holds_the_same_in_a_folder_of_its_name(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "goi.zip"
    assert run(MAP, str(target), "--bundle", "--zoom", "14", "--bbox", AROUND, "--no-data").exit_code == 0
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert {"goi/index.html", "goi/map.pmtiles", "goi/manifest.json"} <= set(names)
    assert "goi/data.gpkg" not in names
    assert [path.name for path in tmp_path.iterdir()] == ["goi.zip"]


def test_only_the_layers_that_were_named_are_data_and_a_key_opens_more(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "goi"
    options = ["--bundle", "--zoom", "14", "--bbox", AROUND, "--view", "agency", "--data", "drainage.ho_ga"]
    assert run(MAP, str(target), *options).exit_code == 0
    tables = [name for name, kind in pyogrio.list_layers(target / "data.gpkg") if kind]
    assert tables == ["drainage__ho_ga"]
    assert "NOT PUBLIC" in (target / "README.txt").read_bytes().decode("utf-8-sig")
