"""News of releases: asked for, pushed, continued, and never more than a caller may see."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from gis_server.access.keys import KeyHolder, add_key, remove_keys
from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.drawing.cells import ids, ranges
from gis_server.settings import Settings
from gis_server.tiles.events import BEAT, Hub, message_of
from gis_server.tiles.events import Listener as Heard
from gis_server.tiles.touched import MOST_TOLD, coarser
from tests.live import Wire
from tests.serving import LAT, LON, MEASURED, publish_rows, row_of, tile_at
from tests.tiles.parcels import LAYER, Caller, Moving

HIDDEN = "drainage.ho_ga"


@dataclass(frozen=True)
class Live:
    address: str
    moving: Moving
    key: str
    settings: Settings


@pytest.fixture(scope="module")
def live(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[Live]:
    moving = Moving(catalog, make_database())
    moving.publish()
    with wire(moving.database) as running:
        key = add_key(running.keys, KeyHolder(view="agency", label="Sở Y"), catalog.views)
        yield Live(running.address, moving, key, running.settings)


class Listener:
    """One connection to /events, read as it comes."""

    def __init__(self, live: Live, *headers: str) -> None:
        place = urlsplit(live.address)
        self.connection = socket.create_connection((place.hostname or "", place.port or 80), timeout=10)
        lines = ["GET /events HTTP/1.1", "Host: bando.example", "Connection: close", *headers, "", ""]
        self.connection.sendall("\r\n".join(lines).encode())
        self.unread = b""

    def event(self) -> dict[str, Any]:
        """The next event: `id`, `event`, and `data` decoded."""
        while b"\n\n" not in self.unread.partition(b"id: ")[2]:
            part = self.connection.recv(65536)
            assert part, "hung up on"
            self.unread += part
        _, _, rest = self.unread.partition(b"id: ")
        event, _, self.unread = rest.partition(b"\n\n")
        lines = [b"id: " + event.split(b"\n")[0], *event.split(b"\n")[1:]]
        found = dict(line.decode().split(": ", 1) for line in lines)
        return {**found, "data": json.loads(found["data"])}

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def listen(live: Live) -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def listen(*headers: str) -> Listener:
        opened.append(Listener(live, *headers))
        return opened[-1]

    yield listen
    for listener in opened:
        listener.close()


def newest(live: Live) -> int:
    caller = Caller(live.address)
    release = int(caller.get("/health").headers["Bando-Release"])
    caller.close()
    return release


def changed(live: Live, since: object, **headers: str) -> Any:
    caller = Caller(live.address)
    answer = caller.get(f"/changes/tiles?since={since}", **headers)
    caller.close()
    return json.loads(answer.content)  # type: ignore[attr-defined]


def test_a_listener_hears_of_a_release_and_its_tiles_at_once(live: Live, listen: Callable[..., Listener]) -> None:
    listener = listen()
    assert listener.event()["data"]["layers"] == {}
    release = live.moving.publish(moved=1)
    began = time.monotonic()
    heard = listener.event()
    assert time.monotonic() - began < 2
    assert (heard["event"], heard["id"]) == ("release", str(release))
    assert heard["data"]["layers"] == changed(live, release - 1)["layers"]
    assert all(z == 18 for z, _, _ in heard["data"]["layers"][LAYER]["tiles"])


def test_whoever_comes_back_is_told_what_was_missed(live: Live, listen: Callable[..., Listener]) -> None:
    since = newest(live)
    releases = [live.moving.publish(moved=1) for _ in range(3)]
    heard = listen(f"Last-Event-ID: {since}").event()
    assert (heard["event"], heard["id"]) == ("release", str(releases[-1]))
    assert heard["data"]["layers"] == changed(live, since)["layers"]


@pytest.mark.parametrize("forged", ["999999999", "-1", "abc", "1e3", "9" * 300, "１"])
def test_a_forged_place_to_go_on_from_begins_anew(live: Live, listen: Callable[..., Listener], forged: str) -> None:
    assert listen(f"Last-Event-ID: {forged}").event()["event"] == "reset"


def test_nobody_hears_of_layers_they_may_not_see(live: Live, listen: Callable[..., Listener], catalog: Catalog) -> None:
    public, agency = listen(), listen(f"Bando-Key: {live.key}")
    for listener in (public, agency):
        listener.event()
    layer = catalog[HIDDEN]
    release = publish_rows(live.moving.database, MEASURED, [(layer, [row_of(catalog, layer, newest(live))])])
    assert HIDDEN in agency.event()["data"]["layers"]
    assert public.event()["data"]["layers"] == {}
    assert HIDDEN not in changed(live, release - 1)["layers"]
    assert HIDDEN in changed(live, release - 1, **{"Bando-Key": live.key})["layers"]


def test_a_revoked_key_hears_nothing_more(live: Live, listen: Callable[..., Listener], catalog: Catalog) -> None:
    keys = live.settings.keys_file
    assert keys is not None
    listener = listen(f"Bando-Key: {add_key(keys, KeyHolder(view='agency', label='Sở Z'), catalog.views)}")
    listener.event()
    remove_keys(keys, "Sở Z", catalog.views)
    live.moving.publish(moved=1)
    with pytest.raises(AssertionError, match="hung up on"):
        listener.event()


@pytest.mark.parametrize("since", ["-1", "1e3", "%2B1", "9" * 300, "%EF%BC%91", "", "a"])
def test_a_number_that_is_none_is_a_400(live: Live, since: str) -> None:
    assert changed(live, since).get("status") == 400


def test_far_behind_is_told_to_begin_anew(live: Live) -> None:
    assert changed(live, 99_999)["complete"] is False


def test_many_listeners_who_never_read_harm_nobody(live: Live, listen: Callable[..., Listener]) -> None:
    """Half of them read, half never do; everyone who reads hears of every release."""
    reading, silent = [listen() for _ in range(100)], [listen() for _ in range(100)]
    for listener in reading:
        listener.event()
    last = [live.moving.publish(moved=1) for _ in range(5)][-1]
    for listener in reading:
        while listener.event()["id"] != str(last):
            pass
    assert len(silent) == 100
    caller = Caller(live.address)
    z, (x, y) = 16, tile_at(LON, LAT, 16)
    assert caller.get(f"/tiles/{LAYER}/{z}/{x}/{y}.mvt").status in (200, 204)
    caller.close()


def test_a_crowd_that_comes_back_at_once_leaves_the_database_to_others(
    live: Live, listen: Callable[..., Listener]
) -> None:
    """After a cut everybody asks at the same moment what was missed: one reading is for all of them."""
    since = newest(live)
    live.moving.publish(moved=1)
    caller = Caller(live.address)
    with live.moving.database.connect("owner") as conn:
        conn.execute("LOCK TABLE meta.touched IN ACCESS EXCLUSIVE MODE")  # readings of it take their time
        crowd = [listen(f"Last-Event-ID: {since}") for _ in range(600)]
        time.sleep(1)
        assert caller.get(f"/collections/{LAYER}/items?limit=1").status == 200
    missed = changed(live, since)["layers"]
    assert all(listener.event()["data"]["layers"] == missed for listener in crowd)
    caller.close()


def test_too_many_tiles_are_told_as_their_parents() -> None:
    x, y = np.meshgrid(np.arange(100_000, 100_100), np.arange(120_000, 120_100))
    cells = ids(18, x.ravel(), y.ravel())
    few = coarser(cells)
    assert len(few) <= MOST_TOLD < len(cells)
    for zoom in (10, 15, 18):
        fine, coarse = (ranges(some, zoom) for some in (cells, few))
        for first, last in zip(*fine, strict=True):
            assert any(low <= first and last <= high for low, high in zip(*coarse, strict=True))


async def test_who_came_as_a_release_was_told_hears_of_it_once(catalog: Catalog) -> None:
    """It enters before it reads where things stand, so both may tell it of the same release."""
    hub, listener = Hub(), Heard(compile_views(catalog)["public"])
    hub.enter(listener)
    for release in (6, 7):
        hub.tell(release, {listener.view.name: message_of(release, {})})
    listener.give(BEAT)
    hub.tell(8, {listener.view.name: message_of(8, {})})
    assert await listener.after(7) == (7, BEAT)
    assert await listener.after(7) == (8, message_of(8, {}))
