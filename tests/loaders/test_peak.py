"""The peak that a load tells is that of all its processes together."""

import subprocess
import sys
import time

import pytest

from loaders.peak import PROC, held_bytes, watched
from loaders.progress import peak_bytes

HOLDS = "held = bytearray(300_000_000); held[::4096] = b'x' * len(held[::4096]); print(1, flush=True); input()"
STARTS = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="resident memory is read from /proc")


def test_what_a_process_of_a_process_holds_counts_while_it_runs():
    alone = held_bytes()
    with watched() as peak:
        command = [sys.executable, "-c", STARTS, HOLDS]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "1\n"
            assert 300_000_000 < held_bytes() - alone < 400_000_000
            until = time.monotonic() + 10
            while peak.bytes < alone + 300_000_000 and time.monotonic() < until:
                time.sleep(0.05)
            process.communicate("\n")
        assert held_bytes() < alone + 100_000_000
    assert peak.bytes > alone + 300_000_000


def test_a_peak_between_two_looks_is_that_of_this_process():
    with watched() as peak:
        pass
    assert peak.bytes == peak_bytes()
