"""Reads the parameters that several rooms take: each is a value, or a sentence that says what would do."""

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gis_server.errors import BadRequest

DEFAULT_LIMIT = 100
MOST = 10_000
CITY_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


def read_limit(text: str | None, default: int = DEFAULT_LIMIT, most: int = MOST) -> int:
    """How many at most. More than the server gives is not an error (Part 1 §7.15.3); nonsense is."""
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or not 1 <= int(text) < 2**31:
        raise refused("limit", text, f"một số nguyên từ 1 đến {most}", f"a whole number from 1 to {most}")
    return min(int(text), most)


def read_whole(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise refused(name, text, "một số nguyên không âm", "a whole number of 0 or more")
    return int(text)


def read_number(name: str, text: str | None, low: float, high: float) -> float:
    if text is None:
        raise BadRequest(f"Thiếu tham số {name}.", f"The parameter {name} is missing.")
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not low <= value <= high:
        raise refused(name, text, f"một số từ {low:g} đến {high:g}", f"a number from {low:g} to {high:g}")
    return value


def read_instant(text: str, *, is_end: bool) -> datetime | None:
    """An instant (RFC 3339), or the beginning or end of a day of the city; None when it is neither."""
    try:
        if DATE.fullmatch(text):
            return day_of(date.fromisoformat(text))[is_end].astimezone(UTC)
        if DATE_TIME.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None


def day_of(day: date) -> tuple[datetime, datetime]:
    """The first and the last instant of a day of the city."""
    start = datetime.combine(day, time(), CITY_TIME)
    return start, start + timedelta(days=1, microseconds=-1)


def refused(name: str, text: str, vi: str, en: str) -> BadRequest:
    shown = text if len(text) <= 60 else text[:60] + "…"
    return BadRequest(f"{name} = “{shown}” không hợp lệ: cần {vi}.", f"{name} = “{shown}” is not valid: expected {en}.")
