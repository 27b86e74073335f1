"""What is written stands whole at its place, or not at all: however the writing ends."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_server.errors import ExportFailed

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Where to write a file or folder that will be `target`; what a killed writer left there is gone first."""
    draft = target.with_name(f"{target.name}.part")
    try:
        _remove(draft)
        yield draft
        draft.replace(target)
    except OSError as error:
        raise _worded(target, error) from error
    finally:
        _remove(draft)


@contextmanager
def scratch(draft: Path) -> Iterator[Path]:
    """A folder beside a draft for what it is made of; nothing of it stays."""
    folder = draft.with_name(f"{draft.name}.folder")
    try:
        _remove(folder)
        yield folder
    finally:
        _remove(folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _worded(target: Path, error: OSError) -> ExportFailed:
    if error.errno in FULL:
        place = target.parent.resolve()
        return ExportFailed(
            f"Ổ đĩa của {place} đã đầy: không ghi được {target.name}, không để lại phần dở dang. Hãy giải phóng chỗ, "
            "hoặc xuất vùng nhỏ hơn, ít mức phóng hơn.",
            f"The disk of {place} is full: {target.name} was not written, and nothing half-written is left. Free some "
            "space, or export a smaller area or fewer zooms.",
        )
    return ExportFailed(
        f"Không ghi được {target}: {error.strerror or error}.",
        f"{target} cannot be written: {error.strerror or error}.",
    )
