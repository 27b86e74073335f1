"""Archives of others are served beside our own tiles: to whom may see them, as delivered, and beneath our maps."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import mapbox_vector_tile
import pytest
import zstandard
from pmtiles.reader import MemorySource, all_tiles
from pmtiles.tile import Compression, TileType

from gis_server.catalog import read_catalog
from gis_server.errors import CatalogInvalid
from tests.bundle.conftest import AROUND, command_line
from tests.live import Wire
from tests.serving import LAT, LON, City, Serve, tile_at
from tests.tiles.archives import DECLARED, archive_of, delivered, home_with, water

SAID = ("ETag", "Cache-Control", "Content-Type", "Content-Encoding", "X-Content-Type-Options")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OURS = {**DECLARED, "style": [{"type": "line", "source-layer": "base_transport.duong_bo"}]}
AGENCY = {**DECLARED, "access": "agency", "format": "png", "style": []}
MISSING = {**DECLARED, "title": {"vi": "Chưa giao", "en": "Not delivered"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


@pytest.fixture(scope="module")
def city(whole_city: City, serve: Serve, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The whole city over four archives: vector tiles, pictures for agencies, our own export, one not delivered."""
    declared = {"nen_ngoai": DECLARED, "anh": AGENCY, "cua_ta": OURS, "chua_co": MISSING}
    home = home_with(tmp_path_factory.mktemp("home"), declared, {"nen": ["nen_ngoai", "anh"]})
    delivered(folder / "nen_ngoai.pmtiles", archive_of({(0, 0, 0): water("a"), (1, 1, 0): water("b")}))
    pictures = archive_of({(0, 0, 0): PNG}, tile_type=TileType.PNG, tile_compression=Compression.NONE)
    delivered(folder / "anh.pmtiles", pictures)
    with serve(whole_city.database, home=home, archives=folder) as city:
        yield city


def test_tilejson_says_where_the_tiles_are_and_whom_to_thank(city: City) -> None:
    told = city.get("/archives/nen_ngoai").json()
    assert told["tiles"] == ["http://bando.example/archives/nen_ngoai/{z}/{x}/{y}.mvt"]
    assert (told["minzoom"], told["maxzoom"]) == (0, 1)
    assert told["attribution"] == DECLARED["attribution"]
    assert told["bando:evidence"] == "C4"
    assert [one["id"] for one in told["vector_layers"]] == ["water"]


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity", "gzip, deflate, br, zstd"])
def test_tiles_come_in_the_packing_that_the_caller_takes(city: City, encoding: str) -> None:
    with city.client.stream(
        "GET", "/archives/nen_ngoai/0/0/0.mvt", headers={"Accept-Encoding": encoding, "Host": "bando.example"}
    ) as answer:
        body, packing = b"".join(answer.iter_raw()), answer.headers.get("Content-Encoding", "identity")
    opened = {"gzip": gzip.decompress, "zstd": zstandard.ZstdDecompressor().decompress, "identity": bytes}[packing]
    assert packing == ("gzip" if "," in encoding else encoding)
    assert mapbox_vector_tile.decode(opened(body))["water"]["features"][0]["properties"]["name"] == "a"
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"


def test_a_known_tile_is_not_sent_again_and_an_empty_one_is_204(city: City) -> None:
    first = city.get("/archives/nen_ngoai/0/0/0.mvt", headers={"Accept-Encoding": "gzip"})
    again = {"If-None-Match": first.headers["ETag"]}
    assert city.get("/archives/nen_ngoai/0/0/0.mvt", headers=again).status_code == 304
    assert city.get("/archives/nen_ngoai/1/1/0.mvt", headers=again).status_code == 200
    assert city.get("/archives/nen_ngoai/1/0/0.mvt").status_code == 204
    assert first.headers["Cache-Control"].startswith("public")
    assert "Accept-Encoding" in first.headers["Vary"]


def test_pictures_are_pictures_and_only_for_whom_they_are(city: City) -> None:
    path = "/archives/anh/0/0/0.png"
    shown = city.get(path, "agency")
    assert (shown.content, shown.headers["Content-Type"]) == (PNG, "image/png")
    assert shown.headers["Cache-Control"].startswith("private")
    for hidden in (path, "/archives/anh", "/archives/anh.pmtiles", "/archives/khong_co"):
        assert city.get(hidden).status_code == 404
    assert [one["id"] for one in city.get("/archives").json()["archives"]] == ["chua_co", "cua_ta", "nen_ngoai"]
    assert "anh" not in city.get("/styles/nen").json()["sources"]
    assert city.get("/styles/nen", "agency").json()["sources"]["anh"]["type"] == "raster"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archives/nen_ngoai/0/0/0.png", 404),
        ("/archives/nen_ngoai/23/0/0.mvt", 400),
        ("/archives/nen_ngoai/0/1/0.mvt", 400),
        ("/archives/nen_ngoai/0/0/-1.mvt", 400),
        ("/archives/nen_ngoai/0/0/0.mvt?a=1", 400),
        ("/archives/..%2fanh.pmtiles", 404),
        ("/archives/%2e%2e/0/0/0.mvt", 404),
        ("/archives/nen_ngoai%00.pmtiles", 404),
        ("/archives/chua_co", 503),
        ("/archives/chua_co/0/0/0.mvt", 503),
    ],
)
def test_odd_addresses_are_answered_in_a_sentence(city: City, path: str, status: int) -> None:
    answer = city.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_replaced_archive_is_served_at_once_and_a_broken_one_is_said(city: City, folder: Path) -> None:
    path = folder / "nen_ngoai.pmtiles"
    sound = path.read_bytes()
    before = (
        city.get("/archives/nen_ngoai/0/0/0.mvt").headers["ETag"],
        city.get("/archives/nen_ngoai.pmtiles").headers["ETag"],
    )
    try:
        delivered(path, archive_of({(0, 0, 0): water("mới")}))
        after = city.get("/archives/nen_ngoai/0/0/0.mvt")
        assert mapbox_vector_tile.decode(after.content)["water"]["features"][0]["properties"]["name"] == "mới"
        assert after.headers["ETag"] != before[0]
        assert city.get("/archives/nen_ngoai.pmtiles").headers["ETag"] != before[1]
        delivered(path, sound[:150])
        broken = city.get("/archives/nen_ngoai/0/0/0.mvt")
        assert broken.status_code == 503
        assert "cắt ngắn" in json.dumps(broken.json(), ensure_ascii=False)
        listed = {one["id"]: one["available"] for one in city.get("/archives").json()["archives"]}
        assert listed == {"nen_ngoai": False, "cua_ta": (folder / "cua_ta.pmtiles").exists(), "chua_co": False}
        assert city.get("/styles/nen").status_code == 200
    finally:
        delivered(path, sound)
    assert city.get("/archives/nen_ngoai/0/0/0.mvt").headers["ETag"] == before[0]


