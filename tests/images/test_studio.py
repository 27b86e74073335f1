"""The studio: a picture is of one release, drawn once for everybody, by processes that may fail without harm."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gis_server.access.views import View, compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.errors import AssetsMissing, Busy
from gis_server.images.composing import Composer, Wanted
from gis_server.images.easel import COMMAND, Easel
from gis_server.images.finishing import packed
from gis_server.images.job import Camera, Job
from gis_server.images.studio import QUEUE_PER_EASEL, Studio, Subject
from gis_server.images.suppliers import Moved, Place, Suppliers, Supply
from tests.images.conftest import LAKE, WATER, opened, rectangle, row
from tests.serving import LAT, LON, MEASURED, City, Serve, X, Y, publish_rows

JOB = Job(Camera(LON, LAT, 15.0, 256, 256), 256, 256)
BOX = f"{LON - 0.002},{LAT - 0.002},{LON + 0.002},{LAT + 0.002}"


class NoSprites:
    """A sheet without icons."""

    def file(self, name: str) -> bytes:
        return b"{}" if name.endswith("json") else packed(Image.new("RGBA", (1, 1)), "png")


@dataclass
class Larder:
    """Supplies tiles without content, and counts them."""

    release: int = 1
    trouble: Exception | None = None
    wait_s: float = 0.0
    asked: list[Place] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def tile(self, view: View, tileset: str, place: Place, release: int) -> Supply:
        self.asked.append(place)
        self.called.set()
        await asyncio.sleep(self.wait_s)
        if self.trouble:
            raise self.trouble
        return Supply(b"", self.release)

    async def nothing(self, *_: Any) -> Any:
        raise LookupError

    def beneath(self, *_: Any) -> None:
        return None


class Bench:
    """A studio over a larder, and something to draw."""

    def __init__(self, catalog: Catalog, easels: int = 1) -> None:
        self.larder = Larder()
        given = self.larder
        under_click = given.nothing, given.nothing
        suppliers = Suppliers(
            given.tile, given.nothing, given.nothing, given.beneath, NoSprites(), Path("/none"), under_click
        )
        self.studio = Studio(Composer(catalog, given.beneath), suppliers, easels)
        self.view = compile_views(catalog)["public"]
        self._others = set(render_processes())

    def processes(self) -> list[int]:
        """Its own, and not those of cities that other tests have open."""
        return [one for one in render_processes() if one not in self._others]

    def subject(self, state: str = "1", name: str = LAKE) -> Subject:
        return Subject(self.view, self.studio.composer.composed(self.view, Wanted((name,), ("light",))), 1, state)


@pytest.fixture
async def bench(catalog: Catalog) -> Any:
    made = Bench(catalog)
    yield made
    await made.studio.close()


def render_processes() -> list[int]:
    """Of this test run."""
    mine = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode().split("\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if COMMAND[-1] in command and parent == os.getpid():
            mine.append(int(folder.name))
    return mine


async def test_a_picture_is_drawn_once_for_everybody_who_waits(bench: Bench) -> None:
    pictures = await asyncio.gather(*(bench.studio.picture(bench.subject(), JOB) for _ in range(40)))
    assert len(set(pictures)) == 1
    assert len(bench.larder.asked) == len(set(bench.larder.asked)), "MapLibre is given each tile once"
    assert await bench.studio.picture(bench.subject(), JOB) is pictures[0], "and it is kept"


async def test_another_state_of_the_layers_is_another_picture_with_tiles_of_its_own(bench: Bench) -> None:
    await bench.studio.picture(bench.subject("1"), JOB)
    first = len(bench.larder.asked)
    await bench.studio.picture(bench.subject("2"), JOB)
    assert len(bench.larder.asked) >= 2 * first > 0
    assert bench.studio.name(bench.subject("1"), JOB) != bench.studio.name(bench.subject("2"), JOB)


async def test_a_tile_of_a_newer_release_stops_the_picture_and_the_next_try_is_whole(bench: Bench) -> None:
    bench.larder.release = 2
    with pytest.raises(Moved):
        await bench.studio.picture(bench.subject(), JOB)
    bench.larder.release, bench.larder.asked = 1, []
    assert opened(await bench.studio.picture(bench.subject(), JOB)).shape == (256, 256, 4)
    assert bench.larder.asked, "nothing of the attempt before is used"


async def test_a_database_that_is_away_is_told_of_and_forgotten(bench: Bench) -> None:
    bench.larder.trouble = Busy("Cơ sở dữ liệu đang tạm ngừng.", "The database is away.")
    with pytest.raises(Busy, match="away"):
        await bench.studio.picture(bench.subject(), JOB)
    bench.larder.trouble = None
    assert await bench.studio.picture(bench.subject(), JOB)


async def test_a_render_process_that_is_killed_is_replaced(bench: Bench) -> None:
    bench.larder.wait_s = 5.0
    drawing = asyncio.create_task(bench.studio.picture(bench.subject(), JOB))
    await bench.larder.called.wait()
    (process,) = bench.processes()
    os.kill(process, signal.SIGKILL)
    with pytest.raises(Busy, match="sự cố"):
        await drawing
    bench.larder.wait_s = 0.0
    assert await bench.studio.picture(bench.subject(), JOB)
    assert bench.processes() != [process]


async def test_a_picture_that_takes_too_long_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.studio.picture(bench.subject(), JOB)
    assert len(bench.processes()) == 1
    monkeypatch.setattr("gis_server.images.easel.DRAW_S", 0.2)
    bench.larder.wait_s = 5.0
    with pytest.raises(Busy, match="quá thời gian"):
        await bench.studio.picture(bench.subject("2"), JOB)
    assert bench.processes() == [], "and its process does not go on in secret"


async def test_who_comes_when_the_queue_is_full_is_sent_away(bench: Bench) -> None:
    bench.larder.wait_s = 0.3
    asked = [bench.studio.picture(bench.subject(str(number)), JOB) for number in range(QUEUE_PER_EASEL + 6)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, Busy) for one in answers) == 5
    assert sum(isinstance(one, bytes) for one in answers) == QUEUE_PER_EASEL + 1


async def test_a_process_that_has_grown_too_big_ends_after_its_picture(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_server.images.easel.MOST_RESIDENT", 1)
    assert await bench.studio.picture(bench.subject(), JOB)
    assert bench.processes() == []
    assert await bench.studio.picture(bench.subject("2"), JOB)


async def test_a_machine_without_graphics_says_which_packages_are_missing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_server.images.easel.ENVIRONMENT", {"EGL_PLATFORM": "x11", "DISPLAY": ":99"})
    with pytest.raises(AssetsMissing, match="libegl1"):
        await bench.studio.picture(bench.subject(), JOB)


async def test_letters_that_were_not_made_are_said_to_be_missing(bench: Bench, catalog: Catalog) -> None:
    bench.larder.trouble = None
    with pytest.raises(AssetsMissing, match="tools/setup"):
        await bench.studio.suppliers.fetch(bench.view, 1, "glyphs/Noto Sans Regular/0-255.pbf")
    for path in ("glyphs/../../keys.yaml/0-255.pbf", "files/etc/passwd", "tiles/nen/1/x/2"):
        with pytest.raises((LookupError, ValueError)):
            await bench.studio.suppliers.fetch(bench.view, 1, path)


async def test_none_are_drawn_where_it_is_switched_off(catalog: Catalog) -> None:
    bench = Bench(catalog, easels=0)
    with pytest.raises(AssetsMissing, match="BANDO_IMAGE_WORKERS"):
        await bench.studio.picture(bench.subject(), JOB)


async def test_closing_ends_every_process(catalog: Catalog) -> None:
    bench = Bench(catalog)
    await bench.studio.picture(bench.subject(), JOB)
    assert len(bench.processes()) == 1
    await bench.studio.close()
    assert bench.processes() == []


async def test_a_process_asks_for_nothing_of_another_picture(catalog: Catalog) -> None:
    """A late question of the picture before must not be answered with what this picture's caller may see."""
    easel = Easel()
    bench = Bench(catalog)
    paths: list[str] = []

    async def fetch(path: str) -> bytes:
        paths.append(path)
        return b""

    name, style = bench.subject().style
    with pytest.raises(Busy):
        await easel.draw(JOB, (name, style.replace(name.encode(), b"0" * len(name), 1)), fetch)
    assert not [path for path in paths if path.startswith("sprites")], "their address was of another name"
    await easel.end()


