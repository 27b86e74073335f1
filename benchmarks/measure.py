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


def claim(what: str, ours: float, other: float, unit: str, against: str) -> None:
    """Prints one figure with its ratio: below 1 is better than the peer, or within the limit."""
    CONSOLE.print(f"{what:<58} {ours:>9.1f} {unit:<4} ÷ {other:>9.1f} {against:<34} = {ours / other:.2f}")
