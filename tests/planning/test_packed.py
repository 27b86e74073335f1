"""Corners in few bytes are the same corners again."""

import random

import pytest

from gis_server.planning.packed import packed, unpacked

CERTIFICATE = "1191454.713 603514.400; 1191454.713 603524.400; 1191474.713 603524.400; 1191474.713 603514.400"


def test_corners_come_back_as_they_were() -> None:
    dice = random.Random(3)
    for decimals, north, east in ((3, 1_191_454, 603_514), (8, 106, 10)):
        pairs = [
            f"{dice.uniform(north, north + 2):.{decimals}f} {dice.uniform(east - 1, east):.{decimals}f}"
            for _ in range(200)
        ]
        assert unpacked(packed("; ".join(pairs))) == "; ".join(pairs)
    assert unpacked(packed(CERTIFICATE)) == CERTIFICATE


def test_a_certificate_takes_few_bytes() -> None:
    assert len(packed(CERTIFICATE)) < 30


@pytest.mark.parametrize("raw", [b"", b"\x03", b"\x03\x80\x80", b"\x03\x01\x01\x01"])
def test_what_is_no_corners_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"no corners|cut off|shorter"):
        unpacked(raw)
