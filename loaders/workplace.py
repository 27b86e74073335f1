"""Where a load unpacks: a folder of its own, locked while the load lives; what killed loads left is swept."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_server.errors import Busy

PREFIX = "bando-giao-"


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """An empty folder in `parent`, gone when the block ends, or with the next load where this one is killed."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with _locked(parent):
            _sweep(parent)
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
            holds = os.open(folder, os.O_RDONLY)
            fcntl.flock(holds, fcntl.LOCK_EX)
    except OSError as error:
        raise Busy(
            f"Không giải nén được vào {parent}: {error.strerror}. Hãy giải phóng chỗ hoặc sửa quyền ghi rồi nạp lại.",
            f"Nothing can be unpacked in {parent}: {error.strerror}. Free space or fix the rights, then load again.",
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(holds)


@contextmanager
def _locked(parent: Path) -> Iterator[None]:
    """Nobody else sweeps between the making of a folder and its lock."""
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        if not _is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    """Whether the load that made it is alive: the kernel lets go of its lock however it ends."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
