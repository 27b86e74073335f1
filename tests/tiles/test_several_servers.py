"""Services with stores of their own on one database: in step whatever happened to one of them, and with equal tags."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.tiles.address import TileAddress
from gis_server.tiles.running import store_path
from gis_server.tiles.store import open_store
from tests.live import Running, Wire
from tests.tiles.parcels import Caller, Moving, around

pytestmark = pytest.mark.slow
TILES = around([11, 15, 17])
SOON_S = 20.0
TWO_DAYS_FAST = "import time\nreal = time.time\ntime.time = lambda: real() + 2 * 86_400\n"


@pytest.fixture
def moving(make_database: Callable[[], Database], catalog: Catalog) -> Moving:
    moving = Moving(catalog, make_database())
    moving.publish()
    return moving


def tags_once_right(running: Running, moving: Moving, release: int) -> list[str | None]:
    """Validators of all tiles, which are what the database has now; asked for twice: drawn, and kept."""
    with closing(Caller(running.address)) as caller:
        until = time.monotonic() + SOON_S
        while int(caller.tile(TILES[0])[0].headers["Bando-Release"]) < release or is_stale(caller, TILES[0]):
            assert time.monotonic() < until, "it did not catch up"
            time.sleep(0.05)
        for _ in range(2):
            answers = [caller.tile(at) for at in TILES]
            assert [body for _, body in answers] == list(moving.drawn(TILES))
        return [answer.headers["ETag"] for answer, _ in answers]


def is_stale(caller: Caller, at: TileAddress) -> bool:
    return caller.tile(at)[0].headers["Bando-Stale"] == "1"


def test_two_servers_answer_alike_after_each_release(moving: Moving, wire: Wire) -> None:
    with wire(moving.database, workers=1) as one, wire(moving.database, workers=1) as other:
        for _ in range(3):
            release = moving.publish()
            tags = tags_once_right(one, moving, release)
            assert tags == tags_once_right(other, moving, release)
            assert len(set(tags)) > 1


def test_one_that_was_away_as_releases_came_is_right_when_it_is_back(moving: Moving, wire: Wire) -> None:
    with wire(moving.database, workers=1) as one:
        folder = one.settings.state
        tags_once_right(one, moving, 1)
    for _ in range(3):
        release = moving.publish()
    with wire(moving.database, workers=1) as other, wire(moving.database, workers=1, state=folder) as back:
        assert tags_once_right(back, moving, release) == tags_once_right(other, moving, release)


def test_a_clock_that_is_wrong_harms_nothing(
    moving: Moving, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(TWO_DAYS_FAST)
    with wire(moving.database, workers=1) as right:
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        with wire(moving.database, workers=1) as fast:
            for _ in range(2):
                release = moving.publish()
                assert tags_once_right(fast, moving, release) == tags_once_right(right, moving, release)


class Line:
    """A way to PostgreSQL's socket that can be cut."""

    def __init__(self, database: Database, folder: Path) -> None:
        parts = urlsplit(database.url)
        query = dict(parse_qsl(parts.query))
        self._there = f"{query['host']}/.s.PGSQL.{query.get('port', 5432)}"
        self._here = folder / f".s.PGSQL.{query.get('port', 5432)}"
        self.url = urlunsplit(parts._replace(query=urlencode({**query, "host": str(folder)}, quote_via=quote)))
        self._open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self._door = socket.socket(socket.AF_UNIX)
        self._here.unlink(missing_ok=True)
        self._door.bind(str(self._here))
        self._door.listen()
        threading.Thread(target=self._welcome, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        self._here.unlink()
        for one in (self._door, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _welcome(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, far = door.accept()[0], socket.socket(socket.AF_UNIX)
                far.connect(self._there)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(database: Database, folder: Path) -> Iterator[Line]:
    line = Line(database, folder)
    yield line
    with suppress(OSError):
        line.cut()


def test_one_that_cannot_reach_the_database_for_a_while_says_so_and_catches_up(
    moving: Moving, wire: Wire, tmp_path: Path
) -> None:
    with line_to(moving.database, tmp_path) as line, wire(moving.database, workers=1) as one:
        far = Database(line.url, embedded=False)
        with wire(far, workers=1) as other, closing(Caller(other.address)) as caller:
            tags_once_right(other, moving, 1)
            line.cut()
            until = time.monotonic() + SOON_S
            while not is_stale(caller, TILES[0]):
                assert time.monotonic() < until
                time.sleep(0.05)
            release = moving.publish(moved=4)
            tags = tags_once_right(one, moving, release)
            answers = [caller.tile(at)[0] for at in TILES]
            assert {answer.headers["Bando-Stale"] for answer in answers} == {"1"}
            line.mend()
            assert tags_once_right(other, moving, release) == tags


def test_two_services_on_one_folder_share_its_store(moving: Moving, wire: Wire) -> None:
    """By mistake, even with another size: they are as two workers are."""
    with (
        wire(moving.database, workers=1) as one,
        wire(moving.database, workers=1, state=one.settings.state, tile_store_mb=16) as other,
    ):
        for _ in range(2):
            release = moving.publish()
            assert tags_once_right(one, moving, release) == tags_once_right(other, moving, release)


def test_a_store_that_cannot_be_opened_is_done_without(moving: Moving, wire: Wire, tmp_path: Path) -> None:
    with wire(moving.database, workers=1) as one:
        settings = one.settings.model_copy(update={"state": tmp_path})
    store_path(settings, moving.database).mkdir()
    with wire(moving.database, workers=1, state=tmp_path) as without:
        release = moving.publish()
        tags_once_right(without, moving, release)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_store_that_is_spoilt_as_it_is_read_begins_anew(moving: Moving, wire: Wire, workers: int) -> None:
    """Nobody notices; and it keeps tiles again."""
    with wire(moving.database, workers=workers) as running:
        tags_once_right(running, moving, 1)
        file = store_path(running.settings, moving.database)
        with file.open("r+b") as spoilt:
            spoilt.seek(2 * 4096)
            spoilt.write(b"\xa5" * (file.stat().st_size - 2 * 4096))
        for _ in range(2):
            release = moving.publish()
            tags_once_right(running, moving, release)
        with closing(open_store(file, running.settings.tile_store_mb)) as store:
            assert (store.release, len(store.keys(moving.shelf().prefix)) > 0) == (release, True)
