"""What PostgreSQL processes really run on a data folder, whatever an old pid file says."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def postmaster_pid(data: Path) -> int | None:
    """The running postmaster of this data folder; None when the pid file is missing, stale, or names a stranger."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if works_on(pid, data) else None


def works_on(pid: int, data: Path) -> bool:
    """PostgreSQL's processes have its data folder as working folder; a stranger that got an old number has not."""
    try:
        here = os.readlink(PROC / str(pid) / "cwd") == str(data.resolve())
        return here and b"postgres" in (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False


def orphans(data: Path) -> Iterator[int]:
    """Processes of this data folder, among them those that a killed postmaster left behind."""
    for folder in PROC.iterdir():
        if folder.name.isdigit() and works_on(int(folder.name), data):
            yield int(folder.name)


def end_orphans(data: Path, patience_s: float = 5) -> None:
    """Wait for left-over backends to notice that their postmaster died; end those that are too busy to notice."""
    deadline = time.monotonic() + patience_s
    while left := list(orphans(data)):
        if time.monotonic() > deadline:
            for pid in left:
                _end(pid)
        time.sleep(0.1)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
