"""What was freed between two things that are still held goes back to the system."""

import subprocess
import sys

import pytest

from loaders import heap as room
from loaders.heap import Heap

ASKED = """
from loaders.heap import give_back
from loaders.peak import held_bytes
blocks = [bytearray(60_000) for _ in range(4_000)]
held = held_bytes()
del blocks[:-1]
before = held_bytes()
give_back()
print(held - before < 100_000_000, held - held_bytes() > 200_000_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the heap of glibc")
def test_memory_that_was_freed_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", "True"]


def test_while_rows_are_read_that_is_done_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[None] = []
    monkeypatch.setattr(room, "ROWS", 1_000)
    monkeypatch.setattr(room, "give_back", lambda: given.append(None))
    heap = Heap()
    for read in range(0, 10_001, 100):
        heap.count(read)
    assert len(given) == 10
