"""Corners in few bytes, so that they fit a code that a telephone reads: from each one the step to the next."""

from collections.abc import Iterator
from itertools import accumulate, pairwise

SEVEN = 7
"""Bits of a number in each of its bytes; the eighth says that there are more."""


def packed(corners: str) -> bytes:
    """Corners as `read_corners` writes them."""
    pairs = [pair.split(" ") for pair in corners.split("; ")]
    decimals = len(pairs[0][0].partition(".")[2])
    axes = ([int(pair[axis].replace(".", "")) for pair in pairs] for axis in (0, 1))
    steps = zip(*(_steps(one) for one in axes), strict=True)
    return bytes([decimals]) + b"".join(_bytes(step) for both in steps for step in both)


def unpacked(raw: bytes) -> str:
    """The same again; ValueError for bytes that are none."""
    if len(raw) < len((0, 0, 0)):
        raise ValueError("no corners")
    decimals, steps = raw[0], list(_numbers(raw[1:]))
    axes = (accumulate(steps[axis::2]) for axis in (0, 1))
    return "; ".join(f"{_written(x, decimals)} {_written(y, decimals)}" for x, y in zip(*axes, strict=True))


def _steps(numbers: list[int]) -> list[int]:
    return [numbers[0], *(b - a for a, b in pairwise(numbers))]


def _bytes(step: int) -> bytes:
    """Small numbers of either sign are few bytes."""
    left, found = 2 * step if step >= 0 else -2 * step - 1, bytearray()
    while left >= 1 << SEVEN:
        found.append(left & 0x7F | 0x80)
        left >>= SEVEN
    return bytes([*found, left])


def _numbers(raw: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in raw:
        number |= (byte & 0x7F) << shift
        shift += SEVEN
        if byte < 1 << SEVEN:
            yield -(number + 1) // 2 if number % 2 else number // 2
            number = shift = 0
    if shift:
        raise ValueError("cut off")


def _written(number: int, decimals: int) -> str:
    return f"{number // 10**decimals}.{number % 10**decimals:0{decimals}}"
