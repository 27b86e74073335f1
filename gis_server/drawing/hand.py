"""One process that draws: it has no database, asks for nothing, and ends when nobody is at the other end."""

import contextlib
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar, cast

HOME = Path(__file__).parents[2]
KEPT = ("PATH", "LANG", "TMPDIR", "HOME")


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Work(Protocol[T_co]):
    """What can be handed over: it holds all that it needs."""

    @property
    def size(self) -> int:
        """Bytes, about."""

    def done(self) -> Sequence[T_co]:
        """Does it."""


class Hand:
    """The asking side; one work at a time."""

    def __init__(self) -> None:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gis_server.drawing.hand"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**kept, "PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            cwd=HOME,
            start_new_session=True,  # an interrupt in the terminal is for who asks, who then ends this one
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def draw(self, work: Work[T]) -> Sequence[T]:
        """Raises EOFError or OSError when the process is gone."""
        asked, answers = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        pickle.dump(work, asked, pickle.HIGHEST_PROTOCOL)
        asked.flush()
        found: Sequence[T] = pickle.load(answers)
        return found

    def end(self) -> None:
        """Whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()


def work(asked: BinaryIO, answers: BinaryIO) -> None:
    """Work in, what is drawn out, until there is no more."""
    from rasterio.errors import NotGeoreferencedWarning  # brings a GDAL of its own, which only drawing needs

    warnings.simplefilter("ignore", NotGeoreferencedWarning)  # grids of pixels are not maps
    try:
        while True:
            pickle.dump(pickle.load(asked).done(), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)
