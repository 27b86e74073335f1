"""Drawn tiles as they are kept."""

import os
import subprocess
import sys

from gis_server.settings import HOME

SQUEEZE = """
import os
from concurrent.futures import ThreadPoolExecutor
from gis_server.tiles.entry import entry_of
bodies = [os.urandom(40_000) + b"thua dat" * 40_000 for _ in range(24)]
with ThreadPoolExecutor(6) as pool:
    entries = list(pool.map(lambda body: entry_of(1, body), bodies * 8))
assert len({entry.zstd for entry in entries}) == len(bodies)
"""


def test_big_tiles_are_compressed_in_many_threads_at_once() -> None:
    """Threads that shared one compressor ended the worker: in a process of its own, so that the tests would go on."""
    done = subprocess.run([sys.executable, "-c", SQUEEZE], cwd=HOME, env=os.environ, timeout=60, check=False)
    assert done.returncode == 0