def test_the_file_itself_comes_whole_and_in_ranges(city: City, folder: Path) -> None:
    body = (folder / "nen_ngoai.pmtiles").read_bytes()
    assert city.get("/archives/nen_ngoai.pmtiles").content == body
    part = city.get("/archives/nen_ngoai.pmtiles", headers={"Range": "bytes=0-126"})
    assert (part.status_code, part.content) == (206, body[:127])
    known = {"If-None-Match": part.headers["ETag"]}
    assert city.get("/archives/nen_ngoai.pmtiles", headers=known).status_code == 304


def test_what_we_export_is_served_again_tile_for_tile(city: City, whole_city: City, folder: Path) -> None:
    exported = folder.parent / "cua_ta.pmtiles"
    run = command_line(whole_city.settings, folder)
    assert run("nen", str(exported), "--zoom", "13-16", "--bbox", AROUND).exit_code == 0
    delivered(folder / "cua_ta.pmtiles", exported.read_bytes())
    tiles = dict(all_tiles(MemorySource(exported.read_bytes())))
    assert (16, *tile_at(LON, LAT, 16)) in tiles
    for (z, x, y), body in tiles.items():
        again = city.get(f"/archives/cua_ta/{z}/{x}/{y}.mvt")
        assert again.content == gzip.decompress(body)
        assert again.content == whole_city.get(f"/tiles/nen/{z}/{x}/{y}.mvt").content


def test_archives_lie_beneath_the_layers_of_a_map(city: City) -> None:
    style = city.get("/styles/nen").json()
    assert style["sources"]["nen_ngoai"] == {"type": "vector", "url": "http://bando.example/archives/nen_ngoai"}
    ids = [one["id"] for one in style["layers"]]
    assert ids[:2] == ["background", "nen_ngoai/0"]
    assert "nen_ngoai/0" not in [one["id"] for one in city.get("/styles/thoat_nuoc").json()["layers"]]


def test_over_the_wire_the_front_answers_as_the_service_does(
    wire: Wire, whole_city: City, city: City, folder: Path
) -> None:
    """What the front leaves to the service (another packing, errors) is told apart by nobody."""
    home = city.settings.home
    with wire(whole_city.database, home=home, archives=folder) as running:
        for path in ("/archives/nen_ngoai/0/0/0.mvt", "/archives/nen_ngoai/1/0/0.mvt", "/archives/anh/0/0/0.png"):
            for encoding in ("gzip, zstd", "zstd", "identity", "br"):
                headers = {"Accept-Encoding": encoding}
                theirs = city.get(path, headers=headers)
                ours = httpx2.get(f"{running.address}{path}", headers=headers)
                assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
                for name in SAID:
                    assert ours.headers.get(name) == theirs.headers.get(name), (path, encoding, name)
        first = httpx2.get(f"{running.address}/archives/nen_ngoai/0/0/0.mvt", headers={"Origin": "http://a.example"})
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        known = {"If-None-Match": first.headers["ETag"]}
        assert httpx2.get(f"{running.address}/archives/nen_ngoai/0/0/0.mvt", headers=known).status_code == 304
        assert httpx2.get(f"{running.address}/archives/chua_co/0/0/0.mvt").status_code == 503


@pytest.mark.parametrize(
    ("name", "rule", "mistake"),
    [
        ("nen", DECLARED, "taken by a map"),
        ("../lén", DECLARED, "written in a–z"),
        ("a", {**DECLARED, "style": []}, "`style` is needed"),
        ("a", {**DECLARED, "format": "png"}, "type raster for pictures"),
        ("a", {**DECLARED, "path": "/etc/passwd"}, "Extra inputs"),
    ],
)
def test_a_declaration_that_cannot_be_is_named(
    tmp_path: Path, name: str, rule: dict[str, object], mistake: str
) -> None:
    home = home_with(tmp_path, {name.rpartition("/")[2]: rule}, {"giao_thong": ["khong_khai_bao"]})
    with pytest.raises(CatalogInvalid) as invalid:
        read_catalog(home / "layers", home / "styles")
    assert mistake in str(invalid.value)
