"""Starts a reading process. Little is read for that, so that a command can begin with it and read itself meanwhile."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from loaders.child.limits import Limits

HOME = Path(__file__).parents[2]


@contextmanager
def woken() -> Iterator[subprocess.Popen[bytes]]:
    """A process that wakes while the block begins; it ends with the block at the latest."""
    process = launch(Limits())
    try:
        yield process
    finally:
        end(process)


def launch(limits: Limits) -> subprocess.Popen[bytes]:
    """It waits for requests until nobody can ask any more."""
    command = [sys.executable, "-m", "loaders.child.worker", str(limits.memory_bytes), str(limits.cpu_seconds)]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "HOME") if name in os.environ}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={**kept, "PYTHONPATH": str(HOME), "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"},
        cwd=HOME,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Whatever it is doing."""
    process.kill()
    process.wait()
    pipes: list[Any] = [process.stdin, process.stdout]
    for pipe in pipes:
        with suppress(OSError):
            pipe.close()
