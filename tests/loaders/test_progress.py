"""What a load tells of itself: the memory is its own, whoever began it."""

import subprocess
import sys

ASKED = "from loaders.progress import peak_bytes; print(peak_bytes())"


def test_memory_is_not_that_of_who_began_the_load() -> None:
    """Linux lets a new program begin with the peak of the one that started it."""
    held = bytearray(400_000_000)
    held[::4096] = b"\1" * len(held[::4096])
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout
    assert 10_000_000 < int(told) < 200_000_000
    assert len(held)
