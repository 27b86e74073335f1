"""Reads z, x, y of a tile address: ASCII digits only, within the pyramid, or a sentence."""

import re
from dataclasses import dataclass

from gis_server.errors import BadRequest

HIGHEST_ZOOM = 22
DIGITS = re.compile(r"[0-9]{1,8}", re.ASCII)


@dataclass(frozen=True)
class TileAddress:
    """A tile: of WebMercatorQuad, unless another grid is told beside it."""

    z: int
    x: int
    y: int


def read_address(z: str, x: str, y: str) -> TileAddress:
    zoom = read_number("z", z, HIGHEST_ZOOM)
    last = 2**zoom - 1
    return TileAddress(zoom, read_number("x", x, last), read_number("y", y, last))


def read_number(name: str, text: str, last: int) -> int:
    """A whole number of an address, from 0 on."""
    if not DIGITS.fullmatch(text) or int(text) > last:
        shown = text[:20]
        raise BadRequest(
            f"{name} = “{shown}” không hợp lệ: cần số nguyên từ 0 đến {last}, viết bằng chữ số 0–9.",
            f"{name} = “{shown}” is not valid: expected a whole number from 0 to {last}, in the digits 0–9.",
        )
    return int(text)
