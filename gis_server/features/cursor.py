"""Where the next page begins: the last feature shown and the release it was shown from. Opaque to callers."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

import orjson

from gis_server.errors import BadRequest
from gis_server.features.sorting import Order, written

FORM = re.compile(r"([a-z0-9_.]{1,130}):([0-9]{1,9}):([0-9]{1,18})(?::(\[.*\]))?", re.ASCII | re.DOTALL)
LONGEST = 20_000


@dataclass(frozen=True)
class Cursor:
    """Pages of one walk show one release, however often the layer is published meanwhile."""

    layer: str
    release: int
    after: int
    order: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    """What the last feature had in the fields that the walk is sorted by."""

    def __str__(self) -> str:
        text = f"{self.layer}:{self.release}:{self.after}".encode()
        if self.order:
            text += b":" + orjson.dumps([list(self.order), list(self.values)])
        return base64.urlsafe_b64encode(text).decode().rstrip("=")


def read_cursor(text: str | None, layer: str, order: Order = ()) -> Cursor | None:
    """A cursor that this service gave for this question; a forged one says no more than a wrong one."""
    if text is None:
        return None
    found = FORM.fullmatch(_decoded(text))
    if not found or found[1] != layer or int(found[2]) >= 2**31:
        raise bad_cursor()
    names, values = _sorted_by(found[4])
    if names != written(order) or len(values) != len(names):
        raise bad_cursor()
    return Cursor(layer, int(found[2]), int(found[3]), tuple(names), tuple(values))


def bad_cursor() -> BadRequest:
    return BadRequest(
        "cursor không thuộc lớp và truy vấn này; hãy dùng nguyên liên kết “next” của trang trước, "
        "hoặc bắt đầu lại không có cursor.",
        "The cursor is not of this layer and question; use the “next” link of the page before as it is, "
        "or begin again without one.",
    )


def _sorted_by(text: str | None) -> tuple[list[Any], list[Any]]:
    if text is None:
        return [], []
    try:
        names, values = orjson.loads(text)
    except ValueError as error:
        raise bad_cursor() from error
    if not isinstance(names, list) or not isinstance(values, list):
        raise bad_cursor()
    return names, values


def _decoded(text: str) -> str:
    if len(text) > LONGEST:
        return ""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return ""
