"""Columns come back as they were added, however little of them may be in memory."""

import errno
import os

import numpy as np
import pytest

from loaders.memory import spool as room
from loaders.memory.spool import Spool

PARTS = [np.arange(500, dtype=np.uint64), np.zeros(0, np.uint64), np.arange(7, 2_000, dtype=np.uint64)]


@pytest.fixture
def spool(tmp_path):
    made = Spool(tmp_path / "memory")
    yield made
    made.close()


def filled(spool):
    for part in PARTS:
        spool.add("key", part)
        spool.add("there", part % 3 == 0)
    return spool


@pytest.mark.parametrize("most", [0, 4_000, 1 << 20])
def test_a_column_is_all_that_was_added_to_it(spool, monkeypatch, most):
    monkeypatch.setattr(room, "MOST_BYTES", most)
    whole = np.concatenate(PARTS)
    assert np.array_equal(filled(spool).column("key"), whole)
    assert np.array_equal(spool.column("there"), whole % 3 == 0)
    assert spool.column("there").dtype == bool
    assert spool.rows("key") == len(whole)
    assert len(spool.column("other")) == spool.rows("other") == 0


def test_no_more_than_its_bound_is_in_memory(spool, monkeypatch):
    monkeypatch.setattr(room, "MOST_BYTES", 100_000)
    for _ in range(50):
        spool.add("key", np.zeros(1_000, np.int64))
    assert 90_000 < spool.held_bytes <= 100_000
    assert len(spool.column("key")) == 50_000


def test_a_small_load_writes_nothing_and_a_large_one_leaves_nothing(spool, monkeypatch, tmp_path):
    filled(spool)
    assert not (tmp_path / "memory").exists()
    monkeypatch.setattr(room, "MOST_BYTES", 0)
    filled(spool)
    assert list((tmp_path / "memory").iterdir()) == []


def test_on_a_full_disk_all_stays_in_memory(spool, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(room, "MOST_BYTES", 4_000)
    monkeypatch.setattr(os, "pwrite", full)
    assert np.array_equal(filled(spool).column("key"), np.concatenate(PARTS))
