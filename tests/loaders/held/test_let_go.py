"""A reload holds no more in memory than what is under way, however much it is given."""

import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import shapely

from loaders.child.host import Child
from loaders.line import UNDER_WAY
from loaders.mapping import Mapping
from loaders.readers.stream import Chunk, Stream
from loaders.rows import Rows
from tests.loaders.held.deliveries import LOTS, city, redrawn


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pieces of what was read were in memory each time one more of eight rows came."""
    counts: list[int] = []
    pieces: list[weakref.ref[Rows]] = []

    def chunks(self: Child, stream: Stream, rows: bool) -> Iterator[Chunk]:
        for chunk in read(self, stream, rows):
            for first in range(0, chunk.rows.num_rows, 8):
                yield Chunk(chunk.kind, chunk.rows.slice(first, 8))

    def rows_of(self: Mapping, *given: Any) -> Rows:
        rows = made(self, *given)
        pieces.append(weakref.ref(rows))
        counts.append(sum(piece() is not None for piece in pieces))
        return rows

    read, made = Child._chunks, Mapping._rows
    monkeypatch.setattr(Child, "_chunks", chunks)
    monkeypatch.setattr(Mapping, "_rows", rows_of)
    return counts


def test_what_was_read_is_let_go_while_more_is_read(way, alive, came_again, tmp_path):
    """Of rows that come again, too, whether a surface moved or not: else a load holds as much as it is given."""
    features = city()
    for moved in (False, False, True):
        if moved:
            redrawn(features, 5, shapely.affinity.translate(features[5][0], 0.5, 0.5))
        alive.clear()
        way.load(features, tmp_path, judge=moved)
        assert len(alive) == -(-len(features) // 8)
        assert max(alive) <= UNDER_WAY + 5
    assert sum(came_again) == 2 * LOTS - 1
