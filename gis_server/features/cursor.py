"""Where the next page begins: the last feature shown and the release it was shown from. Opaque to callers."""

import base64
import binascii
import re
from dataclasses import dataclass

from gis_server.errors import BadRequest

FORM = re.compile(r"([a-z0-9_.]{1,130}):([0-9]{1,9}):([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """Pages of one walk show one release, however often the layer is published meanwhile."""

    layer: str
    release: int
    after: int

    def __str__(self) -> str:
        text = f"{self.layer}:{self.release}:{self.after}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str | None, layer: str) -> Cursor | None:
    """A cursor that this service gave for this layer; a forged one says no more than a wrong one."""
    if text is None:
        return None
    found = FORM.fullmatch(_decoded(text))
    if not found or found[1] != layer or int(found[2]) >= 2**31:
        raise bad_cursor()
    return Cursor(layer, int(found[2]), int(found[3]))


def bad_cursor() -> BadRequest:
    return BadRequest(
        "cursor không phải của lớp này; dùng nguyên liên kết “next” của trang trước, hoặc bắt đầu lại không có cursor.",
        "The cursor is not of this layer; use the “next” link of the page before as it is, or begin again without one.",
    )


def _decoded(text: str) -> str:
    if len(text) > 300:
        return ""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        return ""
