"""Steps of a load on the screen: a bar with what is being read, and the time each step took."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

STATUS = Path("/proc/self/status")


class Steps:
    """The steps of one load; quiet where nobody looks."""

    def __init__(self, quiet: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        self.progress = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)

    @contextmanager
    def step(self, name: str, words: str, total: int | None = None) -> Iterator[None]:
        """A timed step with a bar of its own."""
        started = time.monotonic()
        self.task = self.progress.add_task(words, total=total)
        try:
            with self.progress:
                yield
        finally:
            self.progress.remove_task(self.task)
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - started

    def part(self, name: str, of: str, seconds: float) -> None:
        """So much of a step that is done was for something that has a name of its own."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.seconds[of] -= seconds

    def count(self, done: int, words: str) -> None:
        """How many are done, where nobody knows of how many."""
        self.progress.update(self.task, completed=done, description=words)

    def advance(self, by: int = 1, words: str | None = None) -> None:
        if words is not None:
            self.progress.update(self.task, description=words)
        self.progress.advance(self.task, by)


def peak_bytes() -> int:
    """The most memory this program has held; what getrusage tells begins with what its parent held."""
    if STATUS.exists():
        return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
