"""Kept tiles over the wire, with two workers: never older than they say, and exactly renewed."""

import hashlib
import http.client
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.tiles.address import TileAddress
from gis_server.tiles.running import store_path
from gis_server.tiles.shelves import address_of
from gis_server.tiles.store import open_store
from tests.live import Wire
from tests.tiles.parcels import Caller, Moving, around, path_of

pytestmark = pytest.mark.slow
TILES = around([11, 13, 15, 16, 17], reach=2)
ENCODINGS = ("gzip", "zstd", "identity")
BREATH_S = 0.001
"""Between two questions of a caller: two cores are to render and publish, too."""


@dataclass(frozen=True)
class Live:
    address: str
    moving: Moving
    store: Path


@pytest.fixture(scope="module")
def live(make_database: Callable[[], Database], catalog: Catalog, wire: Wire) -> Iterator[Live]:
    database = make_database()
    moving = Moving(catalog, database)
    moving.publish()
    with wire(database, workers=2) as running:
        yield Live(running.address, moving, store_path(running.settings, database))


@pytest.fixture
def caller(live: Live) -> Iterator[Caller]:
    caller = Caller(live.address)
    yield caller
    caller.close()


def digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8).digest()


def wait_for_release(caller: Caller, at: TileAddress, release: int) -> float:
    """Seconds until a kept tile belongs to the release."""
    began = time.monotonic()
    while int(caller.tile(at)[0].headers["Bando-Release"]) < release:
        assert time.monotonic() < began + 5
        time.sleep(0.002)
    return time.monotonic() - began


def race(live: Live, publishes: int) -> tuple[int, int, int]:
    """Callers ask for tiles while releases come: how many answers, of how many releases, and how many wrong.

    Whatever is answered, whenever, is compared with what the oracle drew for the release that the answer names.
    """
    wanted: dict[tuple[int, TileAddress], bytes] = {}
    heard: Counter[tuple[int, TileAddress, bytes]] = Counter()
    ends = threading.Event()

    def ask(turn: int) -> None:
        caller, number = Caller(live.address), turn
        while not ends.is_set():
            at = TILES[number % len(TILES)]
            answer, body = caller.tile(at, ENCODINGS[number % 3])
            assert answer.status in (200, 204), answer.status
            heard[int(answer.headers["Bando-Release"]), at, digest(body)] += 1
            number += 7
            time.sleep(BREATH_S)
        caller.close()

    def note(release: int) -> None:
        wanted.update({(release, at): digest(body) for at, body in zip(TILES, live.moving.drawn(TILES), strict=True)})

    with live.moving.database.connect("read") as conn:
        (first,) = conn.execute("SELECT max(release) FROM meta.release").fetchone() or (0,)
    note(first)
    askers = [threading.Thread(target=ask, args=(turn,)) for turn in range(4)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(publishes):
            note(live.moving.publish())
    finally:
        ends.set()
        for asker in askers:
            asker.join()
    wrong = sum(times for one, times in heard.items() if wanted[one[0], one[1]] != one[2])
    return heard.total(), len({release for release, _, _ in heard}), wrong


def test_every_answer_is_what_the_database_had_in_the_release_that_it_names(live: Live) -> None:
    answers, releases, wrong = race(live, 30)
    assert answers > 2_000
    assert releases > 10
    assert wrong == 0


@pytest.mark.stress
def test_thousands_of_publishes_race_renders(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    publishes = int(os.environ.get("RACE_PUBLISHES", "3000"))
    answers, releases, wrong = race(live, publishes)
    with capsys.disabled():
        print(f"\n{publishes:,} publishes, {answers:,} answers of {releases:,} releases, {wrong} wrong")  # noqa: T201
    assert releases > publishes / 3
    assert wrong == 0


def test_every_kept_tile_is_what_the_database_has_now(live: Live, caller: Caller) -> None:
    """The oracle draws each tile of the store again: 0 differences."""
    release = live.moving.publish(moved=3)
    wait_for_release(caller, TILES[0], release)
    for at in TILES:
        caller.tile(at)
    time.sleep(1)
    shelf = live.moving.shelf()
    with closing(open_store(live.store, 64)) as store:
        keys = store.keys(shelf.prefix)
        kept = [entry.body("identity") for key in keys if (entry := store.get(key))]
    assert len(keys) >= len(TILES) - 2
    drawn = list(live.moving.drawn([address_of(key) for key in keys]))
    assert [address_of(key) for key, was, now in zip(keys, kept, drawn, strict=True) if was != now] == []


def test_a_publish_renews_what_it_touched_and_nothing_else(live: Live, caller: Caller) -> None:
    """Tiles that the release did not touch stay where they are in the store; the others are gone at once."""
    deep = around([16], reach=3)
    for _ in range(2):
        before = {at: caller.tile(at)[0].headers["ETag"] for at in deep}
    time.sleep(0.3)
    shelf = live.moving.shelf()
    release = live.moving.publish(moved=1)
    waited = wait_for_release(caller, deep[0], release)
    assert waited < 5
    after = {at: caller.tile(at)[0].headers["ETag"] for at in deep}
    assert 1 <= sum(before[at] != after[at] for at in deep) <= 4
    time.sleep(0.3)
    with closing(open_store(live.store, 64)) as store:
        drawn = {at: entry.release for at in deep if (entry := store.get(shelf.key(at.z, at.x, at.y)))}
    renewed = {at for at, number in drawn.items() if number == release}
    changed = {at for at in deep if before[at] != after[at]}
    assert changed <= renewed
    assert len(renewed) <= 4, "one moved parcel lies in two tiles, or four at a corner"


def test_the_same_cold_tile_a_thousand_times_is_drawn_a_few_times(live: Live) -> None:
    at = around([16], reach=2)[4]
    answers: list[int] = []

    def ask() -> None:
        caller = Caller(live.address)
        for _ in range(20):
            answers.append(caller.tile(at)[0].status)
        caller.close()

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 1_000
    assert len(set(answers)) == 1
    assert answers[0] in (200, 204)


def test_kept_answers_and_drawn_ones_are_alike(live: Live, caller: Caller) -> None:
    at = around([18])[0]
    drawn, _ = caller.tile(at, "gzip")
    time.sleep(0.3)
    kept, _ = caller.tile(at, "gzip")
    assert said(drawn) == said(kept)


def said(answer: http.client.HTTPResponse) -> dict[str, frozenset[str]]:
    """Headers as sets of words: CORS names Origin twice in Vary."""
    ignored = {"date", "content-length"}
    found = {name.lower(): value for name, value in answer.headers.items()}
    return {name: frozenset(value.split(", ")) for name, value in found.items() if name not in ignored}


def test_a_query_that_nobody_knows_does_not_get_past_the_store(live: Live, caller: Caller) -> None:
    at = TILES[0]
    assert caller.get(f"{path_of(at)}?v=1").status == 400
    assert caller.get(f"{path_of(at)}?key=wrong").status == 401
