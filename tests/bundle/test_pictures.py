"""Rasters go along as pictures: the very tiles that the service paints, beneath the same style, only where they are."""

import json
from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from tests.bundle.conftest import command_line
from tests.tiles.test_rasters import DEM, MIDDLE, RasterCity, city

__all__ = ["city"]


@pytest.fixture(scope="module")
def bundle(city: RasterCity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("goi") / "thoat_nuoc"
    settings = city.client.app.state.settings  # type: ignore[attr-defined]
    run = command_line(settings, tmp_path_factory.mktemp("state"))
    west, south = MIDDLE[0] - 0.004, MIDDLE[1] - 0.004
    box = f"{west},{south},{west + 0.008},{south + 0.008}"
    assert run("thoat_nuoc", str(folder), "--bundle", "--view", "full", "--zoom", "12-18", "--bbox", box).exit_code == 0
    return folder


def test_pictures_are_the_tiles_of_the_service(bundle: Path, city: RasterCity) -> None:
    body = (bundle / "rasters" / f"{DEM}.terrain.pmtiles").read_bytes()
    tiles, header = dict(all_tiles(MemorySource(body))), Reader(MemorySource(body)).header()
    assert len(tiles) > 5
    assert header["clustered"]
    assert header["max_zoom"] == city.get(f"/rasters/{DEM}/terrain").json()["maxzoom"]
    for (z, x, y), png in tiles.items():
        assert city.get(f"/rasters/{DEM}/terrain/{z}/{x}/{y}.png").content == png


def test_the_style_draws_the_pictures_that_are_there(bundle: Path) -> None:
    style = json.loads((bundle / "style.json").read_bytes())
    pictures = {name: one for name, one in style["sources"].items() if one["type"] != "vector"}
    assert pictures[f"{DEM}/terrain"]["url"] == f"pmtiles://rasters/{DEM}.terrain.pmtiles"
    assert pictures[f"{DEM}/terrain"]["encoding"] == "mapbox"
    for one in pictures.values():
        assert (bundle / one["url"].removeprefix("pmtiles://")).stat().st_size > 127
    assert {one["source"] for one in style["layers"] if one["type"] in ("raster", "hillshade")} == set(pictures)
    assert json.loads((bundle / "manifest.json").read_bytes())["left_out"] == {}