@pytest.fixture
def changing(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    database = make_database()
    layer = catalog[LAKE]
    publish_rows(database, MEASURED, [(layer, [row(catalog, layer, 1, rectangle(X, Y, 400, 400), ten=None)])])
    with serve(database) as city:
        yield city


def test_what_is_published_is_on_the_very_next_picture(changing: City, catalog: Catalog) -> None:
    """The lake comes and goes, release by release: never is an older one shown again."""
    layer = catalog[LAKE]
    path = f"/wms?REQUEST=GetMap&LAYERS=nen&CRS=CRS:84&BBOX={BOX}&WIDTH=64&HEIGHT=64"
    before = changing.get(path)
    assert tuple(opened(before.content)[20, 20, :3]) == WATER
    for turn in range(1, 7):
        east = X if turn % 2 == 0 else X + 3_000
        lake = row(catalog, layer, 1, rectangle(east, Y, 400, 400), ten=None)
        publish_rows(changing.database, MEASURED, [(layer, [lake])])
        after = changing.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert (tuple(opened(after.content)[20, 20, :3]) == WATER) is (turn % 2 == 0), f"release {turn + 1}"
        assert after.headers["bando-release"] == str(changing.release)
        before = after


def test_a_release_elsewhere_leaves_the_picture_as_it_is(changing: City, catalog: Catalog) -> None:
    path = f"/maps/{LAKE}.png?bbox={BOX}&width=64&height=64"
    before = changing.get(path)
    park = catalog["greenery.cong_vien"]
    publish_rows(changing.database, MEASURED, [(park, [row(catalog, park, 1, rectangle(X, Y, 50, 50))])])
    after = changing.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.headers["bando-release"]) == (304, str(changing.release))
