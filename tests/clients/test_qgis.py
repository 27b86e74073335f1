"""QGIS, without a screen, reads every collection and draws vector tiles in their style, WMTS rasters and a COG."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gis_server.bundle.desktop import entries_of
from gis_server.bundle.qml import Drawn, qml_of
from gis_server.catalog import Catalog
from gis_server.catalog.compose import layer_style
from gis_server.features.mercator import to_mercator
from gis_server.settings import HOME
from tests.clients.conftest import Collection, Sample, a_part

pytestmark = pytest.mark.clients
READER = Path(__file__).with_name("qgis_reads.py")
PYTHON = Path("/usr/bin/python3")
"""Debian's own: the one that Debian's PyQGIS is built for."""
DEM = "raster.mo_hinh_so_do_cao"
PATIENCE_S = 600
DRAWN: dict[str, Drawn] = {"Polygon": "fill", "LineString": "line", "Point": "marker"}


@pytest.fixture(scope="session")
def told(sample: Sample, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything asked of QGIS in one run: it takes longer to start than to read a layer."""
    folder = tmp_path_factory.mktemp("qgis")
    asked = {"address": sample.address, "collections": list(collections(sample)), **pictures(sample, folder)}
    asked |= {"clicks": clicks(sample), "styles": styles(catalog, folder)}
    command = [str(PYTHON), str(READER)]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=folder
    )
    assert done.returncode == 0, f"QGIS could not be run (tools/setup clients installs it):\n{done.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index('{"version"') :])
    return found


def collections(sample: Sample) -> Iterator[dict[str, Any]]:
    for one in sample.collections.values():
        extent = sample.json(f"/collections/{one.id}")["extent"]["spatial"]["bbox"][0]
        part = {"box": a_part(extent, 0.00003).bounds, "field": one.field}
        yield {"id": one.id, "page": one.page, "numbers": list(one.sums), **part}


def pictures(sample: Sample, folder: Path) -> dict[str, Any]:
    """A map as vector tiles, heights as WMTS, and the file that the heights are in."""
    tiles, heights = sample.json("/tiles/nen"), sample.json(f"/rasters/{DEM}/hillshade")
    sheet = sample.json(f"/collections/{DEM}/items?limit=1")["features"][0]["properties"]["sha256"]
    wmts = {"crs": "EPSG:3857", "dpiMode": "7", "format": "image/png", "layers": DEM, "styles": "hillshade"}
    wmts |= {"tileMatrixSet": "WebMercatorQuad", "url": f"{sample.address}/wmts/1.0.0/WMTSCapabilities.xml"}
    return {
        "map": {
            "tiles": tiles["tiles"][0],
            "zooms": [tiles["minzoom"], tiles["maxzoom"]],
            "style": f"{sample.address}/styles/nen?glyphs=true",
            "box": to_mercator(heights["bounds"]),
            "picture": str(folder / "map.png"),
        },
        "wmts": {
            "source": "&".join(f"{name}={value}" for name, value in wmts.items()),
            "provider": "wms",
            "box": to_mercator(heights["bounds"]),
            "picture": str(folder / "wmts.png"),
        },
        "cog": {
            "source": f"/vsicurl/{sample.address}/cogs/{sheet}.tif",
            "provider": "gdal",
            "picture": str(folder / "cog.png"),
        },
    }


def clicks(sample: Sample) -> dict[str, Any]:
    """In the middle of the heights: their value by WMTS and WMS, and features of a map."""
    place = to_mercator(sample.json(f"/rasters/{DEM}/hillshade")["bounds"])
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    box = [x - 50, y - 50, x + 50, y + 50]
    common = {"crs": "EPSG:3857", "dpiMode": "7", "format": "image/png", "styles": "light"}
    wms = {**common, "url": f"{sample.address}/wms"}
    wmts = {**common, "tileMatrixSet": "WebMercatorQuad", "url": f"{sample.address}/wmts/1.0.0/WMTSCapabilities.xml"}
    asked = {
        "wms": {**wms, "layers": DEM},
        "wmts": {**wmts, "layers": DEM, "styles": "color"},
        "map": {**wms, "layers": "nen"},
        "map wmts": {**wmts, "layers": "nen"},
    }
    written = {name: "&".join(f"{key}={value}" for key, value in one.items()) for name, one in asked.items()}
    return {name: {"source": source, "box": box} for name, source in written.items()}


def styles(catalog: Catalog, folder: Path) -> dict[str, Any]:
    """Every layer's style as a GeoPackage of a bundle would have it."""
    everything = {layer.id: list(layer.fields) for layer in catalog}
    found = {}
    for layer in catalog:
        kind = layer.file.geometry[0]
        entries = entries_of(layer, layer_style(catalog, layer.id, everything))
        path = folder / f"{layer.id}.qml"
        path.write_text(qml_of(layer, entries, [DRAWN[kind]], HOME / "styles" / "sprites"), encoding="utf-8")
        found[layer.id] = {"qml": str(path), "kind": kind, "fields": list(layer.fields)}
    return found


def test_qgis_reads_every_collection_whole_and_in_part(told: dict[str, Any], collection: Collection) -> None:
    found = told["collections"][collection.id]
    assert found["valid"], found
    assert found["told"] == found["number"] == collection.number
    assert found["sums"] == pytest.approx(collection.sums)
    box, in_box = found["box"]
    assert 0 < box == in_box
    kind, of_kind = found["filter"]
    assert 0 < kind == of_kind


def test_qgis_draws_a_map_from_vector_tiles_in_its_own_style(told: dict[str, Any]) -> None:
    found = told["map"]
    assert (found["valid"], found["errors"], found["said"]) == (True, [], "")
    assert found["rules"] > 100
    assert found["colours"] > 500, "streets, water, houses, names: a white picture has one colour"


def test_qgis_draws_heights_from_wmts(told: dict[str, Any]) -> None:
    found = told["wmts"]
    assert (found["valid"], found["errors"]) == (True, []), found
    assert found["colours"] > 50


def test_qgis_reads_a_cog_in_the_grid_of_the_city(told: dict[str, Any], sample: Sample) -> None:
    found = told["cog"]
    assert (found["valid"], found["errors"], found["crs"]) == (True, [], "EPSG:9210"), found
    assert found["box"] == pytest.approx(sample.collections[DEM].bounds, abs=5.0)
    assert found["colours"] > 50


def test_a_click_in_qgis_tells_heights_and_features(told: dict[str, Any]) -> None:
    for name, words in (
        ("wms", "Hòn Dấu"),
        ("wmts", "Hòn Dấu"),
        ("map", "Nguồn · Source"),
        ("map wmts", "Nguồn · Source"),
    ):
        found = told["clicks"][name]
        assert (found["valid"], found["can"]) == (True, True), name
        assert any(words in one for one in found["said"]), (name, found)


def test_qgis_takes_the_style_of_every_layer(told: dict[str, Any], catalog: Catalog) -> None:
    """Raster layers are rows there, and are drawn by their outlines."""
    for layer in catalog:
        found = told["styles"][layer.id]
        assert found["taken"], (layer.id, found["said"])
        assert found["wrong"] == [], layer.id
        assert all(found["drawn"]), layer.id
        assert found["labels"] is (layer.file.label is not None), layer.id
