"""The tile store: what is kept, what a release removes, what goes when it is full, and what happens to damage."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog
from gis_server.drawing.cells import WORLD, ids
from gis_server.tiles.entry import Entry, entry_of
from gis_server.tiles.shelves import Shelf, Shelves, address_of
from gis_server.tiles.store import Store, open_store

LAYER = "base_transport.duong_bo"
NOTHING = np.zeros(0, dtype=np.int64)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tiles.lmdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = open_store(path, 8)
    yield store
    store.close()


@pytest.fixture(scope="module")
def shelves(catalog: Catalog) -> Shelves:
    return Shelves(catalog, compile_views(catalog))


@pytest.fixture(scope="module")
def shelf(shelves: Shelves, catalog: Catalog) -> Shelf:
    return shelves.find(compile_views(catalog)["public"], LAYER)


def put(store: Store, shelf: Shelf, at: tuple[int, int, int], entry: Entry) -> int:
    return store.put([(shelf, shelf.key(*at), entry)])


def there(store: Store, shelf: Shelf) -> set[tuple[int, int, int]]:
    return {(at.z, at.x, at.y) for at in map(address_of, store.keys(shelf.prefix))}


def test_a_tile_comes_back_whole_in_every_encoding(store: Store, shelf: Shelf) -> None:
    body = os.urandom(500) * 20
    put(store, shelf, (14, 9, 4), entry_of(1, body))
    found = store.get(shelf.key(14, 9, 4))
    assert found is not None
    assert found.body("identity") == body
    assert len(found.gzip) < len(body) > len(found.zstd)
    assert store.get(shelf.key(14, 4, 9)) is None


def test_an_empty_tile_is_kept_too(store: Store, shelf: Shelf) -> None:
    put(store, shelf, (3, 1, 1), entry_of(0, b""))
    found = store.get(shelf.key(3, 1, 1))
    assert found is not None
    assert found.empty


def test_a_release_removes_exactly_what_it_touched(store: Store, shelf: Shelf) -> None:
    everywhere = [(z, x, y) for z in range(5) for x in range(2**z) for y in range(2**z)]
    store.put([(shelf, shelf.key(*at), entry_of(1, b"a")) for at in everywhere])
    assert store.apply(0, 2, {LAYER: ids(3, np.array([5]), np.array([2])), "another.layer": WORLD}, b"")
    gone = {(0, 0, 0), (1, 1, 0), (2, 2, 1), (3, 5, 2), *((4, x, y) for x in (10, 11) for y in (4, 5))}
    assert there(store, shelf) == set(everywhere) - gone
    assert store.release == 2


def test_a_tile_from_before_a_release_is_never_kept_after_it(store: Store, shelf: Shelf) -> None:
    store.apply(0, 7, {}, b"")
    assert put(store, shelf, (1, 0, 0), entry_of(6, b"old")) == 0
    assert put(store, shelf, (1, 0, 0), entry_of(7, b"new")) == 1
    assert put(store, shelf, (1, 1, 0), entry_of(9, b"newer than the store")) == 1
    assert store.apply(7, 9, {LAYER: WORLD}, b"")
    assert there(store, shelf) == {(1, 1, 0)}


def test_only_one_process_applies_a_release(store: Store) -> None:
    assert store.apply(0, 3, {}, b"")
    assert not store.apply(0, 3, {}, b"")
    assert not store.forget(0, 9, b"")
    assert store.release == 3


def test_seeded_tiles_that_go_are_wanted_until_they_are_back(store: Store, shelf: Shelf) -> None:
    put(store, shelf, (2, 1, 1), entry_of(0, b"a", seeded=True))
    put(store, shelf, (2, 2, 1), entry_of(0, b"b"))
    store.apply(0, 1, {LAYER: WORLD}, b"")
    assert store.wanted_keys(10) == [shelf.key(2, 1, 1)]
    assert store.still_wanted([shelf.key(2, 1, 0), shelf.key(2, 1, 1)]) == [shelf.key(2, 1, 1)]
    put(store, shelf, (2, 1, 1), entry_of(1, b"a"))
    assert store.wanted_keys(10) == []
    store.apply(1, 2, {LAYER: WORLD}, b"")
    assert store.wanted_keys(10) == [shelf.key(2, 1, 1)], "it stays a seeded one"


def test_a_seeded_tile_that_two_have_drawn_stays_a_seeded_one(store: Store, shelf: Shelf) -> None:
    put(store, shelf, (2, 1, 1), entry_of(0, b"a", seeded=True))
    store.apply(0, 1, {LAYER: WORLD}, b"")
    for _ in range(2):
        put(store, shelf, (2, 1, 1), entry_of(1, b"a"))
    store.apply(1, 2, {LAYER: WORLD}, b"")
    assert store.wanted_keys(10) == [shelf.key(2, 1, 1)]


def test_a_shelf_that_is_drawn_otherwise_is_thrown_out(store: Store, shelf: Shelf) -> None:
    put(store, shelf, (2, 1, 1), entry_of(0, b"a"))
    store.keep_only({shelf.name: shelf.prefix})
    assert len(there(store, shelf)) == 1
    store.keep_only({shelf.name: b"\0" * 8})
    assert there(store, shelf) == set()
    assert store.entered() == {}


def test_the_store_stays_within_its_bound_and_keeps_what_is_used(store: Store, shelf: Shelf, path: Path) -> None:
    chance = random.Random(1)
    used = [shelf.key(10, x, 1) for x in range(50)]
    seeded = [(10, x, 2) for x in range(50)]
    store.put([(shelf, key, entry_of(0, chance.randbytes(3_000))) for key in used])
    store.put([(shelf, shelf.key(*at), entry_of(0, chance.randbytes(3_000), seeded=True)) for at in seeded])
    for number in range(100):
        store.note_used(used)
        store.put(
            [(shelf, shelf.key(16, number, y), entry_of(0, chance.randbytes(3_000))) for y in range(40)],
        )
    assert path.stat().st_size <= 2 * 8 * 2**20
    assert all(store.get(key) for key in used)
    assert set(seeded) <= there(store, shelf)
    assert 500 < len(there(store, shelf)) < 2_000


def test_seeded_tiles_go_when_nothing_else_is_left(store: Store, shelf: Shelf) -> None:
    chance = random.Random(1)
    for number in range(100):
        store.put(
            [(shelf, shelf.key(16, number, y), entry_of(0, chance.randbytes(3_000), seeded=True)) for y in range(40)]
        )
    assert 500 < len(there(store, shelf)) < 2_000


@pytest.mark.parametrize("damage", ["cut short", "other bytes", "empty"])
def test_a_damaged_store_begins_anew(path: Path, shelf: Shelf, damage: str) -> None:
    store = open_store(path, 8)
    put(store, shelf, (2, 1, 1), entry_of(0, os.urandom(50_000)))
    store.close()
    whole = path.read_bytes()
    path.write_bytes({"cut short": whole[:20_000], "other bytes": b"x" * len(whole), "empty": b""}[damage])
    again = open_store(path, 8)
    assert again.entered() == {}
    assert put(again, shelf, (2, 1, 1), entry_of(0, b"a")) == 1
    again.close()


def test_purging_takes_a_tileset_and_nothing_else(
    store: Store, shelf: Shelf, shelves: Shelves, catalog: Catalog
) -> None:
    other = shelves.find(compile_views(catalog)["public"], "nen")
    for one in (shelf, other):
        put(store, one, (2, 1, 1), entry_of(0, b"a"))
    assert store.purge([shelf.name]) == 1
    assert there(store, shelf) == set()
    assert there(store, other) == {(2, 1, 1)}


def test_another_definition_lies_elsewhere(catalog: Catalog, shelf: Shelf) -> None:
    """A changed layer file can never serve tiles that were drawn by the old one."""
    layer = catalog[LAYER]
    zoom = (layer.file.tiles.zoom[0] + 1, layer.file.tiles.zoom[1])
    changed = layer.file.model_copy(update={"tiles": layer.file.tiles.model_copy(update={"zoom": zoom})})
    other = Catalog(**{**vars(catalog), "layers": {**catalog.layers, LAYER: type(layer)(LAYER, changed)}})
    views = compile_views(other)
    assert Shelves(other, views).find(views["public"], LAYER).prefix != shelf.prefix
    assert (
        Shelves(other, views).find(views["full"], LAYER).prefix
        != Shelves(other, views).find(views["public"], LAYER).prefix
    )


def test_a_store_is_not_begun_on_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=4_096))
    with pytest.raises(OSError, match="No space left"):
        open_store(path, 64)
    assert not path.exists()
