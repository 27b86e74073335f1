"""Wall time and peak memory of commands, medians of calls, and lines that read as a claim with its evidence."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

CONSOLE = Console(highlight=False, soft_wrap=True)


WATCHED = Path(__file__).with_name("watched.py")


@dataclass(frozen=True)
class Measured:
    """One command: wall seconds, its processor seconds with those of processes it waited for, and the peak resident
    memory of the greatest of them in MiB."""

    seconds: float
    peak_mib: float
    cpu_s: float
    said: str


def run(command: Sequence[str], **environment: str) -> Measured:
    """Runs a command to its end; raises CalledProcessError with its output when it fails."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as told:
        done = subprocess.run(
            [sys.executable, "-S", "-E", str(WATCHED), told.name, *command],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return Measured(**json.load(told), said=done.stdout)


def seconds_of(call: Callable[[], object]) -> float:
    """Wall seconds of a call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def ms_of(call: Callable[[], object]) -> float:
    return seconds_of(call) * 1000


def median_ms(call: Callable[[], object], times: int) -> float:
    """Median milliseconds of a call, after one that warms up."""
    call()
    durations = []
    for _ in range(times):
        durations.append(ms_of(call))
    return statistics.median(durations)


def medians_ms(calls: Sequence[Callable[[], object]], times: int) -> list[float]:
    """Median milliseconds of each, in turns, so that all meet the same neighbours on the machine."""
    rounds = [[ms_of(call) for call in calls] for _ in range(times + 1)]
    return [statistics.median(column) for column in zip(*rounds[1:], strict=True)]


def claim(what: str, ours: float, other: float, unit: str, against: str) -> None:
    """Prints one figure with its ratio: below 1 is better than the peer, or within the limit."""
    ratio = ours / other
    told = f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"
    CONSOLE.print(f"{what:<58} {_figure(ours):>9} {unit:<4} ÷ {_figure(other):>9} {against:<34} = {told}")


def _figure(value: float) -> str:
    """Three figures that count, and never fewer than all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
